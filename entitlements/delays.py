"""What waiting costs: stretches of order dates that quote the same, found from the rules' own boundaries.

Between two boundaries a quote moves one way only, unless the new term is a part of a full one that moves with the order
date; a stretch whose ends differ, or whose term is such a part, is looked into more closely, by halves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise

from entitlements import coverage, lifecycle
from entitlements.dates import ONE_DAY, anniversary
from entitlements.facts import Facts, License
from entitlements.guide import Guide
from entitlements.late_fees import Lapse, LapseUnit, LateFeePolicies
from entitlements.messages import said
from entitlements.money import Money
from entitlements.parameters import CALENDAR_FIRST_DAY, CALENDAR_LAST_DAY, GRACE_DAYS, PLAN
from entitlements.prices import PriceBook
from entitlements.problems import Problem, ProblemCode
from entitlements.quotes import QuoteLineKind, RenewalAsked, RenewalQuote, renewal_quote
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
        message = said(
            "give two dates in order, at most {most} days with both: {first} to {last} is not",
            most=MOST_DAYS,
            first=first,
            last=last,
        )
        return Problem(ProblemCode.INVALID_DATE, message, ("to",))
    points = tuple(delay_points(delays, first, last))
    refused = None if points else delays.quote(first)
    return refused if isinstance(refused, Problem) else points


def delay_points(delays: Delays, first: date, last: date) -> Iterator[DelayPoint]:
    """The stretches between two order dates, both inclusive, in order; each is worked out when it is asked for."""
    quote = cache(delays.quote)
    at = delays.guide.in_force_from
    begins = max(first, delays.guide.value(CALENDAR_FIRST_DAY, at))
    ends = min(last, delays.guide.value(CALENDAR_LAST_DAY, at))
    bounds = _bounds(delays, begins, ends) if begins <= ends else []
    found: DelayPoint | None = None
    for start, following in pairwise([*bounds, ends + ONE_DAY]):
        for point in _stretches(quote, start, following - ONE_DAY):
            if found is None:
                found = point
            elif found.continues(point):
                found = replace(found, last=point.last)
            else:
                yield found
                found = point
    if found is not None:
        yield found


def _stretches(quote: Callable[[date], RenewalQuote | Problem], first: date, last: date) -> Iterator[DelayPoint]:
    """Stretches between two dates without a boundary between them."""
    start, end = quote(first), quote(last)
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
    yield from _stretches(quote, first, middle)
    yield from _stretches(quote, middle + ONE_DAY, last)


def _same_throughout(start: RenewalQuote, end: RenewalQuote | Problem) -> bool:
    """Whether two quotes at the ends of a stretch vouch for all between.

    A fixed start prices every date alike. A late one moves with the order date, and with it every part of a full term;
    one that is whole at both ends is whole between. Back pay and fee only grow, so equal ends have nothing between.
    """
    if isinstance(end, Problem) or _answer(start) != _answer(end):
        return False
    parts = (line for line in (*start.lines, *end.lines) if line.kind in _PRICED_BY_TERM and line.days is not None)
    return start.standing.standing is not RenewalStanding.LATE or not any(parts)


_PRICED_BY_TERM = {QuoteLineKind.RENEWAL, QuoteLineKind.DEPENDENT}


def _answer(quote: RenewalQuote) -> tuple[object, ...]:
    return quote.standing.standing, quote.standing.years_late, quote.total, len(quote.lines)


def _bounds(delays: Delays, first: date, last: date) -> list[date]:
    """The first date, and every later one from which a rule may quote otherwise."""
    guide, policies = delays.guide, delays.policies.policies
    days = {first, *delays.book.changes, *delays.policies.changes}
    dated = (*guide.values.values(), *guide.families.get(PLAN.group, {}).values())
    days.update(entry.effective for series in dated for entry in series.entries)
    for license in (delays.facts.license, *delays.facts.dependents):
        days.update(_license_days(license, guide) if license is not None else ())
    lapses = {Lapse(entry.value, LapseUnit.DAYS) for entry in guide.values[GRACE_DAYS.name].entries if not entry.ended}
    lapses.update(tier.through for policy in policies for tier in policy.tiers if tier.through is not None)
    lapses.update(policy.maximum_lapse for policy in policies if policy.maximum_lapse is not None)
    for expires_on in _expiries(delays):
        days.update(lapse.last_day(expires_on) + ONE_DAY for lapse in lapses)
        late = range(1, last.year - expires_on.year + 1)
        days.update(anniversary(expires_on, years) + ONE_DAY for years in late)
    return sorted(day for day in days if first <= day <= last)


def _expiries(delays: Delays) -> list[date]:
    license = delays.facts.license
    return [period.expires_on for period in coverage.timeline(license, delays.guide).periods] if license else []


def _license_days(license: License, guide: Guide) -> Iterator[date]:
    """The days on which the facts of a licence begin and end something."""
    line = coverage.timeline(license, guide)
    if line.activation is not None:
        yield line.activation.on
    for period in line.periods:
        yield period.starts_on
        yield period.expires_on + ONE_DAY
    for milestone in license.product.milestones:
        yield lifecycle.last_day(milestone, guide) + ONE_DAY
    if license.retired_on is not None:
        yield license.retired_on + ONE_DAY
