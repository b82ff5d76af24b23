"""Connecting to receivers: a name is looked up here, all its addresses are looked at, and one of these connected to."""

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from httpcore2 import AnyIOBackend, AsyncConnectionPool, AsyncNetworkBackend, AsyncNetworkStream, ConnectError
from httpx2 import create_ssl_context

from api.webhooks.addresses import is_public

CONNECTIONS = 100


class AddressRefused(Exception):  # noqa: N818 - it is what the operator wants
    """A name that leads to this machine, to a private network, or to no single machine."""


class NameUnknown(Exception):  # noqa: N818 - an answer of the network
    """A name without an address."""


@dataclass(frozen=True, slots=True)
class Checked(AsyncNetworkBackend):
    """Connects to public addresses alone, unless `private` ones are allowed.

    A name of which one address is refused is refused altogether. Certificates are compared with the name all the same.
    """

    private: bool
    within: AnyIOBackend = field(default_factory=AnyIOBackend)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        """A connection to the first address that takes one. Raises AddressRefused and NameUnknown."""
        found = await addresses_of(host, port)
        if not self.private and not all(is_public(ip_address(one.partition("%")[0])) for one in found):
            raise AddressRefused
        for one in found[:-1]:
            try:
                return await self.within.connect_tcp(one, port, timeout, local_address, socket_options)
            except ConnectError:
                continue
        return await self.within.connect_tcp(found[-1], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await asyncio.sleep(seconds)


async def addresses_of(host: str, port: int) -> list[str]:
    """The addresses of a name, or the one that it is, each once. Raises NameUnknown."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise NameUnknown from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def pool(*, private: bool) -> AsyncConnectionPool:
    """Connections to receivers. Nothing of the environment, such as a proxy, leads them elsewhere."""
    return AsyncConnectionPool(
        ssl_context=create_ssl_context(trust_env=False),
        max_connections=CONNECTIONS,
        keepalive_expiry=30,
        network_backend=Checked(private),
    )
