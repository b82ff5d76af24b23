"""Revenue leakage: what was given and not paid for, each with its amount where prices say it.

Four kinds: support opened on a day without cover; the same for a dependent licence whose base had none; a late renewal
whose fee was never charged; and days before a late-but-continuous order that its term covers after the fact.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from entitlements import coverage, renewals
from entitlements.dates import ONE_DAY, last_day_of_term
from entitlements.facts import Facts, License, Term, TermKind
from entitlements.messages import said
from entitlements.money import Money
from entitlements.problems import Problem, ProblemCode
from entitlements.quotes import LONGEST_TERM, RenewalAsked, renewal_quote
from entitlements.renewals import RenewalStanding, Standing
from entitlements.reports.coverage_gaps import CAUSES, GapCause, held_last
from entitlements.reports.late_fee_exposure import LATENESS, of_lateness
from entitlements.reports.rows import Contract, Missing, Row, worth
from entitlements.requests import Service
from entitlements.stretches import Stretch, stretches


class Leak(StrEnum):
    """What was given and not paid for."""

    SERVED_WITHOUT_COVER = "SERVED_WITHOUT_COVER"
    SERVED_PAST_BASE = "SERVED_PAST_BASE"
    FEE_NEVER_CHARGED = "FEE_NEVER_CHARGED"
    FREE_GAP_DAYS = "FREE_GAP_DAYS"


WITHOUT_COVER = {Service.HARDWARE_REPAIR, Service.FEATURE_RELEASE}
"""Services that need no cover on the day: a warranty's, and a release that is held for good (R-CHK-10, R-CHK-14)."""


def revenue_leakage(contract: Contract, first: date, last: date) -> Iterator[Row]:
    """The leaks of a contract whose day lies between two, both inclusive; the kind is the leak's.

    The day of a leak is that of the decision, or of the order.
    """
    yield from _served(contract, first, last)
    for term in contract.base.terms:
        ordered_on = term.order_date
        if term.kind is TermKind.RENEWED and ordered_on is not None and first <= ordered_on <= last:
            before = _before(contract, term)
            standing = renewals.standing(before.base, ordered_on, contract.guide)
            if not isinstance(standing, tuple):
                yield from _of_renewal(before, term, standing)


# ---------------------------------------------------------------- served without cover


def _served(contract: Contract, first: date, last: date) -> Iterator[Row]:
    """A row for each gap in which support was opened: its days through the last such decision among the asked days."""
    for license in contract.licenses:
        days = sorted(
            one.on
            for one in contract.served
            if one.serial == license.serial and first <= one.on <= last and one.service not in WITHOUT_COVER
        )
        if not days:
            continue
        for gap in _unbroken(stretches(license, contract.guide)):
            within = [day for day in days if gap.from_on <= day <= gap.through_on]
            if within:
                yield _served_in(contract, license, gap, within)


def _unbroken(found: list[Stretch]) -> Iterator[Stretch]:
    """Gaps: stretches in a row that have the same cause are one."""
    open_: Stretch | None = None
    for one in found:
        if open_ is not None and CAUSES.get(one.state) is CAUSES[open_.state]:
            open_ = replace(open_, through_on=one.through_on)
            continue
        if open_ is not None:
            yield open_
        open_ = one if one.state in CAUSES else None
    if open_ is not None:
        yield open_


def _served_in(contract: Contract, license: License, gap: Stretch, days: list[date]) -> Row:
    past_base = CAUSES[gap.state] is GapCause.BASE
    plan = held_last(contract, license, gap.from_on)
    amount: Money | None = None
    missing: Missing | None = None
    if plan is not None:
        amount, missing = worth(contract, license, plan, gap.from_on, days[-1], gap.from_on)
    return Row(
        license=license,
        kind=Leak.SERVED_PAST_BASE if past_base else Leak.SERVED_WITHOUT_COVER,
        from_on=gap.from_on,
        through_on=days[-1],
        days=(days[-1] - gap.from_on).days + 1,
        amount=amount,
        clause=contract.guide.clause("R-COT-1" if past_base else "R-REN-4"),
        plan=plan,
        missing=missing,
        decisions=len(days),
    )


# ---------------------------------------------------------------- what a late order gave away


def _before(contract: Contract, term: Term) -> Contract:
    """The contract as it stood when a term was ordered: without it, and without those that start later."""
    earlier = tuple(one for one in contract.base.terms if one.starts_on < term.starts_on)
    base = replace(contract.base, terms=earlier)
    dependents = tuple(replace(one, base=base) for one in contract.facts.dependents)
    facts = Facts(base, contract.facts.releases, dependents, contract.facts.charges)
    return replace(contract, facts=facts, base=base)


def _of_renewal(before: Contract, term: Term, standing: Standing) -> Iterator[Row]:
    if standing.standing is RenewalStanding.CONTINUOUS:
        yield from _free_days(before, term, standing)
    elif standing.standing is RenewalStanding.LATE:
        yield from _uncharged_fee(before, term, standing)


def _free_days(before: Contract, term: Term, standing: Standing) -> Iterator[Row]:
    """A row a licence for the days without cover before the order, which the term covers after the fact (R-REN-5)."""
    first, last = max(standing.expires_on + ONE_DAY, term.starts_on), standing.order_date - ONE_DAY
    for license in before.licenses:
        begins, ends = first, last
        if license.is_dependent:
            line = coverage.timeline(license, before.guide)
            if line.activation is None:
                continue
            begins = max(first, line.activation.on)
            ends = min(day for day in (last, line.ends_on, license.retired_on) if day is not None)
        if begins > ends:
            continue
        amount, missing = worth(before, license, term.plan, begins, ends, standing.order_date)
        yield Row(
            license=license,
            kind=Leak.FREE_GAP_DAYS,
            from_on=begins,
            through_on=ends,
            days=(ends - begins).days + 1,
            amount=amount,
            clause=before.guide.clause("R-REN-5"),
            plan=term.plan,
            missing=missing,
        )


def _uncharged_fee(before: Contract, term: Term, standing: Standing) -> Iterator[Row]:
    """The part of a late renewal's fee and back pay that its order's charges do not hold (R-REN-3, R-FEE)."""
    row = Row(
        license=before.base,
        kind=Leak.FEE_NEVER_CHARGED,
        from_on=standing.expires_on + ONE_DAY,
        through_on=standing.order_date,
        days=standing.lapse_days,
        amount=None,
        clause=before.guide.clause("R-REN-3"),
        plan=term.plan,
    )
    asked = RenewalAsked(term.plan, _months(term), standing.order_date)
    quote = renewal_quote(before.facts, asked, before.book, before.policies, before.guide)
    if isinstance(quote, Problem):
        yield replace(row, missing=(quote.code, quote.message))
        return
    own = [one for one in before.facts.charges if one.order_reference == term.order_reference]
    foreign = next((one for one in own if one.currency != quote.currency), None)
    if foreign is not None:
        message = said(
            "charge {charge} is in {currency}, the price book in {other}",
            charge=foreign.reference,
            currency=foreign.currency,
            other=quote.currency,
        )
        yield replace(row, missing=(ProblemCode.PRICE_NOT_CONFIGURED, message))
        return
    charged = sum((one.amount for one in own), Decimal(0))
    forward = [line for line in quote.lines if line.kind not in LATENESS]
    renewal = sum((line.amount.amount for line in forward if line.amount), Decimal(0))
    fee, missing = of_lateness(quote.lines, quote.currency)
    missing = missing or next((line.missing for line in forward if line.missing is not None), None)
    if fee is None or missing is not None:
        if charged <= renewal:
            yield replace(row, missing=missing)
        return
    unpaid = min(fee.amount, renewal + fee.amount - charged)
    if unpaid > 0:
        yield replace(row, amount=Money(unpaid, quote.currency))


def _months(term: Term) -> int:
    """The whole months that a recorded term was ordered for: the fewest that reach its last day."""
    reaching = (n for n in range(1, LONGEST_TERM) if last_day_of_term(term.starts_on, n) >= term.expires_on)
    return next(reaching, LONGEST_TERM)
