"""When a licence is covered, by which plan and why: activation, periods, state on a day (R-COV, R-COT, R-EOL-2).

Periods are derived, never recorded: the included first year and the recorded terms are laid over one another, the
highest plan on top, and cut where the product's support or the licence itself ends. A dependent licence's periods are
its base's, from its own activation on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from entitlements import lifecycle
from entitlements.clauses import Clause
from entitlements.dates import ONE_DAY, keeps_anchor, last_day_of_term
from entitlements.facts import License, LicenseModel, Milestone, TermKind
from entitlements.guide import Guide
from entitlements.parameters import (
    ACTIVATION,
    EVALUATION_DAYS,
    GRACE_DAYS,
    INCLUDED_MONTHS,
    INCLUDED_PLAN,
    INCLUDED_TERM_OUTLIVES_BASE,
    PLAN,
    ActivationBasis,
)
from entitlements.remembering import remembered


class CoverageState(StrEnum):
    """Where a licence stands on a day; a dependent's own state comes before its base's (R-CHK-3)."""

    COVERED = "COVERED"
    NOT_STARTED = "NOT_STARTED"
    NOT_ACTIVATED = "NOT_ACTIVATED"
    EXPIRED_RENEWABLE = "EXPIRED_RENEWABLE"
    EXPIRED_LATE = "EXPIRED_LATE"
    END_OF_SUPPORT = "END_OF_SUPPORT"
    BASE_NOT_COVERED = "BASE_NOT_COVERED"
    RETIRED = "RETIRED"


class CoverageSource(StrEnum):
    """Where a period comes from."""

    INCLUDED_FIRST_YEAR = "INCLUDED_FIRST_YEAR"
    ORDERED = "ORDERED"
    RENEWED = "RENEWED"
    FROM_BASE = "FROM_BASE"


@dataclass(frozen=True, slots=True)
class Activation:
    """The day that starts a licence's coverage, and which recorded date it is (R-COV-2)."""

    on: date
    basis: ActivationBasis
    clause: Clause


@dataclass(frozen=True, slots=True)
class Span:
    """A term before terms are laid over one another: both ends inclusive, and the anchor day it keeps (R-DATE-2)."""

    plan: str
    starts_on: date
    expires_on: date
    source: CoverageSource
    order_reference: str | None
    clause: Clause
    anchor: int


@dataclass(frozen=True, slots=True)
class Period:
    """Days covered by one plan, both ends inclusive; `cut_by` is the milestone that ended it early, if one did."""

    plan: str
    starts_on: date
    expires_on: date
    source: CoverageSource
    order_reference: str | None
    clauses: tuple[Clause, ...]
    cut_by: Milestone | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that the dates say of a licence."""

    activation: Activation | None
    spans: tuple[Span, ...]
    """The terms themselves, uncut; empty for a dependent licence."""
    periods: tuple[Period, ...]
    """In order, without overlap."""
    end_of_support: Milestone | None
    ends_on: date | None
    """The last day that end of support leaves open; None without an end."""

    def covering(self, day: date) -> Period | None:
        """The period that covers a day."""
        held = self.held_last(day)
        return held if held is not None and held.expires_on >= day else None

    def held_last(self, day: date) -> Period | None:
        """The period that covers a day or, failing that, the last one before it."""
        for period in reversed(self.periods):  # there are few, and the last ones are asked about
            if period.starts_on <= day:
                return period
        return None

    def next_after(self, day: date) -> Period | None:
        """The first period that starts after a day."""
        return next((period for period in self.periods if period.starts_on > day), None)

    def unbroken_until(self, period: Period) -> date:
        """The last day of the unbroken coverage that a period is part of."""
        end = period.expires_on
        for following in self.periods:
            if following.starts_on > end:
                if following.starts_on != end + ONE_DAY:
                    break
                end = following.expires_on
        return end


@dataclass(frozen=True, slots=True)
class Coverage:
    """A licence's coverage on a day.

    `period` covers the day; `expires_on` is the last day of the unbroken coverage that holds, or held last, and None
    before any.
    """

    state: CoverageState
    period: Period | None
    expires_on: date | None


MOST_DAYS = 16
"""Days of which a licence's coverage is remembered; when there are more, they begin anew."""

RECORDED: Mapping[ActivationBasis, Callable[[License], date | None]] = {
    ActivationBasis.ORDER_FORM: lambda license: license.effective_on,
    ActivationBasis.EXECUTION: lambda license: license.executed_on,
    ActivationBasis.REGISTRATION: lambda license: license.registered_on,
    ActivationBasis.COVERAGE: lambda license: min((term.starts_on for term in license.terms), default=None),
}
"""Where each of the dates stands that may start coverage."""


def activation(license: License, guide: Guide) -> Activation | None:
    """The day coverage starts: the first recorded of the dates that the guide lists for the model; None without any."""
    order = guide.series(ACTIVATION, license.model).on(guide.in_force_from)
    for basis in order.value:
        on = RECORDED[basis](license)
        if on is not None:
            return Activation(on, basis, order.clause)
    return None


@remembered
def timeline(license: License, guide: Guide) -> Timeline:
    """Activation, periods and end of support of a licence."""
    activated = activation(license, guide)
    ending = lifecycle.end_of_support(license, guide)
    ends_on = lifecycle.last_day(ending, guide) if ending else None
    if license.base is not None:
        periods = _from_base(license, activated, ending, ends_on, guide)
        return Timeline(activated, (), tuple(periods), ending, ends_on)
    spans = _spans(license, activated, guide)
    periods = _within(_layered(spans, guide), None, ends_on, ending, guide.clause("R-EOL-2"))
    return Timeline(activated, tuple(spans), tuple(_within(periods, None, license.retired_on)), ending, ends_on)


def uncut_periods(license: License, guide: Guide) -> tuple[Period, ...]:
    """What a licence's periods would be if its own product never ended support; a dependent's end with its base's."""
    activated = activation(license, guide)
    if license.base is not None:
        return tuple(_from_base(license, activated, None, None, guide))
    spans = _spans(license, activated, guide)
    return tuple(_within(_layered(spans, guide), None, license.retired_on))


def beginning_from(period: Period, day: date) -> Period:
    """The days of a period from a day on, which is not after its last."""
    return _shortened(period, max(period.starts_on, day), period.expires_on)


def own_state(license: License, line: Timeline, day: date, guide: Guide) -> CoverageState:
    """The state by the licence's own dates; a dependent is COVERED here whenever none of its own stands against it."""
    if license.retired_on is not None and license.retired_on < day:
        return CoverageState.RETIRED
    if line.activation is None:
        return CoverageState.NOT_ACTIVATED
    held = line.held_last(day)
    if held is not None and held.expires_on >= day:
        return CoverageState.COVERED
    has_ended = line.ends_on is not None and line.ends_on < day
    if license.base is None and not line.periods:
        return CoverageState.END_OF_SUPPORT if has_ended else CoverageState.NOT_STARTED
    starts_on = line.activation.on if license.base is not None else line.periods[0].starts_on
    if day < starts_on:
        return CoverageState.NOT_STARTED
    if has_ended:
        return CoverageState.END_OF_SUPPORT
    if license.base is not None or held is None:
        return CoverageState.COVERED
    lapse = (day - held.expires_on).days
    within = lapse <= guide.value(GRACE_DAYS, day)
    return CoverageState.EXPIRED_RENEWABLE if within else CoverageState.EXPIRED_LATE


def coverage_on(license: License, day: date, guide: Guide) -> Coverage:
    """The coverage of a licence on a day."""
    line = timeline(license, guide)
    return coverage_from(license, line, day, guide)


def coverage_listed(license: License, day: date, guide: Guide) -> Coverage:
    """The same, remembered beside the licence: lists ask of the same days again and again."""
    found = license.remembered.get((guide, day))
    if found is None:
        if len(license.remembered) >= MOST_DAYS:
            license.remembered.clear()
        found = license.remembered[guide, day] = coverage_on(license, day, guide)
    return found


def coverage_from(license: License, line: Timeline, day: date, guide: Guide) -> Coverage:
    """The same from a timeline already at hand."""
    state = own_state(license, line, day, guide)
    held = line.held_last(day)
    period = held if held is not None and held.expires_on >= day else None
    if state is CoverageState.COVERED and period is None:
        state = CoverageState.BASE_NOT_COVERED
    return Coverage(
        state=state,
        period=period,
        expires_on=line.unbroken_until(held) if held else None,
    )


# ---------------------------------------------------------------- terms and their layers


def _spans(license: License, activated: Activation | None, guide: Guide) -> list[Span]:
    """The included term and the recorded ones by start, each with the anchor day of its chain."""
    spans: list[Span] = []
    if activated is not None:
        spans.append(_included(license, activated, guide))
    for term in license.terms:
        source = CoverageSource.RENEWED if term.kind is TermKind.RENEWED else CoverageSource.ORDERED
        clause = guide.clause("R-COV-4" if source is CoverageSource.ORDERED else "R-REN-1")
        starts_on = term.starts_on
        spans.append(Span(term.plan, starts_on, term.expires_on, source, term.order_reference, clause, starts_on.day))
    if len(spans) > 1:
        spans.sort(key=lambda span: (span.starts_on, span.expires_on, span.order_reference or ""))
    anchors: dict[date, int] = {}  # by the day after a span
    for position, span in enumerate(spans):
        anchor = anchors.get(span.starts_on, span.anchor)
        if anchor != span.anchor and keeps_anchor(span.starts_on, anchor):
            spans[position] = replace(span, anchor=anchor)
        anchors.setdefault(span.expires_on + ONE_DAY, spans[position].anchor)
    return spans


def _included(license: License, activated: Activation, guide: Guide) -> Span:
    """The included first term: a year of the included plan, or an evaluation's days (R-COV-1, R-COV-6)."""
    plan = guide.value(INCLUDED_PLAN, activated.on)
    if license.model is LicenseModel.EVALUATION:
        days = guide.entry(EVALUATION_DAYS, activated.on)
        expires_on, clause = activated.on + timedelta(days=days.value - 1), days.clause
    else:
        months = guide.entry(INCLUDED_MONTHS, activated.on)
        expires_on, clause = last_day_of_term(activated.on, months.value), months.clause
    return Span(plan, activated.on, expires_on, CoverageSource.INCLUDED_FIRST_YEAR, None, clause, activated.on.day)


def _layered(spans: Sequence[Span], guide: Guide) -> list[Period]:
    """Spans laid over one another: each day has the highest plan; of equals, the one begun earlier (R-COV-4)."""
    if all(before.expires_on < after.starts_on for before, after in pairwise(spans)):
        return [_as_period(one, one.starts_on, one.expires_on) for one in spans if one.starts_on <= one.expires_on]
    found: list[Period] = []
    bounds = sorted({s.starts_on for s in spans} | {s.expires_on + ONE_DAY for s in spans})
    owner: Span | None = None
    begun = date.min
    for day in bounds:
        over = [span for span in spans if span.starts_on <= day <= span.expires_on]
        top = over[0] if len(over) == 1 else _highest(over, day, guide)
        if top is not owner:
            if owner is not None:
                found.append(_as_period(owner, begun, day - ONE_DAY))
            owner, begun = top, day
    return found


def _highest(spans: list[Span], day: date, guide: Guide) -> Span | None:
    return max(spans, key=lambda span: (_rank(guide, span.plan, day), -span.starts_on.toordinal()), default=None)


def _rank(guide: Guide, plan: str, day: date) -> int:
    entry = guide.find(PLAN, plan, day)
    return entry.value.rank if entry else -1


def _within(
    periods: list[Period],
    first: date | None,
    last: date | None,
    ending: Milestone | None = None,
    clause: Clause | None = None,
) -> list[Period]:
    """Periods within two days, inclusive; one that the last day shortens says by which milestone and clause, if any."""
    first, last = first or date.min, last or date.max
    if not periods or (first <= periods[0].starts_on and periods[-1].expires_on <= last):
        return periods
    found: list[Period] = []
    for period in periods:
        starts_on, expires_on = max(period.starts_on, first), min(period.expires_on, last)
        if starts_on <= expires_on:
            kept = _shortened(period, starts_on, expires_on)
            if clause is not None and expires_on < period.expires_on:
                kept = replace(kept, cut_by=ending, clauses=(*period.clauses, clause))
            found.append(kept)
    return found


def _shortened(period: Period, starts_on: date, expires_on: date) -> Period:
    """The days of a period between two of them, inclusive."""
    if (starts_on, expires_on) == (period.starts_on, period.expires_on):
        return period
    return replace(period, starts_on=starts_on, expires_on=expires_on)


def _from_base(
    license: License,
    activated: Activation | None,
    ending: Milestone | None,
    ends_on: date | None,
    guide: Guide,
) -> list[Period]:
    """The base's periods from the dependent's own activation to its own product's end of support (R-COT-1, R-COT-4)."""
    if license.base is None or activated is None:
        return []
    ends_with_base = guide.clause("R-COT-1")
    periods = [_of_base(period, ends_with_base) for period in timeline(license.base, guide).periods]
    if guide.value(INCLUDED_TERM_OUTLIVES_BASE, activated.on):
        periods = list(_filled(periods, _included(license, activated, guide)))
    periods = _within(periods, activated.on, ends_on, ending, guide.clause("R-COT-4"))
    return _within(periods, None, license.retired_on)


def _of_base(period: Period, clause: Clause) -> Period:
    return Period(
        period.plan,
        period.starts_on,
        period.expires_on,
        CoverageSource.FROM_BASE,
        period.order_reference,
        (clause, *period.clauses),
        period.cut_by,
    )


def _filled(periods: list[Period], included: Span) -> Iterator[Period]:
    """Periods with an included term in the days that they leave free (the other reading of X-FIRST-YEAR-ADDON)."""
    free = included.starts_on
    for period in periods:
        if free < period.starts_on and free <= included.expires_on:
            yield _as_period(included, free, min(included.expires_on, period.starts_on - ONE_DAY))
        yield period
        free = max(free, period.expires_on + ONE_DAY)
    if free <= included.expires_on:
        yield _as_period(included, free, included.expires_on)


def _as_period(span: Span, starts_on: date, expires_on: date) -> Period:
    return Period(span.plan, starts_on, expires_on, span.source, span.order_reference, (span.clause,))
