"""An issuer of tokens: its keys, good tokens, and tokens that somebody else put together."""

import base64
import json
import warnings
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.portfolio import NOW

ISSUER = "https://login.example/realm"
AUDIENCE = "coverline"
SECONDS = int(NOW.timestamp())

RSA = RSAKey.generate_key(2048, {"kid": "rsa-1", "use": "sig", "alg": "RS256"})
SECOND = RSAKey.generate_key(2048, {"kid": "rsa-2", "use": "sig"})
with warnings.catch_warnings(action="ignore"):
    WEAK = RSAKey.generate_key(1024, {"kid": "weak"})
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa-1"})
EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed-1"})
ENCRYPTS, OTHER_ALGORITHM, WRAPS = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("enc-1", "ps-1", "wrap-1"))
SAID_OF = {"enc-1": {"use": "enc"}, "ps-1": {"alg": "PS256"}, "wrap-1": {"key_ops": ["wrapKey"]}}
"""What the issuer publishes beside a key, though it signs with it."""

CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "somebody@acme.example",
    "iat": SECONDS - 10,
    "exp": SECONDS + 300,
    "coverline_kind": "customer",
    "coverline_account": "ACME",
    "scope": "openid licenses:read entitlements:check",
}


def key_set(*keys) -> bytes:
    """A JWK Set of public keys."""
    return json.dumps({"keys": [{**key.as_dict(private=False), **SAID_OF.get(key.kid, {})} for key in keys]}).encode()


def claims(**changed: Any) -> dict[str, Any]:
    """Good claims, some of them changed; those that become None are left out."""
    return {name: value for name, value in {**CLAIMS, **changed}.items() if value is not None}


def packed(value: bytes | dict[str, Any]) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signed(payload: bytes | dict[str, Any], header: bytes | dict[str, Any] | None = None, key: Any = RSA) -> str:
    """A token with whatever header and payload, with a signature of a key over just those."""
    told = {"alg": "RS256", "kid": key.kid, "typ": "at+jwt"} if header is None else header
    named = told.get("alg", "RS256") if isinstance(told, dict) else "RS256"
    algorithm = jws.JWSRegistry.algorithms[named if named in jws.JWSRegistry.algorithms else "RS256"]
    covered = f"{packed(told)}.{packed(payload)}"
    return f"{covered}.{packed(algorithm.sign(covered.encode(), key))}"


def token(*, key: Any = RSA, header: dict[str, Any] | None = None, **changed: Any) -> str:
    """A good token, unless something is changed; headers that become None are left out."""
    told = {"alg": "RS256", "kid": key.kid, "typ": "at+jwt", **(header or {})}
    return signed(claims(**changed), {name: value for name, value in told.items() if value is not None}, key)
