"""Reading a request's body: bounded in size and time, strict UTF-8 JSON, and what of it GraphQL uses."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from starlette.requests import Request

LARGEST_BODY = 1024 * 1024
READ_SECONDS = 10
UTF_8 = {"utf-8", "utf8"}


class Refused(Exception):  # noqa: N818 - it is the answer to a request
    """A request that is not executed: the HTTP status, a stable code and what to do."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Parameters:
    """A GraphQL request's parameters."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


async def posted(request: Request) -> Parameters:
    """The parameters in a POST request's body."""
    _check_headers(request)
    try:
        async with asyncio.timeout(READ_SECONDS):
            body = await _bounded(request)
    except TimeoutError:
        raise Refused(408, "BODY_TIMEOUT", f"The body did not arrive within {READ_SECONDS} seconds.") from None
    try:
        given = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused(400, "BAD_JSON", "The body is not JSON in UTF-8.") from None
    return _parameters(given)


def in_query(request: Request) -> Parameters:
    """The parameters in a GET request's URL."""
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if given.get(name):
            try:
                given[name] = json.loads(given[name], parse_constant=_no_constant)
            except (ValueError, RecursionError):
                raise Refused(400, "BAD_JSON", f"The parameter {name} is not JSON.") from None
        else:
            given.pop(name, None)
    return _parameters(given)


def _check_headers(request: Request) -> None:
    media_type, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charset = next(
        (value.strip('"') for name, _, value in (p.partition("=") for p in parameters) if name == "charset"), "utf-8"
    )
    if media_type != "application/json" or charset not in UTF_8:
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request as content-type: application/json, in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body without a content-encoding.")


async def _bounded(request: Request) -> bytes:
    too_large = Refused(413, "BODY_TOO_LARGE", f"The body is over {LARGEST_BODY:,} bytes. Split the request.")
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced[:12]) > LARGEST_BODY:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise too_large
    return bytes(body)


def _parameters(given: object) -> Parameters:
    if isinstance(given, list):
        raise Refused(400, "BATCHING_UNSUPPORTED", "Send one operation a request; entitlementChecks takes many checks.")
    if not isinstance(given, dict):
        raise Refused(400, "BAD_REQUEST", "The body is a JSON object with a query.")
    members = cast("dict[str, Any]", given)
    for name, kind, what in (
        ("query", str, "a string"),
        ("variables", dict, "an object"),
        ("operationName", str, "a string"),
        ("extensions", dict, "an object"),
    ):
        if members.get(name) is not None and not isinstance(members[name], kind):
            raise Refused(400, "BAD_REQUEST", f"{name} is {what} where it is given.")
    if not members.get("query"):
        raise Refused(400, "BAD_REQUEST", "The request has no query.")
    return Parameters(members["query"], members.get("variables"), members.get("operationName"))


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
