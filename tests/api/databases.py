"""Databases at the newest revision, brought there once a session and copied for each test."""

import asyncio
import shutil
import uuid

import pytest

from api.settings import Settings
from api.store.engine import open_database
from api.store.revisions import migrate
from api.store.store import SqlStore
from tests.builders import GUIDE
from tests.conftest import administer, copied
from tests.ordering import fill


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
    with copied(postgres_server, postgres_template) as url:
        yield url


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


# ---------------------------------------------------------------- the priced portfolio in it


@pytest.fixture(scope="session")
def priced_sqlite_template(sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("priced")
    shutil.copy(sqlite_template, folder / "coverline.sqlite3")
    fill(Settings(database_url=f"sqlite:///{folder / 'coverline.sqlite3'}"), folder)
    return folder / "coverline.sqlite3"


@pytest.fixture(scope="session")
def priced_postgres_template(postgres_server, postgres_template, tmp_path_factory):
    name = f"priced_{uuid.uuid4().hex}"
    administer(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
    fill(Settings(database_url=postgres_server.get_uri(database=name)), tmp_path_factory.mktemp("priced"))
    return name


@pytest.fixture
def priced_sqlite(priced_sqlite_template, tmp_path):
    """The URL of a SQLite file that holds the portfolio and its prices."""
    file = tmp_path / "priced.sqlite3"
    shutil.copy(priced_sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def priced_postgres(postgres_server, priced_postgres_template):
    """The URL of a PostgreSQL database that holds them."""
    with copied(postgres_server, priced_postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def priced_url(request):
    return request.getfixturevalue(f"priced_{request.param}")
