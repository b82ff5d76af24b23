"""What is answered at once on a connection is what the server would answer, however the requests arrive."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn import Config
from uvicorn.server import ServerState

from api.app import create_app
from api.connections import Connection
from api.deployment import Clock, deployed
from api.front.wire import LARGEST, Wire
from api.logs import REQUEST
from api.operations import operation
from api.settings import Settings
from schema.compiled import operations as compiled
from tests import strategies
from tests.api.test_auth import key_of
from tests.ordering import fill
from tests.portfolio import NOW, settings_in
from tests.serving import ANSWERED, CHECK, serving

DATE = (b"date", b"Wed, 11 Mar 2026 10:00:00 GMT")


@dataclass
class Transport:
    """A transport that keeps what is written, and holds back what arrives while reading is paused."""

    said: bytes = b""
    waits: bool = False
    closed: bool = False
    info: dict[str, Any] = field(default_factory=lambda: {"sockname": ("::1", 1), "peername": ("::1", 2)})

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self.info.get(name, default)

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.said += data

    def pause_reading(self) -> None:
        self.waits = True

    def resume_reading(self) -> None:
        self.waits = False

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = close


@dataclass
class Server:
    """An application and what a server has around it."""

    config: Config
    state: dict[str, Any]
    protocol: type[Connection]
    server: ServerState = field(default_factory=ServerState)

    def connect(self) -> tuple[Connection, Transport]:
        """A new connection."""
        connection, transport = self.protocol(self.config, self.server, self.state), Transport()
        connection.connection_made(transport)
        return connection, transport

    async def rests(self, connection: Connection, transport: Transport, *, reading: bool = True) -> None:
        """Wait until more may arrive, and unless something is still being read, until everything is answered."""

        def is_busy() -> bool:
            is_made = bool(self.server.tasks) or getattr(connection, "_is_making", False)
            return (transport.waits and not transport.closed) or (reading and is_made)

        while is_busy():  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)

    async def hear(self, chunks: list[bytes]) -> bytes:
        """All that is answered to what arrives in pieces."""
        connection, transport = self.connect()
        for chunk in chunks:
            await self.rests(connection, transport, reading=False)
            if transport.closed:
                break
            connection.data_received(chunk)
            await asyncio.sleep(0)
        await self.rests(connection, transport)
        connection.connection_lost(None)
        return transport.said


@dataclass
class Servers:
    """The same application under both kinds of connection, and what is asked of it."""

    runner: asyncio.Runner
    wire: Server
    plain: Server
    asked: dict[str, bytes]

    def hear(self, server: Server, chunks: list[bytes]) -> bytes:
        return self.runner.run(server.hear(chunks))


def request(content: bytes, *lines: str, length: bool = True) -> bytes:
    head = ["POST /graphql HTTP/1.1", "Host: localhost", "Content-Type: application/json", *lines]
    if length:
        head.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*head, "", ""]).encode() + content


def requests(key: str) -> dict[str, bytes]:
    """Requests of every kind that a connection may have to tell apart; those that close it are left out."""
    named = (f"X-API-Key: {key}", "X-Request-Id: abc")
    denied = CHECK.replace(b"FAX-1", b"NO-1?")
    pages = json.dumps({"query": operation("portal_licenses"), "variables": {"on": "2026-03-11", "first": 2}}).encode()
    return {
        "check": request(CHECK, *named),
        "denied": request(denied, *named),
        "page": request(pages, *named),
        "in French": request(CHECK, *named, "Accept-Language: fr"),
        "of a wide body": request(CHECK + b" " * (LARGEST + 1), *named),
        "not JSON": request(b"{", *named),
        "no body": request(b"", *named),
        "two keys": request(CHECK, *named, f"X-API-Key: {key}"),
        "a stranger": request(CHECK, "X-API-Key: cvl_no", "X-Request-Id: abc"),
        "in chunks": request(
            b"%x\r\n%b\r\n0\r\n\r\n" % (len(CHECK), CHECK), *named, "Transfer-Encoding: chunked", length=False
        ),
        "waiting to be told": request(CHECK, *named, "Expect: 100-continue"),
        "by GET": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: abc\r\n\r\n",
        "elsewhere": request(CHECK, *named).replace(b"/graphql", b"/nowhere", 1),
    }


@contextmanager
def both_of(settings: Settings, clock: Clock = lambda: NOW, **update: Any) -> Iterator[Servers]:
    """Two servers of a database: one answers on its connections, the other has no plans and leaves all to ASGI.

    The other keeps nothing of what it has read.
    """
    with pytest.MonkeyPatch.context() as patch, asyncio.Runner() as runner:
        patch.setattr(compiled, "FIRST", 0)
        stack = AsyncExitStack()

        async def opened(protocol: type[Connection], **own: Any) -> Server:
            app = create_app(settings.model_copy(update={"rate": "", **update, **own}), clock=clock)
            state = await stack.enter_async_context(app.router.lifespan_context(app))
            config = Config(app, http=protocol, log_config=None, access_log=False, timeout_keep_alive=1)
            config.load()
            server = Server(config, dict(state or {}), protocol)
            server.server.default_headers = [DATE]
            return server

        wire = runner.run(opened(Wire))
        plain = runner.run(opened(Connection, compiled=False, kept_documents=0))
        try:
            yield Servers(runner, wire, plain, requests(key_of(settings)))
        finally:
            runner.run(stack.aclose())


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    settings = settings_in(tmp_path_factory.mktemp("wire"))
    fill(settings, tmp_path_factory.mktemp("files"))
    with both_of(settings) as found:
        yield found


def in_pieces(said: bytes, cuts: list[int]) -> list[bytes]:
    ends = [0, *sorted({cut % len(said) for cut in cuts} - {0}), len(said)]
    return [said[start:end] for start, end in pairwise(ends)]


NAMES = list(requests(""))


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_of_request_is_answered_alike_again_and_again_on_one_connection(servers, name):
    chunks = [servers.asked[name]] * 3
    expected = servers.hear(servers.plain, chunks)
    assert expected.count(b"HTTP/1.1 ") >= 3
    assert servers.hear(servers.wire, chunks) == expected


@pytest.mark.parametrize("examples", [60, pytest.param(3_000, marks=pytest.mark.long)])
def test_requests_are_answered_alike_however_they_arrive(servers, examples):
    def check(names: list[str], cuts: list[int]):
        said = b"".join(servers.asked[name] for name in names)
        expected = servers.hear(servers.plain, in_pieces(said, cuts))
        assert servers.hear(servers.wire, in_pieces(said, cuts)) == expected

    cuts = st.lists(st.integers(0, 4_000), max_size=6)
    run = given(names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=5), cuts=cuts)(check)
    strategies.settings(strategies.settings.get_profile("short"), max_examples=examples)(run)()


def test_requests_are_answered_alike_where_keys_are_waited_for(postgres_url, tmp_path):
    settings = Settings(database_url=postgres_url)
    fill(settings, tmp_path)
    with both_of(settings) as servers:
        for _ in range(2):
            for name in NAMES:
                chunks = [servers.asked[name], servers.asked["check"]] * 2
                assert servers.hear(servers.wire, chunks) == servers.hear(servers.plain, chunks)
            said = b"".join(servers.asked[name] for name in NAMES)
            assert servers.hear(servers.wire, in_pieces(said, [700, 1_400])) == servers.hear(servers.plain, [said])


def test_a_request_that_is_whole_is_answered_in_the_next_turn_without_a_task(servers):
    async def ask() -> tuple[list[int], int, str | None]:
        opened = [servers.wire.connect() for _ in range(3)]
        said: list[int] = []
        for _ in range(3):
            for connection, _ in opened:
                connection.data_received(servers.asked["check"])
            tasks = len(servers.wire.server.tasks)
            await asyncio.sleep(0)
            said += [transport.said.count(ANSWERED) for _, transport in opened]
        for connection, _ in opened:
            connection.connection_lost(None)
        return said, tasks, REQUEST.get()

    servers.hear(servers.wire, [servers.asked["check"]])
    assert servers.runner.run(ask()) == ([1, 1, 1, 2, 2, 2, 3, 3, 3], 0, None)


def test_what_comes_while_an_answer_is_made_waits_for_it(servers):
    async def ask() -> tuple[bool, bytes, bool]:
        connection, transport = servers.wire.connect()
        connection.data_received(servers.asked["check"])
        connection.data_received(servers.asked["denied"] + servers.asked["not JSON"])
        waited = transport.waits
        while transport.said.count(b"HTTP/1.1") < 3:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        connection.connection_lost(None)
        return waited, transport.said, transport.waits

    waited, said, still = servers.runner.run(ask())
    assert (waited, still) == (True, False)
    expected = servers.hear(servers.plain, [servers.asked[name] for name in ("check", "denied", "not JSON")])
    assert said == expected


def test_nothing_is_kept_of_a_connection_that_breaks_while_an_answer_is_made(servers):
    async def ask() -> tuple[bool, object]:
        connection, _ = servers.wire.connect()
        connection.data_received(servers.asked["check"])
        await asyncio.sleep(0)
        connection.data_received(servers.asked["check"])
        was_set = connection.timeout_keep_alive_task is not None
        connection.connection_lost(ConnectionResetError())
        await asyncio.sleep(0)
        return was_set, connection.timeout_keep_alive_task

    servers.hear(servers.wire, [servers.asked["check"]])
    assert servers.runner.run(ask()) == (True, None)


def test_a_caller_that_is_gone_before_its_turn_is_not_answered(servers):
    async def ask() -> bytes:
        connection, transport = servers.wire.connect()
        connection.data_received(servers.asked["check"])
        connection.connection_lost(None)
        await asyncio.sleep(0)
        return transport.said

    assert servers.runner.run(ask()) == b""


def test_a_connection_is_closed_some_time_after_its_last_answer(servers):
    async def ask() -> tuple[float, bool]:
        connection, transport = servers.wire.connect()
        connection.data_received(servers.asked["check"])
        await asyncio.sleep(0.6)
        connection.data_received(servers.asked["check"])
        answered = time.monotonic()
        while not transport.closed:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
        return time.monotonic() - answered, transport.said.count(ANSWERED) == 2

    seconds, both = servers.runner.run(ask())
    assert both
    assert 0.9 < seconds < 3


def test_the_rest_of_a_body_that_does_not_come_is_the_servers_to_wait_for(servers):
    async def ask() -> tuple[bool, bytes]:
        connection, transport = servers.wire.connect()
        whole = servers.asked["check"]
        connection.data_received(whole[:-5])
        await asyncio.sleep(0.2)
        waited = bool(servers.wire.server.tasks)
        connection.data_received(whole[-5:])
        await servers.wire.rests(connection, transport)
        connection.connection_lost(None)
        return waited, transport.said

    waited, said = servers.runner.run(ask())
    assert waited
    assert ANSWERED in said


def test_a_server_that_ends_closes_what_is_idle_and_answers_what_is_half_there(servers):
    async def ask() -> tuple[bool, bool, bytes]:
        idle, silent = servers.wire.connect()
        idle.data_received(servers.asked["check"])
        idle.shutdown()
        half, transport = servers.wire.connect()
        half.data_received(servers.asked["check"][:-5])
        half.shutdown()
        half.data_received(servers.asked["check"][-5:])
        await servers.wire.rests(half, transport)
        return silent.closed, transport.closed, transport.said

    is_closed, is_closed_too, said = servers.runner.run(ask())
    assert (is_closed, is_closed_too) == (True, True)
    assert ANSWERED in said
    assert b"connection: close" in said


def test_a_key_that_is_revoked_lets_nobody_in_on_a_connection_that_is_open(tmp_path):
    with serving(tmp_path) as served:
        connection = served.connect()
        assert [served.ask(connection).status for _ in range(3)] == [200] * 3
        revoke(tmp_path, served.key)
        assert served.ask(connection).status == 401


def revoke(folder, text: str) -> None:
    async def revoked() -> None:
        async with deployed(settings_in(folder)) as deployment:
            viewer = await deployment.keys.viewer_of(text, deployment.clock())
            assert viewer is not None
            await deployment.keys.revoke(UUID(viewer.key_id), deployment.clock())

    asyncio.run(revoked())
