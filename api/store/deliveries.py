"""Events on their way: handed to the endpoints that are to have them, taken by workers, and what came of it.

A worker takes a delivery for some time, its lease; when it is killed, another takes it after that. Of a stream's events
an endpoint is sent one at a time, in their order, so what was sent twice was never sent too early. An endpoint that
failed is left alone for a while (`api.store.circuits`).
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import circuits, outbox, recording, tables, webhooks
from api.store.conditions import among, visible_from
from api.store.engine import Database
from api.store.identifiers import uuid7
from api.store.inserting import insert_into
from api.store.recording import Fact
from api.store.tables import table_of
from schema.sending import DeliveryError, DeliveryState, Endpoint, EndpointState
from schema.store import ViewerKind

events = outbox.events
endpoints = webhooks.endpoints
deliveries = webhooks.deliveries
accounts = table_of(tables.Account)

BATCH = 200
PENDING = deliveries.c.state == DeliveryState.PENDING.value
CURRENT = endpoints.c.superseded_at.is_(None)
ENABLED = (CURRENT, endpoints.c.state == EndpointState.ENABLED.value)


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that a worker has a lease of. `is_seen` says whether its endpoint may still see what it tells of.

    `failures` is how often the endpoint failed in a row.
    """

    id: UUID
    lease: UUID
    event_id: UUID
    attempts: int
    payload: str
    is_seen: bool
    failures: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a try came to, when the next one is due where there is to be one, and until when its endpoint is paused."""

    state: DeliveryState
    due_at: datetime
    status: int | None = None
    error: DeliveryError | None = None
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: deliveries to enabled endpoints, events that nobody looked at, and since when the oldest is due.

    Nothing is due for an endpoint while it is left alone; `failing` are those that failed last.
    """

    pending: int
    dead: int
    unrouted: int
    failing: int
    due_since: datetime | None

    def lag(self, now: datetime) -> timedelta:
        """For how long the oldest has waited for a worker."""
        return max(now - self.due_since, timedelta()) if self.due_since is not None else timedelta()


def _seen() -> ColumnElement[bool]:
    """Whether an event is an endpoint's to see, as accounts and partners are recorded now."""
    address: ColumnElement[Any] = events.c.account_id
    own: ColumnElement[Any] = endpoints.c.account_id
    by_kind = [
        and_(endpoints.c.viewer.startswith(kind.value, autoescape=True), visible_from(address, kind, own))
        for kind in ViewerKind
    ]
    return or_(address.is_(None), *by_kind)


async def route(connection: AsyncConnection, now: datetime) -> int:
    """Hands the oldest events to the endpoints that want them, and gives how many; within the caller's transaction.

    An endpoint is handed nothing that was told before there was one.
    """
    waiting = (
        select(events.c.id, events.c.stream, events.c.seq, events.c.type, events.c.product, accounts.c.reference)
        .outerjoin(accounts, accounts.c.id == events.c.account_id)
        .where(events.c.routed_at.is_(None))
        .order_by(events.c.at, events.c.seq)
        .limit(BATCH)
        .with_for_update(of=events)
    )
    every = {row.id: row for row in await connection.execute(waiting)}
    if not every:
        return 0
    pairs = select(events.c.id, endpoints.c.endpoint_id, endpoints.c.viewer, *webhooks.FILTERS).where(
        among(events.c.id, list(every)),
        CURRENT,
        endpoints.c.state != EndpointState.DELETED.value,
        _seen(),
        endpoints.c.created_at <= events.c.at,
    )
    wanted = [
        {
            "id": uuid7(), "endpoint_id": pair.endpoint_id, "event_id": pair.id, "viewer": pair.viewer,
            "stream": every[pair.id].stream, "seq": every[pair.id].seq, "state": DeliveryState.PENDING.value,
            "attempts": 0, "due_at": now,
        }
        for pair in await connection.execute(pairs.order_by(events.c.at, events.c.seq))
        if _wants(pair, every[pair.id])
    ]  # fmt: skip
    if wanted:
        await connection.execute(insert_into(connection, deliveries).on_conflict_do_nothing(), wanted)
    await connection.execute(update(events).where(among(events.c.id, list(every))).values(routed_at=now))
    return len(every)


def _wants(pair: Any, event: Any) -> bool:  # noqa: ANN401 - rows
    """Whether an endpoint asked for an event: of its type, its account and its product, each where any is named."""
    asked = ((pair.event_types, event.type), (pair.accounts, event.reference), (pair.products, event.product))
    return all(not (named := json.loads(names)) or value in named for names, value in asked)


async def due(database: Database, now: datetime) -> list[UUID]:
    """The enabled endpoints that something may be sent to now."""
    there = exists().where(deliveries.c.endpoint_id == endpoints.c.endpoint_id, *_free(now))
    statement = select(endpoints.c.endpoint_id).where(*ENABLED, ~circuits.is_paused(_id(), now), there)
    async with database.reading() as connection:
        return list((await connection.execute(statement)).scalars())


def _id() -> ColumnElement[UUID]:
    return endpoints.c.endpoint_id


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Deliveries that are due, that nobody works on, and before which nothing of their stream is to be sent."""
    before, unrouted = deliveries.alias(), events.alias()
    earlier = exists().where(
        before.c.endpoint_id == deliveries.c.endpoint_id, before.c.stream == deliveries.c.stream,
        before.c.seq < deliveries.c.seq, before.c.state == DeliveryState.PENDING.value,
    )  # fmt: skip
    unread = exists().where(
        unrouted.c.stream == deliveries.c.stream, unrouted.c.seq < deliveries.c.seq, unrouted.c.routed_at.is_(None)
    )
    not_leased = or_(deliveries.c.leased_until.is_(None), deliveries.c.leased_until <= now)
    return PENDING, deliveries.c.due_at <= now, not_leased, ~earlier, ~unread


async def take(
    connection: AsyncConnection, endpoint_id: UUID, now: datetime, lease_for: timedelta, most: int
) -> tuple[Endpoint, list[Taken]] | None:
    """Takes a lease of what an endpoint is to be sent next, of each stream one; None where it is sent nothing now."""
    current = select(*webhooks.SHOWN).where(endpoints.c.endpoint_id == endpoint_id, CURRENT)
    row = (await connection.execute(current)).one_or_none()
    endpoint = webhooks.endpoint_of(row) if row is not None else None
    if endpoint is None or endpoint.state is not EndpointState.ENABLED:
        return None
    most, failures = await circuits.room(connection, endpoint_id, now, most)
    if not most:
        return None
    found = (
        select(deliveries.c.id, deliveries.c.event_id, deliveries.c.attempts, events.c.payload, _seen().label("seen"))
        .join(events, events.c.id == deliveries.c.event_id)
        .join(endpoints, and_(endpoints.c.endpoint_id == deliveries.c.endpoint_id, CURRENT))
        .where(deliveries.c.endpoint_id == endpoint_id, *_free(now))
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(most)
        .with_for_update(of=deliveries, skip_locked=True)
    )
    lease = uuid7()
    taken = [
        Taken(row.id, lease, row.event_id, row.attempts, row.payload, bool(row.seen), failures)
        for row in await connection.execute(found)
    ]
    if taken:
        own = update(deliveries).where(among(deliveries.c.id, [one.id for one in taken]))
        await connection.execute(own.values(lease=lease, leased_until=now + lease_for))
        if failures:
            await circuits.begin(connection, endpoint_id, lease, lease_for, now)
    return endpoint, taken


async def settle(connection: AsyncConnection, endpoint_id: UUID, taken: Taken, outcome: Outcome, now: datetime) -> bool:
    """Notes what a try came to; False where the lease had run out and another worker has it."""
    own = update(deliveries).where(deliveries.c.id == taken.id, deliveries.c.lease == taken.lease)
    is_there = outcome.state is DeliveryState.DELIVERED
    values = {
        "state": outcome.state.value, "attempts": deliveries.c.attempts + 1, "due_at": outcome.due_at, "lease": None,
        "leased_until": None, "tried_at": now, "status": outcome.status,
        "error": outcome.error.value if outcome.error else None,
    }  # fmt: skip
    noted = await connection.execute(own.values(**values, **({"delivered_at": now} if is_there else {})))
    if is_there:
        await circuits.end(connection, endpoint_id, taken.lease)
    elif outcome.paused_until is not None:
        await circuits.fail(connection, endpoint_id, taken.lease, now, outcome.paused_until)
    else:
        await circuits.give_back(connection, endpoint_id, taken.lease, now)
    return noted.rowcount > 0


async def disable(connection: AsyncConnection, endpoint: Endpoint, now: datetime) -> None:
    """Disables an endpoint whose receiver says that it is gone; whoever has it may enable it again."""
    c = endpoints.c
    own = select(c.viewer, c.account_id, c.recorded_at).where(c.endpoint_id == endpoint.id, CURRENT).with_for_update()
    row = (await connection.execute(own)).one()
    values = {**webhooks.values_of(endpoint), "state": EndpointState.DISABLED.value, "viewer": row.viewer}
    at = max(now, row.recorded_at + timedelta(microseconds=1))
    fact = Fact({**values, "account_id": row.account_id, "change_id": None}, at)
    await recording.record(connection, recording.WEBHOOKS, [fact], at)


async def has_unrouted(database: Database) -> bool:
    """Whether there are events that nobody has handed on yet."""
    async with database.reading() as connection:
        found = await connection.execute(select(events.c.id).where(events.c.routed_at.is_(None)).limit(1))
        return found.first() is not None


async def backlog(database: Database) -> Backlog:
    """What waits now."""
    enabled = select(endpoints.c.endpoint_id).where(*ENABLED)
    paused = circuits.circuits
    due_at = case((paused.c.paused_until > deliveries.c.due_at, paused.c.paused_until), else_=deliveries.c.due_at)
    waiting = (
        select(func.count(), func.min(due_at))
        .select_from(deliveries)
        .outerjoin(paused, paused.c.endpoint_id == deliveries.c.endpoint_id)
        .where(PENDING, deliveries.c.endpoint_id.in_(enabled))
    )
    # Where nobody is to have events, none waits for a worker.
    unread = select(func.count(), func.min(events.c.at)).where(events.c.routed_at.is_(None), enabled.exists())
    dead = select(func.count()).select_from(deliveries).where(deliveries.c.state == DeliveryState.DEAD.value)
    failing = select(func.count()).select_from(paused).where(paused.c.endpoint_id.in_(enabled))
    async with database.reading() as connection:
        pending, due_since = (await connection.execute(waiting)).one()
        unrouted, told_since = (await connection.execute(unread)).one()
        since = min((at for at in (due_since, told_since) if at is not None), default=None)
        counted = [(await connection.execute(one)).scalar_one() for one in (dead, failing)]
        return Backlog(pending, counted[0], unrouted, counted[1], since)
