"""What a late renewal costs: an operator's policies, dated and cited, and the amounts that follow from one (R-FEE).

The guide names a late fee and gives no rate; without a policy the fee is unset, never zero. A policy is data: how long
the grace is (where the edition leaves it open), what is paid back for the lapse, what is charged on top, within which
limits, for whom. `late_fees.toml` holds them; the README of the project shows one.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, cast

from entitlements import shapes
from entitlements.clauses import Clause, ClauseBasis
from entitlements.dates import anniversary, last_day_of_term, started_years
from entitlements.facts import License
from entitlements.guide import Guide, GuideRefused
from entitlements.parameters import (
    GRACE_DAYS,
    START_AFTER_GRACE,
    START_WITHIN_GRACE,
    Parameter,
    StartRule,
    YearsRounding,
)
from entitlements.prices import MONTHS_A_YEAR

FILE = "late_fees.toml"


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


def late_fee(
    tier: Tier,
    years: Fraction,
    policy: LateFeePolicy,
    *,
    annual: Fraction,
    back_pay: Fraction,
    forward: Fraction,
    listed: Fraction,
) -> Fraction:
    """The exact fee of a tier: percentage and flat amount, summed or the larger, for its years, within the limits."""
    base = {
        FeeBase.ANNUAL_FEE: annual,
        FeeBase.BACK_PAY: back_pay,
        FeeBase.BACK_PAY_AND_FORWARD: back_pay + forward,
        FeeBase.LIST_PRICE: listed,
    }[tier.of]
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
    found: list[LateFeePolicy] = []
    for position, given in enumerate(cast("Sequence[object]", table.get("policy", [])), start=1):
        try:
            policy = _POLICY(given)
        except ValueError as problem:
            problems.append(f"{file}: [[policy]] {position}: {problem}; see the worked sample for a policy's form")
            continue
        problems.extend(f"{file}: [[policy]] {policy.name}: {what}" for what in _faults(policy, found, guide))
        found.append(policy)
    if problems:
        raise GuideRefused(problems)
    return LateFeePolicies(tuple(found))


def _faults(policy: LateFeePolicy, earlier: Sequence[LateFeePolicy], guide: Guide) -> list[str]:
    faults: list[str] = []
    if any(other.name == policy.name for other in earlier):
        faults.append("the name is taken by another policy; give each its own")
    if policy.until is not None and policy.until < policy.effective:
        faults.append(f"it ends on {policy.until}, before it begins; give until a later day, or leave it out")
    if policy.states_flat_amounts and policy.currency is None:
        faults.append('it states amounts without a currency; add currency = "EUR" or the one they are in')
    if not policy.tiers and policy.back_pay.unit is BackPayUnit.NONE and policy.maximum_lapse is None:
        faults.append("it charges nothing; add [[policy.tiers]] or [policy.back_pay]")
    if any(tier.through is None for tier in policy.tiers[:-1]):
        faults.append("a tier without `through` stands before others, which then never apply; put it last")
    rules: tuple[tuple[str, Parameter[Any], object], ...] = (
        ("grace_days", GRACE_DAYS, policy.grace_days),
        ("start_within_grace", START_WITHIN_GRACE, policy.start_within_grace),
        ("start_after_grace", START_AFTER_GRACE, policy.start_after_grace),
    )
    for name, parameter, stated in rules:
        series = guide.values.get(parameter.name)
        held = series.on(max(policy.effective, guide.first_in_force_from)).value if series else stated
        if stated is not None and stated != held:
            faults.append(f"it states {name} = {stated}, but {guide.edition} states {held}; leave it out")
    return faults


def _divisor(value: object) -> int:
    number = shapes.count(value)
    if number == 0:
        raise ValueError("must be 1 or more, not 0")
    return number


def _positive(value: object) -> Decimal:
    number = shapes.decimal(value)
    if number < 0:
        raise ValueError(f"must not be negative, but is {number}")
    return number


_TEXTS: Callable[[object], frozenset[str]] = shapes.set_of(shapes.text)
_LAPSE = shapes.record(Lapse, {"amount": shapes.count, "unit": shapes.one_of(LapseUnit)})
_BACK_PAY = shapes.record(
    BackPay,
    {"unit": shapes.one_of(BackPayUnit)},
    multiplier=(_positive, Decimal(1)),
    divisor=(_divisor, 365),
)
_TIER = shapes.record(
    Tier,
    {},
    through=(_LAPSE, None),
    percent=(_positive, Decimal(0)),
    of=(shapes.one_of(FeeBase), FeeBase.ANNUAL_FEE),
    flat=(_positive, Decimal(0)),
    combine=(shapes.one_of(Combine), Combine.SUM),
)
_SCOPE = shapes.record(
    Scope,
    {},
    families=(_TEXTS, frozenset[str]()),
    segments=(_TEXTS, frozenset[str]()),
    models=(_TEXTS, frozenset[str]()),
    plans=(_TEXTS, frozenset[str]()),
)
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
    "years_rounding": (shapes.one_of(YearsRounding), YearsRounding.STARTED),
    "maximum_years": (shapes.count, None),
    "minimum": (_positive, None),
    "maximum": (_positive, None),
    "maximum_lapse": (_LAPSE, None),
    "beyond": (shapes.one_of(Beyond), Beyond.INELIGIBLE),
}
_POLICY = shapes.record(
    LateFeePolicy, {"name": shapes.text, "summary": shapes.text, "effective": shapes.day}, **_OPTIONAL
)
