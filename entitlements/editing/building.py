"""Building an edition of the guide from the texts of its files.

`build_guide` takes texts, never paths: reading files is its caller's. Whatever is undated, uncited, out of order,
unknown or without its proof is refused with every problem found, each naming file, entry and fix.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any, cast

from entitlements import shapes
from entitlements.clauses import Clause, ClauseBasis
from entitlements.editing.agreement import disagreements
from entitlements.editing.outlines import (
    CLAUSE,
    CONFLICT,
    ENTRY,
    HEAD,
    SERIES,
    ClauseOutline,
    Head,
    ReadingOutline,
    lacks,
)
from entitlements.guide import Conflict, Dated, Entry, Guide, GuideRefused, Reading
from entitlements.parameters import FAMILIES, PARAMETERS

EDITION_FILE = "edition.toml"
CLAUSES_FILE = "clauses.toml"
CONFLICTS_FILE = "conflicts.toml"
LOCATOR = re.compile(r"(0|[1-9][0-9]*)\+[1-9][0-9]*")
DIGEST = re.compile(r"[0-9a-f]{64}")


def build_guide(editions: Sequence[Mapping[str, str]], digest: str) -> Guide:
    """An edition from the texts of its files, after those it supersedes, the oldest first.

    Each mapping is from file name (`plans.toml`, `holidays/IT.toml`) to text; `digest` names the whole for records.
    Raises GuideRefused with every problem.
    """
    return _Builder().build(editions, digest)


def guide_from(sources: Mapping[str, Mapping[str, str]]) -> Guide:
    """An edition from its files' texts and those of the editions it supersedes, by the names of both, the oldest first.

    The guide holds what it was built from, so that a record can keep it.
    """
    return replace(build_guide(list(sources.values()), digest_of(sources)), sources=sources)


def digest_of(texts: Mapping[str, Mapping[str, str]]) -> str:
    """The sha256 of an edition's files, names and texts, with those that it supersedes."""
    whole = sha256()
    for edition, named in texts.items():
        for name, text in named.items():
            for part in (edition, name, text):
                encoded = part.encode()
                # Each part with its length, so that no two different sets of files are the same bytes.
                whole.update(len(encoded).to_bytes(8))
                whole.update(encoded)
    return whole.hexdigest()


class _Builder:
    """Collects values, clauses and every problem on the way."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.folder = ""
        self.clauses: dict[str, Clause] = {}
        self.values: dict[str, Dated[Any]] = {}
        self.files: dict[str, str] = {}
        self.families: dict[str, dict[str, Dated[Any]]] = {family.group: {} for family in FAMILIES}
        self.conflicts: dict[str, Conflict] = {}
        self.parameters = {parameter.name: parameter for parameter in PARAMETERS}
        self.groups = {family.group: family for family in FAMILIES}

    def refuse(self, file: str, entry: str, problem: str, fix: str) -> None:
        self.problems.append(f"{self.folder}{file}: {entry}: {problem}; {fix}")

    def build(self, editions: Sequence[Mapping[str, str]], digest: str) -> Guide:
        heads: list[Head] = []
        for texts in editions:
            self.folder = ""
            tables = {name: table for name, text in texts.items() if (table := self.parse(name, text)) is not None}
            head = self.head(tables.pop(EDITION_FILE, None))
            if head is None:
                break
            self.folder = f"{head.id}/"
            if head.supersedes != (heads[-1].id if heads else None):
                found = heads[-1].id if heads else "nothing"
                self.refuse(
                    EDITION_FILE,
                    "supersedes",
                    f"{head.supersedes} is not the edition before it ({found})",
                    "name the edition that this one changes, or leave it out for a first edition",
                )
            heads.append(head)
            self.read_clauses(head, tables.pop(CLAUSES_FILE, {}))
            conflicts = tables.pop(CONFLICTS_FILE, {})
            for name, table in tables.items():
                self.read_values(head, name, table)
            self.read_conflicts(head, conflicts)
        # A value that was refused has been named already; here are those that stand nowhere.
        for parameter in PARAMETERS:
            if parameter.name not in self.files and heads:
                missing = f"[{parameter.name}]: is missing; add it to one of the edition's files"
                self.problems.append(f"{heads[-1].id}: {missing}")
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
        self.cross_examine(guide)
        return guide

    def cross_examine(self, guide: Guide) -> None:
        """Refuse values that do not agree with each other, in the guide itself or under one of its other readings."""
        for name, problem in disagreements(guide):
            self.problems.append(f"{self.files.get(name, guide.edition)}: [{name}]: {problem}")
        for conflict in guide.conflicts if not self.problems else ():
            for reading in conflict.readings:
                for name, problem in disagreements(guide.under(reading)) if reading.overrides else ():
                    self.problems.append(f"{self.files[conflict.id]}: [{reading.id}]: [{name}]: {problem}")
        if self.problems:
            raise GuideRefused(self.problems)

    def parse(self, name: str, text: str) -> dict[str, Any] | None:
        try:
            return tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as problem:
            self.refuse(name, "the file", f"is not TOML ({problem})", "mend the line that it names")
            return None

    def head(self, table: dict[str, Any] | None) -> "Head | None":
        if table is None:
            self.refuse(
                EDITION_FILE,
                "the file",
                "is missing",
                "add it with id, title, in_force_from and source_digest",
            )
            return None
        try:
            head = HEAD(table)
        except ValueError as problem:
            self.refuse(EDITION_FILE, "the edition", str(problem), "see CONTRIBUTING.md for its fields")
            return None
        if not DIGEST.fullmatch(head.source_digest):
            fix = "give the 64 lower-case hex digits of sha256"
            self.refuse(EDITION_FILE, "source_digest", "is malformed", fix)
        return head

    # -------------------------------------------------------- clauses

    def read_clauses(self, head: Head, table: dict[str, Any]) -> None:
        earlier = tuple(self.clauses)
        pending: dict[str, tuple[ClauseOutline, str]] = {}
        for rule, given in table.items():
            where = f"[{rule}]"
            try:
                entry = CLAUSE(given)
            except ValueError as problem:
                self.refuse(CLAUSES_FILE, where, str(problem), "see CONTRIBUTING.md for a clause's fields")
                continue
            self.clause_is_proven(where, entry)
            pending[rule] = (entry, f"{head.id}/{rule}")
        for rule in pending:
            self.resolve_clause(head, rule, pending, ())
        # Resolving follows what a clause reads; the order kept is that of the files.
        self.clauses = {rule: self.clauses[rule] for rule in (*earlier, *pending)}

    def clause_is_proven(self, where: str, entry: ClauseOutline) -> None:
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
        head: Head,
        rule: str,
        pending: Mapping[str, tuple[ClauseOutline, str]],
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

    def read_values(self, head: Head, file: str, table: dict[str, Any]) -> None:
        for group, given in table.items():
            if not isinstance(given, dict):
                self.refuse(file, group, "stands outside a table", "write it as [group.key] with its entries")
                continue
            for key, spec in cast("dict[str, object]", given).items():
                self.files[f"{group}.{key}"] = f"{self.folder}{file}"
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

    def series(self, head: Head, file: str, name: str, spec: object) -> Dated[Any] | None:
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
            outline = SERIES(spec)
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
        if lacks(given, "effective"):
            self.refuse(file, where, "is undated", "give it the day from which it holds, effective = YYYY-MM-DD")
            return None
        if lacks(given, "clause"):
            self.refuse(file, where, "is uncited", 'name the clause that states it, clause = "R-…"')
            return None
        try:
            outline = ENTRY(given)
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

    def read_conflicts(self, head: Head, table: dict[str, Any]) -> None:
        for id_, given in table.items():
            where = f"[{id_}]"
            try:
                outline = CONFLICT(given)
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
            self.files[id_] = f"{self.folder}{CONFLICTS_FILE}"
            self.conflicts[id_] = Conflict(id_, outline.summary, kept, chosen, outline.why, outline.executable)

    def reading(self, head: Head, conflict: str, name: str, outline: ReadingOutline) -> Reading | None:
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
