"""How much one caller may ask for: so many requests in a time, and so many at once. Each process counts its own."""

from collections import Counter
from collections.abc import Awaitable, Generator
from contextlib import contextmanager
from math import ceil
from time import time
from typing import TypeVar

from limits import parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request

from api.bodies import Refused
from api.settings import Settings
from entitlements.messages import said
from schema.store import Viewer

T = TypeVar("T")


class Rate:
    """A rate such as `100/second; 2000/minute`, of which every part must hold. An empty one is no limit."""

    def __init__(self, written: str) -> None:
        self._limits = parse_many(written) if written.strip() else []
        self._counted = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def count(self, caller: str) -> None:
        """Count a request of a caller. Raises Refused, 429, for one too many."""
        for limit in self._limits:
            if not await self._counted.hit(limit, caller):
                stats = await self._counted.get_window_stats(limit, caller)
                seconds = max(1, ceil(stats.reset_time - time()))
                message = said("The limit is {limit}. Try again in {seconds} s.", limit=str(limit), seconds=seconds)
                raise Refused(429, "RATE_LIMITED", message, {"Retry-After": str(seconds)})


class Allowance:
    """What each caller may ask for: by its key, or by its address where it has none."""

    def __init__(self, settings: Settings) -> None:
        self._rate = Rate(settings.rate)
        self._strangers = Rate(settings.rate_of_strangers)
        self._most = settings.at_once
        self._running: Counter[str] = Counter()

    async def known(self, request: Request, caller: Awaitable[T]) -> T:
        """Who sent a request. Raises Refused: 401 for a stranger, 429 for one who comes too often."""
        try:
            return await caller
        except Refused:
            await self._strangers.count(_address(request))
            raise

    async def count(self, request: Request, viewer: Viewer) -> None:
        """Count a request. Raises Refused, 429, for one too many in its time."""
        await self._rate.count(_caller(request, viewer))

    @contextmanager
    def one(self, request: Request, viewer: Viewer) -> Generator[None]:
        """The time for which a request is worked on. Raises Refused, 429, for one too many at once."""
        caller = _caller(request, viewer)
        if self._running[caller] >= self._most:
            message = said(
                "{most:,} requests of this caller are being answered. Wait for one of them.", most=self._most
            )
            raise Refused(429, "TOO_MANY_AT_ONCE", message, {"Retry-After": "1"})
        self._running[caller] += 1
        try:
            yield
        finally:
            self._running[caller] -= 1
            if not self._running[caller]:
                del self._running[caller]


def _caller(request: Request, viewer: Viewer) -> str:
    return viewer.key_id or f"{viewer.kind.value}:{viewer.account or _address(request)}"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
