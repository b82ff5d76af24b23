"""When a licence is covered, by which plan and why: activation, periods, state on a day (R-COV, R-COT, R-EOL-2).

Periods are derived, never recorded: the included first year and the recorded terms are laid over one another, the
highest plan on top, and cut where the product's support or the licence itself ends. A dependent licence's periods are
its base's, from its own activation on.
"""

from collections.abc import Iterable, Iterator
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


def activation(license: License, guide: Guide) -> Activation | None:
    """The day coverage starts: the first recorded of the dates that the guide lists for the model; None without any."""
    dates = {
        ActivationBasis.ORDER_FORM: license.effective_on,
        ActivationBasis.EXECUTION: license.executed_on,
        ActivationBasis.REGISTRATION: license.registered_on,
        ActivationBasis.COVERAGE: min((term.starts_on for term in license.terms), default=None),
    }
    order = guide.series(ACTIVATION, license.model).on(guide.in_force_from)
    for basis in order.value:
        on = dates[basis]
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
    spans = tuple(_spans(license, activated, guide))
    periods = [
        replace(period, cut_by=ending, clauses=(*period.clauses, guide.clause("R-EOL-2"))) if cut else period
        for period, cut in _cut(_layered(spans, guide), None, ends_on)
    ]
    kept = [period for period, _ in _cut(periods, None, license.retired_on)]
    return Timeline(activated, spans, tuple(kept), ending, ends_on)


def uncut_periods(license: License, guide: Guide) -> tuple[Period, ...]:
    """What a licence's periods would be if its own product never ended support; a dependent's end with its base's."""
    activated = activation(license, guide)
    if license.base is not None:
        return tuple(_from_base(license, activated, None, None, guide))
    spans = _spans(license, activated, guide)
    return tuple(period for period, _ in _cut(_layered(spans, guide), None, license.retired_on))


def beginning_from(period: Period, day: date) -> Period:
    """The days of a period from a day on, which is not after its last."""
    return replace(period, starts_on=max(period.starts_on, day))


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


def _spans(license: License, activated: Activation | None, guide: Guide) -> Iterator[Span]:
    """The included term and the recorded ones by start, each with the anchor day of its chain."""
    spans: list[Span] = []
    if activated is not None:
        spans.append(_included(license, activated, guide))
    for term in license.terms:
        source = CoverageSource.RENEWED if term.kind is TermKind.RENEWED else CoverageSource.ORDERED
        clause = guide.clause("R-COV-4" if source is CoverageSource.ORDERED else "R-REN-1")
        spans.append(
            Span(
                term.plan,
                term.starts_on,
                term.expires_on,
                source,
                term.order_reference,
                clause,
                term.starts_on.day,
            )
        )
    spans.sort(key=lambda span: (span.starts_on, span.expires_on, span.order_reference or ""))
    anchored: list[Span] = []
    for span in spans:
        before = next((earlier for earlier in anchored if earlier.expires_on + ONE_DAY == span.starts_on), None)
        continues = before is not None and keeps_anchor(span.starts_on, before.anchor)
        kept = replace(span, anchor=before.anchor) if before is not None and continues else span
        anchored.append(kept)
        yield kept


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


def _layered(spans: Iterable[Span], guide: Guide) -> Iterator[Period]:
    """Spans laid over one another: each day has the highest plan; of equals, the one begun earlier (R-COV-4)."""
    ordered = list(spans)
    bounds = sorted({s.starts_on for s in ordered} | {s.expires_on + ONE_DAY for s in ordered})
    open_: Period | None = None
    owner: Span | None = None
    for start, following in pairwise(bounds):
        over = [span for span in ordered if span.starts_on <= start <= span.expires_on]
        top = max(over, key=lambda span: (_rank(guide, span.plan, start), -span.starts_on.toordinal()), default=None)
        if open_ is not None and top is not owner:
            yield open_
            open_ = None
        owner = top
        if top is not None:
            end = following - ONE_DAY
            open_ = (
                replace(open_, expires_on=end)
                if open_ is not None
                else Period(top.plan, start, end, top.source, top.order_reference, (top.clause,))
            )
    if open_ is not None:
        yield open_


def _rank(guide: Guide, plan: str, day: date) -> int:
    entry = guide.find(PLAN, plan, day)
    return entry.value.rank if entry else -1


def _cut(periods: Iterable[Period], first: date | None, last: date | None) -> Iterator[tuple[Period, bool]]:
    """Periods within two days, inclusive; the flag says that the last day shortened it."""
    for period in periods:
        starts_on = max(period.starts_on, first) if first else period.starts_on
        expires_on = min(period.expires_on, last) if last else period.expires_on
        if (starts_on, expires_on) == (period.starts_on, period.expires_on):
            yield period, False
        elif starts_on <= expires_on:
            yield replace(period, starts_on=starts_on, expires_on=expires_on), expires_on < period.expires_on


def _from_base(
    license: License,
    activated: Activation | None,
    ending: Milestone | None,
    ends_on: date | None,
    guide: Guide,
) -> Iterator[Period]:
    """The base's periods from the dependent's own activation to its own product's end of support (R-COT-1, R-COT-4)."""
    if license.base is None or activated is None:
        return
    ends_with_base = guide.clause("R-COT-1")
    of_base = timeline(license.base, guide).periods
    periods = [
        replace(period, source=CoverageSource.FROM_BASE, clauses=(ends_with_base, *period.clauses))
        for period in of_base
    ]
    if guide.value(INCLUDED_TERM_OUTLIVES_BASE, activated.on):
        periods = list(_filled(periods, _included(license, activated, guide)))
    for period, cut in _cut(periods, activated.on, ends_on):
        ended = replace(period, cut_by=ending, clauses=(*period.clauses, guide.clause("R-COT-4"))) if cut else period
        yield from (kept for kept, _ in _cut([ended], None, license.retired_on))


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
