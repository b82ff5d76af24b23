"""What a caller asks before support is opened: the input of a check besides facts and guide."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar, dataclass_transform

from entitlements.messages import Message
from entitlements.parameters import Priority

T = TypeVar("T")


class Service(StrEnum):
    """What is asked for."""

    TICKET = "TICKET"
    BUG_FIX = "BUG_FIX"
    SECURITY_FIX = "SECURITY_FIX"
    FEATURE_RELEASE = "FEATURE_RELEASE"
    ON_SITE = "ON_SITE"
    PROACTIVE = "PROACTIVE"
    EXPERT = "EXPERT"
    HARDWARE_REPAIR = "HARDWARE_REPAIR"
    PROFESSIONAL_SERVICES = "PROFESSIONAL_SERVICES"


class Channel(StrEnum):
    """How it is asked for."""

    ONLINE = "ONLINE"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    CHAT = "CHAT"
    REMOTE_SESSION = "REMOTE_SESSION"


class Requester(StrEnum):
    """Who asks, on the customer's side."""

    END_USER = "END_USER"
    ADMINISTRATOR = "ADMINISTRATOR"
    RESELLER = "RESELLER"


class Cause(StrEnum):
    """Why the problem arose, where the caller knows it (R-EXC)."""

    PRODUCT_DEFECT = "PRODUCT_DEFECT"
    PRODUCT_ALTERED = "PRODUCT_ALTERED"
    UNCERTIFIED_ENVIRONMENT = "UNCERTIFIED_ENVIRONMENT"
    ACCIDENT = "ACCIDENT"
    TRANSPORT = "TRANSPORT"
    NEGLIGENCE = "NEGLIGENCE"
    MISUSE = "MISUSE"
    UNSUITABLE_ENVIRONMENT = "UNSUITABLE_ENVIRONMENT"
    UNSPECIFIED_SUPPLIES = "UNSPECIFIED_SUPPLIES"
    UNINTENDED_USE = "UNINTENDED_USE"
    UNLISTED_SYSTEM = "UNLISTED_SYSTEM"
    THIRD_PARTY_PRODUCT = "THIRD_PARTY_PRODUCT"


class Duty(StrEnum):
    """Duties of the customer that condition support (R-EXC-6)."""

    REQUEST_FORM = "REQUEST_FORM"
    REMOTE_CONNECTIVITY = "REMOTE_CONNECTIVITY"
    LATEST_RELEASE = "LATEST_RELEASE"
    CONNECTION_AUTHORISATION = "CONNECTION_AUTHORISATION"


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch spent waiting on the customer or a third party, its end exclusive: the clocks stand still."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Malformed:
    """A field that the edge could not read, and what is allowed there."""

    field: str
    message: Message


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def unchanging(kind: type[T]) -> type[T]:
    """A dataclass that the type checker lets nobody change.

    To be kept from it at run time, too, would cost each check more than to be decided.
    """
    return dataclass(slots=True, unsafe_hash=True)(kind)


@unchanging
class CheckRequest:
    """One question. All instants are aware; `now` is the asker's clock, against which a future `known_at` is refused.

    `at` is valid time, `known_at` known time. `serial` is the reference as asked for, for messages only.
    """

    at: datetime
    known_at: datetime
    now: datetime
    serial: str | None = None
    service: Service = Service.TICKET
    channel: Channel = Channel.ONLINE
    priority: Priority | None = None
    requester: Requester = Requester.ADMINISTRATOR
    language: str | None = None
    theater: str | None = None
    installed_release: str | None = None
    release: str | None = None
    causes: tuple[Cause, ...] = ()
    vendor_agreed: bool = False
    unmet_duties: tuple[Duty, ...] = ()
    planned_maintenance: bool = False
    pin_verified: bool = False
    pauses: tuple[Pause, ...] = ()
    malformed: tuple[Malformed, ...] = field(default=())

    @property
    def besides_instants(self) -> tuple[Hashable, ...]:
        """What a well-formed request asks, whenever it is asked."""
        return (
            self.serial,
            self.service,
            self.channel,
            self.priority,
            self.requester,
            self.language,
            self.theater,
            self.installed_release,
            self.release,
            self.causes,
            self.vendor_agreed,
            self.unmet_duties,
            self.planned_maintenance,
            self.pin_verified,
            self.pauses,
        )
