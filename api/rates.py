"""How much one caller may ask for: so many requests in a time, and so many at once. Each process counts its own."""

from collections import Counter
from collections.abc import Awaitable, Generator
from contextlib import contextmanager
from math import ceil, inf
from time import time
from typing import TypeVar

from limits import RateLimitItem, parse_many
from starlette.requests import Request

from api.bodies import Refused
from api.settings import Settings
from entitlements.messages import said
from schema.store import Viewer

T = TypeVar("T")


class Window:
    """What each caller sent in the running stretch of a limit, and in the one before, which counts less and less.

    Stretches begin at the same instants for everybody, so that those who are gone are forgotten with theirs.
    """

    def __init__(self, limit: RateLimitItem) -> None:
        self.limit = limit
        self._seconds = limit.get_expiry()
        self._running = 0
        self._now: Counter[str] = Counter()
        self._before: Counter[str] = Counter()

    def hit(self, caller: str) -> float | None:
        """Count a request of a caller: None, or for one too many the seconds until another may do."""
        running, part = divmod(time() / self._seconds, 1)
        if running != self._running:
            self._before = self._now if running == self._running + 1 else Counter()
            self._now, self._running = Counter(), running
        now, before = self._now[caller], self._before[caller]
        if int(before * (1 - part) + now) < self.limit.amount:
            self._now[caller] = now + 1
            return None
        left = (1 - part) * self._seconds
        return min(left % (self._seconds / before) if before else inf, left % self._seconds if now else inf)


class Rate:
    """A rate such as `100/second; 2000/minute`, of which every part must hold. An empty one is no limit."""

    def __init__(self, written: str) -> None:
        self._windows = [Window(limit) for limit in parse_many(written)] if written.strip() else []

    def count(self, caller: str) -> None:
        """Count a request of a caller. Raises Refused, 429, for one too many."""
        for window in self._windows:
            wait = window.hit(caller)
            if wait is not None:
                seconds = max(1, ceil(wait))
                message = said(
                    "The limit is {limit}. Try again in {seconds} s.", limit=str(window.limit), seconds=seconds
                )
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
            self._strangers.count(_address(request))
            raise

    async def count(self, request: Request, viewer: Viewer) -> None:
        """Count a request. Raises Refused, 429, for one too many in its time."""
        self.count_of(_caller(request, viewer))

    def count_of(self, caller: str) -> None:
        """The same for a caller by its key."""
        self._rate.count(caller)

    @contextmanager
    def one(self, request: Request, viewer: Viewer) -> Generator[None]:
        """The time for which a request is worked on. Raises Refused, 429, for one too many at once."""
        caller = _caller(request, viewer)
        self.begin(caller)
        try:
            yield
        finally:
            self.end(caller)

    def has_room(self, caller: str) -> bool:
        """Count a request of a caller that takes no work, if it may be answered at all; no work on it begins."""
        if self._running[caller] >= self._most:
            return False
        try:
            self._rate.count(caller)
        except Refused:
            return False
        return True

    def begin(self, caller: str) -> None:
        """Work on a request of a caller begins. Raises Refused, 429, for one too many at once."""
        if self._running[caller] >= self._most:
            message = said(
                "{most:,} requests of this caller are being answered. Wait for one of them.", most=self._most
            )
            raise Refused(429, "TOO_MANY_AT_ONCE", message, {"Retry-After": "1"})
        self._running[caller] += 1

    def end(self, caller: str) -> None:
        """The work that was begun is done."""
        self._running[caller] -= 1
        if not self._running[caller]:
            del self._running[caller]


def _caller(request: Request, viewer: Viewer) -> str:
    return viewer.key_id or f"{viewer.kind.value}:{viewer.account or _address(request)}"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
