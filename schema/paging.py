"""Pages of a list: keyset cursors in both directions, of the 1 to 100 items that are asked for."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from json.encoder import encode_basestring_ascii
from typing import Any, cast
from uuid import UUID

import strawberry

from entitlements.messages import said
from schema.errors import BAD_CURSOR, BAD_PAGE, BadInput
from schema.store import Page, PageRequest, SortKey

LARGEST = 100
_other = json.JSONEncoder(separators=(",", ":")).encode


@strawberry.type
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None

    @classmethod
    def of(cls, page: Page[Any], cursors: list[str]) -> "PageInfo":
        """The page info of a page whose items have these cursors."""
        return cls(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        )


def is_text(value: object) -> bool:
    """A reference or a serial in a cursor."""
    return isinstance(value, str) and value.isprintable()


def is_instant(value: object) -> bool:
    """An instant in a cursor."""
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def is_uuid(value: object) -> bool:
    """An identifier in a cursor."""
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def is_day(value: object) -> bool:
    """A day in a cursor, or that there is none."""
    try:
        return value is None or (isinstance(value, str) and date.fromisoformat(value).isoformat() == value)
    except ValueError:
        return False


def _packed(parts: Iterable[object]) -> str:
    """A list as JSON. Most parts are texts, which the encoder would take several times as long to come to."""
    return f"[{','.join([encode_basestring_ascii(one) if isinstance(one, str) else _other(one) for one in parts])}]"


@dataclass(frozen=True, slots=True)
class Listing:
    """The order of a list, as its cursors name it, and what each part of its sort keys is."""

    name: str
    parts: tuple[Callable[[object], bool], ...]

    def cursor(self, key: SortKey) -> str:
        """The cursor of an item."""
        packed = _packed((self.name, *key)).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    def key(self, argument: str, cursor: str) -> SortKey:
        """The sort key in a cursor; one that this list never gave out is refused."""
        try:
            packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            values = json.loads(packed)
        except (ValueError, binascii.Error, RecursionError):
            values = None
        if isinstance(values, list):
            name, *key = cast("list[object]", values) or [None]
            fits = len(key) == len(self.parts) and all(
                is_one(part) for is_one, part in zip(self.parts, key, strict=True)
            )
            if name == self.name and fits:
                return cast("SortKey", tuple(key))
        message = said(
            "{field}: not a cursor of this list in this order. Pass one that the same list gave.", field=argument
        )
        raise BadInput(message, BAD_CURSOR)

    def page(
        self, first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
    ) -> PageRequest:
        """The page that a field's arguments ask for."""
        forward, backward = _size("first", first), _size("last", last)
        if forward is not None and backward is not None:
            raise BadInput(said("Ask for the first items or for the last ones, not for both at once."), BAD_PAGE)
        if forward is None and backward is None:
            raise BadInput(said("Say how many items: first or last, 1 to {largest}.", largest=LARGEST), BAD_PAGE)
        return PageRequest(
            first=forward,
            after=self.key("after", after) if isinstance(after, str) else None,
            last=backward,
            before=self.key("before", before) if isinstance(before, str) else None,
        )


def _size(argument: str, asked: int | None) -> int | None:
    if not isinstance(asked, int):
        return None
    if not 1 <= asked <= LARGEST:
        message = said(
            "{field}: a page holds 1 to {largest} items, not {asked}.", field=argument, largest=LARGEST, asked=asked
        )
        raise BadInput(message, BAD_PAGE)
    return asked
