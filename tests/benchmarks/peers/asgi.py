"""What is bare of ASGI: an application that opens the work, takes a body in, and sends one out."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

from tests.benchmarks.work import Work

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Application(ABC):
    """Opens the work when the server starts and closes it at the end. `ask` answers a request."""

    work: Work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["method"] == "GET":
            await self.send(send, b"{}")
        else:
            await self.ask(scope, receive, send)

    @abstractmethod
    async def ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a POST."""

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.work = Work()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.work.close()
        await send({"type": "lifespan.shutdown.complete"})

    @staticmethod
    async def read(receive: Receive) -> Any:
        """The JSON of a request's body."""
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return orjson.loads(body)

    @staticmethod
    async def send(send: Send, body: bytes) -> None:
        """An answer."""
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def written(answer: Any) -> bytes:
    """JSON as it is sent."""
    return orjson.dumps(answer)
