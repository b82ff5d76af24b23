"""A worker that delivers: it hands events to endpoints and posts them, beside as many others as there are.

Each endpoint is served by itself, so that a slow one holds up nobody else; one that failed is left alone for a while,
and then tried with one event before any other. A worker may be killed at any instant.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from api.deployment import Deployment
from api.logs import logger
from api.store import deliveries
from api.store.deliveries import Outcome, Taken
from api.store.retrying import again
from api.webhooks.connecting import AsyncConnectionPool, pool
from api.webhooks.posting import Answer, post
from schema.sending import DeliveryError, DeliveryState, Endpoint, message_id

POLL = 1.0
"""Seconds after which it is looked again whether there is something to do."""
AT_ONCE = 4
"""Posts to one endpoint at the same time, each of another stream."""
ENDPOINTS_AT_ONCE = 16
FACTOR = 3
LONGEST_PAUSE = timedelta(hours=12)
LONGEST_REST = timedelta(minutes=15)
"""For how long an endpoint that fails again and again is left alone: when it is back, it does not wait longer."""
MOST_SHARE_WAITED = 0.5
"""Of a pause, how much is left to chance."""

log = logger(__name__)
Counted = Callable[[str], None]


class NoKey(RuntimeError):  # noqa: N818 - an answer to the operator
    """Nothing can be signed."""


def pause(
    attempts: int,
    first: timedelta,
    chance: Callable[[], float] = random.random,
    longest: timedelta = LONGEST_PAUSE,
) -> timedelta:
    """How long to wait after so many failed tries: three times as long each time, up to half of it left to chance."""
    return min(first * FACTOR ** min(attempts - 1, 20), longest) * (1 - MOST_SHARE_WAITED * chance())


@dataclass(slots=True)
class Deliverer:
    """One worker on a deployment. Raises NoKey where no key to sign with is configured."""

    deployment: Deployment
    counted: Counted = lambda _outcome: None
    pool: AsyncConnectionPool = field(init=False)
    active: dict[UUID, asyncio.Task[None]] = field(default_factory=dict[UUID, "asyncio.Task[None]"])

    def __post_init__(self) -> None:
        if self.deployment.secrets.key is None:
            raise NoKey("COVERLINE_WEBHOOK_KEY is not set, so nothing can be signed; set it to 32 or more characters")
        self.pool = pool(private=self.deployment.secrets.private)

    async def run(self) -> None:
        """Delivers until it is cancelled."""
        try:
            while True:
                try:
                    is_busy = await self._look()
                except Exception:
                    log.exception("what is to be delivered could not be read")
                    is_busy = False
                await self._pause(is_busy=is_busy)
        finally:
            await self._stop()

    async def drain(self) -> None:
        """Delivers what is due now, and what becomes due meanwhile; what has to be tried again later is left."""
        try:
            while await self._look() or self.active:
                await self._pause(is_busy=True)
        finally:
            await self._stop()

    async def _pause(self, *, is_busy: bool) -> None:
        if self.active:
            await asyncio.wait(self.active.values(), timeout=POLL, return_when=asyncio.FIRST_COMPLETED)
        elif not is_busy:
            await asyncio.sleep(POLL)

    async def _stop(self) -> None:
        for task in self.active.values():
            task.cancel()
        await asyncio.gather(*self.active.values(), return_exceptions=True)
        await self.pool.aclose()

    async def _look(self) -> bool:
        """Hands on what was told, and begins with endpoints that nobody here serves; whether there was anything."""
        database, now = self.deployment.database, self.deployment.clock()

        async def handing() -> int:
            async with database.writing() as connection:
                return await deliveries.route(connection, now)

        handed = await again(handing) if await deliveries.has_unrouted(database) else 0
        found = [one for one in await deliveries.due(database, self.deployment.clock()) if one not in self.active]
        random.shuffle(found)
        for id_ in found[: ENDPOINTS_AT_ONCE - len(self.active)]:
            self.active[id_] = task = asyncio.create_task(self._serve(id_))
            task.add_done_callback(lambda _, id_=id_: self.active.pop(id_, None))
        return bool(handed or found)

    # -------------------------------------------------------- one endpoint

    async def _serve(self, endpoint_id: UUID) -> None:
        """Sends an endpoint what is due, until nothing is or a try fails."""
        try:
            while True:
                taken = await again(lambda: self._take(endpoint_id))
                if taken is None or not taken[1]:
                    return
                endpoint, some = taken
                went = await asyncio.gather(*(self._send(endpoint, one) for one in some))
                if not all(went):
                    return
        except Exception:
            log.exception("a webhook could not be served", webhook=str(endpoint_id))

    async def _take(self, endpoint_id: UUID) -> tuple[Endpoint, list[Taken]] | None:
        now, seconds = self.deployment.clock(), self.deployment.settings.delivery_timeout
        async with self.deployment.database.writing() as connection:
            # A worker is through with a post, and has noted it, well within its lease.
            return await deliveries.take(connection, endpoint_id, now, timedelta(seconds=2 * seconds + 1), AT_ONCE)

    async def _send(self, endpoint: Endpoint, taken: Taken) -> bool:
        """Tries one delivery and notes what came of it; whether it was taken."""
        if not taken.is_seen:
            await self._settle(endpoint, taken, Outcome(DeliveryState.WITHDRAWN, self.deployment.clock()))
            return True
        at, secrets = self.deployment.clock(), self.deployment.secrets
        headers = secrets.headers(endpoint, message_id(taken.event_id), at, taken.payload)
        seconds = self.deployment.settings.delivery_timeout
        answer = await post(self.pool, endpoint.url, headers, taken.payload, seconds)
        outcome = self._outcome(taken, answer, self.deployment.clock())
        await self._settle(endpoint, taken, outcome, is_gone=answer.error is DeliveryError.GONE)
        return answer.error is None

    def _outcome(self, taken: Taken, answer: Answer, now: datetime) -> Outcome:
        settings, attempts = self.deployment.settings, taken.attempts + 1
        if answer.error is None:
            return Outcome(DeliveryState.DELIVERED, now, answer.status)
        first, asked = timedelta(seconds=settings.delivery_pause), min(answer.wait, LONGEST_PAUSE)
        paused_until = now + max(pause(taken.failures + 1, first, longest=LONGEST_REST), asked)
        if attempts >= settings.delivery_tries:
            return Outcome(DeliveryState.DEAD, now, answer.status, answer.error, paused_until)
        due_at = now + max(pause(attempts, first), asked)
        return Outcome(DeliveryState.PENDING, due_at, answer.status, answer.error, paused_until)

    async def _settle(self, endpoint: Endpoint, taken: Taken, outcome: Outcome, *, is_gone: bool = False) -> None:
        now = self.deployment.clock()

        async def settling() -> None:
            async with self.deployment.database.writing() as connection:
                if await deliveries.settle(connection, endpoint.id, taken, outcome, now) and is_gone:
                    await deliveries.disable(connection, endpoint, now)

        await again(settling)
        word = "failed" if outcome.state is DeliveryState.PENDING else outcome.state.value.lower()
        self.counted(word)
        told = {"webhook": str(endpoint.id), "message": message_id(taken.event_id), "status": outcome.status}
        if outcome.error is None:
            log.debug("delivered", **told)
        else:
            log.warning(
                "not delivered", **told, error=outcome.error.value, state=outcome.state.value, tries=taken.attempts + 1
            )
