"""Decisions to record, and databases to record them in: the priced portfolio of `tests.ordering`."""

from typing import Any

import pytest

from api.operations import operation
from api.settings import Settings
from tests.api.databases import *  # noqa: F403 - fixtures are found by their names

RECORD = operation("record_decision")
READ = operation("decision_record")


@pytest.fixture
def settings(priced_url) -> Settings:
    return Settings(database_url=priced_url)


@pytest.fixture
def small(priced_sqlite) -> Settings:
    """SQLite alone, where the engine makes no difference."""
    return Settings(database_url=priced_sqlite)


def recording(serial: str = "FAX-2", key: str = "k-1", ticket: str | None = "T-1", **check: Any) -> dict[str, Any]:
    """The input of a decision to record; FAX-2 is expired, 101 days ago."""
    asked = {"idempotencyKey": key, "check": {"license": {"serial": serial}, **check}}
    return asked | ({"ticket": ticket} if ticket else {})
