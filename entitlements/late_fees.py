"""What a late renewal costs: an operator's policies, dated and cited, and the amounts that follow from one (R-FEE).

The guide names a late fee and gives no rate; without a policy the fee is unset, never zero. A policy is data: how long
the grace is (where the edition leaves it open), what is paid back for the lapse, what is charged on top, within which
limits, for whom. `late_fees.toml` holds them; `late_fees.sample.toml` shows the form of one.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from entitlements.clauses import Clause, ClauseBasis
from entitlements.dates import anniversary, last_day_of_term, started_years
from entitlements.facts import License
from entitlements.parameters import (
    StartRule,
    YearsRounding,
)
from entitlements.prices import MONTHS_A_YEAR


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
