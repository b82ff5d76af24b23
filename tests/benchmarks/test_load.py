"""The driver that loads servers: what it counts, and what it does not let pass."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from tests.benchmarks.load import asked

GOOD = b'{"data":{}}'


def answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


@asynccontextmanager
async def server(said: bytes, pause: float = 0):
    """A server that always says the same, in two pieces; its port, and what it was sent."""
    heard: list[bytes] = []
    talks: list[asyncio.Task[None] | None] = []

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.current_task())
        while sent := await reader.read(1000):
            heard.append(sent)
            await asyncio.sleep(pause)
            writer.write(said[:30])
            await asyncio.sleep(0.001)
            writer.write(said[30:])
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(converse, "127.0.0.1", 0) as listening:
        yield listening.sockets[0].getsockname()[1], heard
    await asyncio.gather(*filter(None, talks))


async def test_every_request_that_was_answered_is_counted_with_the_time_that_it_took():
    async with server(answer(GOOD), pause=0.02) as (port, heard):
        taken, seconds = await asked(port, [b"one", b"two"], 2, 0.1)
        assert len(taken) == len(heard)
        assert min(taken) >= 20_000
        assert seconds >= 0.1


async def test_connections_begin_at_different_requests_and_go_round():
    async with server(answer(GOOD)) as (port, heard):
        await asked(port, [b"one", b"two", b"six"], 3, 0.05)
        assert set(heard[:3]) == {b"one", b"two", b"six"}
        assert heard.count(b"one") > 1


@pytest.mark.parametrize("said", [answer(b'{"errors":[]}'), answer(GOOD, b"503 Busy")])
async def test_an_answer_that_is_none_ends_the_run(said):
    async with server(said) as (port, _):
        with pytest.raises(RuntimeError, match="Content-Length"):
            await asked(port, [b"one"], 1, 5)
