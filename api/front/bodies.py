"""Bodies of requests, decoded where nothing is wrong with them; what is, or may be, `api/bodies.py` finds out."""

from typing import Any, NamedTuple, cast

import msgspec
from msgspec import UNSET, Raw, UnsetType

from api.bodies import DEEPEST, MOST_BRACKETS, MOST_ITEMS

BESIDE = 2
"""Levels of a body that lie around what its variables hold, and around a level that is left in reserve."""
SPARE = len(',"query":')
"""Bytes that no further member fits into."""


NOTHING = Raw()
NULL = b"null"


class Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """The members of a body."""

    query: Raw = NOTHING
    documentId: str | UnsetType | None = UNSET  # noqa: N815 - as it is sent
    variables: Raw = NOTHING
    operationName: str | UnsetType | None = UNSET  # noqa: N815 - the same
    extensions: Raw = NOTHING


class Asked(NamedTuple):
    """What a body asks for: a text as it is written in JSON, or the id of one."""

    query: bytes
    """Empty where an id stands in its place."""
    document_id: str | None
    variables: bytes
    """As they are written; empty where there are none."""
    operation: str | None
    has_extensions: bool


class _Unfit(ValueError):  # noqa: N818 - no fault: others read it
    """What is not decoded here."""


_envelope = msgspec.json.Decoder(Envelope).decode
_value = msgspec.json.Decoder().decode
_text = msgspec.json.Decoder(str).decode


def asked(body: bytes) -> Asked | None:
    """What a body asks for; None for one that has to be read with care."""
    if len(body) > MOST_BRACKETS and body.count(b"[") + body.count(b"{") > MOST_BRACKETS:
        return None
    try:
        return _asked(body, _envelope(body))
    except (ValueError, RecursionError):
        return None


def _asked(body: bytes, sent: Envelope) -> Asked | None:
    query, variables, extensions = bytes(sent.query), bytes(sent.variables), bytes(sent.extensions)
    if bool(query) == bool(sent.documentId) or (query and query[:1] != b'"') or sent.operationName == "":
        return None
    # Nothing but the members that were found has room in the body, so that none of them stands there twice.
    written = 1
    for name, part in (("query", query), ("variables", variables), ("extensions", extensions)):
        if part:
            written += len(name) + 4 + len(part)
    for name, text in (("documentId", sent.documentId), ("operationName", sent.operationName)):
        if text is not UNSET:
            written += len(name) + 4 + (len(text.encode()) + 2 if text is not None else len(NULL))
    if not 0 <= len(body) - written < SPARE:
        return None
    if extensions:
        _object(extensions)
    return Asked(query, sent.documentId or None, variables, sent.operationName or None, bool(extensions))


def variables_of(written: bytes) -> dict[str, Any] | None:
    """The variables as they are written; None for what has to be read with care."""
    try:
        return _object(written)
    except (ValueError, RecursionError):
        return None


def around(body: bytes, found: Asked) -> tuple[bytes, bytes] | None:
    """What is written before the variables of a body and after them: other variables there would be read as well.

    None where that is not sure. An object with a member stands in no string, whose quotation marks are escaped.
    """
    written = found.variables
    if b'"' not in written or found.has_extensions or body.count(written) != 1:
        return None
    before, _, after = body.partition(written)
    return before, after


def text_of(query: bytes) -> str | None:
    """The text that was written as a string of JSON; None for what is no string."""
    try:
        return _text(query)
    except ValueError:
        return None


def _object(written: bytes) -> dict[str, Any]:
    """An object, each of its members once. Raises ValueError for another value, and for what is not sure to be one."""
    if not written or written == NULL:
        return {}
    found = _value(written)
    if found.__class__ is not dict:
        raise _Unfit
    # A colon after a name follows a quotation mark or white space, wherever else such a pair may stand.
    colons = written.count(b'":') + sum(written.count(blank) for blank in (b" :", b"\t:", b"\n:", b"\r:"))
    if _members(found, DEEPEST - BESIDE) != colons:
        raise _Unfit
    return found


def _members(value: Any, levels: int) -> int:  # noqa: ANN401 - a list or an object
    """Members of all objects within lists and objects, which have so many levels at most."""
    if not levels:
        raise _Unfit
    if value.__class__ is dict:
        inner = cast("dict[str, Any]", value).values()
        found = len(inner)
    else:
        inner = cast("list[Any]", value)
        found = 0
        if len(inner) > MOST_ITEMS:
            raise _Unfit
    for one in inner:
        if one.__class__ is dict or one.__class__ is list:
            found += _members(one, levels - 1)
    return found
