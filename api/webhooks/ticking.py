"""Looking for what each day brings: every contract, by the rules, since the last day that was looked at."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from api.deployment import Deployment
from api.logs import logger
from api.settings import Settings
from api.store import ticking
from api.store.derived import INTERNAL
from api.store.retrying import again
from entitlements.dates import day_of
from entitlements.parameters import POLICY_ZONE
from entitlements.turns import Notice, turns
from schema.store import Portfolio

AT_ONCE = 50
"""Contracts that one transaction tells of."""
EVERY = timedelta(minutes=10)
"""How often it is looked whether a day has begun."""

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Ticked:
    """The days that were looked at, both inclusive, and how many events were told."""

    first: date
    last: date
    told: int


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
    database, guide, notice = deployment.database, deployment.guide, notice_of(deployment.settings)
    last = today(deployment)
    async with database.reading() as connection:
        through = await ticking.ticked_through(connection)
    days = (min(through or last, last), last)
    told, waiting = 0, list[UUID]()

    async def tell(ids: list[UUID]) -> int:
        async def telling() -> int:
            async with database.writing() as connection:
                return await ticking.tell(connection, ids, days, notice, guide, deployment.clock)

        return await again(telling)

    async for some in deployment.store.contracts(INTERNAL, Portfolio(deployment.clock())):
        for read in some:
            if read.facts.license is not None and turns(read.facts, *days, notice, guide):
                waiting.append(read.facts.license.id)
            await asyncio.sleep(0)  # others of this process have their turn
    for begun in range(0, len(waiting), AT_ONCE):
        told += await tell(waiting[begun : begun + AT_ONCE])
    async with database.writing() as connection:
        await ticking.note(connection, last)
    return Ticked(*days, told)


async def keep_ticking(deployment: Deployment) -> None:
    """Ticks on each day that begins, until it is cancelled."""
    done: date | None = None
    while True:
        if done != today(deployment):
            try:
                done = (await tick(deployment)).last
            except Exception:
                log.exception("what the day brings could not be looked for")
        await asyncio.sleep(EVERY.total_seconds())
