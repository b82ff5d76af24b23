"""The public keys of the issuer of tokens: a JWK Set from an address or a file, kept, and read again as it rotates."""

import asyncio
import base64
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

PublicKey = RSAKey | ECKey | OKPKey

FRESH = timedelta(hours=1)
"""For how long a set is used before it is read again."""
USABLE = timedelta(days=1)
"""For how long a set is used when it cannot be read again."""
PAUSE = timedelta(seconds=30)
"""The shortest time between two reads, whatever keys callers name."""
LARGEST_SET = 256 * 1024
READ_SECONDS = 5
WEAKEST_RSA = 2048
KEY_TYPES = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), ("RSA", None)),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "Ed25519": ("OKP", "Ed25519"),
}
"""What signs with each algorithm: the type of key, and the curve of those that have one."""

log = logging.getLogger(__name__)


class KeysUnavailable(Exception):  # noqa: N818 - the answer is that one has to wait
    """The issuer's keys could not be read, and none that were read before may still be used."""


@dataclass(slots=True)
class KeySet:
    """The keys of one issuer for one algorithm.

    A key that is not there is looked for once more, for it may be new; callers who make keys up cannot make that happen
    more often than twice a minute.
    """

    read: Callable[[], Awaitable[bytes]]
    algorithm: str
    _keys: Mapping[str, PublicKey] = field(default_factory=dict[str, PublicKey])
    _read_at: datetime | None = None
    _tried_at: datetime | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def key(self, kid: str, now: datetime) -> PublicKey | None:
        """The key of a name; None when the issuer has none. Raises KeysUnavailable where that cannot be told."""
        if not self._is_within(FRESH, now) or kid not in self._keys:
            async with self._turn:
                await self._refresh(kid, now)
        if not self._is_within(USABLE, now):
            raise KeysUnavailable
        return self._keys.get(kid)

    async def _refresh(self, kid: str, now: datetime) -> None:
        """Reads the set again, unless another request just did or it was tried a moment ago."""
        if self._is_within(FRESH, now) and kid in self._keys:
            return
        if self._tried_at is not None and now - self._tried_at < PAUSE:
            return
        self._tried_at = now
        try:
            self._keys = keys_in(await self.read(), self.algorithm)
        except (OSError, ValueError, TimeoutError, httpx2.HTTPError, httpx2.InvalidURL) as fault:
            log.warning("the keys of the issuer of tokens could not be read: %s", type(fault).__name__)
        else:
            self._read_at = now

    def _is_within(self, span: timedelta, now: datetime) -> bool:
        return self._read_at is not None and now - self._read_at < span


def keys_in(text: bytes, algorithm: str) -> dict[str, PublicKey]:
    """The keys of a JWK Set that verify with an algorithm, by their names. Raises ValueError for what is no such set.

    A name that stands twice names none, and a key for something else, or too weak, is none of them.
    """
    try:
        listed = json.loads(text)["keys"]
        entries: list[dict[str, Any]] = [entry for entry in listed if isinstance(entry, dict)]
    except (KeyError, TypeError, RecursionError) as fault:
        raise ValueError("no JWK Set") from fault
    names = Counter(str(entry.get("kid")) for entry in entries)
    found: dict[str, PublicKey] = {}
    for entry in entries:
        kid = entry.get("kid")
        if not isinstance(kid, str) or not kid or names[kid] > 1 or not _is_for(entry, algorithm):
            continue
        try:
            key = JWKRegistry.import_key(entry)
        except (JoseError, ValueError, TypeError):  # a key that cannot be read is none
            continue
        if isinstance(key, PublicKey):
            found[kid] = key
    return found


def _is_for(entry: Mapping[str, Any], algorithm: str) -> bool:
    """Whether a key of a set says of itself that it verifies with an algorithm."""
    type_, curve = KEY_TYPES[algorithm]
    operations = entry.get("key_ops")
    return (
        entry.get("kty") == type_
        and (curve is None or entry.get("crv") == curve)
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", algorithm) == algorithm
        and (operations is None or (isinstance(operations, list) and "verify" in operations))
        and (type_ != "RSA" or _bits(entry.get("n")) >= WEAKEST_RSA)
    )


def _bits(modulus: object) -> int:
    """The size of an RSA key by its modulus; 0 for what is none."""
    try:
        packed = str(modulus).encode("ascii")
        return int.from_bytes(base64.urlsafe_b64decode(packed + b"=" * (-len(packed) % 4))).bit_length()
    except ValueError:
        return 0


def reader_of(place: str) -> Callable[[], Awaitable[bytes]]:
    """Reads a JWK Set from an address or a file."""
    return (lambda: _fetched(place)) if "://" in place else (lambda: asyncio.to_thread(Path(place).read_bytes))


async def _fetched(address: str) -> bytes:
    """What stands at an address: no redirects, bounded in size and time. Raises ValueError for what is more or less."""
    async with (
        asyncio.timeout(READ_SECONDS),
        httpx2.AsyncClient(follow_redirects=False, timeout=READ_SECONDS) as client,
        client.stream("GET", address, headers={"Accept": "application/json", "Accept-Encoding": "identity"}) as answer,
    ):
        if answer.status_code != HTTPStatus.OK or answer.headers.get("content-encoding", "identity") != "identity":
            raise ValueError(f"answered {answer.status_code}")
        body = bytearray()
        async for part in answer.aiter_raw():
            body += part
            if len(body) > LARGEST_SET:
                raise ValueError("larger than a JWK Set may be")
    return bytes(body)
