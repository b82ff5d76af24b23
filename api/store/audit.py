"""The audit log: what was done, in a hash chain for each account, written in the transaction of what it tells of.

Entries are only ever added. `details` is a digest of the rows that a change left, by which those rows are checked too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import tables
from api.store.engine import Database
from api.store.inserting import insert_into
from api.store.tables import table_of
from entitlements import canonical, chains
from entitlements.chains import BEGINNING, Entry, Head, Kept, Walk

entries = table_of(tables.AuditEntry)
heads = table_of(tables.AuditHead)
changes = table_of(tables.Change)
CHANGED: tuple[Table, ...] = tuple(
    table_of(model)
    for model in (
        tables.LicenseFacts, tables.Coverage, tables.Charge, tables.Milestone, tables.Order, tables.DecisionRecord,
        tables.WebhookEndpoint,
    )
)  # fmt: skip
"""Where changes leave rows."""
OF_CHANGE = ("viewer", "key_id", "mutation", "idempotency_key", "digest", "at", "subject")
"""What an entry is about of a change itself; its reason is for people to read, and may be erased."""
ASIDE = {"id", "superseded_at", "account_id"}
"""What follows from later facts, or from where a licence stands, is no part of what was written."""
COMMAND_LINE = "operator"
"""Who acts at the command line."""
ENTRY = tuple(one.name for one in fields(Entry))


@dataclass(frozen=True, slots=True)
class Act:
    """Something done that an entry tells of."""

    at: datetime
    action: str
    actor: str
    details: str
    key_id: str | None = None
    change_id: UUID | None = None


async def append(connection: AsyncConnection, chain: UUID, act: Act) -> None:
    """Adds an entry to a chain, within the caller's transaction; whoever else adds to it waits for that to end."""
    first = insert_into(connection, heads).values(chain=chain, seq=0, hash=BEGINNING).on_conflict_do_nothing()
    await connection.execute(first)
    # SQLite has locked everything already.
    locked = select(heads.c.seq, heads.c.hash).where(heads.c.chain == chain).with_for_update()
    seq, previous = (await connection.execute(locked)).one()
    entry = Entry(chain, seq + 1, act.at, act.action, act.actor, act.key_id, act.change_id, act.details, previous)
    values = {name: getattr(entry, name) for name in ENTRY}
    await connection.execute(entries.insert().values(**values, hash=entry.hash))
    await connection.execute(update(heads).where(heads.c.chain == chain).values(seq=entry.seq, hash=entry.hash))


def row(table: Table, values: Mapping[Any, Any]) -> object:
    """A row as digests are taken of it: by its table, without what is empty."""
    told = {name: _word(value) for name, value in values.items() if name not in ASIDE and value is not None}
    return {"table": table.name, **told}


def _word(value: Any) -> Any:  # noqa: ANN401 - a value of a column
    # One number has one text here, however many noughts an engine gives it.
    exact = format(value.normalize(), "f") if isinstance(value, Decimal) else value
    return canonical.told_in(canonical.written(exact))


# ---------------------------------------------------------------- verifying


async def all_heads(connection: AsyncConnection) -> list[Head]:
    """The head of every chain."""
    statement = select(heads.c.chain, heads.c.seq, heads.c.hash).order_by(heads.c.chain)
    return [Head(*one) for one in await connection.execute(statement)]


async def faults(database: Database, noted: Sequence[Head] = ()) -> tuple[int, list[str]]:
    """How many entries there are, and everything that is wrong: with chains, noted heads, and what changes left."""
    async with database.reading() as connection:
        return await faults_in(connection, noted)


async def faults_in(connection: AsyncConnection, noted: Sequence[Head] = ()) -> tuple[int, list[str]]:
    """The same within a transaction."""
    walk, found = Walk(await all_heads(connection), noted), list[str]()
    told: dict[UUID, str] = {}
    statement = select(*(entries.c[name] for name in (*ENTRY, "hash"))).order_by(entries.c.chain, entries.c.seq)
    async for one in await connection.stream(statement):
        *values, noted_hash = one
        kept = Kept(Entry(*values), noted_hash)
        found += walk.take(kept)
        if kept.entry.change_id is not None:
            told[kept.entry.change_id] = kept.entry.details
    found += walk.end()
    return walk.count, [*found, *sorted(_unlike(await _left(connection), told))]


def _unlike(left: Mapping[UUID, str], told: Mapping[UUID, str]) -> Iterator[str]:
    """Changes whose rows are not those that their entries were written with."""
    for id_ in left.keys() - told.keys():
        yield f"change {id_}: no entry tells of it"
    for id_, details in told.items():
        if id_ not in left:
            yield f"change {id_}: an entry tells of it, and it is missing"
        elif left[id_] != details:
            yield f"change {id_}: the rows that it left are not those that were written"


async def _left(connection: AsyncConnection) -> dict[UUID, str]:
    """The digest of what every change left, as the database holds it now."""
    parts: dict[UUID, list[object]] = {}
    for one in (await connection.execute(select(changes))).mappings():
        parts[one["id"]] = [of_change(one)]
    for table in CHANGED:
        async for one in (await connection.stream(select(table).where(table.c.change_id.is_not(None)))).mappings():
            parts.setdefault(one["change_id"], []).append(row(table, one))
    return {id_: chains.details_of(each) for id_, each in parts.items()}


def of_change(values: Mapping[Any, Any]) -> object:
    """A change itself as digests are taken of it."""
    return row(changes, {name: values[name] for name in OF_CHANGE})
