"""What a renewal costs: a line a licence, the late fee and back pay, and a total that is never guessed (R-REN, R-FEE).

Each line is the price book's amount times the quantity times an exact factor, rounded once. Where a price, or the
fee's rate, is not configured, the amount and the total are None and the quote cannot be ordered; what is missing is
said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from entitlements import coverage, late_fees, renewals
from entitlements.clauses import Clause
from entitlements.facts import Facts, License, Milestone
from entitlements.guide import Guide
from entitlements.hours import within_calendars
from entitlements.late_fees import BackPayUnit, Beyond, LateFeePolicies, LateFeePolicy, Tier
from entitlements.money import Money, rounded
from entitlements.parameters import PLAN, PRORATION_DIVISOR
from entitlements.prices import MONTHS_A_YEAR, WHOLE, Part, PriceBook, part_of_term
from entitlements.problems import Problem, ProblemCode, of
from entitlements.renewals import RenewalStanding, RenewedTerm, Standing

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

    `missing` says which price or rate is not configured; base and amount are None then.
    """

    kind: QuoteLineKind
    license: License
    quantity: int
    message: str
    base: Money | None
    factor: str
    amount: Money | None
    clause: Clause | None
    days: int | None = None
    divisor: int | None = None
    missing: tuple[ProblemCode, str] | None = None


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
    def missing(self) -> tuple[tuple[ProblemCode, str], ...]:
        """Every price or rate that is not configured."""
        return tuple(line.missing for line in self.lines if line.missing is not None)


def renewal_quote(
    facts: Facts, asked: RenewalAsked, book: PriceBook, policies: LateFeePolicies, guide: Guide
) -> RenewalQuote | Problem:
    """The quote of a renewal, or every rule that refuses it."""
    license = facts.license
    if license is None:
        message = "no licence of this reference exists, or it is not yours to see"
        return Problem(ProblemCode.UNKNOWN_LICENSE, message, ("license",), guide.clause("R-CHK-11"))
    problems = list(_bad_input(asked, guide))
    if problems:
        return of(problems)
    standing = renewals.standing(license, asked.order_date, guide)
    if isinstance(standing, tuple):
        return of([Problem(ProblemCode(r.code), r.message, ("orderDate",), r.clause) for r in standing])
    term = renewals.renewed_term(license, standing, asked.months, guide)
    if isinstance(term, renewals.Refusal):
        return Problem(ProblemCode(term.code), term.message, ("orderDate",), term.clause)
    quoting = _Quoting(facts, license, asked, book, guide, standing, term)
    lines = list(quoting.renewal_lines())
    if standing.standing is RenewalStanding.LATE:
        late = _late_lines(quoting, lines, policies)
        if isinstance(late, Problem):
            return late
        lines.extend(late)
    total = total_of(lines, book.currency)
    cited = (standing.clause, guide.clause("R-REN-7"), *(line.clause for line in lines))
    return RenewalQuote(
        license=license,
        asked=asked,
        standing=standing,
        term=term,
        lines=tuple(lines),
        total=total,
        orderable=total is not None and asked.with_dependents,
        price_book=book.name,
        currency=book.currency,
        edition=guide.edition,
        clauses=tuple(dict.fromkeys(clause for clause in cited if clause is not None)),
    )


def total_of(lines: Sequence[QuoteLine], currency: str) -> Money | None:
    """The sum of the lines' rounded amounts; None while one of them is."""
    amounts = [line.amount.amount for line in lines if line.amount is not None]
    return Money(sum(amounts, Decimal(0)), currency) if len(amounts) == len(lines) else None


def _bad_input(asked: RenewalAsked, guide: Guide) -> Iterator[Problem]:
    if guide.find(PLAN, asked.plan, asked.order_date) is None:
        known = ", ".join(guide.codes(PLAN))
        yield Problem(ProblemCode.UNKNOWN_PLAN, f"no plan {asked.plan}; the guide has {known}", ("plan",))
    if not 1 <= asked.months <= LONGEST_TERM:
        message = f"a term has 1 to {LONGEST_TERM} months, not {asked.months}"
        yield Problem(ProblemCode.INVALID_TERM, message, ("months",), guide.clause("R-DATE-2"))
    if not within_calendars(guide, asked.order_date):
        message = f"{asked.order_date} lies outside the calendars of {guide.edition}"
        yield Problem(ProblemCode.INVALID_DATE, message, ("orderDate",), guide.clause("R-CHK-15"))


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
        rule = "R-REN-10" if kind is QuoteLineKind.DEPENDENT else ("R-REN-8" if part != WHOLE else "R-REN-7")
        return priced_line(
            kind,
            license,
            self.asked.plan,
            self.asked.months,
            part,
            self.book,
            self.asked.order_date,
            f"{license.serial}, {self.asked.plan}, {starts_on} to {expires_on}",
            self.guide.clause(rule),
        )

    def annual(self, license: License) -> Fraction | None:
        """The annual fee of a licence: the 12-month price times the quantity."""
        price = self.book.price(license.product.code, self.asked.plan, MONTHS_A_YEAR, self.asked.order_date)
        return Fraction(price.amount) * license.quantity if price else None


def priced_line(
    kind: QuoteLineKind,
    license: License,
    plan: str,
    months: int,
    part: Part,
    book: PriceBook,
    order_date: date,
    message: str,
    clause: Clause,
) -> QuoteLine:
    """A line from the book's price for so many months; without one, a line that says which price is missing."""
    price = book.price(license.product.code, plan, months, order_date)
    if price is None:
        gap = f"no price for {license.product.code}, {plan}, {months} months in book {book.name} ({book.currency}) on {order_date}"
        return QuoteLine(
            kind,
            license,
            license.quantity,
            f"{message}: {gap}",
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


def _late_lines(quoting: _Quoting, lines: Sequence[QuoteLine], policies: LateFeePolicies) -> list[QuoteLine] | Problem:
    """Back pay and late fee of a late renewal; a problem where the lapse is too long (R-REN-3, R-FEE)."""
    license, asked, found = quoting.license, quoting.asked, quoting.standing
    policy = policies.governing(license, asked.plan, asked.order_date)
    years = f"{found.years_late} started year(s) after {found.expires_on}"
    if policy is None:
        what = f"late fee for {years}: its rate is not configured"
        return [_unset(quoting, what, quoting.guide.clause("R-FEE-2"), ProblemCode.FEE_RATE_UNSET)]
    clause = policy.clause(quoting.guide.edition)
    if policy.is_beyond(found.expires_on, asked.order_date):
        if policy.beyond is Beyond.MANUAL_QUOTE:
            what = f"late fee for {years}: {policy.name} asks for a quote by hand after so long"
            return [_unset(quoting, what, clause, ProblemCode.FEE_RATE_UNSET)]
        way = "a new licence is needed" if policy.beyond is Beyond.NEW_LICENSE else "it can no longer be renewed"
        message = f"{found.lapse_days} days after {found.expires_on}, longer than {policy.name} allows: {way}"
        return Problem(ProblemCode.LAPSE_TOO_LONG, message, ("orderDate",), clause)
    if policy.states_flat_amounts and policy.currency != quoting.book.currency:
        what = (
            f"late fee for {years}: {policy.name} states amounts in {policy.currency}, not in {quoting.book.currency}"
        )
        return [_unset(quoting, what, clause, ProblemCode.FEE_RATE_UNSET)]
    back = list(_back_pay_lines(quoting, policy, clause))
    tier = policy.tier(found.expires_on, asked.order_date)
    return back if tier is None else [*back, _fee_line(quoting, policy, tier, lines, back, clause)]


def _back_pay_lines(quoting: _Quoting, policy: LateFeePolicy, clause: Clause) -> Iterator[QuoteLine]:
    """What each licence pays back for its part of the lapse: a dependent from its own activation."""
    if policy.back_pay.unit is BackPayUnit.NONE:
        return
    expires_on, order_date = quoting.standing.expires_on, quoting.asked.order_date
    renewed = [quoting.license, *(line for line in quoting.facts.dependents if quoting.part_of(line))]
    for license in renewed if quoting.asked.with_dependents else renewed[:1]:
        activation = coverage.activation(license, quoting.guide)
        before_start = activation.on - coverage.ONE_DAY if activation and license is not quoting.license else expires_on
        since = max(expires_on, before_start)
        units = policy.back_pay_units(since, order_date) * Fraction(policy.back_pay.multiplier)
        if not units:
            continue
        annual = quoting.annual(license)
        message = f"{license.serial}, back pay for {since} to {order_date}"
        if annual is None:
            yield _without_annual(quoting, QuoteLineKind.BACK_PAY, license, message, clause)
            continue
        daily = policy.back_pay.unit is BackPayUnit.DAILY
        yield QuoteLine(
            kind=QuoteLineKind.BACK_PAY,
            license=license,
            quantity=license.quantity,
            message=message,
            base=Money(rounded(annual, quoting.book.currency), quoting.book.currency),
            factor=str(units),
            amount=Money(rounded(annual * units, quoting.book.currency), quoting.book.currency),
            clause=clause,
            days=(order_date - since).days if daily else None,
            divisor=policy.back_pay.divisor if daily else None,
        )


def _fee_line(
    quoting: _Quoting,
    policy: LateFeePolicy,
    tier: Tier,
    lines: Sequence[QuoteLine],
    back: Sequence[QuoteLine],
    clause: Clause,
) -> QuoteLine:
    """The late fee of the contract: one line, on the annual fees of every licence renewed."""
    found, currency = quoting.standing, quoting.book.currency
    years = policy.years(found.expires_on, quoting.asked.order_date)
    message = f"late fee by {policy.name} for {found.years_late} started year(s) after {found.expires_on}"
    annuals = [quoting.annual(line.license) for line in lines]
    amounts = [line.amount for line in (*lines, *back)]
    known = [annual for annual in annuals if annual is not None]
    if len(known) < len(annuals) or None in amounts:
        return _without_annual(quoting, QuoteLineKind.LATE_FEE, quoting.license, message, clause)
    paid_back = sum((_exact(line) for line in back), Fraction(0))
    forward = sum((_exact(line) for line in lines), Fraction(0))
    listed = sum((Fraction(line.base.amount) for line in lines if line.base), Fraction(0))
    fee = late_fees.late_fee(
        tier, years, policy, annual=sum(known, Fraction(0)), back_pay=paid_back, forward=forward, listed=listed
    )
    amount = Money(rounded(fee, currency), currency)
    base, factor = _shown(tier, years, policy, fee, sum(known, Fraction(0)), currency)
    return QuoteLine(
        QuoteLineKind.LATE_FEE, quoting.license, quoting.license.quantity, message, base, factor, amount, clause
    )


def _shown(
    tier: Tier, years: Fraction, policy: LateFeePolicy, fee: Fraction, annual: Fraction, currency: str
) -> tuple[Money, str]:
    """Base and factor of a fee as they are shown: of the annual fee where that is all there is to it."""
    share = Fraction(tier.percent) / 100 * years
    if tier.of is late_fees.FeeBase.ANNUAL_FEE and not policy.states_flat_amounts:
        return Money(rounded(annual, currency), currency), str(share)
    return Money(rounded(fee, currency), currency), "1"


def _exact(line: QuoteLine) -> Fraction:
    return Fraction(line.amount.amount) if line.amount else Fraction(0)


def _unset(quoting: _Quoting, message: str, clause: Clause, code: ProblemCode) -> QuoteLine:
    quantity = quoting.license.quantity
    return QuoteLine(
        QuoteLineKind.LATE_FEE, quoting.license, quantity, message, None, "unset", None, clause, missing=(code, message)
    )


def _without_annual(
    quoting: _Quoting, kind: QuoteLineKind, license: License, message: str, clause: Clause
) -> QuoteLine:
    gap = f"no {MONTHS_A_YEAR}-month price for {license.product.code}, {quoting.asked.plan} in book {quoting.book.name}"
    return QuoteLine(
        kind,
        license,
        license.quantity,
        f"{message}: {gap}",
        None,
        "unset",
        None,
        clause,
        missing=(ProblemCode.PRICE_NOT_CONFIGURED, gap),
    )
