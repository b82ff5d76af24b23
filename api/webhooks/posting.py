"""Posting one event: what is sent, and what came of it in a word. Redirects are not followed."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from importlib.metadata import version

from httpcore2 import AsyncConnectionPool, ConnectionNotAvailable, NetworkError, PoolTimeout, ProtocolError
from httpcore2 import TimeoutException as TooSlow

from api.webhooks.connecting import AddressRefused, NameUnknown
from schema.sending import DeliveryError

MOST_READ = 64 * 1024
"""Of what a receiver answers nothing is kept; so much is read that the connection can be used again."""
MOST_DIGITS = 6
HEADERS = {"content-type": "application/json", "user-agent": f"coverline/{version('coverline')}"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a post; without an error it was taken. `wait` is how long the receiver asks to be left alone."""

    status: int | None
    error: DeliveryError | None
    wait: timedelta = timedelta()


async def post(pool: AsyncConnectionPool, url: str, headers: dict[str, str], body: str, seconds: float) -> Answer:
    """Posts a body within some seconds, the looking up of the name included."""
    try:
        async with asyncio.timeout(seconds):
            return await _posted(pool, url, {**HEADERS, **headers}, body.encode(), seconds)
    except (TimeoutError, TooSlow, PoolTimeout):
        return Answer(None, DeliveryError.TIMEOUT)
    except AddressRefused:
        return Answer(None, DeliveryError.ADDRESS_REFUSED)
    except NameUnknown:
        return Answer(None, DeliveryError.NAME)
    except (NetworkError, ProtocolError, ConnectionNotAvailable, OSError) as fault:
        return Answer(None, DeliveryError.TLS if _is_of_tls(fault) else DeliveryError.CONNECTION)


async def _posted(pool: AsyncConnectionPool, url: str, headers: dict[str, str], body: bytes, seconds: float) -> Answer:
    within = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), seconds)}
    named = list(headers.items())
    async with pool.stream("POST", url, headers=named, content=body, extensions=within) as response:
        read = 0
        async for part in response.aiter_stream():
            read += len(part)
            if read > MOST_READ:
                break
        status = response.status
        if HTTPStatus(200) <= status < HTTPStatus(300):
            return Answer(status, None)
        error = DeliveryError.GONE if status == HTTPStatus.GONE else DeliveryError.STATUS
        return Answer(status, error, _wait(response.headers))


def _wait(headers: Sequence[tuple[bytes, bytes]]) -> timedelta:
    """How long a receiver asks to be left alone, in seconds; not at all for anything else."""
    told = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
    return timedelta(seconds=int(told)) if told.isdigit() and len(told) <= MOST_DIGITS else timedelta()


def _is_of_tls(fault: BaseException) -> bool:
    """Whether it was the certificate, or how to speak in secret."""
    while True:
        if isinstance(fault, ssl.SSLError):
            return True
        within = fault.__cause__ or fault.__context__
        if within is None:
            return False
        fault = within
