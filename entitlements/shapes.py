"""How a value of the guide's data is read: a reader takes what TOML gives and returns a value, or says what is amiss.

A reader raises ValueError with a sentence that completes "the value …"; the loader adds file, entry and date.
"""

from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Reader = Callable[[object], T]


def _refuse(expected: str, value: object) -> ValueError:
    return ValueError(f"must be {expected}, not {value!r}")


def text(value: object) -> str:
    """A non-empty string."""
    if not isinstance(value, str) or not value.strip():
        raise _refuse("a non-empty string", value)
    return value


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise _refuse("true or false", value)
    return value


def count(value: object) -> int:
    """A whole number, zero or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _refuse("a whole number, zero or more", value)
    return value


def day(value: object) -> date:
    """A calendar day, written without quotes."""
    if type(value) is not date:
        raise _refuse("a date such as 2020-03-01, without quotes", value)
    return value


def clock_time(value: object) -> time:
    """A local time of day, written without quotes."""
    if not isinstance(value, time):
        raise _refuse("a time such as 09:00:00, without quotes", value)
    return value


def decimal(value: object) -> Decimal:
    """An exact number; TOML's floats are read as Decimal."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise _refuse("a number", value)
    return Decimal(value)


def zone(value: object) -> ZoneInfo:
    """An IANA time zone by name."""
    try:
        return ZoneInfo(text(value))
    except (KeyError, OSError) as unknown:
        raise _refuse("an IANA time zone such as Europe/Rome", value) from unknown


def one_of(codes: type[E]) -> Reader[E]:
    """A code that the engine itself owns."""

    def read(value: object) -> E:
        try:
            return codes(text(value))
        except ValueError:
            raise _refuse(f"one of {', '.join(codes)}", value) from None

    return read


def optional(reader: Reader[T]) -> Reader[T | None]:
    """A value that may be the empty string, which stands for none."""
    return lambda value: None if value == "" else reader(value)


def list_of(reader: Reader[T]) -> Reader[tuple[T, ...]]:
    """A list, in the data's own order."""

    def read(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise _refuse("a list", value)
        return tuple(reader(item) for item in cast("list[object]", value))

    return read


def set_of(reader: Reader[T]) -> Reader[frozenset[T]]:
    """A list whose order does not matter and whose items do not repeat."""

    def read(value: object) -> frozenset[T]:
        items = list_of(reader)(value)
        if len(set(items)) != len(items):
            raise ValueError("must not name an item twice")
        return frozenset(items)

    return read


def table_of(reader: Reader[T]) -> Reader[Mapping[str, T]]:
    """A table from codes to values of one shape."""

    def read(value: object) -> Mapping[str, T]:
        if not isinstance(value, dict):
            raise _refuse("a table", value)
        items: dict[str, T] = {}
        for key, item in cast("dict[str, object]", value).items():
            try:
                items[key] = reader(item)
            except ValueError as problem:
                raise ValueError(f"at {key} {problem}") from None
        return items

    return read


def record(
    build: Callable[..., T], required: Mapping[str, Reader[Any]], **defaults: tuple[Reader[Any], Any]
) -> Reader[T]:
    """A table of named fields, the required ones and those with a default; any other name is refused."""

    def read(value: object) -> T:
        if not isinstance(value, dict):
            raise _refuse("a table", value)
        given = cast("dict[str, object]", value)
        readers = {**required, **{name: reader for name, (reader, _) in defaults.items()}}
        for name in given:
            if name not in readers:
                raise ValueError(f"has an unknown field {name}; it knows {', '.join(readers)}")
        for name in required:
            if name not in given:
                raise ValueError(f"lacks the field {name}")
        fields: dict[str, Any] = {name: default for name, (_, default) in defaults.items()}
        for name, item in given.items():
            try:
                fields[name] = readers[name](item)
            except ValueError as problem:
                raise ValueError(f"at {name} {problem}") from None
        return build(**fields)

    return read
