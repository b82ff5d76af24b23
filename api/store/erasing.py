"""Erasing a person: what is personal stands in one table, the names of accounts and what people wrote as reasons.

An account keeps its reference and everything that was decided, ordered and paid; the audit log holds digests alone, of
rows without what is personal, so its chains stay as they are.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text

from api.store import audit, tables
from api.store.engine import Database
from api.store.personal import personal_data
from api.store.tables import table_of
from entitlements.chains import details_of

accounts = table_of(tables.Account)


class UnknownAccount(LookupError):  # noqa: N818 - it is an answer to the operator, not a fault
    """An account that is not there."""


async def erase(database: Database, reference: str, now: datetime) -> int:
    """Erases the name of an account, in every version, and the reasons of its changes; tells of it in its chain.

    Gives how many rows held any of it. Raises UnknownAccount.
    """
    async with database.writing() as connection:
        found = select(accounts.c.id).where(accounts.c.reference == reference).with_for_update()
        id_: UUID | None = await connection.scalar(found)
        if id_ is None:
            raise UnknownAccount(f"there is no account {reference!r}")
        theirs = delete(personal_data).where(personal_data.c.account_id == id_)
        count = (await connection.execute(theirs)).rowcount
        details = details_of([{"account": str(id_), "rows": count}])
        await audit.append(connection, id_, audit.Act(now, "erase", audit.COMMAND_LINE, details))
    return count


async def sweep(database: Database) -> bool:
    """Writes the database anew without what was erased, which would stay in free pages and statistics until then.

    False where another process kept SQLite from it: then its log holds the pages until that ends. PostgreSQL's
    write-ahead log and the operator's backups go by their own retention.
    """
    async with database.apart() as connection:
        if connection.dialect.name == "postgresql":
            # The other two once held it, in columns that are dropped: a row keeps those until it is written anew.
            await connection.execute(text("VACUUM (FULL, ANALYZE) personal_data, account_facts, changes"))
            return True
        await connection.execute(text("VACUUM"))
        busy = await connection.scalar(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return not busy
