"""Values as canonical text and back: one text for one value, whatever the machine, its time zone and its locale.

The text is JSON in ASCII with sorted keys and no spaces. Exact numbers, days and identifiers are text, instants UTC; a
float has no text. A field that has its default is left out, so that a field added later leaves earlier texts as they
are. Values of some types stand in tables, each once, and are referred to by their position there.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from entitlements.messages import Message, made_again, made_of

T = TypeVar("T")

Tables = Mapping[type, str]
"""The types whose values stand in tables, and what each table is called."""
VALUE = "value"
"""Where the value itself stands, beside its tables."""
NONE: Tables = {}
LONGEST_NUMBER = 100


class Unreadable(ValueError):  # noqa: N818 - it is an answer about a text, not a fault
    """A text that is not one of a value of the type; the message says where and why."""


def text_of(told: Any) -> str:  # noqa: ANN401 - anything that JSON holds
    """What JSON holds as canonical text."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def told_in(text: str) -> Any:  # noqa: ANN401 - anything that JSON holds
    """What a text of JSON holds. Raises Unreadable for one that is none, and for a number that is not whole."""

    def whole(number: str) -> int:
        if len(number) > LONGEST_NUMBER:
            raise ValueError("a number of so many digits")
        return int(number)

    def refused(number: str) -> object:
        raise ValueError(f"{number[:LONGEST_NUMBER]} is not a whole number")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(found := dict(pairs)) < len(pairs):
            raise ValueError("a name stands twice in one object")
        return found

    try:
        return json.loads(text, parse_int=whole, parse_float=refused, parse_constant=refused, object_pairs_hook=once)
    except (ValueError, RecursionError) as problem:
        raise Unreadable(f"not JSON of ours: {problem}") from None


# ---------------------------------------------------------------- writing


def written(value: object, tables: Tables = NONE, named: Mapping[type, Callable[[Any], str]] | None = None) -> str:
    """The canonical text of a value; values of the `named` types stand there by a name alone."""
    writer = _Writer(tables, named or {})
    told = writer.plain(value)
    return text_of({VALUE: told, **writer.told}) if tables else text_of(told)


class _Writer:
    def __init__(self, tables: Tables, named: Mapping[type, Callable[[Any], str]]) -> None:
        self.tables = tables
        self.named = named
        self.told: dict[str, list[Any]] = {name: [] for name in tables.values()}
        self.places: dict[tuple[type, Any], int] = {}

    def plain(self, value: Any) -> Any:  # noqa: ANN401 - any value that has a text
        kind = cast("type[Any]", type(value))
        if kind in self.named:
            return self.named[kind](value)
        if kind in self.tables:
            return self._place(kind, value)
        if isinstance(value, tuple | list):
            return [self.plain(item) for item in cast("list[Any]", value)]
        if is_dataclass(kind):
            return self._fields(value)
        return made_of(value) if isinstance(value, Message) else _word(value)

    def _place(self, kind: type, value: Any) -> int:  # noqa: ANN401 - a value of a table
        key = (kind, value)
        if key not in self.places:
            told = self._fields(value)  # what it refers to comes first
            self.places[key] = len(self.told[self.tables[kind]])
            self.told[self.tables[kind]].append(told)
        return self.places[key]

    def _fields(self, value: Any) -> dict[str, Any]:  # noqa: ANN401 - a dataclass
        told = {one.name: getattr(value, one.name) for one in _parts(cast("type[Any]", type(value)))}
        defaults = _defaults(cast("type[Any]", type(value)))
        return {name: self.plain(one) for name, one in told.items() if name not in defaults or one != defaults[name]}


def _word(value: Any) -> Any:  # noqa: ANN401 - a value without parts
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return value.value
        case str() | UUID():
            return str(value)
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            raise TypeError(f"a {type(value).__name__} has no canonical text")


@cache
def _parts(kind: Any) -> tuple[Field[Any], ...]:  # noqa: ANN401 - a dataclass
    """The fields that a value is made of; what it has besides is no part of what it says."""
    return tuple(one for one in fields(kind) if one.init)


@cache
def _defaults(kind: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in _parts(kind):
        if one.default is not MISSING:
            found[one.name] = one.default
        elif one.default_factory is not MISSING:
            found[one.name] = one.default_factory()
    return found


# ---------------------------------------------------------------- reading


def read(
    kind: type[T], text: str, tables: Tables = NONE, named: Mapping[type, Callable[[str], Any]] | None = None
) -> T:
    """The value of a canonical text. Raises Unreadable where it is not one of that type."""
    told = told_in(text)
    if not tables:
        return _Reader({}, tables, named or {}).value(kind, told, VALUE)
    if not isinstance(told, dict):
        raise Unreadable("the text holds no tables")
    held = cast("dict[str, Any]", told)
    return _Reader(held, tables, named or {}).value(kind, held.get(VALUE), VALUE)


class _Reader:
    def __init__(self, told: Mapping[str, Any], tables: Tables, named: Mapping[type, Callable[[str], Any]]) -> None:
        self.told = told
        self.tables = tables
        self.named = named
        self.found: dict[tuple[type, int], Any] = {}

    def value(self, kind: Any, told: Any, where: str) -> Any:  # noqa: ANN401 - of any annotation
        origin = get_origin(kind)
        if origin in {Union, UnionType}:
            if told is None:
                return None
            [kind] = (one for one in get_args(kind) if one is not NoneType)
            origin = get_origin(kind)
        if origin is tuple:
            item = get_args(kind)[0]
            if not isinstance(told, list):
                raise Unreadable(f"{where} is not a list")
            items = cast("list[Any]", told)
            return tuple(self.value(item, one, f"{where}[{position}]") for position, one in enumerate(items))
        if kind in self.tables:
            return self._placed(kind, told, where)
        try:
            return self._simple(kind, told, where)
        except (ValueError, TypeError, LookupError, InvalidOperation) as problem:
            if isinstance(problem, Unreadable):
                raise
            raise Unreadable(f"{where} is not a {kind.__name__}: {problem}") from None

    def _simple(self, kind: type[Any], told: Any, where: str) -> Any:  # noqa: ANN401 - of any annotation
        if kind not in self.named and is_dataclass(kind):
            return self._built(kind, told, where)
        if kind is Message:
            return made_again(told)
        if kind in {bool, int}:
            if type(told) is not kind:
                raise Unreadable(f"{where} is not a {kind.__name__}")
            return told
        if not isinstance(told, str):
            raise Unreadable(f"{where} is not text")
        if kind in self.named:
            return self.named[kind](told)
        if kind is datetime:
            return _instant(told)
        return date.fromisoformat(told) if kind is date else kind(told)

    def _placed(self, kind: type, told: Any, where: str) -> Any:  # noqa: ANN401 - a value of a table
        rows = self.told.get(self.tables[kind])
        if type(told) is not int or not isinstance(rows, list) or not 0 <= told < len(cast("list[Any]", rows)):
            raise Unreadable(f"{where} names no row of {self.tables[kind]}")
        if (kind, told) not in self.found:
            self.found[kind, told] = None  # a row that leads to itself is refused where it needs a value
            row = f"{self.tables[kind]}[{told}]"
            self.found[kind, told] = self._built(kind, cast("list[Any]", rows)[told], row)
        found = self.found[kind, told]
        if found is None:
            raise Unreadable(f"{self.tables[kind]}[{told}] leads to itself")
        return found

    def _built(self, kind: type, told: Any, where: str) -> Any:  # noqa: ANN401 - a dataclass
        if not isinstance(told, dict):
            raise Unreadable(f"{where} is not an object")
        given, hints = cast("dict[str, Any]", told), _hints(kind)
        unknown = given.keys() - hints.keys()
        if unknown:
            raise Unreadable(f"{where} has an unknown field {min(unknown)}")
        missing = hints.keys() - given.keys() - _defaults(kind).keys()
        if missing:
            raise Unreadable(f"{where} lacks the field {min(missing)}")
        return kind(**{name: self.value(hints[name], one, f"{where}.{name}") for name, one in given.items()})


def _instant(told: str) -> datetime:
    at = datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError("it has no offset")
    return at


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in _parts(kind)}


# ---------------------------------------------------------------- comparing

ABSENT = object()
"""Stands for what one of two values lacks."""


def differences(kept: object, found: object, where: str = "") -> list[str]:
    """Where two values that JSON holds differ, each place by its path with what is there on either side."""
    if isinstance(kept, dict) and isinstance(found, dict):
        left, right = cast("dict[str, object]", kept), cast("dict[str, object]", found)
        named = [(name, f"{where}.{name}" if where else name) for name in sorted({*left, *right})]
        return [
            one for name, place in named for one in differences(left.get(name, ABSENT), right.get(name, ABSENT), place)
        ]
    if isinstance(kept, list) and isinstance(found, list):
        first, second = cast("list[object]", kept), cast("list[object]", found)
        most = max(len(first), len(second))
        sides = ([*side, *[ABSENT] * (most - len(side))] for side in (first, second))
        pairs = enumerate(zip(*sides, strict=True))
        return [one for number, (a, b) in pairs for one in differences(a, b, f"{where}[{number}]")]
    if (kept is None or isinstance(kept, bool | int | str)) and (type(kept), kept) == (type(found), found):
        return []
    return [f"{where}: {_shown(cast('object', kept))}, now {_shown(found)}"]


def _shown(value: object) -> str:
    return "nothing" if value is ABSENT else text_of(value)
