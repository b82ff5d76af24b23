"""The floor of every figure: a bare ASGI application that answers the same bytes to everybody.

COVERLINE_CONSTANT=FOLDER python -m uvicorn tests.benchmarks.constant:application

At /NAME it answers the file NAME of the folder.
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

BODIES = {f"/{file.name}": file.read_bytes() for file in Path(os.environ["COVERLINE_CONSTANT"]).iterdir()}
HEADERS = {
    path: [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    for path, body in {**BODIES, "/readyz": b""}.items()
}


async def application(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[dict[str, Any]], Awaitable[None]]
) -> None:
    """Takes the whole body in, as a server of GraphQL must, and answers."""
    while scope["type"] == "http" and (await receive()).get("more_body"):
        pass
    path = scope["path"]
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS[path]})
    await send({"type": "http.response.body", "body": BODIES.get(path, b"")})
