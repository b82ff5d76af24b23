"""What is told of each request: an id that its errors and the log share, and with which status it was answered."""

import re
from collections import Counter
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
HEADER = b"x-request-id"


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
        request_id = given.decode() if REQUEST_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (HEADER, request_id.encode())]
            await send(message)

        await self.app(scope, receive, sending)


class Counts:
    """Counts answers by path and status; the paths are those of the routes, whatever is asked for."""

    def __init__(self, app: ASGIApp, counter: Counter[tuple[str, int]], paths: frozenset[str]) -> None:
        self.app = app
        self.counter = counter
        self.paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count its status."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"] if scope["path"] in self.paths else "other"

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.counter[path, message["status"]] += 1
            await send(message)

        await self.app(scope, receive, sending)


def exposition(counter: Counter[tuple[str, int]]) -> str:
    """The counts in the text format of Prometheus."""
    name = "coverline_http_requests_total"
    lines = [f"# HELP {name} Requests answered, by path and status.", f"# TYPE {name} counter"]
    lines += [f'{name}{{path="{path}",status="{status}"}} {count}' for (path, status), count in sorted(counter.items())]
    return "\n".join(lines) + "\n"
