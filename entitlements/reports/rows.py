"""A row of a report, and what it is found in: one contract with what prices it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from entitlements.clauses import Clause
from entitlements.facts import Charge, Facts, License
from entitlements.guide import Guide
from entitlements.late_fees import LateFeePolicies
from entitlements.messages import Message
from entitlements.money import Money
from entitlements.parameters import PRORATION_DIVISOR
from entitlements.prices import MONTHS_A_YEAR, Part, PriceBook, part_of_term
from entitlements.problems import ProblemCode
from entitlements.quotes import QuoteLineKind, priced_line
from entitlements.requests import Service

Missing = tuple[ProblemCode, Message]
"""Which price or rate is not configured: its code, and a sentence."""


@dataclass(frozen=True, slots=True)
class Served:
    """A decision that was recorded for a licence and said yes: support was opened on that day."""

    serial: str
    on: date
    at: datetime
    service: Service = Service.TICKET


@dataclass(frozen=True, slots=True)
class Contract:
    """A base licence with its dependents and charges, and what prices them, all as known at one instant."""

    facts: Facts
    base: License
    book: PriceBook
    policies: LateFeePolicies
    guide: Guide
    served: Sequence[Served] = ()

    @property
    def licenses(self) -> tuple[License, ...]:
        """The base and its dependents."""
        return (self.base, *self.facts.dependents)

    def license(self, serial: str) -> License:
        """A licence of the contract by its serial."""
        return next(license for license in self.licenses if license.serial == serial)


@dataclass(frozen=True, slots=True)
class Row:
    """What a report found of one licence, from one day to another, both inclusive.

    `kind` is what the report tells apart: a cause, an age, started years. `amount` is None where a price or rate is not
    configured, and `missing` says which; `licenses` is how many the amount is for. `days` counts what the report is
    about, which need not be the days between.
    """

    license: License
    kind: str
    from_on: date
    through_on: date
    days: int
    amount: Money | None
    clause: Clause
    plan: str | None = None
    missing: Missing | None = None
    licenses: int = 1
    charge: Charge | None = None
    decisions: int = 0


class Grouping(StrEnum):
    """What rows are added up by. Partner, account and theater are those of the licence's account as known."""

    KIND = "KIND"
    MONTH = "MONTH"
    PLAN = "PLAN"
    PRODUCT = "PRODUCT"
    PARTNER = "PARTNER"
    ACCOUNT = "ACCOUNT"
    THEATER = "THEATER"


def key_of(row: Row, grouping: Grouping) -> str | None:
    """Where a row belongs; None where the licence has nothing of the kind. A month is that of the row's first day."""
    account = row.license.account
    match grouping:
        case Grouping.KIND:
            return row.kind
        case Grouping.MONTH:
            return f"{row.from_on:%Y-%m}"
        case Grouping.PLAN:
            return row.plan
        case Grouping.PRODUCT:
            return row.license.product.code
        case Grouping.PARTNER:
            return account.partner.reference if account.partner else None
        case Grouping.ACCOUNT:
            return account.reference
        case Grouping.THEATER:
            return account.theater


def worth(
    contract: Contract, license: License, plan: str, first: date, last: date, priced_on: date
) -> tuple[Money | None, Missing | None]:
    """What a plan costs a licence for some days, both inclusive: its part of the 12-month price of a day."""
    divisor = contract.guide.value(PRORATION_DIVISOR, priced_on)
    part = part_of_term(first, last, MONTHS_A_YEAR, divisor)
    return priced(contract, license, plan, part, priced_on)


def priced(
    contract: Contract, license: License, plan: str, part: Part, priced_on: date
) -> tuple[Money | None, Missing | None]:
    """A part of a plan's 12-month price for a licence."""
    line = priced_line(
        QuoteLineKind.RENEWAL,
        license,
        plan,
        MONTHS_A_YEAR,
        part,
        contract.book,
        priced_on,
        Message(license.serial, {}),
        contract.guide.clause("R-REN-7"),
    )
    return line.amount, line.missing
