"""An edition of the guide: dated, cited values, clauses and conflicts, asked for as of a day.

`entitlements.editing` builds one from the texts of its files.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Generic, TypeVar

from entitlements.clauses import Clause
from entitlements.parameters import Family, Parameter

T = TypeVar("T")


class GuideRefused(Exception):  # noqa: N818 - it is the loader's answer, not a fault
    """An edition that cannot be used; `problems` holds every sentence of what is wrong, where, and what to do."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class NotYetInForce(LookupError):  # noqa: N818 - a fact about a date, as in "not yet in force"
    """A value asked for on a day before its first entry, or after it was ended."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """A value from its effective day on, and the clause that states it. An ended entry has no value."""

    effective: date
    value: T
    clause: Clause
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A value through time: its entries in order, the date that governs which one holds, and what a change reaches.

    `reaches` is "running" when a new entry governs terms already running, "new" when only those that begin under it.
    """

    name: str
    summary: str
    governed_by: str
    reaches: str
    entries: tuple[Entry[T], ...]

    def on(self, day: date) -> Entry[T]:
        """The entry that holds on a day. Raises NotYetInForce before the first one and once the value was ended."""
        for entry in reversed(self.entries):  # most days asked about lie in the last one's time
            if entry.effective <= day:
                if entry.ended:
                    break
                return entry
        raise NotYetInForce(f"{self.name} has no value on {day}")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One way to read a passage that contradicts another, or is silent; with the data it would change."""

    id: str
    text: str
    clauses: tuple[Clause, ...]
    overrides: Mapping[str, Dated[Any]] = field(default_factory=dict[str, Dated[Any]])


@dataclass(frozen=True, slots=True, eq=False)
class Conflict:
    """A conflict or gap of the guide: its readings, the one chosen, and why.

    `executable` is false where no check can turn on it; `why` says so then.
    """

    id: str
    summary: str
    readings: tuple[Reading, ...]
    chosen: Reading
    why: str
    executable: bool


class _Watched(Mapping[str, Dated[Any]]):
    """Values by name, which notes every name that is looked at, whether there is a value or not."""

    __slots__ = ("_names", "_prefix", "_values")

    def __init__(self, values: Mapping[str, Dated[Any]], names: set[str], prefix: str) -> None:
        self._values = values
        self._names = names
        self._prefix = prefix

    def __getitem__(self, name: str) -> Dated[Any]:
        self._names.add(self._prefix + name)
        return self._values[name]

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as Mapping has it
        self._names.add(self._prefix + name)
        return self._values.get(name, default)

    def __iter__(self) -> Iterator[str]:
        self._names.update(self._prefix + name for name in self._values)
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """An edition's values, clauses and conflicts.

    A look-up before the first edition is made on its first day (R-CHK-15).
    """

    edition: str
    title: str
    in_force_from: date
    first_in_force_from: date
    source_digest: str
    digest: str
    clauses: Mapping[str, Clause]
    conflicts: tuple[Conflict, ...]
    values: Mapping[str, Dated[Any]]
    families: Mapping[str, Mapping[str, Dated[Any]]]
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """The texts it was built from, by edition and file, where it was built from named ones."""

    def entry(self, parameter: Parameter[T], day: date) -> Entry[T]:
        """The entry of a parameter that holds on a day."""
        series: Dated[T] = self.values[parameter.name]
        first = self.first_in_force_from
        return series.on(day if day > first else first)  # noqa: FURB136 - max costs as much as the look-up

    def value(self, parameter: Parameter[T], day: date) -> T:
        """The value of a parameter that holds on a day."""
        return self.entry(parameter, day).value

    def codes(self, family: Family[Any]) -> tuple[str, ...]:
        """The guide's own codes in a family, in the order of its files."""
        return tuple(self.families.get(family.group, {}))

    def series(self, family: Family[T], code: str) -> Dated[T]:
        """A family's value for a code, through time. Raises KeyError for a code that the guide does not have."""
        return self.families[family.group][code]

    def find(self, family: Family[T], code: str, day: date) -> Entry[T] | None:
        """The entry of a family for a code on a day; None for a code unknown or not in force then."""
        series: Dated[T] | None = self.families.get(family.group, {}).get(code)
        if series is None:
            return None
        first = self.first_in_force_from
        try:
            return series.on(day if day > first else first)  # noqa: FURB136 - max costs as much as the look-up
        except NotYetInForce:
            return None

    def clause(self, rule: str) -> Clause:
        """The clause of a rule, by the rule's own id. Raises KeyError for a rule that the edition does not cite."""
        return self.clauses[rule]

    def watched(self, names: set[str]) -> "Guide":
        """The same edition, which notes the names of the values that are looked at."""
        families = {group: _Watched(codes, names, f"{group}.") for group, codes in self.families.items()}
        return replace(self, values=_Watched(self.values, names, ""), families=families)

    def under(self, reading: Reading) -> "Guide":
        """The same edition with the values that another reading would have; it has no conflicts of its own."""
        values = dict(self.values)
        families = {group: dict(codes) for group, codes in self.families.items()}
        for name, series in reading.overrides.items():
            if name in values:
                values[name] = series
            else:
                group, _, code = name.partition(".")
                families[group][code] = series
        return replace(self, values=values, families=families, conflicts=())
