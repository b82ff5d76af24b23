"""Looking for what each day brings: every contract, by the rules, since the last day that was looked at.

Some contracts at a time, each step noted: a tick that is killed is taken up where it ended. Then what was delivered
long enough ago is dropped.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from api.deployment import Deployment
from api.logs import logger
from api.settings import Settings
from api.store import pruning, ticking
from api.store.derived import INTERNAL
from api.store.retrying import again
from api.store.ticking import UnderWay
from entitlements.dates import day_of
from entitlements.facts import Facts
from entitlements.parameters import POLICY_ZONE
from entitlements.turns import Notice, turns
from schema.store import Portfolio

AT_ONCE = 50
"""Contracts that one transaction tells of."""
EVERY = timedelta(minutes=10)
"""How often it is looked whether a day has begun."""
STEP = timedelta(minutes=1)
"""A tick that noted nothing for so long has ended."""

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Ticked:
    """The days that were looked at, both inclusive, how many events were told, and how many old ones dropped."""

    first: date
    last: date
    told: int
    dropped: int


def notice_of(settings: Settings) -> Notice:
    """How long before an end the operator has it told."""
    return Notice(settings.notice_coverage, settings.notice_free_renewal, settings.notice_support)


def today(deployment: Deployment) -> date:
    """The day of now in the policy zone."""
    guide = deployment.guide
    return day_of(deployment.clock(), guide.value(POLICY_ZONE, guide.in_force_from))


async def tick(deployment: Deployment) -> Ticked:
    """Tells what each day brought since the last tick, and today; what was told before is not told again.

    The last day is looked at once more, for what was recorded since. The first tick of all looks at today alone.
    """
    database, last = deployment.database, today(deployment)
    async with database.reading() as connection:
        through, begun = await ticking.ticked_through(connection), await ticking.ticking(connection)
    first = through or (begun.days[0] if begun else last)
    days = (min(first, last), last)
    after = begun.after if begun and begun.days == days else UUID(int=0)
    told = 0
    await _note(deployment, days, after)
    while some := await _contracts(deployment, after):
        told += await _tell(deployment, some, days)
        after = max(facts.license.id for facts in some if facts.license is not None)
        await _note(deployment, days, after)
    async with database.writing() as connection:
        await ticking.note(connection, last)
    return Ticked(*days, told, await drop(deployment))


async def _note(deployment: Deployment, days: tuple[date, date], after: UUID) -> None:
    async with deployment.database.writing() as connection:
        await ticking.note_step(connection, UnderWay(days, after, deployment.clock()))


async def _contracts(deployment: Deployment, after: UUID) -> Sequence[Facts]:
    """The contracts that come next, read in a transaction of their own: none stays open while it is written."""
    async with aclosing(deployment.store.contracts(INTERNAL, Portfolio(deployment.clock()), after)) as found:
        async for some in found:
            return [read.facts for read in some]
    return ()


async def _tell(deployment: Deployment, some: Sequence[Facts], days: tuple[date, date]) -> int:
    """Tells what the days bring to some contracts; gives how many events."""
    guide, notice = deployment.guide, notice_of(deployment.settings)
    waiting: list[UUID] = []
    for facts in some:
        if facts.license is not None and turns(facts, *days, notice, guide):
            waiting.append(facts.license.id)
        await asyncio.sleep(0)  # others of this process have their turn

    async def telling(ids: list[UUID]) -> int:
        async with deployment.database.writing() as connection:
            return await ticking.tell(connection, ids, days, notice, guide, deployment.clock)

    steps = [waiting[at : at + AT_ONCE] for at in range(0, len(waiting), AT_ONCE)]
    return sum([await again(lambda ids=ids: telling(ids)) for ids in steps])


async def drop(deployment: Deployment) -> int:
    """Drops the events that were delivered longer ago than the settings keep them; gives how many."""
    kept = deployment.settings.event_days
    if not kept:
        return 0
    before, on = deployment.clock() - timedelta(days=kept), today(deployment)
    dropped, place = 0, None

    async def dropping() -> tuple[int, pruning.Place | None]:
        async with deployment.database.writing() as connection:
            return await pruning.prune(connection, before, on, place)

    while True:
        count, place = await again(dropping)
        dropped += count
        if place is None:
            return dropped


async def keep_ticking(deployment: Deployment) -> None:
    """Ticks on each day that begins, unless another process did or does, until it is cancelled."""
    while True:
        try:
            if not await is_looked_at(deployment):
                await tick(deployment)
        except Exception:
            log.exception("what the day brings could not be looked for")
        await asyncio.sleep(EVERY.total_seconds())


async def is_looked_at(deployment: Deployment) -> bool:
    """Whether today was looked at, or somebody is at it."""
    async with deployment.database.reading() as connection:
        through, begun = await ticking.ticked_through(connection), await ticking.ticking(connection)
    is_done = through is not None and through >= today(deployment)
    return is_done or (begun is not None and timedelta() <= deployment.clock() - begun.at < STEP)
