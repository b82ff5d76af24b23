"""Where events are sent: endpoints, what is on its way to them, and what the schema needs to know of sending."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from entitlements.events import EventType


class EndpointState(StrEnum):
    """Whether events are sent to an endpoint; what comes about while it is disabled waits."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"
    DELETED = "DELETED"


class DeliveryState(StrEnum):
    """How far an event has come on its way to an endpoint.

    PENDING is to be sent, or to be sent again; DEAD was tried as often as is tried; WITHDRAWN was not sent, since its
    account is no longer the endpoint's to see, or the endpoint is gone.
    """

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"
    WITHDRAWN = "WITHDRAWN"


class DeliveryError(StrEnum):
    """Why the last try failed."""

    STATUS = "STATUS"
    GONE = "GONE"
    TIMEOUT = "TIMEOUT"
    CONNECTION = "CONNECTION"
    TLS = "TLS"
    NAME = "NAME"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a viewer has events sent. Without types, accounts or products it is sent those of all that it may see.

    `former_until` is until when the secret of the version before signs beside the present one. One that failed is
    `failing_since` then, and left alone until `paused_until`.
    """

    id: UUID
    url: str
    event_types: tuple[EventType, ...]
    accounts: tuple[str, ...]
    products: tuple[str, ...]
    state: EndpointState
    secret_version: int
    former_until: datetime | None
    created_at: datetime
    failing_since: datetime | None = None
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it was written; `payload` is the text that is sent."""

    id: UUID
    type: EventType
    at: datetime
    on: date
    sequence: int
    product: str
    payload: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to an endpoint, or there; `status` and `error` are of the last try."""

    id: UUID
    endpoint_id: UUID
    event: Told
    state: DeliveryState
    attempts: int
    due_at: datetime
    tried_at: datetime | None
    delivered_at: datetime | None
    status: int | None
    error: DeliveryError | None


def message_id(id_: UUID) -> str:
    """By what a receiver knows an event again, however often it is sent."""
    return f"evt_{id_.hex}"


class Sending(Protocol):
    """How the deployment sends."""

    def secret_of(self, endpoint_id: UUID, version: int) -> str | None:
        """The secret that an endpoint's messages are signed with; None where no key is configured to derive it from."""
        ...

    def is_allowed(self, url: str) -> bool:
        """Whether events may be sent to an address as far as its text tells; it is checked again when connecting."""
        ...


class Nowhere:
    """Stands where nothing is sent."""

    def secret_of(self, endpoint_id: UUID, version: int) -> None:
        """No key is configured."""

    def is_allowed(self, url: str) -> bool:  # noqa: ARG002 - as of any sending
        """No address is."""
        return False
