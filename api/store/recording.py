"""Recording facts: adding versions beside those that are there, never over them.

A ledger says which table, what makes a fact's key, and what its other columns are. Rows are recorded in their order.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from api.store import documents, tables
from api.store.columns import ALWAYS
from api.store.conditions import among, folded
from api.store.identifiers import uuid7
from api.store.personal import person, personal_data
from api.store.tables import table_of

Key = tuple[Any, ...]

licenses = table_of(tables.License)


class Outcome(Enum):
    """What recording a fact came to."""

    ADDED = "added"
    SUPERSEDED = "superseded"
    UNCHANGED = "unchanged"
    TOO_EARLY = "too early"


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where facts of a kind are recorded: the table, the columns of a key (the first finds it) and those of a fact.

    Where `first_is_always_known`, the first row of a key counts as always known when it names no instant. The column
    that is `personal` is kept apart, by the id of the fact's row.
    """

    table: Table
    key: tuple[str, ...]
    values: tuple[str, ...]
    first_is_always_known: bool = False
    personal: str | None = None


def _ledger(
    model: type[SQLModel], *key: str, follows: tuple[str, ...] = (), always: bool = False, personal: str | None = None
) -> Ledger:
    """A ledger of a table; who recorded a fact, and columns that follow from others, do not make it another one."""
    table = table_of(model)
    aside = {"id", "recorded_at", "superseded_at", "change_id", *key, *follows}
    values = (*(c.name for c in table.c if c.name not in aside), *([personal] if personal else []))
    return Ledger(table, key, values, always, personal)


ACCOUNTS = _ledger(tables.AccountFacts, "account_id", follows=("search",), always=True, personal="name")
PRODUCTS = _ledger(tables.ProductFacts, "product_id", always=True)
RELEASES = _ledger(tables.Release, "name", always=True)
MILESTONES = _ledger(tables.Milestone, "product_id", "version", "kind")
LICENSES = _ledger(tables.LicenseFacts, "license_id", follows=("account_id",))
COVERAGE = _ledger(tables.Coverage, "license_id", "order_reference", follows=("account_id", "renewed_from"))
OPTIONS = _ledger(tables.Option, "license_id", "feature", "starts_on", follows=("account_id",))
CHARGES = _ledger(tables.Charge, "reference", follows=("account_id",))
WARRANTIES = _ledger(tables.Warranty, "license_id", follows=("account_id",), always=True)
PRICES = _ledger(tables.Price, "product_id", "book", "currency", "plan", "months", "effective_from", always=True)
WEBHOOKS = _ledger(tables.WebhookEndpoint, "endpoint_id", follows=("account_id",))
DOCUMENTS = _ledger(tables.Document, "name", follows=("text",))

CATALOGUE = (PRODUCTS, RELEASES, MILESTONES)
"""What is the same for every licence."""


@dataclass(slots=True)
class Fact:
    """A fact to record: every column but the known time. `recorded_at` is None where the row names no instant."""

    values: Mapping[str, Any]
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """What recording one fact came to; `newest` is the key's newest instant when the fact came too early."""

    outcome: Outcome
    newest: datetime | None = None


@dataclass(slots=True)
class _Version:
    id: UUID
    recorded_at: datetime
    superseded_at: datetime | None
    fact: tuple[Any, ...]


@dataclass(slots=True)
class _Changes:
    inserted: dict[UUID, dict[str, Any]] = field(default_factory=dict[UUID, dict[str, Any]])
    superseded: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


async def record(connection: AsyncConnection, ledger: Ledger, facts: Sequence[Fact], now: datetime) -> list[Recording]:
    """Records facts within the caller's transaction, and says for each what it came to.

    A fact equal to what was known at its instant changes nothing. One that is not later than its key's newest is not
    recorded (TOO_EARLY). Facts without an instant are recorded `now`, or as always known where the ledger says so.
    """
    histories = await _histories(connection, ledger, facts)
    changes = _Changes()
    found = [_record(ledger, histories[_pick(fact.values, ledger.key)], fact, now, changes) for fact in facts]
    if changes.superseded:
        alive = (
            update(ledger.table)
            .where(ledger.table.c.id == bindparam("row_id"))
            .values(superseded_at=bindparam("until"))
        )
        await connection.execute(alive, changes.superseded)
    if changes.inserted:
        apart = _apart(ledger.personal, changes) if ledger.personal else []
        await connection.execute(ledger.table.insert(), list(changes.inserted.values()))
        if apart:
            await connection.execute(personal_data.insert(), apart)
        await _follow(connection, ledger, changes)
    return found


async def _follow(connection: AsyncConnection, ledger: Ledger, changes: _Changes) -> None:
    """What was kept for reading no longer tells of what is known."""
    if ledger in CATALOGUE:
        await documents.change_catalogue(connection)
    elif "license_id" in ledger.table.c:
        await documents.forget(connection, list({row["license_id"] for row in changes.inserted.values()}))


def _apart(personal: str, changes: _Changes) -> list[dict[str, Any]]:
    """The rows that keep what is personal of those to be inserted, and takes it out of them."""
    return [
        person(id_, values["account_id"], text, folded(text))
        for id_, values in changes.inserted.items()
        for text in [values.pop(personal)]
    ]


async def settle(connection: AsyncConnection, table: str) -> None:
    """Tells the planner how large a table has grown within the transaction, or it would go on as if it were empty."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"ANALYZE {table}"))


def _pick(values: Mapping[str, Any], names: Sequence[str]) -> Key:
    return tuple(values[name] for name in names)


async def _histories(
    connection: AsyncConnection, ledger: Ledger, facts: Sequence[Fact]
) -> defaultdict[Key, list[_Version]]:
    """Every version of the facts' keys, the oldest first."""
    table, first = ledger.table, ledger.key[0]
    leading = sorted({fact.values[first] for fact in facts})
    texts = {ledger.personal: personal_data.c.text}
    columns = [texts.get(name, table.c.get(name)) for name in (*ledger.key, *ledger.values)]
    statement = select(table.c.id, table.c.recorded_at, table.c.superseded_at, *columns).order_by(table.c.recorded_at)
    if ledger.personal:
        statement = statement.outerjoin(personal_data, personal_data.c.id == table.c.id)
    if first == "license_id":
        # By way of the licences, since the address leads the indexes of what belongs to one.
        address = (table.c.account_id == licenses.c.account_id) & (table.c.license_id == licenses.c.id)
        statement = statement.join(licenses, address).where(among(licenses.c.id, leading))
    else:
        statement = statement.where(among(table.c[first], leading))
    width = len(ledger.key)
    histories: defaultdict[Key, list[_Version]] = defaultdict(list)
    for row in await connection.execute(statement):
        id_, recorded_at, superseded_at, *rest = cast("tuple[Any, ...]", row)
        histories[tuple(rest[:width])].append(_Version(id_, recorded_at, superseded_at, tuple(rest[width:])))
    return histories


def _record(ledger: Ledger, history: list[_Version], fact: Fact, now: datetime, changes: _Changes) -> Recording:
    known = _pick(fact.values, ledger.values)
    at = fact.recorded_at
    if at is None:
        at = ALWAYS if ledger.first_is_always_known and not history else now
    then = next((version for version in reversed(history) if version.recorded_at <= at), None)
    if then is not None and then.fact == known:
        return Recording(Outcome.UNCHANGED)
    if history and at <= history[-1].recorded_at:
        return Recording(Outcome.TOO_EARLY, history[-1].recorded_at)
    if history:
        _supersede(history[-1], at, changes)
    id_ = uuid7()
    changes.inserted[id_] = {**fact.values, "id": id_, "recorded_at": at, "superseded_at": None}
    history.append(_Version(id_, at, None, known))
    return Recording(Outcome.SUPERSEDED if len(history) > 1 else Outcome.ADDED)


def _supersede(version: _Version, at: datetime, changes: _Changes) -> None:
    version.superseded_at = at
    inserted = changes.inserted.get(version.id)
    if inserted is not None:
        inserted["superseded_at"] = at
    else:
        changes.superseded.append({"row_id": version.id, "until": at})
