"""Renewals due: contracts whose last covered day falls within some days and that can still be renewed (R-REN).

The amount is what renewing on that very day costs, base and dependents, with the plan held last, for the year that
prices are stated for. What is renewed already is not due; a licence that gives no renewal (R-REN-9, R-REN-11) never is.
"""

from collections.abc import Iterator
from datetime import date

from entitlements import coverage
from entitlements.hours import within_calendars
from entitlements.prices import MONTHS_A_YEAR
from entitlements.problems import Problem
from entitlements.quotes import RenewalAsked, renewal_quote
from entitlements.reports.rows import Contract, Row


def renewals_due(contract: Contract, first: date, last: date) -> Iterator[Row]:
    """The contract's renewal, when its last covered day is one of the days, both ends inclusive.

    The row runs from the last covered day through the last order date without a late fee; its kind is the licence's
    model.
    """
    base, guide = contract.base, contract.guide
    periods = coverage.timeline(base, guide).periods
    if not periods or not first <= periods[-1].expires_on <= last:
        return
    expires_on = periods[-1].expires_on
    if not within_calendars(guide, expires_on):
        return
    asked = RenewalAsked(periods[-1].plan, MONTHS_A_YEAR, expires_on)
    quote = renewal_quote(contract.facts, asked, contract.book, contract.policies, guide)
    if isinstance(quote, Problem):
        return
    free_until = quote.standing.last_free_order_date
    yield Row(
        license=base,
        kind=base.model.value,
        from_on=expires_on,
        through_on=free_until,
        days=(free_until - expires_on).days,
        amount=quote.total,
        clause=quote.standing.clause,
        plan=asked.plan,
        missing=next(iter(quote.missing), None),
        licenses=len(quote.lines),
    )
