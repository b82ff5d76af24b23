"""Sessions of the console: a cookie that holds, encrypted, what its holder signed in with, and until when.

Nothing of a session is kept on the server. The key or token in it is judged anew with every request, so that what is
revoked no longer holds; who has the cookie alone cannot read it.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from api.settings import Settings

COOKIE = "coverline_session"
LONGEST = 4_000
"""Characters of the cookie; browsers drop one of more than 4,096 bytes with its name."""
HEADER = {"alg": "dir", "enc": "A256GCM"}
OWN_SITE = {"same-origin", "none"}
"""Where a browser says that a request comes from: a page of this origin, or its user."""
SAFE = {"GET", "HEAD"}


class TooLong(Exception):  # noqa: N818 - it is the answer to who signs in
    """A token that no cookie can hold."""


@dataclass(frozen=True, slots=True)
class Session:
    """What was signed in with, and until when it holds."""

    credential: str | None
    """A key or a token; None for whoever needs none, in a demonstration."""
    form: str
    """What the forms of this session's pages bring back, and no other site knows."""
    ends_at: datetime


class Sessions:
    """The sessions of a deployment. Without a secret they end with the process."""

    def __init__(self, secret: str | None = None, holds: timedelta = timedelta(hours=8)) -> None:
        self._key = OctKey.import_key(sha256((secret or secrets.token_urlsafe(32)).encode()).digest())
        self.holds = holds

    def opened(self, credential: str | None, now: datetime) -> tuple[Session, str]:
        """A new session, and its cookie. Raises TooLong."""
        session = Session(credential, secrets.token_urlsafe(16), now + self.holds)
        held = {"credential": credential, "form": session.form, "ends_at": int(session.ends_at.timestamp())}
        cookie = jwe.encrypt_compact(HEADER, json.dumps(held).encode(), self._key)
        if len(cookie) > LONGEST:
            raise TooLong
        return session, cookie

    def read(self, cookie: str, now: datetime) -> Session | None:
        """The session of a cookie; None for one that is over, or was not made here."""
        if len(cookie) > LONGEST:
            return None
        try:
            held = json.loads(jwe.decrypt_compact(cookie, self._key).plaintext or b"")
        except (JoseError, ValueError):
            return None
        session = Session(held["credential"], held["form"], datetime.fromtimestamp(held["ends_at"], UTC))
        return session if now < session.ends_at else None


def sessions_of(settings: Settings) -> Sessions:
    """The sessions that settings ask for."""
    secret = settings.console_secret
    return Sessions(secret.get_secret_value() if secret else None, timedelta(minutes=settings.console_minutes))


def is_own(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a browser sent a request for a page of this origin, or for its user, and for no other site.

    Browsers say so themselves (`Sec-Fetch-Site`); of an old one that changes something, the origin is compared.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in OWN_SITE if method in SAFE else site == "same-origin"
    if method in SAFE:
        return True
    _, _, origin = headers.get("origin", "").partition("://")
    return bool(origin) and origin == headers.get("host")
