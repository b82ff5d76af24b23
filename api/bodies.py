"""Reading a request's body: bounded in size and time, strict UTF-8 JSON, and what of it GraphQL uses."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from starlette.requests import Request

from entitlements.messages import Message, said

LARGEST_BODY = 1024 * 1024
READ_SECONDS = 10
UTF_8 = {"utf-8", "utf8"}


class Refused(Exception):  # noqa: N818 - it is the answer to a request
    """A request that is not executed: the HTTP status, a stable code and what to do."""

    def __init__(self, status: int, code: str, message: Message, headers: Mapping[str, str] | None = None) -> None:
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
        message = said("The body did not arrive within {seconds} seconds.", seconds=READ_SECONDS)
        raise Refused(408, "BODY_TIMEOUT", message) from None
    try:
        given = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused(400, "BAD_JSON", said("The body is not JSON in UTF-8.")) from None
    return _parameters(given)


def in_query(request: Request) -> Parameters:
    """The parameters in a GET request's URL."""
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if given.get(name):
            try:
                given[name] = json.loads(given[name], parse_constant=_no_constant)
            except (ValueError, RecursionError):
                raise Refused(400, "BAD_JSON", said("The parameter {name} is not JSON.", name=name)) from None
        else:
            given.pop(name, None)
    return _parameters(given)


def _check_headers(request: Request) -> None:
    media_type, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charset = next(
        (value.strip('"') for name, _, value in (p.partition("=") for p in parameters) if name == "charset"), "utf-8"
    )
    if media_type != "application/json" or charset not in UTF_8:
        message = said("Send the request as content-type: application/json, in UTF-8.")
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", message)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", said("Send the body without a content-encoding."))


async def _bounded(request: Request) -> bytes:
    message = said("The body is over {most:,} bytes. Split the request.", most=LARGEST_BODY)
    too_large = Refused(413, "BODY_TOO_LARGE", message)
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
        message = said("Send one operation a request; entitlementChecks takes many checks.")
        raise Refused(400, "BATCHING_UNSUPPORTED", message)
    if not isinstance(given, dict):
        raise Refused(400, "BAD_REQUEST", said("The body is a JSON object with a query."))
    members = cast("dict[str, Any]", given)
    for name, kind in (("query", str), ("variables", dict), ("operationName", str), ("extensions", dict)):
        if members.get(name) is not None and not isinstance(members[name], kind):
            message = (
                said("{name} is a string where it is given.", name=name)
                if kind is str
                else said("{name} is an object where it is given.", name=name)
            )
            raise Refused(400, "BAD_REQUEST", message)
    if not members.get("query"):
        raise Refused(400, "BAD_REQUEST", said("The request has no query."))
    return Parameters(members["query"], members.get("variables"), members.get("operationName"))


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
