"""What the schema needs of persistence: facts as known at an instant, and pages of what a viewer may see.

The store behind it is `api.store`; nothing here knows of SQL. Every read takes the viewer who asks. What does not exist
and what is not the viewer's to see look the same: absent.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from entitlements.coverage import CoverageState
from entitlements.facts import Account, Facts, Product, Release
from entitlements.prices import Price
from entitlements.requests import Service
from schema.scopes import Scope, with_included
from schema.writing import ChangingStore

T = TypeVar("T")


class ViewerKind(StrEnum):
    """Who asks: the vendor itself, a partner, or a customer."""

    INTERNAL = "internal"
    PARTNER = "partner"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. An internal viewer sees every account, a partner those it manages, a customer its own."""

    kind: ViewerKind
    account: str | None = None
    """The reference of the partner or customer; None for an internal viewer."""
    key_id: str | None = None
    scopes: frozenset[Scope] = frozenset()
    """What the key or token was given; the schema asks, the store does not."""

    def may(self, scope: Scope) -> bool:
        """Whether a scope is held, by itself or within another."""
        return scope in with_included(self.scopes)


class LicenseOrder(Enum):
    """How a list of licences is ordered; those never covered come last by expiry."""

    SERIAL = "SERIAL"
    EXPIRES_ON = "EXPIRES_ON"


@dataclass(frozen=True, slots=True)
class LicenseFilter:
    """Which licences a list holds, as known now.

    State, plan and expiry are those of the day `on`; both ends are inclusive.
    """

    on: date
    account: str | None = None
    product: str | None = None
    plan: str | None = None
    state: CoverageState | None = None
    expires_from: date | None = None
    expires_to: date | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A recorded decision that said yes: what was asked for, on which day, at which instant."""

    service: Service
    on: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Which contracts a report reads, as known at an instant: all that have what is named, and perhaps more.

    `account` is a customer's reference, `partner` a partner's; `charged` leaves out contracts without any charge,
    `served` has the recorded decisions of two days and those between read as well.
    `expiring`, two days inclusive, is judged by what is known now, so it is set for nothing else.
    """

    known_at: datetime
    account: str | None = None
    partner: str | None = None
    charged: bool = False
    served: tuple[date, date] | None = None
    expiring: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A contract as it is read: the facts of its base, and the decisions that said yes, where they are asked for.

    Decisions are by their licences, and may be of other contracts' licences too.
    """

    facts: Facts
    opened: Mapping[UUID, Sequence[Opened]]


SortKey = tuple[str | None, ...]
"""Where an item stands in its list: the values it is ordered by, as text; the last one is unique."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A keyset page: `first` items after a key, or the `last` ones before one. Exactly one of first and last is set."""

    first: int | None = None
    after: SortKey | None = None
    last: int | None = None
    before: SortKey | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list, in the list's order, each item with its key."""

    items: tuple[tuple[SortKey, T], ...]
    has_next: bool
    has_previous: bool


class Store(ChangingStore, Protocol):
    """Reads, each in a constant number of statements whatever the number of items; and changes, each a transaction."""

    async def facts_by_serial(self, viewer: Viewer, serials: Sequence[str], known_at: datetime) -> Mapping[str, Facts]:
        """The facts of the licences that exist and may be seen, as known at an instant."""
        ...

    async def facts_by_id(self, viewer: Viewer, ids: Sequence[UUID], known_at: datetime) -> Mapping[UUID, Facts]:
        """The same by the licences' ids."""
        ...

    async def releases(self, known_at: datetime) -> tuple[Release, ...]:
        """Every release known at an instant, by date."""
        ...

    async def account_license_ids(
        self, viewer: Viewer, reference: str, known_at: datetime, day: date
    ) -> tuple[UUID, ...]:
        """The licences of an account known at an instant and not retired on a day, by serial."""
        ...

    def contracts(self, viewer: Viewer, chosen: Portfolio, after: UUID | None = None) -> AsyncGenerator[Sequence[Read]]:
        """Every contract, in the order of the bases' ids after one, some at a time.

        All of it is read in one transaction, in memory that does not grow with the portfolio.
        """
        ...

    async def count_contracts(self, viewer: Viewer, chosen: Portfolio) -> int:
        """How many contracts that is."""
        ...

    async def licenses(
        self, viewer: Viewer, chosen: LicenseFilter, order: LicenseOrder, page: PageRequest
    ) -> Page[UUID]:
        """A page of licences, as known now."""
        ...

    async def count_licenses(self, viewer: Viewer, chosen: LicenseFilter) -> int:
        """How many licences a filter holds, as known now."""
        ...

    async def accounts(self, viewer: Viewer, search: str | None, page: PageRequest) -> Page[Account]:
        """A page of accounts by reference; the search is in reference and name, whatever the case."""
        ...

    async def count_accounts(self, viewer: Viewer, search: str | None) -> int:
        """How many accounts a search finds."""
        ...

    async def accounts_by_reference(self, viewer: Viewer, references: Sequence[str]) -> Mapping[str, Account]:
        """Accounts as known now."""
        ...

    async def accounts_by_id(self, viewer: Viewer, ids: Sequence[UUID]) -> Mapping[UUID, Account]:
        """Accounts as known now."""
        ...

    async def products_by_code(self, codes: Sequence[str], known_at: datetime) -> Mapping[str, Product]:
        """Products of the catalogue, which every viewer may see."""
        ...

    async def products_by_id(self, ids: Sequence[UUID], known_at: datetime) -> Mapping[UUID, Product]:
        """Products by id."""
        ...

    async def prices(
        self, book: str, currency: str, product_codes: Sequence[str] | None, known_at: datetime
    ) -> tuple[Price, ...]:
        """The prices of products in a book and a currency, as known at an instant, whatever their effective day.

        Without codes: of every product.
        """
        ...

    async def late_fee_policies(self, known_at: datetime) -> str | None:
        """The text of the operator's late-fee policies as known at an instant; None where none were known."""
        ...
