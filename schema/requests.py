"""What a caller asks before support is opened: the inputs of a check."""

from datetime import datetime

import strawberry

from entitlements import requests
from entitlements.messages import said
from entitlements.parameters import Priority
from entitlements.requests import Cause, Channel, CheckRequest, Duty, Malformed, Requester, Service
from schema.context import Context
from schema.licenses import LicenseRef
from schema.nodes import Kind, read_id_of

UNSET = strawberry.UNSET


@strawberry.input
class Pause:
    """A stretch spent waiting on the customer or a third party: the clocks stand still."""

    from_: datetime = strawberry.field(name="from")
    to: datetime


@strawberry.input
class EntitlementCheckInput:
    """One question about one licence."""

    license: LicenseRef
    at: datetime | None = strawberry.field(
        default=UNSET, description="The instant support is asked for (valid time); now when left out."
    )
    known_at: datetime | None = strawberry.field(
        default=UNSET, description="Answer from what had been recorded by this instant (known time); now when left out."
    )
    service: Service = Service.TICKET
    channel: Channel = Channel.ONLINE
    priority: Priority | None = strawberry.field(default=UNSET, description="Without one there are no deadlines.")
    requester: Requester = Requester.ADMINISTRATOR
    language: str | None = strawberry.field(
        default=UNSET, description="The BCP 47 language the customer wants to be served in."
    )
    theater: str | None = strawberry.field(
        default=UNSET, description="A theater's code; the account's own when left out."
    )
    installed_release: str | None = strawberry.field(
        default=UNSET, description="The release in use; the licence's recorded one when left out."
    )
    release: str | None = strawberry.field(
        default=UNSET, description="The release that FEATURE_RELEASE asks for; the latest when left out."
    )
    causes: list[Cause] = strawberry.field(default_factory=list[Cause])
    vendor_agreed: bool = strawberry.field(
        default=False, description="The vendor has agreed explicitly to the alteration or the environment."
    )
    unmet_duties: list[Duty] = strawberry.field(
        default_factory=list[Duty], description="Duties of the customer that the caller knows to be unmet."
    )
    planned_maintenance: bool = False
    pin_verified: bool = strawberry.field(default=False, description="The caller has verified the on-call PIN.")
    pauses: list[Pause] = strawberry.field(
        default_factory=list[Pause], description="Stretches during which the clocks stand still."
    )


@strawberry.input
class AccountCheckInput:
    """One question about every licence of an account."""

    at: datetime | None = strawberry.field(
        default=UNSET, description="The instant support is asked for; now when left out."
    )
    known_at: datetime | None = strawberry.field(
        default=UNSET, description="Answer from what had been recorded by this instant; now when left out."
    )
    service: Service = Service.TICKET
    channel: Channel = Channel.ONLINE
    priority: Priority | None = UNSET
    requester: Requester = Requester.ADMINISTRATOR
    language: str | None = UNSET


def request_of(asked: EntitlementCheckInput, context: Context) -> CheckRequest:
    """The rules' request from the caller's, with now where no instant is given."""
    return CheckRequest(
        at=asked.at or context.now,
        known_at=asked.known_at or context.now,
        now=context.now,
        serial=asked.license.serial.value if asked.license.serial else None,
        service=asked.service,
        channel=asked.channel,
        priority=asked.priority or None,
        requester=asked.requester,
        language=_given(asked.language),
        theater=_given(asked.theater),
        installed_release=_given(asked.installed_release),
        release=_given(asked.release),
        causes=tuple(asked.causes),
        vendor_agreed=asked.vendor_agreed,
        unmet_duties=tuple(asked.unmet_duties),
        planned_maintenance=asked.planned_maintenance,
        pin_verified=asked.pin_verified,
        pauses=tuple([requests.Pause(pause.from_, pause.to) for pause in asked.pauses]),
        malformed=_malformed(asked.license),
    )


def request_of_account(asked: AccountCheckInput, serial: str, context: Context) -> CheckRequest:
    """The same for one licence of an account."""
    return CheckRequest(
        at=asked.at or context.now,
        known_at=asked.known_at or context.now,
        now=context.now,
        serial=serial,
        service=asked.service,
        channel=asked.channel,
        priority=asked.priority or None,
        requester=asked.requester,
        language=_given(asked.language),
    )


def _given(text: str | None) -> str | None:
    """Text that was given, be it empty; None for null and for what was left out."""
    return text if isinstance(text, str) else None


def _malformed(by: LicenseRef) -> tuple[Malformed, ...]:
    if by.id is None or read_id_of(Kind.LICENSE, by.id.value) is not None:
        return ()
    return (Malformed("license", said("an id is one that this API gave for a licence")),)
