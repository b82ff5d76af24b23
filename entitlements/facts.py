"""What is known of a licence: the immutable input of every rule, as it was known at one instant.

Dates are calendar days, both ends of a span inclusive; `None` means unknown, or without an end where that is said.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


class ProductKind(StrEnum):
    """The kinds of product; four of them depend on a base product (R-COV-6)."""

    BASE = "BASE"
    MODULE = "MODULE"
    CLIENT = "CLIENT"
    REDUNDANCY = "REDUNDANCY"
    CUSTOMISATION = "CUSTOMISATION"
    HARDWARE = "HARDWARE"

    @property
    def is_dependent(self) -> bool:
        """Whether coverage follows a base licence's (R-COT-1)."""
        return self not in {ProductKind.BASE, ProductKind.HARDWARE}


class LicenseModel(StrEnum):
    """How a licence is held (R-COV-6)."""

    PERPETUAL = "PERPETUAL"
    SUBSCRIPTION = "SUBSCRIPTION"
    EVALUATION = "EVALUATION"


class MilestoneKind(StrEnum):
    """The dated steps of a product's end (R-EOL-1)."""

    ANNOUNCED = "ANNOUNCED"
    END_OF_SALE = "END_OF_SALE"
    END_OF_NEW_ATTACHMENT = "END_OF_NEW_ATTACHMENT"
    END_OF_RENEWAL = "END_OF_RENEWAL"
    END_OF_FIXES = "END_OF_FIXES"
    END_OF_SECURITY_FIXES = "END_OF_SECURITY_FIXES"
    END_OF_SUPPORT = "END_OF_SUPPORT"
    END_OF_LIFE = "END_OF_LIFE"


class TermKind(StrEnum):
    """How a recorded term of coverage came about."""

    ORDERED = "ORDERED"
    RENEWED = "RENEWED"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A dated step of a product's end; of one version only, where a version is named (R-EOL-6)."""

    kind: MilestoneKind
    on: date
    version: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product and the milestones recorded for it.

    `bases` are the codes of the products that a dependent one may be attached to; empty where that was not asked for.
    """

    id: UUID
    code: str
    name: str
    kind: ProductKind
    family: str | None = None
    milestones: tuple[Milestone, ...] = ()
    bases: tuple[str, ...] = ()

    def milestone(self, kind: MilestoneKind, version: str | None) -> Milestone | None:
        """The one of a kind that is known of a version, or of the product as a whole; None without one."""
        return next((one for one in self.milestones if (one.kind, one.version) == (kind, version)), None)


@dataclass(frozen=True, slots=True)
class Account:
    """A customer or a partner; the theater by the guide's code, country by ISO 3166-1 alpha-2, language by BCP 47."""

    id: UUID
    reference: str
    name: str
    theater: str
    country: str | None = None
    language: str | None = None
    currency: str | None = None
    price_book: str | None = None
    segment: str | None = None
    partner: "Account | None" = None


@dataclass(frozen=True, slots=True)
class Release:
    """A seasonal release of the software. Releases are compared by date, never by name (R-REL-1)."""

    name: str
    season: str
    year: int
    released_on: date


@dataclass(frozen=True, slots=True)
class Term:
    """A recorded term of coverage, both ends inclusive. The included first year is never one (R-COV-1)."""

    order_reference: str
    plan: str
    starts_on: date
    expires_on: date
    kind: TermKind = TermKind.ORDERED
    order_date: date | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A feature agreed case by case; open-ended when it has no last day."""

    feature: str
    starts_on: date
    expires_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the option is in force on a day."""
        return self.starts_on <= day and (self.expires_on is None or day <= self.expires_on)


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount due for an order, by a licence of the contract; `order_date` is the order's own, where recorded."""

    reference: str
    serial: str
    amount: Decimal
    currency: str
    due_on: date
    paid_on: date | None = None
    order_reference: str | None = None
    order_date: date | None = None


@dataclass(frozen=True, slots=True)
class Warranty:
    """The manufacturer's warranty of a piece of hardware, through its last day (R-SVC-4)."""

    supplier: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class License:
    """A licence and what is recorded of it. A dependent one has its base and no terms of its own (R-COT-1)."""

    id: UUID
    serial: str
    account: Account
    product: Product
    model: LicenseModel = LicenseModel.PERPETUAL
    base: "License | None" = None
    quantity: int = 1
    effective_on: date | None = None
    executed_on: date | None = None
    registered_on: date | None = None
    license_expires_on: date | None = None
    retired_on: date | None = None
    installed_release: str | None = None
    cloud_connected: bool | None = None
    cloud_licensed: bool | None = None
    altered: bool | None = None
    terms: tuple[Term, ...] = ()
    options: tuple[Option, ...] = ()
    warranty: Warranty | None = None
    remembered: dict[Hashable, Any] = field(default_factory=dict[Hashable, Any], init=False, compare=False, repr=False)
    """What was worked out of it, for as long as it is kept itself; no part of what is known."""

    @property
    def is_dependent(self) -> bool:
        """Whether the coverage follows a base licence's."""
        return self.base is not None

    @property
    def contract_base(self) -> "License":
        """The licence whose contract covers this one: its base, or itself."""
        return self.base or self


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a decision about one licence depends on, besides the request and the guide.

    `license` is None when it does not exist or is not the viewer's to see. `dependents` are those of the contract's
    base (the licence itself among them when it is one); `charges` are of the whole contract, base and dependents.
    """

    license: License | None
    releases: tuple[Release, ...] = ()
    dependents: tuple[License, ...] = ()
    charges: tuple[Charge, ...] = field(default=())
    remembered: dict[Hashable, Any] = field(default_factory=dict[Hashable, Any], init=False, compare=False, repr=False)
    """What was worked out of them, for as long as they are kept themselves; no part of what is known."""

    @property
    def licenses(self) -> tuple[License, ...]:
        """Every licence of the contract, its base first; none where there is no licence."""
        return () if self.license is None else (self.license.contract_base, *self.dependents)
