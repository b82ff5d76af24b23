"""The decision on one question: the verdict with every reason and, when asked for, the rest.

The rest is what is promised, what would help, what another reading of the guide would change, how long it all holds.
"""

from collections.abc import Hashable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache

from entitlements import commitments, remedies, stability
from entitlements.checks import Judgement, judge
from entitlements.clauses import Clause
from entitlements.commitments import Commitment
from entitlements.coverage import Period, timeline
from entitlements.dates import day_of
from entitlements.facts import Facts, License
from entitlements.guide import Conflict, Guide, Reading
from entitlements.parameters import CHANNEL, POLICY_ZONE
from entitlements.reasons import Reason, ReasonCode, Verdict
from entitlements.remedies import Remedy
from entitlements.requests import Channel, CheckRequest, Service

YES = frozenset({Verdict.ENTITLED, Verdict.CONDITIONAL})
MOST_REMEMBERED = 8
"""Keys of what others remember beside an outcome, and things for each."""
MOST_OUTCOMES = 64
"""Outcomes that are remembered of the same facts; when there are more, they begin anew."""


@dataclass(frozen=True, slots=True)
class ConflictEffect:
    """A reading of the guide under which the verdict or the commitment would be another."""

    conflict: Conflict
    reading: Reading
    verdict_otherwise: Verdict
    commitment_otherwise: Commitment | None


@dataclass(frozen=True, slots=True)
class _LookedAt:
    """The names of the guide's values that were looked at for the timelines, and by the rules besides."""

    by_dates: AbstractSet[str]
    by_rules: AbstractSet[str]
    by_any: AbstractSet[str]


Summary = tuple[str, tuple[str, ...]]
"""A verdict, and the codes of its reasons, the gravest first."""


class Outcome:
    """What a question comes to: the outcome of every rule, and until when its verdict holds."""

    def __init__(self, facts: Facts, request: CheckRequest, guide: Guide) -> None:
        self.facts = facts
        self.request = request
        self.guide = guide
        self.judgement = judgement = judge(facts, request, guide)
        self.verdict: Verdict = judgement.verdict
        self.reasons: tuple[Reason, ...] = judgement.reasons
        self.plan: str | None = judgement.plan
        self.period: Period | None = judgement.period
        self.summary: Summary = self.verdict.value, tuple([reason.code.value for reason in self.reasons])
        self._remembered: dict[Hashable, dict[object, object]] = {}

    def remembered(self, key: Hashable) -> dict[object, object]:
        """What others remember beside an outcome for as long as it is kept; when it is much, it begins anew."""
        found = self._remembered.get(key)
        if found is None or len(found) >= MOST_REMEMBERED:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[key] = {}
        return found

    @cached_property
    def stable_until(self) -> datetime | None:
        """The first instant at which the verdict changes by itself; None when it never does."""
        return stability.stable_until(self.facts, self.request, self.guide, self.judgement.verdict)


class Decision:
    """What was decided, from facts, a request and a guide. What is not asked for is not worked out."""

    def __init__(self, facts: Facts, request: CheckRequest, guide: Guide, outcome: Outcome | None = None) -> None:
        """An outcome that is known already may be that of another instant of the same day."""
        self.facts = facts
        self.request = request
        self.guide = guide
        self._outcome = outcome or Outcome(facts, request, guide)

    @property
    def outcome(self) -> Outcome:
        """What it comes to, which may be that of other instants of the day as well."""
        return self._outcome

    @property
    def is_worked_out(self) -> bool:
        """Whether the outcome was worked out for this very request, and not remembered."""
        return self._outcome.request is self.request

    @property
    def verdict(self) -> Verdict:
        """The verdict that follows from the reasons."""
        return self._outcome.verdict

    @property
    def entitled(self) -> bool:
        """True exactly when the verdict is ENTITLED or CONDITIONAL."""
        return self.verdict in YES

    @property
    def at(self) -> datetime:
        """The instant asked about, UTC."""
        return self.request.at.astimezone(UTC)

    @property
    def known_at(self) -> datetime:
        """The instant whose knowledge was used, UTC."""
        return self.request.known_at.astimezone(UTC)

    @property
    def license(self) -> License | None:
        """The licence, as known; None where it does not exist or is not the viewer's to see."""
        return self.facts.license

    @property
    def plan(self) -> str | None:
        """The plan in force on the day."""
        return self._outcome.plan

    @property
    def coverage(self) -> Period | None:
        """The period in force on the day, else the last one before it."""
        return self._outcome.period

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every reason, those that block first, the gravest first."""
        return self._outcome.reasons

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Every clause that was applied."""
        return self._outcome.judgement.clauses

    @cached_property
    def commitment(self) -> Commitment | None:
        """What is promised; None when not entitled, without a plan in force, and for hardware repair."""
        case = self._at_its_instant.case
        if case is None or not self.entitled or self.request.service is Service.HARDWARE_REPAIR:
            return None
        return commitments.commitment(case)

    @cached_property
    def remedies(self) -> tuple[Remedy, ...]:
        """The ways to a yes, the cheapest first; empty for a yes."""
        return remedies.remedies(self.facts, self.request, self.guide, self._at_its_instant)

    @property
    def _at_its_instant(self) -> Judgement:
        """The judgement, whose case is of the very instant that is asked about."""
        judgement = self._outcome.judgement
        if judgement.case is None or judgement.case.at == self.request.at:
            return judgement
        return judge(self.facts, self.request, self.guide)

    @cached_property
    def conflicts(self) -> tuple[ConflictEffect, ...]:
        """The readings under which the verdict or the commitment would be another."""
        if any(reason.code in {ReasonCode.INVALID_REQUEST, ReasonCode.UNKNOWN_LICENSE} for reason in self.reasons):
            return ()
        found: list[ConflictEffect] = []
        seen = self._looked_at()
        for conflict in self.guide.conflicts:
            for reading in conflict.readings:
                if seen.by_any.isdisjoint(reading.overrides):  # what was not looked at cannot have changed anything
                    continue
                otherwise = self._under(reading, seen)
                if otherwise is not None and (otherwise.verdict, otherwise.commitment) != (
                    self.verdict,
                    self.commitment,
                ):
                    found.append(ConflictEffect(conflict, reading, otherwise.verdict, otherwise.commitment))
        return tuple(found)

    def _looked_at(self) -> "_LookedAt":
        """The names of the guide's values on which verdict and commitment rest."""
        names: set[str] = set()
        watched = self.guide.watched(names)
        for license in self._contract:
            timeline(license, watched)
        by_dates = frozenset(names)
        names.clear()  # the timelines are remembered now, so that what follows is looked at for itself
        _ = Decision(self.facts, self.request, watched).commitment
        return _LookedAt(by_dates, names, by_dates | names)

    def _under(self, reading: Reading, seen: "_LookedAt") -> "Decision | None":
        """The decision under another reading; None where the dates alone could change it, and do not."""
        changed = reading.overrides
        under = _under(self.guide, reading)
        if changed.keys().isdisjoint(seen.by_dates):
            for license in self._contract:
                timeline.remember(license, under, timeline(license, self.guide))
        elif changed.keys().isdisjoint(seen.by_rules) and all(
            timeline(one, under) == timeline(one, self.guide) for one in self._contract
        ):
            return None
        return Decision(self.facts, self.request, under)

    @property
    def _contract(self) -> tuple[License, ...]:
        """The licences whose dates matter: the one asked about, and its base."""
        license = self.facts.license
        return tuple(one for one in (license.base, license) if one is not None) if license is not None else ()

    @cached_property
    def stable_until(self) -> datetime | None:
        """The first instant at which the verdict changes by itself; None when it never does."""
        return self._outcome.stable_until


def decide(facts: Facts, request: CheckRequest, guide: Guide) -> Decision:
    """The decision on a request, from facts as known at its `known_at` and under a guide.

    Where a channel is answered at any hour, rules look at the day of a request and at no other instant. What a question
    about the same facts came to is remembered beside them, for its day.
    """
    is_good = not request.malformed and request.known_at <= request.now
    day = _whole_day(guide, request.channel, request.at) if is_good else None
    if day is None:
        return Decision(facts, request, guide)
    key = guide, day, request.besides_instants
    outcome = facts.remembered.get(key)
    if outcome is None:
        if len(facts.remembered) >= MOST_OUTCOMES:
            facts.remembered.clear()
        outcome = facts.remembered[key] = Outcome(facts, request, guide)
    return Decision(facts, request, guide, outcome)


@lru_cache(maxsize=1024)
def _whole_day(guide: Guide, channel: Channel, at: datetime) -> date | None:
    """The day of an instant, where a channel is answered at any hour of it."""
    if not guide.series(CHANNEL, channel).on(guide.in_force_from).value.any_hour:
        return None
    return day_of(at, guide.value(POLICY_ZONE, guide.in_force_from))


@lru_cache(maxsize=128)
def _under(guide: Guide, reading: Reading) -> Guide:
    return guide.under(reading)
