"""What the schema needs of persistence to bring something about: one transaction for each change that is asked for.

The store behind it is `api.store`. Who may ask for what is decided before; the rules decide within.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from entitlements.decisions import Decision
from entitlements.events import Event
from entitlements.facts import Charge, License, MilestoneKind, Term
from entitlements.messages import Message
from entitlements.problems import Problem
from entitlements.records import Hashes, Record
from schema.sending import Delivery, DeliveryState, Endpoint

if TYPE_CHECKING:
    from schema.store import Page, PageRequest, Store, Viewer

Subject = tuple[str, ...]
"""Names what came of a change, so that its answer can be given again."""


@dataclass(frozen=True, slots=True)
class ChangeAsked:
    """A change that is asked for. Its key belongs to the viewer and the mutation; `digest` is of the whole input."""

    viewer: "Viewer"
    mutation: str
    key: str
    digest: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was made, and the instant from which it is known."""

    id: UUID
    at: datetime
    subject: Subject


@dataclass(frozen=True, slots=True)
class OrderKept:
    """An order as it was placed; `quote` is what was quoted, as canonical text."""

    id: UUID
    license_id: UUID
    order_reference: str
    charge_reference: str
    at: datetime
    quote: str


@dataclass(frozen=True, slots=True)
class DecisionKept:
    """A decision as it was recorded, and its digests as they were noted; without a licence where none was found."""

    id: UUID
    license_id: UUID | None
    recorded_at: datetime
    ticket: str | None
    record: Record
    hashes: Hashes
    token: str | None = None


class RecordedKind(StrEnum):
    """What facts of a licence are of."""

    LICENSE = "LICENSE"
    COVERAGE = "COVERAGE"
    CHARGE = "CHARGE"
    OPTION = "OPTION"
    WARRANTY = "WARRANTY"
    MILESTONE = "MILESTONE"
    DECISION = "DECISION"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A change that left facts of a licence: on whose behalf, by which key, why. An import has none of these."""

    at: datetime
    by: str | None
    key_id: str | None
    mutation: str | None
    reason: str | None
    kinds: tuple[RecordedKind, ...]


class Writing(Protocol):
    """A change under way. What it locks nobody else changes until it ends; what it reads is the newest there is."""

    @property
    def store(self) -> "Store":
        """Reads within the same transaction."""
        ...

    @property
    def at(self) -> datetime:
        """From when what is written will be known: later than anything known of what is locked."""
        ...

    async def lock_contract(self, license_id: UUID) -> None:
        """Locks a licence with its contract, and its account for new orders."""
        ...

    async def lock_product(self, code: str) -> UUID | None:
        """Locks a product; None when there is none of that code."""
        ...

    async def has_order(self, license_id: UUID, order_reference: str) -> bool:
        """Whether the account of a licence ever used an order reference."""
        ...

    async def has_charge(self, reference: str) -> bool:
        """Whether a charge of that reference was ever recorded."""
        ...

    async def has_renewal(self, license_id: UUID, renewed_from: date) -> bool:
        """Whether a renewal of a licence continues from a day."""
        ...

    async def write_term(self, license_id: UUID, term: Term, renewed_from: date | None = None) -> None:
        """A term of coverage, or a later version of it; that one continues from where the one before did."""
        ...

    async def withdraw_term(self, license_id: UUID, order_reference: str) -> None:
        """A term of coverage that no longer is one."""
        ...

    async def write_charge(self, license_id: UUID, charge: Charge, *, withdrawn: bool = False) -> None:
        """A charge, or a later version of it."""
        ...

    async def lock_endpoint(self, viewer: "Viewer", id_: UUID) -> Endpoint | None:
        """An endpoint of a viewer's that nobody else changes; None for one that is not there, or not the viewer's."""
        ...

    async def count_endpoints(self, viewer: "Viewer") -> int:
        """How many endpoints a viewer has."""
        ...

    async def write_endpoint(self, viewer: "Viewer", endpoint: Endpoint) -> None:
        """A new endpoint of a viewer's, or a later version of one."""
        ...

    async def replay(self, viewer: "Viewer", endpoint_id: UUID, ids: Sequence[UUID] | None) -> int:
        """Has deliveries of an endpoint sent again: those named, or all that are dead; gives how many."""
        ...

    def tell(self, event: Event) -> None:
        """Tells of the change to whoever is to hear of it, once it is made."""
        ...

    def new_id(self) -> UUID:
        """An identifier that nothing has."""
        ...

    async def add_license(self, license: License) -> bool:
        """A new licence, with the identifier that it was given; False when its serial is in use."""
        ...

    async def write_license(self, license: License) -> None:
        """A later version of what is recorded of a licence."""
        ...

    async def write_milestone(
        self, product_id: UUID, version: str | None, kind: MilestoneKind, on: date | None, source: str
    ) -> None:
        """A milestone of a product or of one of its versions; withdrawn without a day."""
        ...

    async def unfit_base(self, serial: str) -> Message | None:
        """Why a dependent licence and its base do not go together; None when they do."""
        ...

    async def keep_order(self, license_id: UUID, order_reference: str, charge_reference: str, quote: str) -> UUID:
        """Keeps an order as it is placed."""
        ...

    async def keep_decision(self, viewer: "Viewer", kept: DecisionKept, decision: Decision, day: date) -> None:
        """Keeps a decision about a day, with the edition that it was made under."""
        ...


Work = Callable[[Writing], Awaitable[Subject | Problem]]
"""What is done within a change; it may be called again when the transaction could not be completed."""


class ChangingStore(Protocol):
    """A store that can be changed."""

    async def change(self, asked: ChangeAsked, work: Work) -> Change | Problem:
        """Brings something about once: the same key with the same input gives the first change again.

        A problem keeps nothing, not even its key.
        """
        ...

    async def license_of_charge(self, viewer: "Viewer", reference: str) -> UUID | None:
        """The licence of a charge as known now; None for a charge that is not there, or not the viewer's to see."""
        ...

    async def order(self, viewer: "Viewer", id_: UUID) -> OrderKept | None:
        """An order; None for one that is not there, or not the viewer's to see."""
        ...

    async def endpoint(self, viewer: "Viewer", id_: UUID, known_at: datetime) -> Endpoint | None:
        """An endpoint as known at an instant; None for one that is not there, was deleted, or is not the viewer's."""
        ...

    async def endpoints(self, viewer: "Viewer", known_at: datetime, page: "PageRequest") -> "Page[Endpoint]":
        """A page of a viewer's endpoints, the oldest first."""
        ...

    async def delivery(self, viewer: "Viewer", id_: UUID) -> Delivery | None:
        """An event on its way to an endpoint, or there; None for one that is not the viewer's to see."""
        ...

    async def deliveries(
        self, viewer: "Viewer", endpoint_id: UUID, states: Sequence[DeliveryState], page: "PageRequest"
    ) -> "Page[Delivery]":
        """A page of what is on its way to an endpoint, or there, the oldest first; in some states, or in any."""
        ...

    async def decision_record(self, viewer: "Viewer", id_: UUID) -> DecisionKept | None:
        """A decision as it was recorded; None for one that is not there, or not the viewer's to see."""
        ...

    async def edition_sources(self, digest: str) -> Mapping[str, Mapping[str, str]] | None:
        """The texts of an edition that a decision was recorded under, by edition and file."""
        ...

    async def history(self, viewer: "Viewer", license_id: UUID, page: "PageRequest") -> "Page[Recorded]":
        """A page of what was recorded of a licence, the oldest first; empty for one that is not the viewer's to see."""
        ...
