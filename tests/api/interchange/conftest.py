"""A database at the newest revision, of either kind, and a store on it."""

import pytest

from api.store.engine import open_database
from api.store.revisions import migrate
from api.store.store import SqlStore
from tests.builders import GUIDE


@pytest.fixture
async def database(database_url):
    await migrate(database_url)
    opened = open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def store(database):
    return SqlStore(database, GUIDE)
