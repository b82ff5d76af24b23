"""Decisions to record, and databases to record them in: the priced portfolio of `tests.ordering`."""

from typing import Any

import pytest

from api.operations import operation
from api.settings import Settings
from tests.api.databases import *  # noqa: F403 - fixtures are found by their names
from tests.ordering import fill

RECORD = operation("record_decision")
READ = operation("decision_record")


@pytest.fixture
def settings(migrated_url, tmp_path) -> Settings:
    settings = Settings(database_url=migrated_url)
    fill(settings, tmp_path)
    return settings


@pytest.fixture
def small(migrated_sqlite, tmp_path) -> Settings:
    """SQLite alone, where the engine makes no difference."""
    settings = Settings(database_url=migrated_sqlite)
    fill(settings, tmp_path)
    return settings


def recording(serial: str = "FAX-2", key: str = "k-1", ticket: str | None = "T-1", **check: Any) -> dict[str, Any]:
    """The input of a decision to record; FAX-2 is expired, 101 days ago."""
    asked = {"idempotencyKey": key, "check": {"license": {"serial": serial}, **check}}
    return asked | ({"ticket": ticket} if ticket else {})
