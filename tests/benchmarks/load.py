"""Requests over some connections, each sent as soon as the one before it was answered, in a process of its own.

It reads what to send from standard input, as JSON, and prints the microseconds of every request, and the seconds that
all of them took. wrk does the same, but cannot be installed by the project's own files.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from typing import cast

import uvloop

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"
PROPER = b"HTTP/1.1 200"


class Asking(asyncio.Protocol):
    """One connection; it asks until told to stop."""

    def __init__(self, requests: Iterator[bytes], taken: list[float], ended: asyncio.Future[None]) -> None:
        self.requests, self.taken, self.ended = requests, taken, ended
        self.stopping = False
        self.read = b""
        self.length = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.ask()

    def ask(self) -> None:
        """Sends the next request."""
        self.began = time.perf_counter()
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self.read = self.read + data if self.read else data
        if not self.length:
            head = self.read.find(END_OF_HEAD)
            if head < 0:
                return
            at = self.read[:head].lower().index(LENGTH) + len(LENGTH)
            self.length = head + len(END_OF_HEAD) + int(self.read[at : self.read.find(b"\r\n", at)])
        if len(self.read) < self.length:
            return
        self.taken.append((time.perf_counter() - self.began) * 1e6)
        whole, self.read, self.length = self.read, b"", 0
        if not whole.startswith(PROPER) or b'"errors"' in whole:
            self.ended.set_exception(RuntimeError(whole.decode(errors="replace")))
        elif self.stopping:
            self.ended.set_result(None)
        else:
            self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionError("the server hung up"))


async def asked(port: int, requests: list[bytes], connections: int, seconds: float) -> tuple[list[float], float]:
    """The microseconds that each request took, and the seconds until the last one was answered."""
    loop, taken, all_of_them = asyncio.get_running_loop(), list[float](), list[Asking]()
    began = time.perf_counter()
    for number in range(connections):
        own = islice(cycle(requests), number * len(requests) // connections, None)
        _, one = await loop.create_connection(
            lambda own=own: Asking(own, taken, loop.create_future()), "127.0.0.1", port
        )
        all_of_them.append(one)
    loop.call_later(seconds, lambda: [setattr(one, "stopping", True) for one in all_of_them])
    try:
        await asyncio.gather(*(one.ended for one in all_of_them))
    finally:
        for one in all_of_them:
            one.transport.close()
    return taken, time.perf_counter() - began


def main() -> None:
    given = json.load(sys.stdin)
    head = f"POST {given['path']} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in given["headers"].items())
    requests = [f"{head}content-length: {len(body.encode())}\r\n\r\n{body}".encode() for body in given["bodies"]]
    taken, seconds = uvloop.run(asked(given["port"], requests, given["connections"], given["seconds"]))
    json.dump({"taken": [round(each) for each in taken], "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main()
