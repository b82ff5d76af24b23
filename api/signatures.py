"""Signatures of decisions: a compact JWS by Ed25519, which whoever has the public key verifies without asking anyone.

Keys lie in a folder, a file each: a JWK or a PEM. The last file by name that holds a private key signs; the public
halves of all of them are published, so that what a former key has signed stays verifiable.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

CURVE = "Ed25519"
ALGORITHM = "EdDSA"
TYPE = "coverline-decision+jws"
KEY_FILES = (".jwk", ".pem")
LONGEST = 64 * 1024


class SigningKeysRefused(ValueError):  # noqa: N818 - it is an answer to the operator, not a fault
    """Signing keys that cannot be used; the message says which, why, and what to do."""


class SignatureRefused(ValueError):  # noqa: N818 - it is an answer about a token, not a fault
    """A token that proves nothing; the message says why."""


class _Registry(JWSRegistry):
    """One algorithm, by the name that verifiers in use know it by; RFC 9864 calls it Ed25519."""

    def get_alg(self, name: str) -> Any:  # noqa: ANN401 - the library's own class of algorithms, which it hides
        """That algorithm; every other name is refused."""
        if name != ALGORITHM:
            raise UnsupportedAlgorithmError(f"the algorithm is {ALGORITHM}, not {name[:32]}")
        return self.algorithms[ALGORITHM]


REGISTRY = _Registry()


def sign(claims: Mapping[str, Any], key: OKPKey) -> str:
    """A token that says so."""
    header = {"alg": ALGORITHM, "kid": key.thumbprint(), "typ": TYPE}
    payload = json.dumps(claims, sort_keys=True, separators=(",", ":"))
    return jws.serialize_compact(header, payload, key, registry=REGISTRY)


def verify(token: str, keys: Sequence[OKPKey]) -> dict[str, Any]:
    """What a token says, where one of the keys has signed it. Raises SignatureRefused."""
    if len(token) > LONGEST or not token.isascii():
        raise SignatureRefused("it is not a token of ours")
    try:
        found = jws.extract_compact(token.encode())
        kid = found.headers().get("kid")
        key = next((key for key in keys if key.thumbprint() == kid), None)
        if key is None:
            raise SignatureRefused(f"its key {kid} is none of those at hand")
        # Base 64 has spare bits at its end, which no signature is over.
        is_exact = all(urlsafe_b64encode(urlsafe_b64decode(part)) == part for part in token.encode().split(b"."))
        if not is_exact or not jws.validate_compact(found, key, registry=REGISTRY):
            raise SignatureRefused(f"its signature is not by the key {kid}")
        claims = json.loads(found.payload or b"")
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as fault:
        if isinstance(fault, SignatureRefused):
            raise
        raise SignatureRefused("it cannot be read") from fault
    if not isinstance(claims, dict):
        raise SignatureRefused("it says nothing")
    return cast("dict[str, Any]", claims)


# ---------------------------------------------------------------- keys


def new_key() -> OKPKey:
    """A key that nobody has."""
    return OKPKey.generate_key(CURVE)


def public_part(key: OKPKey) -> dict[str, Any]:
    """The public half of a key as it is published."""
    return {**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM}


def published(keys: Sequence[OKPKey]) -> dict[str, Any]:
    """Public halves as a JWK set."""
    return {"keys": [public_part(key) for key in keys]}


def read_keys(text: str) -> list[OKPKey]:
    """The keys of a JWK set, of one JWK, or of a PEM. Raises SigningKeysRefused; keys of other kinds are left out."""
    try:
        if text.lstrip().startswith("-----BEGIN"):
            return [_ed25519(OKPKey.import_key(text))]
        told: dict[str, Any] = json.loads(text)
        many: list[dict[str, Any]] = told.get("keys", [told])
        return [_ed25519(OKPKey.import_key(one)) for one in many if one.get("crv") == CURVE]
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SigningKeysRefused(f"it holds no {CURVE} key as JWK or PEM") from None


def _ed25519(key: OKPKey) -> OKPKey:
    if key.curve_name != CURVE:
        raise ValueError(f"a key of {key.curve_name}")
    return key


@dataclass(slots=True)
class SigningKeys:
    """The keys of a deployment: those in a folder, or one that is made for a demonstration and goes with it."""

    folder: Path | None = None
    ephemeral: OKPKey | None = None
    _seen: tuple[tuple[str, int], ...] = ()
    _keys: tuple[tuple[Path, OKPKey], ...] = field(default=())

    def sign(self, claims: Mapping[str, Any]) -> str | None:
        """A token by the key that signs now; None where there is none."""
        key = self.active
        return sign(claims, key) if key is not None else None

    @property
    def active(self) -> OKPKey | None:
        """The key that signs now."""
        return next((key for _, key in reversed(self.files()) if key.is_private), self.ephemeral)

    @property
    def public(self) -> list[OKPKey]:
        """Every key whose signatures count, the oldest first."""
        return [*(key for _, key in self.files()), *([self.ephemeral] if self.ephemeral else [])]

    def files(self) -> tuple[tuple[Path, OKPKey], ...]:
        """The key of each file, in the order of their names; read again when the folder has changed."""
        if self.folder is None:
            return ()
        seen = tuple((path.name, path.stat().st_mtime_ns) for path in _files(self.folder))
        if seen != self._seen:
            self._keys = tuple((path, _read(path)) for path in _files(self.folder))
            self._seen = seen
        return self._keys

    # -------------------------------------------------------- keeping them

    def create(self, now: datetime) -> OKPKey:
        """The first key. Raises SigningKeysRefused where one signs already."""
        if self.active is not None:
            raise SigningKeysRefused("there is a key that signs; `coverline signing-keys rotate` replaces it")
        return self._add(now)

    def rotate(self, now: datetime) -> OKPKey:
        """A new key that signs from now on; of those before it the private halves are destroyed."""
        before = [(path, key) for path, key in self.files() if key.is_private]
        if not before:
            raise SigningKeysRefused("there is no key that signs; `coverline signing-keys create` makes one")
        added = self._add(now)
        for path, key in before:
            retired = path.with_suffix(".jwk")
            _write(retired, public_part(key))
            if retired != path:
                path.unlink()
        return added

    def _add(self, now: datetime) -> OKPKey:
        if self.folder is None:
            raise SigningKeysRefused("COVERLINE_SIGNING_KEYS names no folder; set it to one that only you may read")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = new_key()
        name = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{key.thumbprint()[:8]}.jwk"
        last = max((path.name for path in _files(self.folder)), default="")
        if name <= last:
            raise SigningKeysRefused(f"{last} would go on signing, since its name comes last; rename it")
        _write(self.folder / name, {**key.as_dict(private=True), "kid": key.thumbprint(), "use": "sig"})
        return key


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return iter(())
    return iter(sorted(path for path in folder.iterdir() if path.suffix in KEY_FILES and path.is_file()))


def _read(path: Path) -> OKPKey:
    try:
        keys = read_keys(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, SigningKeysRefused) as problem:
        raise SigningKeysRefused(f"the signing key {path} cannot be used: {problem}") from None
    if len(keys) != 1:
        raise SigningKeysRefused(f"the signing key {path} cannot be used: a file holds one {CURVE} key")
    return keys[0]


def _write(path: Path, told: Mapping[str, Any]) -> None:
    """Writes a file that this user alone may read, whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(told, file)
    beside.replace(path)
