"""Events that are dropped once they were delivered long enough ago.

What waits and what is dead stays, whatever its age; what no webhook was there to have waits for nobody. What time
brought stays known by its name until no tick looks at its day again, so it is never told anew. Streams keep counting
where they were.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import outbox, webhooks
from api.store.conditions import among
from api.store.ticking import ticked_through
from schema.sending import DeliveryState, EndpointState

events = outbox.events
deliveries = webhooks.deliveries

BATCH = 500
STAYS = (DeliveryState.PENDING.value, DeliveryState.DEAD.value)
PLACE = (events.c.at, events.c.id)
Place = tuple[datetime, UUID]
"""How far events were looked through, by their age."""


async def prune(
    connection: AsyncConnection, before: datetime, today: date, after: Place | None
) -> tuple[int, Place | None]:
    """Drops some events of before an instant, with their deliveries, within the caller's transaction.

    Gives how many, and where to go on; None where there are no more.
    """
    through = await ticked_through(connection)
    looked = select(*PLACE, _is_done(before, min(through or today, today)).label("done"))
    looked = looked.where(events.c.at < before).order_by(*PLACE).limit(BATCH)
    if after is not None:
        looked = looked.where(tuple_(*PLACE) > after)
    rows = (await connection.execute(looked)).all()
    ids = [row.id for row in rows if row.done]
    gone = 0
    if ids:
        # What is replayed meanwhile stays.
        sent = (among(deliveries.c.event_id, ids), deliveries.c.state.not_in(STAYS))
        await connection.execute(delete(deliveries).where(*sent))
        left = exists().where(deliveries.c.event_id == events.c.id)
        gone = (await connection.execute(delete(events).where(among(events.c.id, ids), ~left))).rowcount
    return gone, (rows[-1].at, rows[-1].id) if len(rows) == BATCH else None


def _is_done(before: datetime, looked_through: date) -> ColumnElement[bool]:
    """Whether nothing is to become of an event any more."""
    unfinished = exists().where(
        deliveries.c.event_id == events.c.id,
        or_(deliveries.c.state.in_(STAYS), deliveries.c.tried_at >= before),
    )
    never_again = or_(events.c.name.is_(None), events.c.on < looked_through)
    c = webhooks.endpoints.c
    wanted = exists().where(
        c.superseded_at.is_(None), c.state != EndpointState.DELETED.value, c.created_at <= events.c.at
    )
    return and_(or_(events.c.routed_at.is_not(None), ~wanted), never_again, ~unfinished)
