"""The outbox: events, written in the transaction of what they tell of, each with the text that is sent of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from api.operations import document_id, operation
from api.store import tables
from api.store.conditions import among
from api.store.identifiers import uuid7
from api.store.tables import table_of
from entitlements import canonical
from entitlements.clauses import Clause
from entitlements.events import Event
from schema.ids import Kind, write_id
from schema.sending import message_id

events = table_of(tables.OutboxEvent)
streams = table_of(tables.EventStream)
licenses = table_of(tables.License)

CITED = ("id", "rule", "basis", "summary", "section", "locator", "digest")


async def write(connection: AsyncConnection, told: Sequence[Event], at: datetime) -> int:
    """Writes events in their order, within the caller's transaction, and gives how many there are now to send.

    One that was told under its name already is left out. Whoever writes of the same licence meanwhile waits for the
    transaction's end.
    """
    known = await _known(connection, told)
    every = [event for event in told if event.name not in known]
    addresses = await _addresses(connection, every)
    rows: list[dict[str, Any]] = []
    for event in every:
        id_, seq = uuid7(), await _next(connection, event.stream)
        rows.append({
            "id": id_, "stream": event.stream, "seq": seq, "type": event.type.value, "name": event.name,
            "account_id": addresses.get(event.stream), "product": event.product.code, "at": at, "on": event.on,
            "payload": payload(event, id_, seq, at),
        })  # fmt: skip
    if rows:
        await connection.execute(events.insert(), rows)
    return len(every)


async def _known(connection: AsyncConnection, told: Sequence[Event]) -> set[str]:
    """The names among those of some events under which something was told."""
    named = [event.name for event in told if event.name is not None]
    if not named:
        return set()
    found = await connection.execute(select(events.c.name).where(among(events.c.name, named)))
    return {name for name in found.scalars() if name is not None}


async def _addresses(connection: AsyncConnection, told: Sequence[Event]) -> dict[UUID, UUID]:
    """Where the licences that events are about stand."""
    ids = [event.license.id for event in told if event.license is not None]
    if not ids:
        return {}
    found = await connection.execute(select(licenses.c.id, licenses.c.account_id).where(among(licenses.c.id, ids)))
    return {row.id: row.account_id for row in found}


async def _next(connection: AsyncConnection, stream: UUID) -> int:
    """The number of a stream's next event."""
    if connection.dialect.name == "postgresql":
        return int((await connection.execute(select(func.coverline_next_event(stream)))).scalar_one())
    first = sqlite.insert(streams).values(stream=stream, seq=1)
    further = first.on_conflict_do_update(index_elements=["stream"], set_={"seq": streams.c.seq + 1})
    return (await connection.execute(further.returning(streams.c.seq))).scalar_one()


# ---------------------------------------------------------------- what is sent


def payload(event: Event, id_: UUID, seq: int, at: datetime) -> str:
    """The text of an event: what, whose, the facts and clauses, and the question that shows it."""
    license, product = event.license, event.product
    data = {
        "id": message_id(id_),
        "sequence": seq,
        "on": event.on.isoformat(),
        "account": _named(Kind.ACCOUNT, license.account.id, reference=license.account.reference) if license else None,
        "license": _named(Kind.LICENSE, license.id, serial=license.serial) if license else None,
        "product": _named(Kind.PRODUCT, product.id, code=product.code),
        "facts": {fact.name: fact.value for fact in event.facts},
        "clauses": [_cited(clause) for clause in event.clauses],
        "query": _question(event),
    }
    timestamp = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return canonical.text_of({"type": event.type.value, "timestamp": timestamp, "data": data})


def _named(kind: Kind, id_: UUID, **key: str) -> dict[str, str]:
    return {"id": str(write_id(kind, id_)), **key}


def _cited(clause: Clause) -> dict[str, Any]:
    told = {name: getattr(clause, name) for name in CITED}
    return {name: value for name, value in told.items() if value is not None}


def _question(event: Event) -> dict[str, Any]:
    """A trusted document and its variables, which show what an event tells of."""
    if event.order_id is not None:
        return _document("order_quote", id=str(write_id(Kind.RENEWAL_ORDER, event.order_id)))
    if event.license is not None:
        return _document("license", by={"serial": event.license.serial}, on=event.on.isoformat())
    return _document("product", code=event.product.code)


def _document(name: str, **variables: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the document asks for
    return {"documentId": f"sha256:{document_id(operation(name))}", "document": name, "variables": variables}
