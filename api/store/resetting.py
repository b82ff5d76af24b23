"""A sandbox's database: how it is told from a real one, and how it is emptied.

The first entry of its operator's audit log says that it was reset, and no other database begins like that.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import delete, inspect, select
from sqlmodel import SQLModel

from api.store import audit, tables
from api.store.engine import Connection, Database
from api.store.tables import table_of
from entitlements.chains import OPERATOR, details_of

RESET = "resetSandbox"
STATE = table_of(tables.ReadState)
"""Has its row from the first, and goes on counting, so that whoever remembers what it counts notices."""
KEPT = (table_of(tables.ApiKey), STATE)


async def is_sandbox(database: Database) -> bool:
    """Whether a database is a sandbox's, of this version or of an older one."""
    entries = audit.entries
    first = select(entries.c.seq).where(entries.c.chain == OPERATOR, entries.c.seq == 1, entries.c.action == RESET)
    async with database.reading() as connection:
        if entries.name not in await connection.run_sync(_tables):
            return False
        return await connection.scalar(first) is not None


async def is_empty(database: Database) -> bool:
    """Whether there is no table in a database."""
    async with database.reading() as connection:
        return not await connection.run_sync(_tables)


async def is_unused(database: Database) -> bool:
    """Whether the tables of a database, which is at the newest revision, have no rows."""
    async with database.reading() as connection:
        for table in SQLModel.metadata.sorted_tables:
            if table is not STATE and (await connection.execute(select(table).limit(1))).first():
                return False
    return True


def _tables(connection: SyncConnection) -> list[str]:
    return inspect(connection).get_table_names()


def emptying(now: datetime) -> Callable[[Connection], Awaitable[None]]:
    """Takes everything but the keys out of a sandbox's database, within the transaction that it is given."""

    async def empty(connection: Connection) -> None:
        for table in reversed(SQLModel.metadata.sorted_tables):
            if table not in KEPT:
                await connection.execute(delete(table))
        await audit.append(connection, OPERATOR, audit.Act(now, RESET, audit.COMMAND_LINE, details_of([])))

    return empty
