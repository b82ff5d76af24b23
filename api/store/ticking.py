"""What time brings, told once: the day through which it was looked for, and contracts locked while it is written."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import outbox, tables
from api.store.assembly import Contracts
from api.store.conditions import among
from api.store.contracts import contracts_of
from api.store.derived import INTERNAL, LATEST
from api.store.inserting import insert_into
from api.store.tables import table_of
from api.store.writing import Clock
from entitlements.guide import Guide
from entitlements.turns import Notice, turns

licenses = table_of(tables.License)
ticks = table_of(tables.Tick)
under_way = table_of(tables.TickUnderWay)


class UnderWay(NamedTuple):
    """The days that are looked at, up to which contract that was done, and when it was noted."""

    days: tuple[date, date]
    after: UUID
    at: datetime


async def ticked_through(connection: AsyncConnection) -> date | None:
    """The last day that was looked at; None before the first."""
    return await connection.scalar(select(ticks.c.through_on))


async def ticking(connection: AsyncConnection) -> UnderWay | None:
    """How far a tick came that has not ended; None without one."""
    c = under_way.c
    row = (await connection.execute(select(c.first_on, c.last_on, c.after, c.at))).one_or_none()
    return UnderWay((row.first_on, row.last_on), row.after, row.at) if row is not None else None


async def note_step(connection: AsyncConnection, so_far: UnderWay) -> None:
    """Notes up to which contract the days were looked at; what another tick of theirs noted further on stays."""
    c = under_way.c
    first_on, last_on = so_far.days
    values = {"first_on": first_on, "last_on": last_on, "after": so_far.after, "at": so_far.at}
    first = insert_into(connection, under_way).values(id=1, **values)
    behind = or_(c.after <= so_far.after, c.first_on != first_on, c.last_on < last_on)
    await connection.execute(
        first.on_conflict_do_update(index_elements=["id"], set_=values, where=and_(c.last_on <= last_on, behind))
    )


async def note(connection: AsyncConnection, through_on: date) -> None:
    """Notes that a day was looked at, and all before it."""
    await connection.execute(delete(under_way).where(under_way.c.last_on <= through_on))
    first = insert_into(connection, ticks).values(id=1, through_on=through_on)
    await connection.execute(
        first.on_conflict_do_update(
            index_elements=["id"],
            set_={"through_on": through_on},
            where=ticks.c.through_on < through_on,
        )
    )


async def tell(
    connection: AsyncConnection,
    base_ids: Sequence[UUID],
    days: tuple[date, date],
    notice: Notice,
    guide: Guide,
    clock: Clock,
) -> int:
    """Tells what falls on some days, both inclusive, of contracts that nobody changes meanwhile; gives how much.

    What was told before is left out, so two that look at once tell it once.
    """
    locking = select(licenses.c.id).where(among(licenses.c.id, base_ids)).order_by(licenses.c.id).with_for_update()
    await connection.execute(locking)
    found, asked = Contracts(), set(base_ids)
    # Whatever was recorded before the lock is known, also where another clock is ahead.
    found.take(await contracts_of(connection, "id", base_ids, INTERNAL, LATEST))
    bases = [facts for facts in found.facts() if facts.license is not None and facts.license.id in asked]
    told = [event for facts in bases for event in turns(facts, *days, notice, guide)]
    return await outbox.write(connection, told, clock())
