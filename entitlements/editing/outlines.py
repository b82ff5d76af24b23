"""The outlines of an edition's files: which fields a clause, a value, an entry or a conflict has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from entitlements import shapes
from entitlements.clauses import ClauseBasis


@dataclass(frozen=True, slots=True)
class Head:
    """An edition as a whole: its name, from when it is in force, the digest of its text, what it supersedes."""

    id: str
    title: str
    in_force_from: date
    source_digest: str
    supersedes: str | None


@dataclass(frozen=True, slots=True)
class ClauseOutline:
    """A clause as a file states it."""

    basis: ClauseBasis
    summary: str
    effective: date
    rule: str | None
    section: str | None
    locator: str | None
    digest: str | None
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeriesOutline:
    """A dated value as a file states it, its entries still unread."""

    summary: str
    entries: tuple[object, ...]
    governed_by: str
    reaches: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class EntryOutline:
    """An entry as a file states it, its value still unread."""

    effective: date
    clause: str
    value: object
    ended: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class ReadingOutline:
    """A reading of a conflict, its overrides still unread."""

    text: str
    clauses: tuple[str, ...]
    overrides: Mapping[str, list[object]]


@dataclass(frozen=True, slots=True)
class ConflictOutline:
    """A conflict as a file states it."""

    summary: str
    chosen: str
    why: str
    executable: bool
    readings: Mapping[str, ReadingOutline]


def _anything(value: object) -> object:
    return value


def lacks(given: object, field_name: str) -> bool:
    """Whether something is a table without a field."""
    return isinstance(given, dict) and field_name not in given


def _list(value: object) -> list[object]:
    return list(shapes.list_of(_anything)(value))


def _governing(value: object) -> str:
    known = ("asked_day", "order_date", "activation_date", "start_date")
    if value not in known:
        raise ValueError(f"must be one of {', '.join(known)}, not {value!r}")
    return str(value)


def _reach(value: object) -> str:
    if value not in ("running", "new"):
        raise ValueError(f"must be running or new, not {value!r}")
    return str(value)


HEAD = shapes.record(
    Head,
    {"id": shapes.text, "title": shapes.text, "in_force_from": shapes.day, "source_digest": shapes.text},
    supersedes=(shapes.text, None),
)
CLAUSE = shapes.record(
    ClauseOutline,
    {"basis": shapes.one_of(ClauseBasis), "summary": shapes.text, "effective": shapes.day},
    rule=(shapes.text, None),
    section=(shapes.text, None),
    locator=(shapes.text, None),
    digest=(shapes.text, None),
    reads=(shapes.list_of(shapes.text), ()),
)
SERIES = shapes.record(
    SeriesOutline,
    {"summary": shapes.text, "entries": shapes.list_of(_anything)},
    governed_by=(_governing, "asked_day"),
    reaches=(_reach, "running"),
    unit=(shapes.text, None),
)
ENTRY = shapes.record(
    EntryOutline,
    {"effective": shapes.day, "clause": shapes.text},
    value=(_anything, None),
    ended=(shapes.flag, False),
    note=(shapes.text, None),
)
_READING = shapes.record(
    ReadingOutline,
    {"text": shapes.text, "clauses": shapes.list_of(shapes.text)},
    overrides=(shapes.table_of(_list), {}),
)
CONFLICT = shapes.record(
    ConflictOutline,
    {
        "summary": shapes.text,
        "chosen": shapes.text,
        "why": shapes.text,
        "executable": shapes.flag,
        "readings": shapes.table_of(_READING),
    },
)
