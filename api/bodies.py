"""Reading a request's body: bounded in size, time and depth, strict UTF-8 JSON, and what of it GraphQL uses."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from math import isfinite
from typing import Any, cast
from urllib.parse import parse_qsl

from starlette.requests import Request

from entitlements.messages import Message, said

LARGEST_BODY = 1024 * 1024
READ_SECONDS = 4
"""Less than a connection gives (`api/connections.py`), so that the answer can still be sent."""
DEEPEST = 32
"""Lists and objects within each other; the deepest variables of the schema have 8 levels."""
MOST_ITEMS = 1_000
"""Of any list: as many as the largest batch of checks."""
MOST_BRACKETS = 50_000
"""Opening ones, wherever they stand: a thousand full checks have a tenth of them. Objects take longest to read."""
UTF_8 = {"utf-8", "utf8"}
MOST_FIELDS = 50
"""Of a form of the console; the largest has some twenty."""


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

    query: str | None
    """The text of the document; None where its id is given in its place."""
    document_id: str | None
    variables: dict[str, Any] | None
    operation_name: str | None


async def posted(request: Request) -> Parameters:
    """The parameters in a POST request's body."""
    _check_headers(request)
    return _parameters(_json(said("The body"), await received(request)))


async def submitted(request: Request) -> dict[str, str]:
    """The fields of a form that a page sends, each by its name."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", said("Send the form as application/x-www-form-urlencoded."))
    try:
        text = (await received(request)).decode("utf-8")
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Refused(400, "BAD_REQUEST", said("The form cannot be read. Load the page again.")) from None


async def received(request: Request) -> bytes:
    """The bytes of a body, which have their time and their limit."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await _bounded(request)
    except TimeoutError:
        message = said("The body did not arrive within {seconds} seconds.", seconds=READ_SECONDS)
        raise Refused(408, "BODY_TIMEOUT", message) from None


def in_query(request: Request) -> Parameters:
    """The parameters in a GET request's URL."""
    given: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name in given:
            raise Refused(400, "BAD_REQUEST", said("The parameter {name} is given twice.", name=_quoted(name)))
        given[name] = value
    for name in ("variables", "extensions"):
        text = given.pop(name, None)
        if text:
            what = said("The parameter {name}", name=name)
            given[name] = _json(what, text.encode("utf-8", "surrogatepass"))
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


PARAMETERS = {"query": str, "documentId": str, "variables": dict, "operationName": str, "extensions": dict}


def _parameters(given: object) -> Parameters:
    if isinstance(given, list):
        message = said("Send one operation a request; entitlementChecks takes many checks.")
        raise Refused(400, "BATCHING_UNSUPPORTED", message)
    if not isinstance(given, dict):
        raise Refused(400, "BAD_REQUEST", said("The body is a JSON object with a query."))
    members = cast("dict[str, Any]", given)
    for name, kind in PARAMETERS.items():
        if members.get(name) is not None and not isinstance(members[name], kind):
            message = (
                said("{name} is a string where it is given.", name=name)
                if kind is str
                else said("{name} is an object where it is given.", name=name)
            )
            raise Refused(400, "BAD_REQUEST", message)
    query, document_id = members.get("query"), members.get("documentId")
    if not query and not document_id:
        raise Refused(400, "BAD_REQUEST", said("The request has no query, and no documentId in its place."))
    if query and document_id:
        raise Refused(400, "BAD_REQUEST", said("The request has a query and a documentId. Send one of them."))
    return Parameters(query or None, document_id or None, members.get("variables"), members.get("operationName"))


def _json(what: Message, text: bytes) -> object:
    """A value in JSON: strict UTF-8, finite numbers, each member once, and not too deep."""
    if text.count(b"[") + text.count(b"{") > MOST_BRACKETS:
        raise Refused(
            400, "BAD_JSON", said("{what} has more than {most:,} opening brackets.", what=what, most=MOST_BRACKETS)
        )
    try:
        given = json.loads(
            text.decode("utf-8"), parse_constant=_finite, parse_float=_finite, object_pairs_hook=_each_once
        )
    except Twice as twice:
        raise Refused(
            400, "BAD_JSON", said("{what} has an object with {name} twice.", what=what, name=str(twice))
        ) from None
    except (ValueError, RecursionError):
        raise Refused(400, "BAD_JSON", said("{what} is not JSON in UTF-8.", what=what)) from None
    _check_shape(what, given)
    return given


class Twice(ValueError):  # noqa: N818 - the fault is the caller's
    """A member that an object has twice. Readers differ on which of the two counts."""


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    given = dict(members)
    if len(given) < len(members):
        names: set[str] = set()
        raise Twice(_quoted(next(name for name, _ in members if name in names or names.add(name))))
    return given


def _finite(written: str) -> float:
    number = float(written)
    if not isfinite(number):
        raise ValueError(f"{written} is no finite number")
    return number


def _check_shape(what: Message, given: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    """Raises Refused for lists and objects too deep within each other, and for a list that is too long."""
    level: list[Any] = [given]
    for _ in range(DEEPEST + 1):
        lists = [cast("list[Any]", each) for each in level if isinstance(each, list)]
        objects = [cast("dict[str, Any]", each) for each in level if isinstance(each, dict)]
        if not lists and not objects:
            return
        longest = max(map(len, lists), default=0)
        if longest > MOST_ITEMS:
            message = said(
                "{what}: a list holds up to {most:,} items, not {asked:,}.", what=what, most=MOST_ITEMS, asked=longest
            )
            raise Refused(400, "BATCH_SIZE", message)
        level = [*chain.from_iterable(lists), *chain.from_iterable(each.values() for each in objects)]
    raise Refused(400, "BAD_JSON", said("{what} is nested in more than {most} levels.", what=what, most=DEEPEST))


def _quoted(name: str) -> str:
    """A name from outside, as a message may show it."""
    return json.dumps(name[:40])
