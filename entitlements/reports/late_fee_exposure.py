"""Late-fee exposure: contracts that would be renewed late on a day, and what lateness alone costs (R-REN-3, R-FEE).

An unset rate leaves the amount open and says so; it is never nothing (R-FEE-2).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from entitlements import coverage, renewals
from entitlements.dates import ONE_DAY
from entitlements.money import Money, nothing
from entitlements.prices import MONTHS_A_YEAR
from entitlements.problems import Problem
from entitlements.quotes import QuoteLine, QuoteLineKind, RenewalAsked, renewal_quote
from entitlements.renewals import RenewalStanding
from entitlements.reports.rows import Contract, Missing, Row

LATENESS = {QuoteLineKind.LATE_FEE, QuoteLineKind.BACK_PAY}


def late_fee_exposure(contract: Contract, on: date) -> Iterator[Row]:
    """What lateness would cost a contract that is renewed on a day, with the plan held last; late ones only.

    The row runs from the day after the last covered one through the day; its kind is the number of started years.
    """
    base, guide = contract.base, contract.guide
    standing = renewals.standing(base, on, guide)
    if isinstance(standing, tuple) or standing.standing is not RenewalStanding.LATE:
        return
    row = Row(
        license=base,
        kind=str(standing.years_late),
        from_on=standing.expires_on + ONE_DAY,
        through_on=on,
        days=standing.lapse_days,
        amount=None,
        clause=standing.clause,
        plan=coverage.timeline(base, guide).periods[-1].plan,
    )
    asked = RenewalAsked(row.plan or "", MONTHS_A_YEAR, on)
    quote = renewal_quote(contract.facts, asked, contract.book, contract.policies, guide)
    if isinstance(quote, Problem):
        yield replace(row, missing=(quote.code, quote.message))
    else:
        amount, missing = of_lateness(quote.lines, quote.currency)
        yield replace(row, amount=amount, missing=missing)


def of_lateness(lines: tuple[QuoteLine, ...], currency: str) -> tuple[Money | None, Missing | None]:
    """Late fee and back pay among a quote's lines, or what is missing of them."""
    late = [line for line in lines if line.kind in LATENESS]
    missing = next((line.missing for line in late if line.missing is not None), None)
    if missing is not None:
        return None, missing
    fee = sum((line.amount.amount for line in late if line.amount), nothing(currency).amount)
    return Money(fee, currency), None
