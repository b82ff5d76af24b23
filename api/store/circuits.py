"""Endpoints that failed: each is left alone for a while, and then sent one thing, by whichever worker comes first.

Until that one is taken nothing else is sent, so a receiver that is away is tried once for all that waits for it. What
was on its way already when an endpoint failed says nothing of how it fares since.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import tables
from api.store.inserting import insert_into
from api.store.tables import table_of

circuits = table_of(tables.WebhookCircuit)
endpoints = table_of(tables.WebhookEndpoint)


class Room(NamedTuple):
    """How many things an endpoint may be sent now, and how often it failed in a row."""

    most: int
    failures: int


def is_paused(endpoint_id: ColumnElement[UUID], now: datetime) -> ColumnElement[bool]:
    """Whether an endpoint is left alone at an instant."""
    return exists().where(circuits.c.endpoint_id == endpoint_id, circuits.c.paused_until > now)


async def room(connection: AsyncConnection, endpoint_id: UUID, now: datetime, most: int) -> Room:
    """None while an endpoint is left alone, one where it failed last, else the most; who else asks waits meanwhile."""
    found = select(circuits.c.paused_until, circuits.c.failures).where(circuits.c.endpoint_id == endpoint_id)
    row = (await connection.execute(found.with_for_update())).one_or_none()
    if row is None:
        return Room(most, 0)
    return Room(0 if row.paused_until > now else 1, row.failures)


async def begin(
    connection: AsyncConnection, endpoint_id: UUID, lease: UUID, lease_for: timedelta, now: datetime
) -> None:
    """Notes under which lease an endpoint that failed is tried; after that somebody else may try."""
    own = update(circuits).where(circuits.c.endpoint_id == endpoint_id)
    await connection.execute(own.values(probe=lease, paused_until=now + lease_for))


async def end(connection: AsyncConnection, endpoint_id: UUID, lease: UUID) -> None:
    """An endpoint took something: where it had failed, it is well again."""
    await connection.execute(delete(circuits).where(*_probed(endpoint_id, lease)))


async def give_back(connection: AsyncConnection, endpoint_id: UUID, lease: UUID, now: datetime) -> None:
    """Nothing was sent under a lease: whoever comes next tries the endpoint."""
    own = update(circuits).where(*_probed(endpoint_id, lease))
    await connection.execute(own.values(probe=None, paused_until=now))


async def fail(
    connection: AsyncConnection, endpoint_id: UUID, lease: UUID, now: datetime, paused_until: datetime
) -> None:
    """An endpoint failed, and is left alone for some time; what failed beside something else that did counts once."""
    own = update(circuits).where(*_probed(endpoint_id, lease))
    values = {"failures": circuits.c.failures + 1, "paused_until": paused_until, "probe": None}
    await connection.execute(own.values(**values))
    c = endpoints.c
    viewer = await connection.scalar(select(c.viewer).where(c.endpoint_id == endpoint_id, c.superseded_at.is_(None)))
    first = insert_into(connection, circuits).values(
        endpoint_id=endpoint_id, viewer=viewer, failures=1, failing_since=now, paused_until=paused_until
    )
    await connection.execute(first.on_conflict_do_nothing())


async def forget(connection: AsyncConnection, endpoint_id: UUID) -> None:
    """Has an endpoint tried at once, however it fared."""
    await connection.execute(delete(circuits).where(circuits.c.endpoint_id == endpoint_id))


def _probed(endpoint_id: UUID, lease: UUID) -> tuple[ColumnElement[bool], ...]:
    return circuits.c.endpoint_id == endpoint_id, circuits.c.probe == lease
