"""Connections on which the front answers at once: where it can without a task, and without the messages of ASGI.

Only what the front would answer anyway goes this way: a POST that is whole, on a connection on which nothing else is
going on. Everything else is the server's, with whatever was judged of it so far. A client that keeps its connection
sends the same head again and again, which is read once.
"""

from asyncio import TimerHandle
from collections.abc import Awaitable
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.connections import Connection
from api.front.answered import Answered
from api.front.front import FRONT, Front
from api.front.heads import Head, Headers
from api.graphql import Begun
from api.logs import logger
from api.telemetry import HUNG_UP
from schema.compiled.awaiting import Waiting, begun

LARGEST = 256 * 1024
"""Bytes of a body that are kept here before the server takes over."""
PATIENCE = 0.05
"""Seconds that a body may come after its head, as it does from clients that write them one after the other."""
END = b"\r\n\r\n"

log = logger(__name__)


class Known(NamedTuple):
    """A head that was read on this connection, with the length of the body that it announces."""

    written: bytes
    length: int
    """Of the whole request."""
    head: Head


@dataclass(slots=True)
class Message:
    """A request that is being read for the front."""

    head: Head
    body: bytes = b""


class Wire(Connection):
    """One connection. What is read of it while an answer is made waits, as it would for the server."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - the server's own
        super().__init__(*arguments, **named)
        self._front: Front | None = None
        self._known: Known | None = None
        self._data = b""
        """What is being read."""
        self._begins_with_it = False
        """Whether a request begins with it."""
        self._of_body = 0
        """Bytes of it that are a body's."""
        self._message: Message | None = None
        """Whose body is being read for the front."""
        self._patience: TimerHandle | None = None
        """For the rest of it."""
        self._whole: Message | None = None
        """That was read to its end, which was the end of the data."""
        self._between = True
        """Whether no request has begun that has not ended."""
        self._is_making = False
        """Whether an answer is being made, or waits for its turn."""
        self._held_back = b""
        """What came meanwhile."""
        self._is_last = False
        """Whether the connection is to be closed after that answer."""
        self._handed_on = False
        """Whether the front has left what is read to the server."""
        self._judged: Begun | None = None
        self._answered_at = 0.0

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - the loop's own
        """A client connected."""
        super().connection_made(transport)
        if not self.root_path and not self.config.access_log:
            self._front = self.app_state.get(FRONT)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        super().connection_lost(exc)
        self._taken()
        self._unset_keepalive_if_required()  # the timer is set again for as long as an answer is being made
        self._is_making = False
        self._known = None
        self._held_back = b""

    # ------------------------------------------------------------ reading

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if self._is_making:
            self._held_back += data
            self.flow.pause_reading()
            return
        known = self._known
        if known is not None and len(data) == known.length and data.startswith(known.written) and self._is_free:
            self._ask(known.head, data[len(known.written) :], data)
        else:
            self._read(data)

    @property
    def _is_free(self) -> bool:
        """Whether nothing is under way on the connection, in either direction."""
        return self._between and self._has_answered and not self.flow.read_paused

    def _read(self, data: bytes) -> None:
        self._data, self._begins_with_it, self._of_body = data, self._between, 0
        super().data_received(data)
        self._data = b""
        message, self._whole = self._whole, None
        if message is not None:
            self._ask(message.head, message.body, None)
        elif self._message is not None and self._patience is None:
            self._patience = self.loop.call_later(PATIENCE, self._wait_no_longer)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._between = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The headers are there: the front's, where it understands them."""
        self._message = self._for_front()
        if self._message is None:
            if self._judged is not None:
                self._tell_judged(self._judged)
            super().on_headers_complete()
        else:
            self.expect_body()

    def _for_front(self) -> Message | None:
        front = self._front
        if front is None or self._handed_on or self.expect_100_continue or not self._has_answered:
            return None
        parser: Any = self.parser
        if parser.get_method() != b"POST" or parser.get_http_version() != "1.1" or parser.should_upgrade():
            return None
        path = self.url.decode("latin-1")
        if path not in front.paths or not parser.should_keep_alive() or _is_chunked(self.headers):
            return None
        head = front.heard(path, self.headers)
        return Message(head) if head is not None else None

    @property
    def _has_answered(self) -> bool:
        """Whether every earlier request is answered, and the client reads the answers."""
        cycle: Any = self.cycle  # None until the server has answered one
        return (cycle is None or cycle.response_complete) and not self.flow.write_paused

    def on_body(self, body: bytes) -> None:
        """Bytes of a body are there."""
        message = self._message
        if message is None:
            super().on_body(body)
            return
        message.body += body
        self._of_body += len(body)
        if len(message.body) > LARGEST:
            self._wait_no_longer()

    def on_message_complete(self) -> None:
        """The request is there."""
        self._between = True
        message = self._taken()
        if message is None:
            super().on_message_complete()
            return
        self.expect_nothing()
        if self._ends_with(message):
            self._whole = message  # it is answered once the parser is done
        else:
            self._leave_whole(None, message.body)

    def _ends_with(self, message: Message) -> bool:
        """Whether what is being read ends with a message; a head that it begins with is kept."""
        data, of_body = self._data, self._of_body
        if of_body == len(data):
            return True
        starts_at = len(data) - of_body
        if of_body != len(message.body) or data.find(END) != starts_at - len(END):
            return False
        if self._begins_with_it:
            self._known = Known(data[:starts_at], len(data), message.head)
        return True

    def _taken(self) -> Message | None:
        """The request that was being read for the front, and is no longer."""
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        message, self._message = self._message, None
        return message

    def _wait_no_longer(self) -> None:
        """Have the server wait for the rest of a body."""
        message = self._taken()
        if message is not None:
            self._leave(None, message.body)

    def _leave(self, judged: Begun | None, body: bytes) -> None:
        """Have the server answer what was read, as far as it was read."""
        if judged is not None:
            self._tell_judged(judged)
        HttpToolsProtocol.on_headers_complete(self)
        if body:
            HttpToolsProtocol.on_body(self, body)

    def _leave_whole(self, judged: Begun | None, body: bytes) -> None:
        """Have the server answer what was read to its end."""
        self._leave(judged, body)
        HttpToolsProtocol.on_message_complete(self)

    def _tell_judged(self, judged: Begun) -> None:
        scope: Any = self.scope
        scope["state"]["begun"] = judged

    # ------------------------------------------------------------ answering

    def _ask(self, head: Head, body: bytes, unread: bytes | None) -> None:
        """Have a request answered; what the parser has not read yet is given as it came."""
        self._is_making, self._is_last = True, False
        cast("Front", self._front).turn.add(self.loop, head.key, partial(self._answer, head, body, unread))

    def _answer(self, head: Head, body: bytes, unread: bytes | None) -> None:
        """Answer a request, whose turn it is."""
        if self._is_gone:
            return
        front = cast("Front", self._front)
        surroundings = copy_context()
        made: Any = None
        try:
            made = front.again(head, body) or surroundings.run(begun, front.answer(head, body))
        except Exception as problem:  # noqa: BLE001 - the server's own way tells what is wrong
            _tell_left(problem)
        if made.__class__ is Waiting:
            self._await(made, surroundings, body, unread)
        else:
            self._finish(made, body, unread)

    @property
    def _is_gone(self) -> bool:
        return self.parser is None or self.transport.is_closing()

    def _await(self, making: Awaitable[Any], surroundings: Context, body: bytes, unread: bytes | None) -> None:
        task = self.loop.create_task(self._wait(making, body, unread), context=surroundings)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _wait(self, making: Awaitable[Any], body: bytes, unread: bytes | None) -> None:
        made: Any = None
        try:
            made = await making
        except Exception as problem:  # noqa: BLE001 - as above
            _tell_left(problem)
        if not self._is_gone:
            self._finish(made, body, unread)
        elif made.__class__ is Answered:
            cast("Front", self._front).tell(made, HUNG_UP)

    def _finish(self, made: Answered | Begun | None, body: bytes, unread: bytes | None) -> None:
        """Write an answer, or have the server make one; then go on with what came meanwhile."""
        self._is_making = False
        if made.__class__ is Answered:
            self._say(cast("Answered", made))
        else:
            self._hand_on(cast("Begun | None", made), body, unread)
        if self._is_last:
            self.shutdown()
        elif self._held_back:
            held_back, self._held_back = self._held_back, b""
            self.flow.resume_reading()
            self.data_received(held_back)

    def _say(self, answered: Answered) -> None:
        self.transport.write(answered.written(self._first()))
        self.server_state.total_requests += 1
        self._answered_at = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._await_next(self.timeout_keep_alive)
        cast("Front", self._front).tell(answered)

    def _hand_on(self, judged: Begun | None, body: bytes, unread: bytes | None) -> None:
        if unread is None:
            self._leave_whole(judged, body)
            return
        self._handed_on, self._judged = True, judged
        try:
            self._read(unread)
        finally:
            self._handed_on, self._judged = False, None

    def _first(self) -> bytes:
        """Headers that the server writes before all others."""
        headers = self.server_state.default_headers
        if headers is not _written.headers:
            _written.headers = headers
            _written.text = b"".join(b"%b: %b\r\n" % one for one in headers)
        return _written.text

    # ------------------------------------------------------------ the connection's end

    def shutdown(self) -> None:
        """The server ends: what is under way is answered, and nothing after it."""
        if self._is_making:
            self._is_last = True
            return
        self._wait_no_longer()
        super().shutdown()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing came for long enough, unless something was answered meanwhile: the timer is not set each time."""
        self.timeout_keep_alive_task = None
        left = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if self._is_making or left > 0:
            self._await_next(max(left, 1))
        else:
            super().timeout_keep_alive_handler()

    def _await_next(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)


def _tell_left(problem: Exception) -> None:
    log.warning("a request was left to the server", problem=type(problem).__name__)


@dataclass(slots=True)
class _Written:
    """The headers that the server writes first, as they are written; they change every second."""

    headers: Headers
    text: bytes


_written = _Written([], b"")


def _is_chunked(headers: Headers) -> bool:
    return any(name == b"transfer-encoding" for name, _ in headers)
