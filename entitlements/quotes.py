"""What a renewal costs: a line a licence, the late fee and back pay, and a total that is never guessed (R-REN, R-FEE).

Each line is the price book's amount times the quantity times an exact factor, rounded once. Where a price, or the
fee's rate, is not configured, the amount and the total are None and the quote cannot be ordered; what is missing is
said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from entitlements import coverage, late_fees, renewals
from entitlements.clauses import Clause
from entitlements.dates import ONE_DAY
from entitlements.facts import Facts, License, Milestone
from entitlements.guide import Guide
from entitlements.hours import within_calendars
from entitlements.late_fees import BackPayUnit, Beyond, FeeBase, LateFeePolicies, LateFeePolicy, Tier
from entitlements.messages import Message, listed, said
from entitlements.money import Money, rounded
from entitlements.parameters import FEE_RATE, PLAN, PRORATION_DIVISOR
from entitlements.prices import MONTHS_A_YEAR, WHOLE, Part, PriceBook, part_of_term
from entitlements.problems import Problem, ProblemCode, of
from entitlements.renewals import RefusalCode, RenewalStanding, RenewedTerm, Standing

LONGEST_TERM = 120
"""The longest term, in months, that is quoted."""


class QuoteLineKind(StrEnum):
    """What a line is for."""

    RENEWAL = "RENEWAL"
    DEPENDENT = "DEPENDENT"
    LATE_FEE = "LATE_FEE"
    BACK_PAY = "BACK_PAY"
    ATTACHMENT = "ATTACHMENT"
    PLAN_CHANGE = "PLAN_CHANGE"


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A line: `base` is the book's amount times the quantity, `factor` the exact multiplier, `amount` rounded once.

    `missing` says which price or rate is not configured; base and amount are None then, and the factor may be "unset".
    """

    kind: QuoteLineKind
    license: License
    quantity: int
    message: Message
    base: Money | None
    factor: str
    amount: Money | None
    clause: Clause | None
    days: int | None = None
    divisor: int | None = None
    missing: tuple[ProblemCode, Message] | None = None

    @property
    def exact(self) -> Fraction:
        """The amount before it is rounded; nothing while a price is not configured."""
        return Fraction(self.base.amount) * Fraction(self.factor) if self.base is not None else Fraction(0)


@dataclass(frozen=True, slots=True)
class RenewalAsked:
    """A renewal as it is asked for; `months` is the whole term, `with_dependents` False shows the base alone."""

    plan: str
    months: int
    order_date: date
    with_dependents: bool = True


@dataclass(frozen=True, slots=True)
class RenewalQuote:
    """A renewal's dates and lines. `total` is None while any amount is; such a quote cannot be ordered."""

    license: License
    asked: RenewalAsked
    standing: Standing
    term: RenewedTerm
    lines: tuple[QuoteLine, ...]
    total: Money | None
    orderable: bool
    price_book: str
    currency: str
    edition: str
    clauses: tuple[Clause, ...]

    @property
    def cut_by(self) -> Milestone | None:
        """The milestone that cuts the term, if one does."""
        return self.term.cut_by

    @property
    def missing(self) -> tuple[tuple[ProblemCode, Message], ...]:
        """Every price or rate that is not configured."""
        return tuple(line.missing for line in self.lines if line.missing is not None)


def renewal_quote(
    facts: Facts, asked: RenewalAsked, book: PriceBook, policies: LateFeePolicies, guide: Guide
) -> RenewalQuote | Problem:
    """The quote of a renewal, or every rule that refuses it."""
    license = facts.license
    if license is None:
        return unknown_license(guide)
    problems = list(_bad_input(asked, guide))
    if any(problem.code is ProblemCode.INVALID_DATE for problem in problems):
        return of(problems)
    standing = renewals.standing(license, asked.order_date, guide)
    if isinstance(standing, tuple):
        return of([*problems, *(_refused(refusal) for refusal in standing)])
    policy = policies.governing(license, asked.plan, asked.order_date) if standing.years_late else None
    if policy is not None:
        problems.extend(_too_long(standing, policy, guide))
    if problems:
        return of(problems)
    term = renewals.renewed_term(license, standing, asked.months, guide)
    if isinstance(term, renewals.Refusal):
        return _refused(term)
    quoting = _Quoting(facts, license, asked, book, guide, standing, _until_retired(license, term))
    lines = list(quoting.renewal_lines())
    if standing.standing is RenewalStanding.LATE:
        lines.extend(_late_lines(quoting, lines, policy))
    total = total_of(lines, book.currency)
    cited = (standing.clause, guide.clause("R-REN-7"), *(line.clause for line in lines))
    return RenewalQuote(
        license=license,
        asked=asked,
        standing=standing,
        term=quoting.term,
        lines=tuple(lines),
        total=total,
        orderable=total is not None and asked.with_dependents,
        price_book=book.name,
        currency=book.currency,
        edition=guide.edition,
        clauses=tuple(dict.fromkeys(clause for clause in cited if clause is not None)),
    )


def unknown_license(guide: Guide) -> Problem:
    """The refusal of a licence that does not exist, or is not the viewer's to see: the two look the same."""
    message = said("no licence of this reference exists, or it is not yours to see")
    return Problem(ProblemCode.UNKNOWN_LICENSE, message, ("license",), guide.clause("R-CHK-11"))


def unknown_plan(plan: str, guide: Guide) -> Problem:
    """The refusal of a plan that the guide does not have."""
    message = said("no plan {plan}; the guide has {known}", plan=plan, known=listed(", ", guide.codes(PLAN)))
    return Problem(ProblemCode.UNKNOWN_PLAN, message, ("plan",))


def total_of(lines: Sequence[QuoteLine], currency: str) -> Money | None:
    """The sum of the lines' rounded amounts; None while one of them is."""
    amounts = [line.amount.amount for line in lines if line.amount is not None]
    return Money(sum(amounts, Decimal(0)), currency) if len(amounts) == len(lines) else None


def _bad_input(asked: RenewalAsked, guide: Guide) -> Iterator[Problem]:
    if guide.find(PLAN, asked.plan, asked.order_date) is None:
        yield unknown_plan(asked.plan, guide)
    if not 1 <= asked.months <= LONGEST_TERM:
        message = said("a term has 1 to {longest} months, not {months}", longest=LONGEST_TERM, months=asked.months)
        yield Problem(ProblemCode.INVALID_TERM, message, ("months",), guide.clause("R-DATE-2"))
    if not within_calendars(guide, asked.order_date):
        message = said(
            "{order_date} lies outside the calendars of {edition}", order_date=asked.order_date, edition=guide.edition
        )
        yield Problem(ProblemCode.INVALID_DATE, message, ("orderDate",), guide.clause("R-CHK-15"))


def _refused(refusal: renewals.Refusal) -> Problem:
    about = "license" if refusal.code in _WHATEVER_THE_DATE else "orderDate"
    return Problem(ProblemCode(refusal.code), refusal.message, (about,), refusal.clause)


_WHATEVER_THE_DATE = {RefusalCode.RENEW_THE_BASE, RefusalCode.EVALUATION, RefusalCode.NEVER_COVERED}


def _too_long(standing: Standing, policy: LateFeePolicy, guide: Guide) -> Iterator[Problem]:
    """A lapse after which a policy has no renewal, at any price."""
    if policy.beyond is Beyond.MANUAL_QUOTE or not policy.is_beyond(standing.expires_on, standing.order_date):
        return
    message = said(
        "{days} days after {expires_on}, longer than {policy} allows: {way}",
        days=standing.lapse_days,
        expires_on=standing.expires_on,
        policy=policy.name,
        way=said("a new licence is needed")
        if policy.beyond is Beyond.NEW_LICENSE
        else said("it can no longer be renewed"),
    )
    yield Problem(ProblemCode.LAPSE_TOO_LONG, message, ("orderDate",), policy.clause(guide.edition))


def _until_retired(license: License, term: RenewedTerm) -> RenewedTerm:
    """A retirement to come ends the term: the days after it would not be covered (R-COV-6)."""
    if license.retired_on is None or term.expires_on <= license.retired_on:
        return term
    return replace(term, expires_on=license.retired_on, cut_by=None)


@dataclass(frozen=True, slots=True)
class _Quoting:
    """What every line of one renewal is worked out from."""

    facts: Facts
    license: License
    asked: RenewalAsked
    book: PriceBook
    guide: Guide
    standing: Standing
    term: RenewedTerm

    def renewal_lines(self) -> Iterator[QuoteLine]:
        """The base's line, and one for each dependent that has a part of the term (R-REN-7, R-REN-10)."""
        yield self.line(QuoteLineKind.RENEWAL, self.license, self.term.starts_on, self.term.expires_on)
        if not self.asked.with_dependents:
            return
        for dependent in self.facts.dependents:
            part = self.part_of(dependent)
            if part is not None:
                yield self.line(QuoteLineKind.DEPENDENT, dependent, *part)

    def part_of(self, dependent: License) -> tuple[date, date] | None:
        """A dependent's days of the new term, both inclusive; None without any."""
        line = coverage.timeline(dependent, self.guide)
        if line.activation is None:
            return None
        first = max(self.term.starts_on, line.activation.on)
        ends = (self.term.expires_on, line.ends_on, dependent.retired_on)
        last = min(day for day in ends if day is not None)
        return (first, last) if first <= last else None

    def line(self, kind: QuoteLineKind, license: License, starts_on: date, expires_on: date) -> QuoteLine:
        """A licence's line for its days of the term."""
        anchor = self.term.anchor if starts_on == self.term.starts_on else None
        divisor = self.guide.value(PRORATION_DIVISOR, self.asked.order_date)
        part = part_of_term(starts_on, expires_on, self.asked.months, divisor, anchor)
        shortened = "R-REN-8" if self.term.cut_by else "R-COV-6"
        rule = "R-REN-10" if kind is QuoteLineKind.DEPENDENT else ("R-REN-7" if part == WHOLE else shortened)
        return priced_line(
            kind,
            license,
            self.asked.plan,
            self.asked.months,
            part,
            self.book,
            self.asked.order_date,
            said(
                "{serial}, {plan}, {starts_on} to {expires_on}",
                serial=license.serial,
                plan=self.asked.plan,
                starts_on=starts_on,
                expires_on=expires_on,
            ),
            self.guide.clause(rule),
        )

    def annual(self, kind: QuoteLineKind, license: License, message: Message, part: Part, clause: Clause) -> QuoteLine:
        """A line from a licence's annual fee: the 12-month price times the quantity."""
        asked = self.asked
        return priced_line(kind, license, asked.plan, MONTHS_A_YEAR, part, self.book, asked.order_date, message, clause)


def priced_line(
    kind: QuoteLineKind,
    license: License,
    plan: str,
    months: int,
    part: Part,
    book: PriceBook,
    order_date: date,
    message: Message,
    clause: Clause,
) -> QuoteLine:
    """A line from the book's price for so many months; without one, a line that says which price is missing."""
    price = book.price(license.product.code, plan, months, order_date)
    if price is None:
        gap = said(
            "no price for {product}, {plan}, {months} months in book {book} ({currency}) on {order_date}",
            product=license.product.code,
            plan=plan,
            months=months,
            book=book.name,
            currency=book.currency,
            order_date=order_date,
        )
        return QuoteLine(
            kind,
            license,
            license.quantity,
            said("{line}: {gap}", line=message, gap=gap),
            None,
            part.text,
            None,
            clause,
            part.days,
            part.divisor,
            (ProblemCode.PRICE_NOT_CONFIGURED, gap),
        )
    base = price.amount * license.quantity
    amount = Money(rounded(Fraction(base) * part.factor, book.currency), book.currency)
    return QuoteLine(
        kind,
        license,
        license.quantity,
        message,
        Money(base, book.currency),
        part.text,
        amount,
        clause,
        part.days,
        part.divisor,
    )


# ---------------------------------------------------------------- lateness


def _late_lines(quoting: _Quoting, lines: Sequence[QuoteLine], policy: LateFeePolicy | None) -> list[QuoteLine]:
    """Back pay and late fee of a late renewal; a line without an amount where no rate is configured (R-FEE)."""
    found, currency = quoting.standing, quoting.book.currency
    late = {"years": found.years_late, "expires_on": found.expires_on}
    if policy is None:
        what = said("late fee for {years} started year(s) after {expires_on}: its rate is not configured", **late)
        return [
            _unset(
                quoting,
                what,
                (ProblemCode.FEE_RATE_UNSET, what),
                quoting.guide.entry(FEE_RATE, found.order_date).clause,
            )
        ]
    clause = policy.clause(quoting.guide.edition)
    if policy.is_beyond(found.expires_on, found.order_date):
        what = said(
            "late fee for {years} started year(s) after {expires_on}: {policy} asks for a quote by hand after so long",
            **late,
            policy=policy.name,
        )
        return [_unset(quoting, what, (ProblemCode.FEE_RATE_UNSET, what), clause)]
    if policy.states_flat_amounts and policy.currency != currency:
        what = said(
            "late fee for {years} started year(s) after {expires_on}: "
            "{policy} states amounts in {stated}, not in {currency}",
            **late,
            policy=policy.name,
            stated=policy.currency,
            currency=currency,
        )
        return [_unset(quoting, what, (ProblemCode.FEE_RATE_UNSET, what), clause)]
    back = list(_back_pay_lines(quoting, lines, policy, clause))
    tier = policy.tier(found.expires_on, found.order_date)
    if tier is None:
        return back
    message = said("late fee by {policy} for {years} started year(s) after {expires_on}", **late, policy=policy.name)
    return [*back, _fee_line(quoting, policy, tier, lines, back, message, clause)]


def _back_pay_lines(
    quoting: _Quoting, lines: Sequence[QuoteLine], policy: LateFeePolicy, clause: Clause
) -> Iterator[QuoteLine]:
    """What each licence pays back for its part of the lapse: a dependent from its own activation."""
    order_date = quoting.asked.order_date
    for license in (line.license for line in lines):
        since = quoting.standing.expires_on
        activation = coverage.activation(license, quoting.guide)
        if license.is_dependent and activation is not None:
            since = max(since, activation.on - ONE_DAY)
        units = policy.back_pay_units(since, order_date) * Fraction(policy.back_pay.multiplier)
        if not units:
            continue
        message = said(
            "{serial}, back pay for {first} to {last}", serial=license.serial, first=since + ONE_DAY, last=order_date
        )
        daily = policy.back_pay.unit is BackPayUnit.DAILY
        part = Part(units, (order_date - since).days, policy.back_pay.divisor) if daily else Part(units)
        line = quoting.annual(QuoteLineKind.BACK_PAY, license, message, part, clause)
        yield line if policy.back_pay.multiplier == 1 else replace(line, factor=str(units))


def _fee_line(
    quoting: _Quoting,
    policy: LateFeePolicy,
    tier: Tier,
    lines: Sequence[QuoteLine],
    back: Sequence[QuoteLine],
    message: Message,
    clause: Clause,
) -> QuoteLine:
    """The late fee of the contract: one line, on what every licence renewed pays."""
    of = list(_charged(quoting, tier, lines, back, message, clause))
    lacking = next((line.missing for line in of if line.missing is not None), None)
    if lacking is not None:
        return _unset(quoting, said("{line}: {gap}", line=message, gap=lacking[1]), lacking, clause)
    currency = quoting.book.currency
    exact = sum((line.exact for line in of), Fraction(0))
    years = policy.years(quoting.standing.expires_on, quoting.asked.order_date)
    fee = late_fees.late_fee(policy, tier, exact, years)
    amount = Money(rounded(fee, currency), currency)
    listed = sum((line.base.amount for line in of if line.base is not None), Decimal(0))
    by_share = listed and fee == exact * Fraction(tier.percent) / 100 * years
    base, factor = (Money(listed, currency), str(fee / Fraction(listed))) if by_share else (amount, "1")
    quantity = quoting.license.quantity
    return QuoteLine(QuoteLineKind.LATE_FEE, quoting.license, quantity, message, base, factor, amount, clause)


def _charged(
    quoting: _Quoting,
    tier: Tier,
    lines: Sequence[QuoteLine],
    back: Sequence[QuoteLine],
    message: Message,
    clause: Clause,
) -> Iterator[QuoteLine]:
    """The lines that a tier's percentage is of, unrounded; none where it has no percentage."""
    if not tier.percent:
        return
    match tier.of:
        case FeeBase.ANNUAL_FEE:
            for line in lines:
                yield quoting.annual(QuoteLineKind.LATE_FEE, line.license, message, WHOLE, clause)
        case FeeBase.BACK_PAY:
            yield from back
        case FeeBase.BACK_PAY_AND_FORWARD:
            yield from (*back, *lines)
        case FeeBase.LIST_PRICE:
            yield from (replace(line, factor="1") for line in lines)


def _unset(quoting: _Quoting, message: Message, missing: tuple[ProblemCode, Message], clause: Clause) -> QuoteLine:
    kind, license = QuoteLineKind.LATE_FEE, quoting.license
    return QuoteLine(kind, license, license.quantity, message, None, "unset", None, clause, missing=missing)
