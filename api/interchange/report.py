"""What an import came to: what was recorded by file, and every row that stands in its way."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

KEPT = 1_000
"""So many errors are kept; all are counted."""
REMEMBERED = 10_000
"""So many keys of refused rows are remembered for a file, so that rows which refer to them are not blamed as well."""


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong where, and what to do. The line is the row's first in the file; None where it is the file itself.

    The column is None where it is the row as a whole.
    """

    file: str
    line: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        where = [self.file, f"line {self.line}" if self.line else None, self.column]
        return f"{', '.join(part for part in where if part)}: {self.message}"


@dataclass(slots=True)
class Counts:
    """How many facts of a file were new, took the place of earlier ones, or were known already."""

    added: int = 0
    superseded: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """An import's outcome. Nothing was loaded when it was a rehearsal or when there is any error.

    `errors` holds the first ones in the order of the files; `error_count` counts them all.
    """

    counts: Mapping[str, Counts]
    errors: tuple[RowError, ...]
    error_count: int
    dry_run: bool

    @property
    def is_loaded(self) -> bool:
        """Whether the database holds what the files say."""
        return not self.dry_run and self.error_count == 0


@dataclass(slots=True)
class Findings:
    """Collects counts and errors on the way."""

    counts: dict[str, Counts] = field(default_factory=dict[str, Counts])
    errors: list[RowError] = field(default_factory=list[RowError])
    error_count: int = 0
    refused_keys: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict[str, set[str]](set))
    unreadable: set[str] = field(default_factory=set[str])
    """Files of which a part could not be read, so that nobody knows what stands there."""

    def refuse(self, file: str, line: int | None, column: str | None, message: str) -> None:
        """Notes what is wrong; beyond the first ones it is only counted."""
        self.error_count += 1
        if len(self.errors) < KEPT:
            self.errors.append(RowError(file, line, column, message))

    def refuse_key(self, file: str, key: str) -> None:
        """Remembers the key of a row that was refused."""
        if len(self.refused_keys[file]) < REMEMBERED:
            self.refused_keys[file].add(key)

    def may_hold(self, file: str, key: str) -> bool:
        """Whether a key that is not there may stand in a row that was refused already."""
        return key in self.refused_keys[file] or file in self.unreadable

    def report(self, *, dry_run: bool) -> ImportReport:
        """The report, once everything was read."""
        return ImportReport(self.counts, tuple(self.errors), self.error_count, dry_run)
