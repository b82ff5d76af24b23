"""Facts kept in memory, for those who choose to be told what was known a moment ago rather than to read it each time.

Off unless the operator gives it a time. Nothing is answered from here that was read longer ago than that; what this
process itself changes is forgotten at once. Each viewer has its own, so that nobody is shown what another may see.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

from entitlements.facts import Facts
from schema.store import Viewer, ViewerKind

MOST = 100_000
"""Licences that are kept; when there are more, all are forgotten."""
Key = tuple[ViewerKind, str | None, Hashable]


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
        self._kept: dict[Key, _Kept] = {}

    def facts(self, viewer: Viewer, asked: Sequence[Hashable], at: datetime) -> dict[UUID, Facts] | None:
        """The facts of licences as known at an instant, which is not before the one they were read for.

        None if any of them has to be read.
        """
        oldest = self.clock() - self._seconds
        found: dict[UUID, Facts] = {}
        for one in asked:
            kept = self._kept.get((viewer.kind, viewer.account, one))
            if kept is None or kept.read_at < oldest or kept.known_at > at:
                return None
            if kept.facts is not None and kept.facts.license is not None:
                found[kept.facts.license.id] = kept.facts
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
        if len(self._kept) + len(asked) > self._most:
            self._kept.clear()
        for one in asked:
            self._kept[viewer.kind, viewer.account, one] = _Kept(found.get(one), read_at, known_at)

    def forget(self) -> None:
        """Forgets everything."""
        self._kept.clear()
