"""Bearer tokens of an OIDC issuer: who asks, as a signed JWT says it, verified against the issuer's own keys.

The algorithm is the operator's setting and never the token's choice; the key is one that the issuer publishes, never
one that a token brings or points at. Whatever is wrong with a token, the caller hears the same.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from api.key_sets import KeySet, reader_of
from api.settings import Settings
from schema.permissions import MAY_HOLD
from schema.scopes import read_scopes
from schema.store import Viewer, ViewerKind

LONGEST = 8 * 1024
LEEWAY = 60
"""Seconds by which clocks may differ."""
TYPES = {"jwt", "at+jwt", "application/at+jwt"}
"""Access tokens say what they are (RFC 9068), or that they are a JWT, or nothing."""
HEADERS = {"alg", "kid", "typ", "x5t", "x5t#S256"}
"""What a header may hold. Keys and addresses of keys are not for the token to bring, nor are extensions known here."""
REFERENCE = re.compile(r"[!-~]([ -~]*[!-~])?")
LONGEST_REFERENCE = 255


class TokenRefused(Exception):  # noqa: N818 - it is the answer to a request
    """A token that proves nothing. What is wrong with it is told to nobody."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What tokens are judged by."""

    issuer: str
    audience: str
    algorithm: str
    kind_claim: str
    account_claim: str
    scope_claim: str
    keys: KeySet

    async def viewer_of(self, text: str, now: datetime) -> Viewer:
        """Who asks with a token. Raises TokenRefused, and KeysUnavailable where the issuer's keys cannot be had."""
        if len(text) > LONGEST or not text.isascii():
            raise TokenRefused
        try:
            first, second, third = text.encode().split(b".")
            _unpacked(third)
            header, claims = _members(first), _members(second)
            token = jws.extract_compact(text.encode())
            key = await self.keys.key(self._key_named(header), now)
            if key is None or not jws.validate_compact(token, key, registry=self._registry()):
                raise TokenRefused
            self._claims(now).validate(claims)
            return self._viewer(claims)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as fault:
            raise TokenRefused from fault

    def _key_named(self, header: dict[str, Any]) -> str:
        """The name of the key in a header that may be believed so far."""
        kid, type_ = header.get("kid"), header.get("typ", "JWT")
        is_fit = (
            header.get("alg") == self.algorithm
            and header.keys() <= HEADERS
            and isinstance(type_, str)
            and type_.lower() in TYPES
        )
        if not is_fit or not isinstance(kid, str):
            raise TokenRefused
        return kid

    def _registry(self) -> jws.JWSRegistry:
        return jws.JWSRegistry(algorithms=[self.algorithm], strict_check_header=False)

    def _claims(self, now: datetime) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )

    def _viewer(self, claims: dict[str, Any]) -> Viewer:
        """The viewer that claims name. Scopes that are not this API's, or not for such a viewer, permit nothing."""
        kind, account = ViewerKind(claims[self.kind_claim]), claims.get(self.account_claim)
        if kind is ViewerKind.INTERNAL:
            if account is not None:
                raise TokenRefused
        elif not isinstance(account, str) or len(account) > LONGEST_REFERENCE or not REFERENCE.fullmatch(account):
            raise TokenRefused
        scopes = read_scopes(_words(claims.get(self.scope_claim, ""))) & MAY_HOLD[kind]
        return Viewer(kind, account, _pseudonym(self.issuer, claims["sub"]), scopes)


def tokens_of(settings: Settings) -> Tokens | None:
    """What tokens are judged by in a deployment; None where it takes keys alone."""
    if not (settings.oidc_issuer and settings.oidc_audience and settings.oidc_jwks):
        return None
    return Tokens(
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        algorithm=settings.oidc_algorithm,
        kind_claim=settings.oidc_kind_claim,
        account_claim=settings.oidc_account_claim,
        scope_claim=settings.oidc_scope_claim,
        keys=KeySet(reader_of(settings.oidc_jwks), settings.oidc_algorithm),
    )


def _members(segment: bytes) -> dict[str, Any]:
    """The members of a segment's JSON object, each named once, from base 64 that is written in the one proper way."""
    packed = _unpacked(segment)
    found = json.loads(packed.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    if not isinstance(found, dict):
        raise TypeError("no object")
    return cast("dict[str, Any]", found)


def _unpacked(segment: bytes) -> bytes:
    packed = base64.b64decode(segment + b"=" * (-len(segment) % 4), altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(packed).rstrip(b"=") != segment:
        raise ValueError("not canonical")
    return packed


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member stands twice")
    return found


def _no_constant(text: str) -> float:
    raise ValueError(text)


def _words(value: object) -> list[str]:
    """Scopes as a text of words (RFC 8693) or as a list."""
    if isinstance(value, str):
        return value.split(" ")
    if isinstance(value, list):
        return [one for one in cast("list[object]", value) if isinstance(one, str)]
    raise TokenRefused


def _pseudonym(issuer: str, subject: str) -> str:
    """Who it was, for whoever can ask the issuer; subjects may be names of people, which are not kept."""
    return "sub:" + hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()[:32]
