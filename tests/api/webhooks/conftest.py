"""A deployment that sends, and a receiver."""

from datetime import timedelta

import pytest

from api.deployment import deployed
from api.settings import Settings
from tests.api.databases import *  # noqa: F403 - fixtures are found by their names
from tests.ordering import Ticking, filling
from tests.receiving import receiving
from tests.webhooks import sending

MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def receiver():
    with receiving() as one:
        yield one


@pytest.fixture
async def sender(migrated_url, tmp_path):
    settings = sending(Settings(database_url=migrated_url))
    await filling(settings, tmp_path)
    async with deployed(settings, Ticking(step=MOMENT)) as deployment:
        yield deployment


@pytest.fixture
async def small(migrated_sqlite, tmp_path):
    """SQLite alone, where the engine makes no difference."""
    settings = sending(Settings(database_url=migrated_sqlite))
    await filling(settings, tmp_path)
    async with deployed(settings, Ticking(step=MOMENT)) as deployment:
        yield deployment
