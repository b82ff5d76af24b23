"""Connections of clients: how many there may be, and how long and how much each may take to say what it wants.

The server's own protocol waits for a request as long as its client likes. Here the head and the body of a request have
their time, and so has a client that does not read its answer.
"""

import json
from asyncio import TimerHandle
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 4.0
"""From the connection, or from the first byte of a further request, to the end of the headers."""
BODY_SECONDS = 5.0
"""From the end of the headers to the end of the body."""
ANSWER_SECONDS = 20.0
"""For which an answer may wait to be read on."""
HEAD_BYTES = 32 * 1024
"""Of a request's first line and headers."""


def _answer(status: int, code: str, message: str, *headers: str) -> bytes:
    """A whole answer in the form of all errors, after which the connection is closed."""
    body = json.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "content-type: application/json; charset=utf-8",
        f"content-length: {len(body)}",
        "connection: close",
        *headers,
    )
    return "\r\n".join((*head, "", body)).encode("ascii")


REFUSALS = {
    400: _answer(400, "BAD_REQUEST", "What was sent is no request of HTTP/1.1."),
    408: _answer(408, "REQUEST_TIMEOUT", f"The headers have {HEAD_SECONDS:g} seconds, the body {BODY_SECONDS:g}."),
    431: _answer(431, "HEADERS_TOO_LARGE", f"The first line and the headers are over {HEAD_BYTES:,} bytes."),
    503: _answer(503, "TOO_MANY_CONNECTIONS", "There are too many connections. Try again later.", "retry-after: 1"),
}


HEADS = b"HTTP/1.1 "
MERELY_GO_ON = b"HTTP/1.1 100"


class TooLong(Exception):  # noqa: N818 - the parser makes a refusal of it
    """Headers that go on for too long."""


class Together:
    """What is written to a transport, the head of an answer together with the first of its body: that is sent once."""

    def __init__(self, transport: Any) -> None:  # noqa: ANN401 - the loop's own
        self._transport = transport
        self._head = b""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a transport has
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write, unless it is a head, after which a body comes."""
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(HEADS) and data.endswith(b"\r\n\r\n") and not data.startswith(MERELY_GO_ON):
            self._head = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        """Write a head after which no body comes."""
        if self._head:
            self._transport.write(self._head)
            self._head = b""

    def close(self) -> None:
        """Close when everything is written."""
        self.flush()
        self._transport.close()


class Connection(HttpToolsProtocol):
    """One connection. It is closed when its time is up, when its headers are too long, or when there are too many."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - the server's own
        super().__init__(*arguments, **named)
        # The server would refuse requests on the connections that are there; those that are too many are refused here.
        self._most, self.limit_concurrency = self.limit_concurrency, None
        self._due: TimerHandle | None = None
        self._seconds: float | None = None
        """For what comes next; None where nothing is expected."""
        self._is_set = True
        """Whether the timer is that of what comes next: it is set once all bytes that came were read."""
        self._unread: TimerHandle | None = None
        self._received: int | None = 0
        """Bytes of the head that is being read; None in a body."""
        self._came = 0
        """Bytes that came last, unless they end a request."""
        self._named = 0
        """Bytes of its headers that were read."""

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - the loop's own
        """A client connected."""
        super().connection_made(cast("Any", Together(transport)))
        if self._most is not None and len(self.connections) > self._most:
            self._refuse(503)
        else:
            self._expect(HEAD_SECONDS)
            self._set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._expect(None)
        self._set()
        self._stop_waiting_for_reader()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes came: read them, unless they are headers that do not end."""
        self._came = len(data)
        super().data_received(data)
        if self._received is not None:
            self._received += self._came
            if self._received > HEAD_BYTES:
                self._refuse(431)
        if not self._is_set:
            self._set()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._received = 0
        self._named = 0
        if self._seconds is None:
            self._expect(HEAD_SECONDS)
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header is there. Many come at once, before their bytes are counted."""
        self._named += len(name) + len(value)
        if self._named > HEAD_BYTES:
            raise TooLong
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The headers are there."""
        self.expect_body()
        super().on_headers_complete()

    def expect_body(self) -> None:
        """Expect the rest of a request whose headers are there."""
        self._received = None
        self._expect(BODY_SECONDS)

    def on_message_complete(self) -> None:
        """The request is there."""
        self.expect_nothing()
        super().on_message_complete()

    def expect_nothing(self) -> None:
        """Expect nothing further of a request that is there."""
        self._received, self._came = 0, 0
        self._expect(None)

    def on_response_complete(self) -> None:
        """An answer is complete; that to HEAD has no body."""
        cast("Together", self.transport).flush()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the server's own words, which are no JSON
        """What was sent is no request."""
        self._refuse(431 if self._named > HEAD_BYTES else 400)

    def pause_writing(self) -> None:
        """The client reads more slowly than it is answered."""
        super().pause_writing()
        self._unread = self.loop.call_later(ANSWER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has read on."""
        self._stop_waiting_for_reader()
        super().resume_writing()

    def _stop_waiting_for_reader(self) -> None:
        if self._unread:
            self._unread.cancel()
            self._unread = None

    def _expect(self, seconds: float | None) -> None:
        """Expect what comes next within some time; None expects nothing."""
        self._seconds = seconds
        self._is_set = False

    def _set(self) -> None:
        """Set the timer. Most requests come whole, so that there is none to set."""
        self._is_set = True
        if self._due:
            self._due.cancel()
            self._due = None
        if self._seconds:
            self._due = self.loop.call_later(self._seconds, self._too_late)

    def _too_late(self) -> None:
        # While an earlier request is being answered nothing is read, which is no fault of the client's.
        if self.flow.read_paused:
            self._set()
        else:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Close, with a word where nothing was said yet that it could be mistaken for."""
        if self.transport.is_closing():
            return
        cycle: Any = self.cycle
        if cycle is None or cycle.response_complete:
            self.transport.write(REFUSALS[status])
        self.transport.close()
