"""What a late renewal costs: an operator's policies, dated and cited, and the amounts that follow from one (R-FEE).

The guide names a late fee and gives no rate; without a policy the fee is unset, never zero. A policy is data: how long
the grace is (where the edition leaves it open), what is paid back for the lapse, what is charged on top, within which
limits, for whom. `late_fees.toml` holds them; `late_fees.sample.toml` shows the form of one.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any, cast

from entitlements import shapes
from entitlements.clauses import Clause, ClauseBasis
from entitlements.dates import anniversary, last_day_of_term, started_years
from entitlements.facts import License, LicenseModel
from entitlements.guide import Guide, GuideRefused
from entitlements.parameters import (
    GRACE_DAYS,
    PLAN,
    START_AFTER_GRACE,
    START_WITHIN_GRACE,
    YEARS_ROUNDING,
    StartRule,
    YearsRounding,
)
from entitlements.prices import MONTHS_A_YEAR

FILE = "late_fees.toml"
SAMPLE = "late_fees.sample.toml"


class BackPayUnit(StrEnum):
    """How the lapse is paid for: not, by the day, by started months, by started years."""

    NONE = "NONE"
    DAILY = "DAILY"
    MONTHLY = "MONTHLY"
    WHOLE_YEARS = "WHOLE_YEARS"


class FeeBase(StrEnum):
    """What a percentage is of."""

    ANNUAL_FEE = "ANNUAL_FEE"
    BACK_PAY = "BACK_PAY"
    BACK_PAY_AND_FORWARD = "BACK_PAY_AND_FORWARD"
    LIST_PRICE = "LIST_PRICE"


class Combine(StrEnum):
    """How a percentage and a flat amount go together."""

    SUM = "SUM"
    LARGER = "LARGER"


class Beyond(StrEnum):
    """What happens to a renewal whose lapse is longer than a policy allows."""

    INELIGIBLE = "INELIGIBLE"
    MANUAL_QUOTE = "MANUAL_QUOTE"
    NEW_LICENSE = "NEW_LICENSE"


class LapseUnit(StrEnum):
    """What a lapse is measured in, by the calendar."""

    DAYS = "DAYS"
    MONTHS = "MONTHS"
    YEARS = "YEARS"


@dataclass(frozen=True, slots=True)
class Lapse:
    """A length of lapse from the last covered day, its own last day inclusive."""

    amount: int
    unit: LapseUnit

    def last_day(self, expires_on: date) -> date:
        """The last order date within it."""
        match self.unit:
            case LapseUnit.DAYS:
                return expires_on + timedelta(days=self.amount)
            case LapseUnit.MONTHS:
                following = expires_on + timedelta(days=1)
                return last_day_of_term(following, self.amount) if self.amount else expires_on
            case LapseUnit.YEARS:
                return anniversary(expires_on, self.amount)


@dataclass(frozen=True, slots=True)
class BackPay:
    """What is paid for the lapse: the annual fee over the divisor, for each unit, times the multiplier."""

    unit: BackPayUnit
    multiplier: Decimal
    divisor: int


@dataclass(frozen=True, slots=True)
class Tier:
    """A charge for lapses through a length; without one, for all longer ones."""

    through: Lapse | None
    percent: Decimal
    of: FeeBase
    flat: Decimal
    combine: Combine


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a policy is for; an empty list is everyone."""

    families: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()

    def holds(self, license: License, plan: str) -> bool:
        """Whether a licence renewed with a plan falls under it."""
        asked = (
            (self.families, license.product.family),
            (self.segments, license.account.segment),
            (self.models, license.model),
            (self.plans, plan),
        )
        return all(not named or value in named for named, value in asked)


@dataclass(frozen=True, slots=True)
class LateFeePolicy:
    """An operator's policy, for order dates from `effective` through `until`. Amounts are in `currency`."""

    name: str
    summary: str
    effective: date
    until: date | None
    currency: str | None
    scope: Scope
    grace_days: int | None
    start_within_grace: StartRule | None
    start_after_grace: StartRule | None
    back_pay: BackPay
    tiers: tuple[Tier, ...]
    per_year: bool
    years_rounding: YearsRounding
    maximum_years: int | None
    minimum: Decimal | None
    maximum: Decimal | None
    maximum_lapse: Lapse | None
    beyond: Beyond

    def holds_on(self, order_date: date) -> bool:
        """Whether the policy governs an order date."""
        return self.effective <= order_date and (self.until is None or order_date <= self.until)

    def clause(self, edition: str) -> Clause:
        """The policy as a citation."""
        return Clause(
            id=f"{edition}/{self.name}",
            edition=edition,
            rule=self.name,
            basis=ClauseBasis.OPERATOR,
            summary=self.summary,
        )

    @property
    def states_flat_amounts(self) -> bool:
        """Whether an amount of its own is in play, so that its currency must be the quote's."""
        return self.minimum is not None or self.maximum is not None or any(tier.flat for tier in self.tiers)

    def tier(self, expires_on: date, order_date: date) -> Tier | None:
        """The charge for a lapse; None where the policy has none for it."""
        for tier in self.tiers:
            if tier.through is None or order_date <= tier.through.last_day(expires_on):
                return tier
        return None

    def is_beyond(self, expires_on: date, order_date: date) -> bool:
        """Whether a lapse is longer than the policy allows."""
        return self.maximum_lapse is not None and order_date > self.maximum_lapse.last_day(expires_on)

    def years(self, expires_on: date, order_date: date) -> Fraction:
        """The years that the charge is multiplied by: one, unless it is for each year."""
        if not self.per_year:
            return Fraction(1)
        started = started_years(expires_on, order_date)
        last = anniversary(expires_on, started)
        match self.years_rounding:
            case YearsRounding.STARTED:
                years = Fraction(started)
            case YearsRounding.COMPLETED:
                years = Fraction(started if order_date == last else started - 1)
            case YearsRounding.PRORATED:
                begun = anniversary(expires_on, started - 1)
                years = started - 1 + Fraction((order_date - begun).days, (last - begun).days)
        return min(years, Fraction(self.maximum_years)) if self.maximum_years is not None else years

    def back_pay_units(self, from_day: date, order_date: date) -> Fraction:
        """Annual fees to pay back for the days after one, through the order date, before the multiplier."""
        days = (order_date - from_day).days
        if days <= 0:
            return Fraction(0)
        match self.back_pay.unit:
            case BackPayUnit.NONE:
                return Fraction(0)
            case BackPayUnit.DAILY:
                return Fraction(days, self.back_pay.divisor)
            case BackPayUnit.MONTHLY:
                months = 1
                while Lapse(months, LapseUnit.MONTHS).last_day(from_day) < order_date:
                    months += 1
                return Fraction(months, MONTHS_A_YEAR)
            case BackPayUnit.WHOLE_YEARS:
                return Fraction(started_years(from_day, order_date))


def late_fee(policy: LateFeePolicy, tier: Tier, base: Fraction, years: Fraction) -> Fraction:
    """The exact fee of a tier: percentage and flat amount, summed or the larger, for its years, within the limits."""
    share, flat = base * Fraction(tier.percent) / 100, Fraction(tier.flat)
    fee = (share + flat if tier.combine is Combine.SUM else max(share, flat)) * years
    if policy.minimum is not None:
        fee = max(fee, Fraction(policy.minimum))
    return fee if policy.maximum is None else min(fee, Fraction(policy.maximum))


@dataclass(frozen=True, slots=True)
class LateFeePolicies:
    """The policies of an operator, in the order of their file: the first that holds governs."""

    policies: tuple[LateFeePolicy, ...] = ()

    def governing(self, license: License, plan: str, order_date: date) -> LateFeePolicy | None:
        """The policy for a licence renewed with a plan on an order date; None leaves the fee unset."""
        return next((p for p in self.policies if p.holds_on(order_date) and p.scope.holds(license, plan)), None)

    @property
    def changes(self) -> tuple[date, ...]:
        """The order dates from which another policy may govern."""
        ends = (p.until + timedelta(days=1) for p in self.policies if p.until is not None)
        return tuple(sorted({*(p.effective for p in self.policies), *ends}))


# ---------------------------------------------------------------- reading a file


def build_policies(text: str, guide: Guide, file: str = FILE) -> LateFeePolicies:
    """The policies of a file's text, checked against the edition.

    Raises GuideRefused with every problem, its place and its fix.
    """
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as problem:
        raise GuideRefused([f"{file}: the file: is not TOML ({problem}); mend the line that it names"]) from problem
    problems = [f"{file}: {name}: is not known here; write [[policy]] tables" for name in table if name != "policy"]
    given = table.get("policy", [])
    if not isinstance(given, list):
        raise GuideRefused([*problems, f"{file}: policy: must be a list of tables, not {given!r}; write [[policy]]"])
    read = _reader(guide)
    found: list[LateFeePolicy] = []
    for position, each in enumerate(cast("list[object]", given), start=1):
        try:
            policy = read(each)
        except ValueError as problem:
            problems.append(f"{file}: [[policy]] {position}: {problem}; see {SAMPLE} for a policy's form")
            continue
        problems.extend(f"{file}: [[policy]] {policy.name}: {what}" for what in _faults(policy, found, guide))
        found.append(policy)
    if problems:
        raise GuideRefused(problems)
    return LateFeePolicies(tuple(found))


def _faults(policy: LateFeePolicy, earlier: Sequence[LateFeePolicy], guide: Guide) -> Iterator[str]:
    if any(other.name == policy.name for other in earlier):
        yield "the name is taken by another policy; give each its own"
    if policy.until is not None and policy.until < policy.effective:
        yield f"it ends on {policy.until}, before it begins; give until a later day, or leave it out"
    if policy.states_flat_amounts and policy.currency is None:
        yield 'it states amounts without a currency; add currency = "EUR" or the one they are in'
    if policy.minimum is not None and policy.maximum is not None and policy.maximum < policy.minimum:
        yield f"its maximum {policy.maximum} is below its minimum {policy.minimum}; mend one of them"
    for plan in sorted(policy.scope.plans.difference(guide.codes(PLAN))):
        yield f"its scope names the plan {plan}; name one of {', '.join(guide.codes(PLAN))}"
    yield from _faults_of_tiers(policy)
    yield from _other_than_the_edition(policy, guide)


def _faults_of_tiers(policy: LateFeePolicy) -> Iterator[str]:
    """What is wrong with the charges: none, one that never applies, a percentage of nothing, a lapse left out."""
    pays_back = policy.back_pay.unit is not BackPayUnit.NONE
    if not policy.tiers and not pays_back and policy.maximum_lapse is None:
        yield "it charges nothing; add [[policy.tiers]] or [policy.back_pay]"
    if any(tier.percent and tier.of is FeeBase.BACK_PAY for tier in policy.tiers) and not pays_back:
        yield "a tier takes a percentage of back pay that the policy does not ask for; add [policy.back_pay]"
    reaches = [tier.through.last_day(_SOME_DAY) if tier.through else date.max for tier in policy.tiers]
    if any(following <= reach for reach, following in pairwise(reaches)):
        yield "a tier follows one that reaches as far, and never applies; order them by `through`, one without it last"
    limit = policy.maximum_lapse.last_day(_SOME_DAY) if policy.maximum_lapse else date.max
    if reaches and reaches[-1] < limit:
        yield "a lapse longer than its last tier has no charge; leave out that tier's `through`, or add a maximum_lapse"


def _other_than_the_edition(policy: LateFeePolicy, guide: Guide) -> Iterator[str]:
    """What a policy states otherwise than the edition does on some day that both are in force (R-FEE-3)."""
    rules: tuple[tuple[str, str, object], ...] = (
        ("grace_days", GRACE_DAYS.name, policy.grace_days),
        ("start_within_grace", START_WITHIN_GRACE.name, policy.start_within_grace),
        ("start_after_grace", START_AFTER_GRACE.name, policy.start_after_grace),
    )
    for name, parameter, stated in rules:
        series = guide.values[parameter]
        days = [policy.effective, *(entry.effective for entry in series.entries if policy.holds_on(entry.effective))]
        for held in dict.fromkeys(series.on(max(day, guide.first_in_force_from)).value for day in days):
            if stated not in (None, held):
                yield f"it states {name} = {stated}, but {guide.edition} states {held}; leave it out"


def _one_or_more(value: object) -> int:
    number = shapes.count(value)
    if number == 0:
        raise ValueError("must be 1 or more, not 0")
    return number


def _zero_or_more(value: object) -> Decimal:
    number = shapes.decimal(value)
    if not number.is_finite() or number < 0:
        raise ValueError(f"must be a number, zero or more, but is {number}")
    return number


_SOME_DAY = date(2001, 12, 31)
"""An expiry that lengths of lapse are compared from."""
_TEXTS: Callable[[object], frozenset[str]] = shapes.set_of(shapes.text)


def _lapse(amount: int, unit: LapseUnit) -> Lapse:
    if amount * _LONGEST_DAYS[unit] > _LONGEST_LAPSE:
        raise ValueError("must be a hundred years at most")
    return Lapse(amount, unit)


_LONGEST_LAPSE = 36_600
_LONGEST_DAYS = {LapseUnit.DAYS: 1, LapseUnit.MONTHS: 30, LapseUnit.YEARS: 366}
_LAPSE = shapes.record(_lapse, {"amount": shapes.count, "unit": shapes.one_of(LapseUnit)})
_BACK_PAY = shapes.record(
    BackPay,
    {"unit": shapes.one_of(BackPayUnit)},
    multiplier=(_zero_or_more, Decimal(1)),
    divisor=(_one_or_more, 365),
)
_TIER = shapes.record(
    Tier,
    {},
    through=(_LAPSE, None),
    percent=(_zero_or_more, Decimal(0)),
    of=(shapes.one_of(FeeBase), FeeBase.ANNUAL_FEE),
    flat=(_zero_or_more, Decimal(0)),
    combine=(shapes.one_of(Combine), Combine.SUM),
)
_SCOPE = shapes.record(
    Scope,
    {},
    families=(_TEXTS, frozenset[str]()),
    segments=(_TEXTS, frozenset[str]()),
    models=(shapes.set_of(shapes.one_of(LicenseModel)), frozenset[str]()),
    plans=(_TEXTS, frozenset[str]()),
)
_REQUIRED = {"name": shapes.text, "summary": shapes.text, "effective": shapes.day}
_OPTIONAL: Mapping[str, tuple[shapes.Reader[Any], Any]] = {
    "until": (shapes.day, None),
    "currency": (shapes.text, None),
    "scope": (_SCOPE, Scope()),
    "grace_days": (shapes.count, None),
    "start_within_grace": (shapes.one_of(StartRule), None),
    "start_after_grace": (shapes.one_of(StartRule), None),
    "back_pay": (_BACK_PAY, BackPay(BackPayUnit.NONE, Decimal(1), 365)),
    "tiers": (shapes.list_of(_TIER), ()),
    "per_year": (shapes.flag, False),
    "maximum_years": (_one_or_more, None),
    "minimum": (_zero_or_more, None),
    "maximum": (_zero_or_more, None),
    "maximum_lapse": (_LAPSE, None),
    "beyond": (shapes.one_of(Beyond), Beyond.INELIGIBLE),
}


def _reader(guide: Guide) -> shapes.Reader[LateFeePolicy]:
    """Reads a policy; years are rounded as the edition rounds them where it does not say (R-FEE-1)."""
    rounding = (shapes.one_of(YearsRounding), guide.value(YEARS_ROUNDING, guide.in_force_from))
    return shapes.record(LateFeePolicy, _REQUIRED, **_OPTIONAL, years_rounding=rounding)
