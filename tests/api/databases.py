"""Databases at the newest revision, brought there once a session and copied for each test."""

import asyncio
import shutil
import uuid

import pytest

from api.store.engine import open_database
from api.store.revisions import migrate
from api.store.store import SqlStore
from tests.builders import GUIDE
from tests.conftest import administer


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    file = tmp_path_factory.mktemp("template") / "coverline.sqlite3"
    asyncio.run(migrate(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres_server):
    name = f"template_{uuid.uuid4().hex}"
    administer(postgres_server, f'CREATE DATABASE "{name}"')
    asyncio.run(migrate(postgres_server.get_uri(database=name)))
    return name


@pytest.fixture
def migrated_sqlite(sqlite_template, tmp_path):
    """The URL of a SQLite file at the newest revision."""
    file = tmp_path / "coverline.sqlite3"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def migrated_postgres(postgres_server, postgres_template):
    """The URL of a PostgreSQL database at the newest revision."""
    name = f"test_{uuid.uuid4().hex}"
    administer(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
    yield postgres_server.get_uri(database=name)
    administer(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgres"])
def migrated_url(request):
    return request.getfixturevalue(f"migrated_{request.param}")


@pytest.fixture
async def database(migrated_url):
    opened = open_database(migrated_url)
    yield opened
    await opened.close()


@pytest.fixture
def store(database):
    return SqlStore(database, GUIDE)
