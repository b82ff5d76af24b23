"""Facts kept in memory, for those who choose to be told what was known a moment ago rather than to read it each time.

Off unless the operator gives it a time. Nothing is answered from here that was read longer ago than that; what this
process itself changes is forgotten at once. Each viewer has its own, so that nobody is shown what another may see.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, TypeVar

from entitlements.facts import Facts
from schema.store import Viewer, ViewerKind

K = TypeVar("K", bound=Hashable)

MOST = 100_000
"""Licences that are kept; when there are more, all are forgotten."""
Whose = tuple[ViewerKind, str | None]


@dataclass(frozen=True, slots=True)
class _Kept:
    facts: Facts | None
    read_at: float
    """On a clock that only goes on; before the read began."""
    known_at: datetime


class ReadModel:
    """What was read of licences within the last so many seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic, most: int = MOST) -> None:
        self.clock = clock
        self._seconds = seconds
        self._most = most
        self._kept: dict[Whose, dict[Hashable, _Kept]] = {}
        self._count = 0

    def facts(self, viewer: Viewer, asked: Sequence[K], at: datetime) -> dict[K, Facts] | None:
        """The facts of licences as known at an instant, which is not before the one they were read for.

        They are by what they were asked for. None if any of them has to be read.
        """
        own = self._kept.get((viewer.kind, viewer.account))
        if own is None:
            return None if asked else {}
        oldest = self.clock() - self._seconds
        found: dict[K, Facts] = {}
        for one in asked:
            kept = own.get(one)
            if kept is None or kept.read_at < oldest or kept.known_at > at:
                return None
            if kept.facts is not None and kept.facts.license is not None:
                found[one] = kept.facts
        return found

    def keep(
        self,
        viewer: Viewer,
        found: Mapping[Any, Facts],
        asked: Sequence[Hashable],
        read_at: float,
        known_at: datetime,
    ) -> None:
        """Keeps what was read of licences, by what they were asked for; also that one is not there."""
        if self._count + len(asked) > self._most:
            self.forget()
        own = self._kept.setdefault((viewer.kind, viewer.account), {})
        self._count -= len(own)
        for one in asked:
            own[one] = _Kept(found.get(one), read_at, known_at)
        self._count += len(own)

    def forget(self) -> None:
        """Forgets everything."""
        self._kept.clear()
        self._count = 0
