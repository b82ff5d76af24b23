"""What waiting costs: stretches of order dates that quote the same, found from the rules' own boundaries.

Between two boundaries a quote stays the same unless it counts days (a part of a term, back pay by the day); only such
stretches are looked into more closely, by halves.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from entitlements import coverage, lifecycle
from entitlements.dates import ONE_DAY, anniversary
from entitlements.facts import Facts, License
from entitlements.guide import Guide
from entitlements.late_fees import LateFeePolicies
from entitlements.money import Money
from entitlements.parameters import GRACE_DAYS
from entitlements.prices import PriceBook
from entitlements.problems import Problem, ProblemCode
from entitlements.quotes import RenewalAsked, RenewalQuote, renewal_quote
from entitlements.renewals import RenewalStanding

MOST_DAYS = 1_100
"""The longest stretch that is looked at at once: three years and a little."""


@dataclass(frozen=True, slots=True)
class DelayPoint:
    """Order dates, both inclusive, that share standing, years late and total.

    The new term is the one of the stretch's first date.
    """

    first: date
    last: date
    standing: RenewalStanding
    years_late: int
    starts_on: date
    expires_on: date
    total: Money | None

    def continues(self, other: "DelayPoint") -> bool:
        """Whether another stretch, right after this one, answers the same."""
        same = (self.standing, self.years_late, self.total) == (other.standing, other.years_late, other.total)
        fixed = self.standing is RenewalStanding.LATE or self.starts_on == other.starts_on
        return same and fixed and self.last + ONE_DAY == other.first


@dataclass(frozen=True, slots=True)
class Delays:
    """What every order date of a stretch is quoted from."""

    facts: Facts
    asked: RenewalAsked
    book: PriceBook
    policies: LateFeePolicies
    guide: Guide

    def quote(self, order_date: date) -> RenewalQuote | Problem:
        """The quote of one order date."""
        asked = replace(self.asked, order_date=order_date)
        return renewal_quote(self.facts, asked, self.book, self.policies, self.guide)


def cost_of_delay(delays: Delays, first: date, last: date) -> tuple[DelayPoint, ...] | Problem:
    """Stretches between two order dates, both inclusive; refused dates have none.

    A problem when the dates are not in order or too far apart, and when every date is refused.
    """
    if last < first or (last - first).days >= MOST_DAYS:
        message = f"give two dates in order, at most {MOST_DAYS} days with both: {first} to {last} is not"
        return Problem(ProblemCode.INVALID_DATE, message, ("to",))
    points: list[DelayPoint] = []
    for start, following in pairwise([*_bounds(delays, first, last), last + ONE_DAY]):
        for point in _stretches(delays, start, following - ONE_DAY):
            if points and points[-1].continues(point):
                points[-1] = replace(points[-1], last=point.last)
            else:
                points.append(point)
    if points:
        return tuple(points)
    refused = delays.quote(first)
    if isinstance(refused, RenewalQuote):
        raise AssertionError("a date that quotes gives a stretch")
    return refused


def _stretches(delays: Delays, first: date, last: date) -> Iterator[DelayPoint]:
    """Stretches between two dates without a boundary between them."""
    start, end = delays.quote(first), delays.quote(last)
    if isinstance(start, Problem) and isinstance(end, Problem):
        return
    if isinstance(start, RenewalQuote) and (first == last or _same_throughout(start, end)):
        yield DelayPoint(
            first,
            last,
            start.standing.standing,
            start.standing.years_late,
            start.term.starts_on,
            start.term.expires_on,
            start.total,
        )
        return
    middle = first + (last - first) // 2
    yield from _stretches(delays, first, middle)
    yield from _stretches(delays, middle + ONE_DAY, last)


def _same_throughout(start: RenewalQuote, end: RenewalQuote | Problem) -> bool:
    """Whether two quotes at the ends of a stretch vouch for all between.

    A fixed start prices every date alike. A late one moves with the order date: a term once cut stays cut, and a
    dependent once whole stays whole, so two ends without a part of a term have none between; back pay counts days.
    """
    if isinstance(end, Problem):
        return False
    if start.standing.standing is not RenewalStanding.LATE:
        return start.total == end.total
    counted = any(line.days is not None or line.factor not in {"1", "unset"} for line in (*start.lines, *end.lines))
    return start.total == end.total and len(start.lines) == len(end.lines) and not counted


def _bounds(delays: Delays, first: date, last: date) -> list[date]:
    """The first date, and every later one from which a rule may quote otherwise."""
    days = {first}
    if delays.facts.license is not None:
        days.update(_license_days(delays.facts.license, delays.guide, last))
    for dependent in delays.facts.dependents:
        days.update(_license_days(dependent, delays.guide, last))
    days.update(delays.book.changes)
    days.update(delays.policies.changes)
    days.update(
        tier.through.last_day(expires_on) + ONE_DAY
        for expires_on in _expiries(delays)
        for policy in delays.policies.policies
        for tier in policy.tiers
        if tier.through is not None
    )
    days.update(
        policy.maximum_lapse.last_day(expires_on) + ONE_DAY
        for expires_on in _expiries(delays)
        for policy in delays.policies.policies
        if policy.maximum_lapse is not None
    )
    for parameter in delays.guide.values.values():
        days.update(entry.effective for entry in parameter.entries)
    return sorted(day for day in days if first <= day <= last)


def _expiries(delays: Delays) -> list[date]:
    license = delays.facts.license
    return [period.expires_on for period in coverage.timeline(license, delays.guide).periods] if license else []


def _license_days(license: License, guide: Guide, last: date) -> Iterator[date]:
    line = coverage.timeline(license, guide)
    if line.activation is not None:
        yield line.activation.on
    for period in line.periods:
        yield period.starts_on
        yield period.expires_on + ONE_DAY
        yield period.expires_on + timedelta(days=guide.value(GRACE_DAYS, period.expires_on) + 1)
        years = 1
        while (day := anniversary(period.expires_on, years) + ONE_DAY) <= last:
            yield day
            years += 1
    for milestone in license.product.milestones:
        yield lifecycle.last_day(milestone, guide) + ONE_DAY
    if license.retired_on is not None:
        yield license.retired_on + ONE_DAY
