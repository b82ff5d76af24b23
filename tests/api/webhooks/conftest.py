"""A deployment that sends, and a receiver."""

from datetime import timedelta

import pytest

from api.deployment import deployed
from api.settings import Settings
from tests.api.databases import *  # noqa: F403 - fixtures are found by their names
from tests.ordering import Ticking
from tests.receiving import receiving
from tests.webhooks import sending

MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def receiver():
    with receiving() as one:
        yield one


@pytest.fixture
async def sender(priced_url):
    async with deployed(sending(Settings(database_url=priced_url)), Ticking(step=MOMENT)) as deployment:
        yield deployment


@pytest.fixture
async def small(priced_sqlite):
    """SQLite alone, where the engine makes no difference."""
    async with deployed(sending(Settings(database_url=priced_sqlite)), Ticking(step=MOMENT)) as deployment:
        yield deployment
