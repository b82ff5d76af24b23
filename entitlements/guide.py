"""An edition of the guide: dated, cited values built from the texts of its files, and validated.

`build_guide` takes texts, never paths: reading files is its caller's. Whatever is undated, uncited, out of order,
unknown or without its proof is refused with every problem found, each naming file, entry and fix.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar, cast

from entitlements import parameters, shapes
from entitlements.clauses import Clause, ClauseBasis
from entitlements.parameters import FAMILIES, PARAMETERS, Family, Parameter

T = TypeVar("T")

EDITION_FILE = "edition.toml"
CLAUSES_FILE = "clauses.toml"
CONFLICTS_FILE = "conflicts.toml"
LOCATOR = re.compile(r"(0|[1-9][0-9]*)\+[1-9][0-9]*")
DIGEST = re.compile(r"[0-9a-f]{64}")


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
        found: Entry[T] | None = None
        for entry in self.entries:
            if entry.effective > day:
                break
            found = entry
        if found is None or found.ended:
            raise NotYetInForce(f"{self.name} has no value on {day}")
        return found


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

    def entry(self, parameter: Parameter[T], day: date) -> Entry[T]:
        """The entry of a parameter that holds on a day."""
        return cast("Dated[T]", self.values[parameter.name]).on(max(day, self.first_in_force_from))

    def value(self, parameter: Parameter[T], day: date) -> T:
        """The value of a parameter that holds on a day."""
        return self.entry(parameter, day).value

    def codes(self, family: Family[Any]) -> tuple[str, ...]:
        """The guide's own codes in a family, in the order of its files."""
        return tuple(self.families.get(family.group, {}))

    def series(self, family: Family[T], code: str) -> Dated[T]:
        """A family's value for a code, through time. Raises KeyError for a code that the guide does not have."""
        return cast("Dated[T]", self.families[family.group][code])

    def find(self, family: Family[T], code: str, day: date) -> Entry[T] | None:
        """The entry of a family for a code on a day; None for a code unknown or not in force then."""
        series = self.families.get(family.group, {}).get(code)
        if series is None:
            return None
        try:
            return cast("Entry[T]", series.on(max(day, self.first_in_force_from)))
        except NotYetInForce:
            return None

    def clause(self, rule: str) -> Clause:
        """The clause of a rule, by the rule's own id. Raises KeyError for a rule that the edition does not cite."""
        return self.clauses[rule]

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


# ---------------------------------------------------------------- building


def build_guide(editions: Sequence[Mapping[str, str]], digest: str) -> Guide:
    """An edition from the texts of its files, after those it supersedes, the oldest first.

    Each mapping is from file name (`plans.toml`, `holidays/IT.toml`) to text; `digest` names the whole for records.
    Raises GuideRefused with every problem.
    """
    return _Builder().build(editions, digest)


class _Builder:
    """Collects values, clauses and every problem on the way."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.folder = ""
        self.clauses: dict[str, Clause] = {}
        self.values: dict[str, Dated[Any]] = {}
        self.stated: set[str] = set()
        self.families: dict[str, dict[str, Dated[Any]]] = {family.group: {} for family in FAMILIES}
        self.conflicts: dict[str, Conflict] = {}
        self.parameters = {parameter.name: parameter for parameter in PARAMETERS}
        self.groups = {family.group: family for family in FAMILIES}

    def refuse(self, file: str, entry: str, problem: str, fix: str) -> None:
        self.problems.append(f"{self.folder}{file}: {entry}: {problem}; {fix}")

    def build(self, editions: Sequence[Mapping[str, str]], digest: str) -> Guide:
        heads: list[_Head] = []
        for texts in editions:
            self.folder = ""
            tables = {name: table for name, text in texts.items() if (table := self.parse(name, text)) is not None}
            head = self.head(tables.pop(EDITION_FILE, None))
            if head is None:
                break
            if head.supersedes != (heads[-1].id if heads else None):
                found = heads[-1].id if heads else "nothing"
                self.refuse(
                    EDITION_FILE,
                    "supersedes",
                    f"{head.supersedes} is not the edition before it ({found})",
                    "name the edition that this one changes, or leave it out for a first edition",
                )
            heads.append(head)
            self.folder = f"{head.id}/"
            self.read_clauses(head, tables.pop(CLAUSES_FILE, {}))
            conflicts = tables.pop(CONFLICTS_FILE, {})
            for name, table in tables.items():
                self.read_values(head, name, table)
            self.read_conflicts(head, conflicts)
        # A value that was refused has been named already; here are those that stand nowhere.
        for parameter in PARAMETERS:
            if parameter.name not in self.stated and heads:
                self.refuse("", f"[{parameter.name}]", "is missing", "add it to one of the edition's files")
        if self.problems or not heads:
            raise GuideRefused(self.problems or [f"{EDITION_FILE}: no edition was given; name at least one"])
        newest = heads[-1]
        guide = Guide(
            edition=newest.id,
            title=newest.title,
            in_force_from=newest.in_force_from,
            first_in_force_from=heads[0].in_force_from,
            source_digest=newest.source_digest,
            digest=digest,
            clauses=self.clauses,
            conflicts=tuple(self.conflicts.values()),
            values=self.values,
            families=self.families,
        )
        problems = list(_cross_references(guide))
        for conflict in guide.conflicts:
            for reading in conflict.readings:
                if reading.overrides and not problems:
                    found = _cross_references(guide.under(reading))
                    problems += [f"{CONFLICTS_FILE}: [{reading.id}]: {problem}" for problem in found]
        if problems:
            raise GuideRefused(problems)
        return guide

    def parse(self, name: str, text: str) -> dict[str, Any] | None:
        try:
            return tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as problem:
            self.refuse(name, "the file", f"is not TOML ({problem})", "mend the line that it names")
            return None

    def head(self, table: dict[str, Any] | None) -> "_Head | None":
        if table is None:
            self.refuse(
                EDITION_FILE,
                "the file",
                "is missing",
                "add it with id, title, in_force_from and source_digest",
            )
            return None
        try:
            head = _HEAD(table)
        except ValueError as problem:
            self.refuse(EDITION_FILE, "the edition", str(problem), "see CONTRIBUTING.md for its fields")
            return None
        if not DIGEST.fullmatch(head.source_digest):
            fix = "give the 64 lower-case hex digits of sha256"
            self.refuse(EDITION_FILE, "source_digest", "is malformed", fix)
        return head

    # -------------------------------------------------------- clauses

    def read_clauses(self, head: "_Head", table: dict[str, Any]) -> None:
        earlier = tuple(self.clauses)
        pending: dict[str, tuple[_ClauseEntry, str]] = {}
        for rule, given in table.items():
            where = f"[{rule}]"
            try:
                entry = _CLAUSE(given)
            except ValueError as problem:
                self.refuse(CLAUSES_FILE, where, str(problem), "see CONTRIBUTING.md for a clause's fields")
                continue
            self.clause_is_proven(where, entry)
            pending[rule] = (entry, f"{head.id}/{rule}")
        for rule in pending:
            self.resolve_clause(head, rule, pending, ())
        # Resolving follows what a clause reads; the order kept is that of the files.
        self.clauses = {rule: self.clauses[rule] for rule in (*earlier, *pending)}

    def clause_is_proven(self, where: str, entry: "_ClauseEntry") -> None:
        proof = (entry.section, entry.locator, entry.digest)
        if entry.basis is ClauseBasis.GUIDE:
            if None in proof:
                self.refuse(
                    CLAUSES_FILE,
                    where,
                    "cites the guide without its proof",
                    "give section, locator and digest",
                )
            else:
                if not LOCATOR.fullmatch(entry.locator or ""):
                    self.refuse(
                        CLAUSES_FILE,
                        where,
                        f"has a malformed locator {entry.locator!r}",
                        "write offset+length",
                    )
                if not DIGEST.fullmatch(entry.digest or ""):
                    self.refuse(
                        CLAUSES_FILE,
                        where,
                        "has a malformed digest",
                        "give the 64 lower-case hex digits of sha256",
                    )
            if entry.reads:
                self.refuse(
                    CLAUSES_FILE,
                    where,
                    "cites the guide and reads clauses",
                    "use basis READING for a reading",
                )
        elif any(proof):
            self.refuse(
                CLAUSES_FILE,
                where,
                f"has a place in the guide but the basis {entry.basis}",
                "use basis GUIDE",
            )
        elif entry.basis is ClauseBasis.READING and not entry.reads:
            self.refuse(CLAUSES_FILE, where, "is a reading of nothing", "name in `reads` the clauses that it reads")

    def resolve_clause(
        self,
        head: "_Head",
        rule: str,
        pending: Mapping[str, "tuple[_ClauseEntry, str]"],
        path: tuple[str, ...],
    ) -> Clause | None:
        if rule in self.clauses and self.clauses[rule].edition == head.id:
            return self.clauses[rule]
        if rule not in pending:
            return self.clauses.get(rule)
        entry, id_ = pending[rule]
        reads: list[Clause] = []
        for name in entry.reads:
            if name in (*path, rule):
                circle = " → ".join([*path[path.index(name) :], rule, name] if name in path else [rule, name])
                self.refuse(CLAUSES_FILE, f"[{rule}]", f"reads itself in a circle, {circle}", "leave out one of these")
                continue
            clause = self.resolve_clause(head, name, pending, (*path, rule))
            if clause is None:
                self.refuse(
                    CLAUSES_FILE,
                    f"[{rule}]",
                    f"reads {name}, which is not a clause here",
                    "add it or mend the name",
                )
            else:
                reads.append(clause)
        clause = Clause(
            id=id_,
            edition=head.id,
            rule=entry.rule or rule.partition("/")[0],
            basis=entry.basis,
            summary=entry.summary,
            section=entry.section,
            locator=entry.locator,
            digest=entry.digest,
            reads=tuple(reads),
        )
        self.clauses[rule] = clause
        return clause

    # -------------------------------------------------------- values

    def read_values(self, head: "_Head", file: str, table: dict[str, Any]) -> None:
        for group, given in table.items():
            if not isinstance(given, dict):
                self.refuse(file, group, "stands outside a table", "write it as [group.key] with its entries")
                continue
            for key, spec in cast("dict[str, object]", given).items():
                self.stated.add(f"{group}.{key}")
                series = self.series(head, file, f"{group}.{key}", spec)
                if series is not None:
                    self.store(file, group, key, series)

    def store(self, file: str, group: str, key: str, series: Dated[Any]) -> None:
        place = self.values if series.name in self.parameters else self.families[group]
        name = series.name if place is self.values else key
        earlier = place.get(name)
        if earlier is not None:
            if series.entries[0].effective <= earlier.entries[-1].effective:
                self.refuse(
                    file,
                    f"[{series.name}]",
                    f"is stated again from {series.entries[0].effective}",
                    f"begin after its last entry, {earlier.entries[-1].effective}",
                )
                return
            series = replace(series, entries=earlier.entries + series.entries)
        place[name] = series

    def series(self, head: "_Head", file: str, name: str, spec: object) -> Dated[Any] | None:
        """A dated value from its table; None, with the problems noted, when it is refused."""
        before = len(self.problems)
        where = f"[{name}]"
        reader = self.reader(name)
        if reader is None:
            self.refuse(
                file,
                where,
                "is not a value that the rules know",
                "mend the name; entitlements/parameters.py lists them",
            )
            return None
        try:
            outline = _SERIES(spec)
        except ValueError as problem:
            self.refuse(file, where, str(problem), "see CONTRIBUTING.md for the form of a value")
            return None
        entries: list[Entry[Any]] = []
        for position, given in enumerate(outline.entries, start=1):
            entry = self.dated_entry(file, f"{where} entry {position}", given, reader)
            if entry is None:
                continue
            if entries and entry.effective <= entries[-1].effective:
                self.refuse(
                    file,
                    f"{where} entry {position}",
                    f"{entry.effective} does not come after {entries[-1].effective}",
                    "put the entries in order, one for each day",
                )
            if entry.effective < head.in_force_from:
                self.refuse(
                    file,
                    f"{where} entry {position}",
                    f"{entry.effective} is before the edition, {head.in_force_from}",
                    "date it from the edition on",
                )
            entries.append(entry)
        if not outline.entries:
            self.refuse(file, where, "has no entries", "give at least one with effective, value and clause")
        if len(self.problems) > before:
            return None
        return Dated(name, outline.summary, outline.governed_by, outline.reaches, tuple(entries))

    def reader(self, name: str) -> shapes.Reader[Any] | None:
        if name in self.parameters:
            return self.parameters[name].reader
        family = self.groups.get(name.partition(".")[0])
        return family.reader if family else None

    def dated_entry(self, file: str, where: str, given: object, reader: shapes.Reader[Any]) -> Entry[Any] | None:
        if _lacks(given, "effective"):
            self.refuse(file, where, "is undated", "give it the day from which it holds, effective = YYYY-MM-DD")
            return None
        if _lacks(given, "clause"):
            self.refuse(file, where, "is uncited", 'name the clause that states it, clause = "R-…"')
            return None
        try:
            outline = _ENTRY(given)
        except ValueError as problem:
            self.refuse(file, where, str(problem), "see CONTRIBUTING.md for the form of an entry")
            return None
        clause = self.clauses.get(outline.clause)
        if clause is None:
            self.refuse(
                file,
                where,
                f"cites {outline.clause}, which is not in {CLAUSES_FILE}",
                "add the clause or mend the name",
            )
            return None
        if outline.ended != (outline.value is None):
            self.refuse(file, where, "has a value and an end, or neither", "give a value, or ended = true without one")
            return None
        if outline.ended:
            return Entry(outline.effective, None, clause, ended=True)
        try:
            return Entry(outline.effective, reader(outline.value), clause)
        except ValueError as problem:
            self.refuse(file, where, f"the value {problem}", "mend the value")
            return None

    # -------------------------------------------------------- conflicts

    def read_conflicts(self, head: "_Head", table: dict[str, Any]) -> None:
        for id_, given in table.items():
            where = f"[{id_}]"
            try:
                outline = _CONFLICT(given)
            except ValueError as problem:
                self.refuse(CONFLICTS_FILE, where, str(problem), "see CONTRIBUTING.md for a conflict's fields")
                continue
            readings = {name: self.reading(head, id_, name, reading) for name, reading in outline.readings.items()}
            chosen = readings.get(outline.chosen)
            if chosen is None:
                self.refuse(
                    CONFLICTS_FILE,
                    where,
                    f"chooses {outline.chosen}, which is not one of its readings",
                    "name one of them",
                )
                continue
            kept = tuple(reading for reading in readings.values() if reading is not None)
            alternatives = [reading for reading in kept if reading is not chosen]
            if chosen.overrides:
                self.refuse(
                    CONFLICTS_FILE,
                    where,
                    "overrides the data in the chosen reading",
                    "state the chosen one in the data itself",
                )
            if not alternatives:
                self.refuse(CONFLICTS_FILE, where, "has one reading only", "state the other one")
            if outline.executable != any(reading.overrides for reading in alternatives):
                self.refuse(
                    CONFLICTS_FILE,
                    where,
                    "is executable without overrides, or has them without being so",
                    "give an alternative reading its overrides, or set executable = false and say why",
                )
            self.conflicts[id_] = Conflict(id_, outline.summary, kept, chosen, outline.why, outline.executable)

    def reading(self, head: "_Head", conflict: str, name: str, outline: "_ReadingOutline") -> Reading | None:
        before = len(self.problems)
        where = f"[{conflict}.readings.{name}]"
        for clause in outline.clauses:
            if clause not in self.clauses:
                self.refuse(
                    CONFLICTS_FILE,
                    where,
                    f"cites {clause}, which is not in {CLAUSES_FILE}",
                    "add the clause or mend the name",
                )
        if not outline.clauses:
            self.refuse(CONFLICTS_FILE, where, "is uncited", "name the clauses that it stands on")
        overrides: dict[str, Dated[Any]] = {}
        for parameter, entries in outline.overrides.items():
            group, _, code = parameter.partition(".")
            base = self.values.get(parameter) or self.families.get(group, {}).get(code)
            if base is None:
                self.refuse(
                    CONFLICTS_FILE,
                    where,
                    f"overrides {parameter}, which the edition does not state",
                    "mend the name",
                )
                continue
            spec = {
                "summary": base.summary,
                "governed_by": base.governed_by,
                "reaches": base.reaches,
                "entries": entries,
            }
            series = self.series(head, CONFLICTS_FILE, parameter, spec)
            if series is not None:
                # Where the other reading begins later, the edition's own value holds until then.
                kept = tuple(entry for entry in base.entries if entry.effective < series.entries[0].effective)
                overrides[parameter] = replace(series, entries=kept + series.entries)
        if len(self.problems) > before:
            return None
        return Reading(
            f"{conflict}/{name}",
            outline.text,
            tuple(self.clauses[clause] for clause in outline.clauses),
            overrides,
        )


# ---------------------------------------------------------------- outlines of the files


@dataclass(frozen=True, slots=True)
class _Head:
    id: str
    title: str
    in_force_from: date
    source_digest: str
    supersedes: str | None


@dataclass(frozen=True, slots=True)
class _ClauseEntry:
    basis: ClauseBasis
    summary: str
    effective: date
    rule: str | None
    section: str | None
    locator: str | None
    digest: str | None
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _SeriesOutline:
    summary: str
    entries: tuple[object, ...]
    governed_by: str
    reaches: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class _EntryOutline:
    effective: date
    clause: str
    value: object
    ended: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class _ReadingOutline:
    text: str
    clauses: tuple[str, ...]
    overrides: Mapping[str, list[object]]


@dataclass(frozen=True, slots=True)
class _ConflictOutline:
    summary: str
    chosen: str
    why: str
    executable: bool
    readings: Mapping[str, _ReadingOutline]


def _anything(value: object) -> object:
    return value


def _lacks(given: object, field_name: str) -> bool:
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


_HEAD = shapes.record(
    _Head,
    {"id": shapes.text, "title": shapes.text, "in_force_from": shapes.day, "source_digest": shapes.text},
    supersedes=(shapes.text, None),
)
_CLAUSE = shapes.record(
    _ClauseEntry,
    {"basis": shapes.one_of(ClauseBasis), "summary": shapes.text, "effective": shapes.day},
    rule=(shapes.text, None),
    section=(shapes.text, None),
    locator=(shapes.text, None),
    digest=(shapes.text, None),
    reads=(shapes.list_of(shapes.text), ()),
)
_SERIES = shapes.record(
    _SeriesOutline,
    {"summary": shapes.text, "entries": shapes.list_of(_anything)},
    governed_by=(_governing, "asked_day"),
    reaches=(_reach, "running"),
    unit=(shapes.text, None),
)
_ENTRY = shapes.record(
    _EntryOutline,
    {"effective": shapes.day, "clause": shapes.text},
    value=(_anything, None),
    ended=(shapes.flag, False),
    note=(shapes.text, None),
)
_READING = shapes.record(
    _ReadingOutline,
    {"text": shapes.text, "clauses": shapes.list_of(shapes.text)},
    overrides=(shapes.table_of(_list), {}),
)
_CONFLICT = shapes.record(
    _ConflictOutline,
    {
        "summary": shapes.text,
        "chosen": shapes.text,
        "why": shapes.text,
        "executable": shapes.flag,
        "readings": shapes.table_of(_READING),
    },
)


# ---------------------------------------------------------------- what must agree across files


def _cross_references(guide: Guide) -> Iterator[str]:
    """Problems between values: codes that name nothing, and tables that do not match."""
    for where, code, family in _codes_named(guide):
        if code not in guide.codes(family):
            yield f"{where}: names {code}, which is not stated; add [{family.group}.{code}] or mend the name"
    plans = set(guide.codes(parameters.PLAN))
    for where, feature in _stated(guide, parameters.FEATURE):
        if set(feature.plans) != plans:
            yield f"{where}: names the plans {sorted(feature.plans)}; state every plan of the edition: {sorted(plans)}"
    for family in (
        parameters.REACTION,
        parameters.NOTIFICATION,
        parameters.ESCALATION_STEPS,
        parameters.CLOCKS_RUN_EXTENDED,
    ):
        for code in sorted(plans.symmetric_difference(guide.codes(family))):
            yield f"[{family.group}.{code}]: plans and {family.group} differ; state it for every plan and for no other"
    for code in guide.codes(parameters.THEATER):
        if code not in guide.codes(parameters.WEEK):
            yield f"[theater.{code}]: has no week; add [week.{code}]"
    for where, priority in _priorities_named(guide):
        if priority not in set(parameters.Priority):
            yield f"{where}: names the priority {priority}; write one of {', '.join(parameters.Priority)}"
    steps = {len(taken) for _, taken in _stated(guide, parameters.ESCALATION_STEPS)}
    for where, levels in _stated(guide, parameters.ESCALATION_LEVELS):
        if steps - {len(levels)}:
            yield f"{where}: has {len(levels)} levels for {sorted(steps)} steps; state one level for each step"


def _codes_named(guide: Guide) -> Iterator[tuple[str, str, Family[Any]]]:
    """Every code that a value names: where, the code, and the family in which it must stand."""
    for where, plan in _stated(guide, parameters.INCLUDED_PLAN):
        yield where, plan, parameters.PLAN
    for parameter in (parameters.EXTENDED_DAYS_FEATURE, parameters.HOLIDAYS_FEATURE, parameters.ON_CALL_FEATURE):
        for where, feature in _stated(guide, parameter):
            yield where, feature, parameters.FEATURE
    for parameter, family in (
        (parameters.NORMAL_HOURS_ONLY_LEVELS, parameters.FEATURE),
        (parameters.ON_CALL_EXCLUDED_LEVELS, parameters.FEATURE),
        (parameters.ON_CALL_CHANNELS, parameters.CHANNEL),
        (parameters.FIXES_NEED_LATEST, parameters.SERVICE),
    ):
        for where, codes in _stated(guide, parameter):
            yield from ((where, code, family) for code in sorted(codes))
    for where, channel in _stated(guide, parameters.CHANNEL):
        yield where, channel.feature, parameters.FEATURE
    for where, feature in _stated(guide, parameters.SERVICE):
        if feature is not None:
            yield where, feature, parameters.FEATURE
    for where, feature in _stated(guide, parameters.LEVEL):
        yield where, feature, parameters.FEATURE
    for where, theater in _stated(guide, parameters.THEATER):
        yield where, theater.holidays, parameters.HOLIDAYS


def _priorities_named(guide: Guide) -> Iterator[tuple[str, str]]:
    for where, reactions in _stated(guide, parameters.REACTION):
        yield from ((where, priority) for priority in reactions.within)
    for where, within in _stated(guide, parameters.NOTIFICATION):
        yield from ((where, priority) for priority in within)
    for code in guide.codes(parameters.ESCALATION_LEVELS):
        yield f"[escalation_levels.{code}]", code


def _stated(guide: Guide, value: Parameter[T] | Family[T]) -> Iterator[tuple[str, T]]:
    """Every entry of a value that was not ended, or of all of a family's, with its place."""
    if isinstance(value, Parameter):
        found = [guide.values[value.name]]
    else:
        found = [guide.series(value, code) for code in guide.codes(value)]
    for series in found:
        for entry in series.entries:
            if not entry.ended:
                yield f"[{series.name}]", cast("T", entry.value)
