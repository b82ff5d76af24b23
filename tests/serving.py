"""A real server in a process of its own, over a database that holds the portfolio."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from api.auth import INTERNAL
from api.deployment import deployed
from api.settings import Settings
from schema.scopes import READ_SCOPES
from tests.portfolio import NOW, load, settings_in
from tests.processes import cpu_seconds, resident_bytes

SERVE = "from api.commands import main; main()"
CHECK = json.dumps(
    {"query": '{ entitlementCheck(input: {license: {serial: "FAX-1"}, at: "2026-03-11T10:00:00Z"}) { verdict } }'}
).encode()
"""A good question, of which the answer is known."""
ANSWERED = b'{"entitlementCheck":{"verdict":"ENTITLED"}}'
PATIENCE = 30
"""Seconds in which a server is ready, where nothing else is asked of the machine."""


class Closing(Protocol):
    """What is closed at the end."""

    def close(self) -> None: ...


class Answer(NamedTuple):
    """What came back over a connection."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Served:
    """A server that listens."""

    port: int
    pid: int
    key: str
    opened: list[Closing] = field(default_factory=list)
    """Whatever was opened; it is closed at the end."""

    @property
    def headers(self) -> dict[str, str]:
        """Of a request that is let in."""
        return {"content-type": "application/json", "x-api-key": self.key}

    def connect(self, timeout: float = 30) -> HTTPConnection:
        """A connection of one's own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        self.opened.append(connection)
        return connection

    def ask(self, connection: HTTPConnection, body: bytes = CHECK, **other: Any) -> Answer:
        """The answer to a request, by default to a good question."""
        asked = {"method": "POST", "url": "/graphql", "headers": self.headers, **other}
        connection.request(asked["method"], asked["url"], body, asked["headers"])
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())

    def ask_once(self) -> Answer:
        """The answer to a good question on a connection of its own."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            return self.ask(connection)

    def open(self, said: bytes = b"") -> socket.socket:
        """A bare connection on which something was said."""
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.opened.append(opened)
        opened.sendall(said)
        return opened

    def cpu_seconds(self) -> float:
        """The time that the server has worked so far."""
        return cpu_seconds(self.pid)

    def resident_bytes(self) -> int:
        """The memory that the server holds."""
        return resident_bytes(self.pid)


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[Served]:
    """A server over a fresh database."""
    settings = settings_in(folder)
    asyncio.run(load(settings, folder / "files"))
    with serving_from(settings, patience=PATIENCE, **environment) as served:
        yield served


@contextmanager
def serving_from(settings: Settings, *, patience: float, **environment: str) -> Iterator[Served]:
    """A server over a database that is there, ready within so many seconds."""
    port, key = free_port(), asyncio.run(key_of(settings))
    given = {"COVERLINE_DATABASE_URL": settings.database_url, "COVERLINE_PORT": str(port), **environment}
    with running([sys.executable, "-c", SERVE, "serve"], given) as process:
        served = Served(port, process.pid, key)
        try:
            wait_for(served, patience)
            yield served
        finally:
            for each in served.opened:
                each.close()


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], complaints: int | IO[bytes] = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that says nothing, unless it complains, and ends with the block."""
    with subprocess.Popen(  # noqa: S603 - a command line of this project
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=complaints
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def key_of(settings: Settings) -> str:
    """A key that may ask for everything."""
    async with deployed(settings, lambda: NOW) as deployment:
        _, text = await deployment.keys.create(INTERNAL, READ_SCOPES, deployment.clock())
        return text


def wait_for(served: Served, seconds: float = PATIENCE) -> None:
    """Wait until the server is ready."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", served.port, timeout=30)) as waiting:
            if served.ask(waiting, b"", method="GET", url="/readyz").status == HTTPStatus.OK:
                return
        time.sleep(0.05)
    raise TimeoutError("the server is not ready")
