"""The secrets that messages are signed with: derived from the deployment's one key, so that none is kept anywhere.

What a database holds of an endpoint is the number of its secret; without COVERLINE_WEBHOOK_KEY nobody can sign with it.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from standardwebhooks import Webhook

from api.webhooks import addresses
from schema.sending import Endpoint

MARK = "whsec_"


@dataclass(frozen=True, slots=True)
class Secrets:
    """`schema.sending.Sending` by a key, and by whether private addresses are allowed."""

    key: str | None
    private: bool = False

    def secret_of(self, endpoint_id: UUID, version: int) -> str | None:
        """The secret of an endpoint's version, as receivers are given it; None without a key."""
        if self.key is None:
            return None
        named = f"coverline/webhooks/{endpoint_id.hex}/{version}"
        return MARK + base64.b64encode(hmac.digest(self.key.encode(), named.encode(), sha256)).decode()

    def is_allowed(self, url: str) -> bool:
        """Whether events may be sent to an address as far as its text tells."""
        return addresses.is_allowed(url, private=self.private)

    def headers(self, endpoint: Endpoint, message_id: str, at: datetime, body: str) -> dict[str, str]:
        """The headers of Standard Webhooks that sign a body sent at an instant; none without a key.

        While a secret was replaced a moment ago, the former one signs as well.
        """
        versions = [endpoint.secret_version]
        if endpoint.former_until is not None and at < endpoint.former_until:
            versions.append(endpoint.secret_version - 1)
        secrets = [secret for version in versions if (secret := self.secret_of(endpoint.id, version)) is not None]
        signatures = [Webhook(secret).sign(message_id, at, body) for secret in secrets]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
