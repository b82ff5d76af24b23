"""Global ids. One is opaque: a kind and a UUID, in URL-safe base 64."""

import base64
import binascii
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

REMEMBERED = 16_384
"""Ids that are kept as they are written: a page names the same accounts and products again and again."""


class Kind(StrEnum):
    """The types that an id may name."""

    LICENSE = "License"
    PRODUCT = "Product"
    ACCOUNT = "Account"
    RENEWAL_ORDER = "RenewalOrder"
    DECISION_RECORD = "DecisionRecord"
    WEBHOOK = "Webhook"
    WEBHOOK_DELIVERY = "WebhookDelivery"


@lru_cache(maxsize=REMEMBERED)
def write_id(kind: Kind, uuid: UUID) -> str:
    """The global id of an object."""
    packed = f"{kind}:{uuid.hex}".encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_id(text: str) -> tuple[Kind, UUID] | None:
    """What a global id names; None for any text that this API never gave out."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        kind, _, uuid = packed.decode("ascii").partition(":")
        named = Kind(kind), UUID(hex=uuid)
    except (ValueError, binascii.Error):
        return None
    return named if write_id(*named) == text else None


def read_id_of(kind: Kind, text: str) -> UUID | None:
    """The UUID in a global id of one kind; None for a malformed id or one of another kind."""
    named = read_id(text)
    return named[1] if named and named[0] is kind else None
