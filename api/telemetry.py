"""What is told of each request: an id that its errors and the log share, a line in the log, and figures."""

import asyncio
import logging
import os
import re
from collections.abc import Generator, Hashable, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import answers
from api.logs import REQUEST, Line, log_all, logger
from api.metrics import METHODS, OTHER, Metrics
from api.traces import Traces, Untraced
from entitlements.decisions import Decision, Summary
from schema.store import Viewer

K = TypeVar("K", bound=Hashable)
REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
HEADER = b"x-request-id"
LONGEST_NAME = 64
"""Of an operation in the log; a document may name it as it likes."""
PROBES = {"/healthz", "/readyz", "/metrics"}
"""What machines ask every few seconds; such a request is logged for `debug` only."""
HUNG_UP = 499
"""The status told of a request whose caller was gone before it was answered, as other servers tell it."""

SANDBOX = "sandbox"
"""Told in place of the kind of viewer, which a sandbox's caller is in the sandbox alone."""

log = logger(__name__)


_drawn = list[str]()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_drawn.clear)  # two processes would draw the same


def new_id() -> str:
    """An id that no other request has: 16 bytes at random, of which many are drawn at once."""
    if not _drawn:
        drawn = os.urandom(16 * 256)
        _drawn.extend(drawn[at : at + 16].hex() for at in range(0, len(drawn), 16))
    return _drawn.pop()


class RequestIds:
    """Gives every request an id, the caller's own where it sends a plain one, and answers with it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(HEADER, b"")
        request_id = given.decode() if REQUEST_ID.fullmatch(given) else new_id()
        scope.setdefault("state", {})["request_id"] = request_id

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (HEADER, request_id.encode())]
            await send(message)

        before = REQUEST.set(request_id)
        try:
            await self.app(scope, receive, sending)
        finally:
            REQUEST.reset(before)


class Observation:
    """What is noted of one request while it is answered. It holds names and counts, nothing that a caller sent."""

    def __init__(self, traces: Traces) -> None:
        self.traces = traces
        self.operation: str | None = None
        """The name of the operation that was run; empty for one without a name, None where none was run."""
        self.checks: dict[Summary, int] = {}
        """Decisions by what is told of them."""
        self.errors: dict[str, int] = {}
        """Errors by code."""
        self.limits: dict[str, int] = {}
        """What refused the request."""
        self.is_sandbox = False
        """Whether a sandbox is asked, whose decisions are nobody's and not counted."""
        self.bail_outs = 0
        """Operations whose plan met what it was not made for."""

    def run(self, name: str | None) -> None:
        """Note an operation."""
        self.operation = (name or "")[:LONGEST_NAME]

    @contextmanager
    def running(self, kind: str, name: str | None) -> Generator[None]:
        """Note an operation, and trace it."""
        self.run(name)
        with self.traces.operation(kind, self.operation or ""):
            yield

    def decided(self, decision: Decision) -> None:
        """Note a decision."""
        _add(self.checks, decision.outcome.summary)

    def refused(self, limit: str) -> None:
        """Note what refused the request: a name of ours."""
        _add(self.limits, limit)

    def failed(self, code: str) -> None:
        """Note an error."""
        _add(self.errors, code)

    def bailed_out(self) -> None:
        """Note that graphql-core had to answer."""
        self.bail_outs += 1


def _add(counted: dict[K, int], one: K, count: int = 1) -> None:
    """Not by a Counter, of which most requests would need four: it takes long to be made."""
    counted[one] = counted.get(one, 0) + count


class Observing:
    """Watches each request and tells of it when it is answered; a fault is answered here, under the request's id."""

    def __init__(self, app: ASGIApp, tell: "Telling", traces: Traces) -> None:
        self.app = app
        self.tell = tell
        self.traces = traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, watched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen = scope["state"]["seen"] = Observation(self.traces)
        began = perf_counter()
        status: int | None = None

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self.traces.request(scope) as answered:
            try:
                await self.app(scope, receive, sending)
            except Exception as problem:
                if status is not None:
                    raise  # the answer has begun: all that the server can do is to cut it off
                response = await answers.fault(Request(scope), problem)
                await response(scope, receive, sending)
            finally:
                answered(path_of(scope), status or HUNG_UP)
                self._tell(scope, seen, status or HUNG_UP, perf_counter() - began)

    def _tell(self, scope: Scope, seen: Observation, status: int, seconds: float) -> None:
        state = scope["state"]
        self.tell(
            seen, Answer(scope["method"], path_of(scope), status, seconds, state["request_id"], state.get("viewer"))
        )


def path_of(scope: Scope) -> str:
    """The path of the route that answered; what else is asked for may be anything, and is not told."""
    return getattr(scope.get("route"), "path", OTHER)


class Answer(NamedTuple):
    """An answer that was given, of which is told."""

    method: str
    path: str
    status: int
    seconds: float
    request_id: str
    viewer: Viewer | None


class Telling:
    """Counts answers and writes their lines: those of one turn of the event loop together, once they are all sent."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._untold: list[tuple[Observation, Answer]] = []

    def __call__(self, seen: Observation, answer: Answer) -> None:
        """Tell of an answer that was given, and of what was noted before it."""
        if seen.traces.__class__ is not Untraced:  # its line names the trace that it is told in
            self._tell([(seen, answer)])
            return
        if not self._untold:
            asyncio.get_running_loop().call_soon(self._tell_all)
        self._untold.append((seen, answer))

    def _tell_all(self) -> None:
        untold, self._untold = self._untold, []
        self._tell(untold)

    def _tell(self, told: Sequence[tuple[Observation, Answer]]) -> None:
        self._count(told)
        log_all(
            log,
            [
                Line(
                    logging.DEBUG if answer.path in PROBES else logging.INFO,
                    "request",
                    answer.request_id,
                    fields_of(seen, answer),
                )
                for seen, answer in told
            ],
        )

    def _count(self, told: Sequence[tuple[Observation, Answer]]) -> None:
        metrics = self._metrics
        answers: dict[tuple[str, int], int] = {}
        checks: dict[Summary, int] = {}
        for seen, answer in told:
            _add(answers, (answer.path, answer.status))
            if seen.operation is not None:
                metrics.took(seen.operation, answer.seconds)
            if not seen.is_sandbox:
                for summary, count in seen.checks.items():
                    _add(checks, summary, count)
            if seen.errors or seen.limits or seen.bail_outs:
                metrics.noted(seen.errors, seen.limits, seen.bail_outs)
        metrics.answered(answers)
        metrics.decided(checks)


def fields_of(seen: Observation, answer: Answer) -> dict[str, Any]:
    """What the log says of an answer."""
    fields: dict[str, Any] = {
        "method": answer.method if answer.method in METHODS else OTHER,
        "path": answer.path,
        "status": answer.status,
        "ms": round(answer.seconds * 1000, 2),
    }
    if seen.operation:
        fields["operation"] = seen.operation
    viewer = answer.viewer
    if viewer is not None:
        fields["viewer"] = SANDBOX if seen.is_sandbox else viewer.kind.value
        if viewer.key_id:
            fields["key"] = viewer.key_id
    if seen.checks:
        fields["verdicts"] = verdicts = dict[str, int]()
        for (verdict, _), count in seen.checks.items():
            _add(verdicts, verdict, count)
    if seen.errors:
        fields["errors"] = dict(seen.errors)
    if seen.limits:
        fields["limits"] = list(seen.limits)
    return fields
