"""Opening a database: SQLite in a file, or PostgreSQL, each through its asynchronous driver."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from api.store.raw import Raw, raw_of
from api.store.row_security import narrow
from schema.store import Viewer

Connection = AsyncConnection
"""A connection within a transaction, for callers that speak no SQL themselves."""

FORMS = "write sqlite:///PATH for a file of SQLite, or postgresql://USER@HOST/NAME"
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}

# FULL: an answer that an order was recorded must survive a power cut; WAL alone with NORMAL could lose the last ones.
# Readers do not wait for it.
PATIENCE = 5000
PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={PATIENCE}", "synchronous=FULL")


class DatabaseRefused(ValueError):  # noqa: N818 - it is an answer to the operator, not a fault
    """A database URL that cannot be used; the message says what is wrong and what to write, never the password."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. Every read or write happens in a transaction that ends with its block."""

    engine: AsyncEngine
    raw: Raw | None = None
    """Its driver's own connections for hot reads; None within a transaction."""

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @asynccontextmanager
    async def reading(self, viewer: Viewer | None = None) -> AsyncGenerator[AsyncConnection]:
        """A connection in a transaction that only reads, for a viewer, or for the process itself without one."""
        async with self.engine.connect() as connection, connection.begin():
            await narrow(connection, viewer)
            yield connection

    @asynccontextmanager
    async def writing(self, viewer: Viewer | None = None, *, waits: bool = True) -> AsyncGenerator[AsyncConnection]:
        """A connection in a transaction that writes: committed when the block ends, rolled back when it raises.

        It is for a viewer, or for the process itself without one. Unless it waits, it raises at once where SQLite has
        another writer, whose import may take a minute.
        """
        async with self.engine.connect() as connection:
            options = {"coverline_writes": True, "coverline_waits": waits}
            connection = await connection.execution_options(**options)  # noqa: PLW2901 - the same one
            async with connection.begin():
                await narrow(connection, viewer)
                yield connection

    @asynccontextmanager
    async def apart(self) -> AsyncGenerator[AsyncConnection]:
        """A connection outside of any transaction, for what none may hold, such as VACUUM."""
        async with self.engine.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT", coverline_apart=True)

    @asynccontextmanager
    async def session(self, *, writes: bool = False) -> AsyncGenerator[AsyncSession]:
        """A session of SQLModel's in such a transaction; nothing is loaded behind one's back."""
        within = self.writing() if writes else self.reading()
        async with within as connection, AsyncSession(connection, expire_on_commit=False) as session:
            yield session
            await session.flush()

    async def close(self) -> None:
        """Closes every connection."""
        if self.raw is not None:
            await self.raw.close()
        await self.engine.dispose()


def open_database(url: str, *, connections: int = 5) -> Database:
    """A database by its URL, `sqlite:///PATH` or `postgresql://…`. It connects when first used.

    `connections` are kept open at most, and as many again when busy. Raises DatabaseRefused for a URL that is malformed
    or of another kind.
    """
    parsed = driver_url(url)
    engine = create_async_engine(
        parsed,
        pool_size=connections,
        max_overflow=connections,
        pool_pre_ping=not is_file(parsed),
        hide_parameters=True,  # what customers recorded does not belong in error messages and logs
    )
    if is_file(parsed):
        _prepare_sqlite(engine)
    return Database(engine, raw_of(engine))


def driver_url(url: str) -> URL:
    """The URL with the driver that is used for its kind of database."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseRefused(f"the database URL cannot be read; {FORMS}") from None
    kind = parsed.get_backend_name()
    if kind == "postgres":
        raise DatabaseRefused("the database URL begins with postgres://; write postgresql:// instead")
    if kind not in DRIVERS:
        raise DatabaseRefused(f"a database of the kind {kind!r} is not supported; {FORMS}")
    if parsed.drivername not in {kind, DRIVERS[kind]}:
        raise DatabaseRefused(f"the driver of {parsed.drivername!r} is not used here; write {kind}:// without a driver")
    if kind == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise DatabaseRefused(f"SQLite needs a file; {FORMS}")
        if not Path(parsed.database).parent.is_dir():
            folder = Path(parsed.database).parent
            raise DatabaseRefused(f"the folder {folder} of the SQLite file does not exist; create it or mend the path")
    return parsed.set(drivername=DRIVERS[kind])


def is_file(url: URL) -> bool:
    """Whether the database is a file of SQLite."""
    return url.get_backend_name() == "sqlite"


def _prepare_sqlite(engine: AsyncEngine) -> None:
    """Settings of every connection, and transactions that begin when they are said to.

    Python's own driver begins one only before it writes, so reads would not share a moment; one that writes takes its
    lock at once, since a lock taken midway can be refused without waiting.
    """

    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own connection
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begun(connection: SyncConnection) -> None:
        options = connection.get_execution_options()
        if options.get("coverline_apart", False):
            return
        if not options.get("coverline_writes", False):
            connection.exec_driver_sql("BEGIN")
        elif options.get("coverline_waits", True):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)
