"""What is bought in the middle of a term: a module for a base, or a higher plan (R-COT-6, R-REN-12).

Both are priced at the 12-month price by days over divisor, from the order date to the term's last day, both inclusive.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from entitlements import coverage, lifecycle
from entitlements.clauses import Clause
from entitlements.coverage import CoverageSource, Period
from entitlements.facts import Facts, License, MilestoneKind, Product
from entitlements.guide import Guide
from entitlements.messages import listed, said
from entitlements.money import Money, rounded
from entitlements.parameters import PLAN, PRORATION_DIVISOR
from entitlements.prices import MONTHS_A_YEAR, Part, PriceBook, part_of_term
from entitlements.problems import Problem, ProblemCode, of
from entitlements.quotes import QuoteLine, QuoteLineKind, priced_line, total_of, unknown_license, unknown_plan


@dataclass(frozen=True, slots=True)
class TermQuote:
    """The price of something for the rest of a term; `total` is None while a price is not configured."""

    license: License
    order_date: date
    plan: str
    starts_on: date
    expires_on: date
    lines: tuple[QuoteLine, ...]
    total: Money | None
    price_book: str
    edition: str
    clauses: tuple[Clause, ...]

    @property
    def orderable(self) -> bool:
        """False while the total is None."""
        return self.total is not None


def attachment_quote(
    facts: Facts, product: Product, quantity: int, order_date: date, book: PriceBook, guide: Guide
) -> TermQuote | Problem:
    """A dependent licence bought for a base, to the end of the base's unbroken coverage; refused without any."""
    base = facts.license
    if base is None:
        return unknown_license(guide)
    line = coverage.timeline(base, guide)
    period = line.covering(order_date)
    problems = list(_attachment_problems(base, product, quantity, period, order_date, guide))
    if problems or period is None:
        return of(problems)
    expires_on = line.unbroken_until(period)
    attached = _attached(base, product, quantity)
    ending = lifecycle.end_of_support(attached, guide)
    if ending is not None:
        expires_on = min(expires_on, lifecycle.last_day(ending, guide))
    lines = [
        _prorated(
            attached, each, max(each.starts_on, order_date), min(each.expires_on, expires_on), book, order_date, guide
        )
        for each in line.periods
        if each.expires_on >= order_date and each.starts_on <= expires_on
    ]
    return _quoted(base, order_date, period.plan, order_date, expires_on, lines, book, guide)


def _attachment_problems(
    base: License, product: Product, quantity: int, period: Period | None, order_date: date, guide: Guide
) -> Iterator[Problem]:
    if base.is_dependent:
        message = said("{serial} is not a base licence", serial=base.serial)
        yield Problem(ProblemCode.RENEW_THE_BASE, message, ("license",), guide.clause("R-COT-1"))
    if not product.kind.is_dependent:
        message = said("{product} is no module, client, redundancy or customisation", product=product.code)
        yield Problem(ProblemCode.UNKNOWN_PRODUCT, message, ("product",), guide.clause("R-COV-6"))
    elif product.bases and base.product.code not in product.bases:
        message = said(
            "{product} may not be attached to {base}, only to {bases}",
            product=product.code,
            base=base.product.code,
            bases=listed(", ", product.bases),
        )
        yield Problem(ProblemCode.UNKNOWN_PRODUCT, message, ("product",))
    if quantity < 1:
        yield Problem(ProblemCode.INVALID_TERM, said("a quantity is 1 or more"), ("quantity",))
    if period is None:
        message = said(
            "{serial} has no current term on {order_date} to end with", serial=base.serial, order_date=order_date
        )
        yield Problem(ProblemCode.BASE_NOT_COVERED, message, ("license",), guide.clause("R-COT-6"))
    attaching, sale = MilestoneKind.END_OF_NEW_ATTACHMENT, MilestoneKind.END_OF_SALE
    endings = (
        ("license", base.product, lifecycle.milestone(base.product, base.installed_release, attaching)),
        ("product", product, lifecycle.milestone(product, None, attaching)),
        ("product", product, lifecycle.milestone(product, None, sale)),
        ("product", product, lifecycle.end_of_support(_attached(base, product, quantity), guide)),
    )
    for field, owner, ending in endings:
        if ending is not None and lifecycle.last_day(ending, guide) < order_date:
            ends_sale = ending.kind in {attaching, sale}
            code = ProblemCode(ending.kind) if ends_sale else ProblemCode.END_OF_SUPPORT
            message = said("{milestone} of {product} was {on}", milestone=ending.kind, product=owner.code, on=ending.on)
            yield Problem(code, message, (field,), guide.clause("R-EOL-4" if ends_sale else "R-EOL-2"))


def _attached(base: License, product: Product, quantity: int) -> License:
    """The licence as it would be; of no recorded release."""
    bare = replace(base, installed_release=None, terms=(), options=(), warranty=None)
    return replace(bare, product=product, quantity=quantity, base=base)


def _prorated(
    license: License, period: Period, starts_on: date, expires_on: date, book: PriceBook, order_date: date, guide: Guide
) -> QuoteLine:
    part = _part(starts_on, expires_on, order_date, guide)
    message = said(
        "{product} for {serial}, {plan}, {starts_on} to {expires_on}",
        product=license.product.code,
        serial=license.serial,
        plan=period.plan,
        starts_on=starts_on,
        expires_on=expires_on,
    )
    return priced_line(
        QuoteLineKind.ATTACHMENT,
        license,
        period.plan,
        MONTHS_A_YEAR,
        part,
        book,
        order_date,
        message,
        guide.clause("R-COT-6"),
    )


def plan_change_quote(facts: Facts, plan: str, order_date: date, book: PriceBook, guide: Guide) -> TermQuote | Problem:
    """A higher plan from the order date to the term's last day: what 12 months cost more, by days, a line a licence."""
    license = facts.license
    if license is None:
        return unknown_license(guide)
    period = coverage.timeline(license, guide).covering(order_date)
    problems = list(_change_problems(license, plan, period, order_date, guide))
    if problems or period is None:
        return of(problems)
    lines = [_difference(license, plan, period, order_date, period.expires_on, order_date, book, guide)]
    for dependent in facts.dependents:
        for own in coverage.timeline(dependent, guide).periods:
            first, last = max(own.starts_on, order_date), min(own.expires_on, period.expires_on)
            if first <= last:
                lines.append(_difference(dependent, plan, period, first, last, order_date, book, guide))
    return _quoted(license, order_date, plan, order_date, period.expires_on, lines, book, guide)


def _change_problems(
    license: License, plan: str, period: Period | None, order_date: date, guide: Guide
) -> Iterator[Problem]:
    wanted = guide.find(PLAN, plan, order_date)
    if license.is_dependent:
        message = said(
            "{serial} has the plan of its base {base}: change that one's",
            serial=license.serial,
            base=license.contract_base.serial,
        )
        yield Problem(ProblemCode.RENEW_THE_BASE, message, ("license",), guide.clause("R-COT-3"))
    if wanted is None:
        yield unknown_plan(plan, guide)
    if period is None:
        message = said("{serial} has no current term on {order_date}", serial=license.serial, order_date=order_date)
        yield Problem(ProblemCode.BASE_NOT_COVERED, message, ("license",), guide.clause("R-REN-12"))
    held = guide.find(PLAN, period.plan, order_date) if period else None
    if wanted is not None and held is not None and wanted.value.rank <= held.value.rank:
        message = said(
            "{plan} is not above {held}, the plan in force: it can be chosen at the renewal",
            plan=plan,
            held=held.value.name,
        )
        yield Problem(ProblemCode.DOWNGRADE_AT_RENEWAL_ONLY, message, ("plan",), guide.clause("R-REN-12"))


def _difference(
    license: License,
    plan: str,
    period: Period,
    starts_on: date,
    expires_on: date,
    order_date: date,
    book: PriceBook,
    guide: Guide,
) -> QuoteLine:
    """The new plan's 12-month price less the old one's, which is nothing for the included first year."""
    clause = guide.clause("R-REN-12")
    message = said(
        "{serial}, {before} to {plan}, {starts_on} to {expires_on}",
        serial=license.serial,
        before=period.plan,
        plan=plan,
        starts_on=starts_on,
        expires_on=expires_on,
    )
    part = _part(starts_on, expires_on, order_date, guide)
    new = priced_line(QuoteLineKind.PLAN_CHANGE, license, plan, MONTHS_A_YEAR, part, book, order_date, message, clause)
    if period.source is CoverageSource.INCLUDED_FIRST_YEAR or new.base is None:
        return new
    old = priced_line(
        QuoteLineKind.PLAN_CHANGE, license, period.plan, MONTHS_A_YEAR, part, book, order_date, message, clause
    )
    if old.base is None:
        return old
    raised = max(new.base.amount - old.base.amount, Decimal(0))
    amount = rounded(Fraction(raised) * part.factor, book.currency)
    return replace(new, base=Money(raised, book.currency), amount=Money(amount, book.currency))


def _part(starts_on: date, expires_on: date, order_date: date, guide: Guide) -> Part:
    return part_of_term(starts_on, expires_on, MONTHS_A_YEAR, guide.value(PRORATION_DIVISOR, order_date))


def _quoted(
    license: License,
    order_date: date,
    plan: str,
    starts_on: date,
    expires_on: date,
    lines: list[QuoteLine],
    book: PriceBook,
    guide: Guide,
) -> TermQuote:
    return TermQuote(
        license=license,
        order_date=order_date,
        plan=plan,
        starts_on=starts_on,
        expires_on=expires_on,
        lines=tuple(lines),
        total=total_of(lines, book.currency),
        price_book=book.name,
        edition=guide.edition,
        clauses=tuple(dict.fromkeys(line.clause for line in lines if line.clause is not None)),
    )
