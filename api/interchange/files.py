"""Reading a CSV file of the interchange format as rows of values, one at a time, each fault where it stands."""

import csv
import unicodedata
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from api.interchange import cells
from api.interchange.report import Findings

RECORDED_AT = "recorded_at"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how its cells are read, whether one must be there, and what an empty one stands for."""

    name: str
    read: cells.Reader
    required: bool = False
    default: object = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of the format: its name and its columns, the first of which names what a row is about."""

    file: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row that can be read: the line where it begins, its values by column, and the instant it names."""

    number: int
    values: Mapping[str, Any]
    recorded_at: datetime | None


@dataclass(slots=True)
class _Text:
    """A file's lines as text; those that are not UTF-8 are noted by number, and counted bytes tell how far it is."""

    path: Path
    bytes_read: int = 0
    not_text: set[int] = field(default_factory=set[int])

    def __iter__(self) -> Iterator[str]:
        with self.path.open("rb") as file:
            for number in count(1):
                raw = file.readline(1 << 20)
                if not raw:
                    return
                self.bytes_read += len(raw)
                try:
                    line = raw.decode("utf-8")
                except UnicodeDecodeError:
                    self.not_text.add(number)
                    line = raw.decode("utf-8", errors="replace")
                yield line.removeprefix("\ufeff") if number == 1 else line


def lines_of(
    sheet: Sheet, path: Path, findings: Findings, now: datetime, progress: Callable[[int], None] = lambda _: None
) -> Generator[Line]:
    """The readable rows of a file, in its order; every fault of the others goes to the findings.

    `progress` is told how many bytes were read.
    """
    source = _Text(path)
    reader = csv.reader(source, strict=True)
    begins = 1
    header: list[str] | None = None
    try:
        for row in reader:
            first, begins = begins, reader.line_num + 1
            is_text = _is_text(sheet, source, range(first, begins), findings)
            if header is None:
                if not is_text or not _header_is_right(sheet, row, findings):
                    findings.unreadable.add(sheet.file)
                    return
                header = row
            elif row and is_text:
                line = _line(sheet, header, first, row, findings, now)
                if line is not None:
                    yield line
            progress(source.bytes_read)
    except csv.Error as problem:
        fix = "close every quote that is opened, and double those inside a cell; the rest of the file was not read"
        findings.refuse(sheet.file, begins, None, f"cannot be read as CSV ({problem}); {fix}")
        findings.unreadable.add(sheet.file)
        return
    except OSError as problem:
        findings.refuse(sheet.file, None, None, f"cannot be read ({problem.strerror}); check its permissions")
        findings.unreadable.add(sheet.file)
        return
    if header is None:
        findings.refuse(sheet.file, 1, None, f"has no header; its first line names the columns: {_names(sheet)}")
        findings.unreadable.add(sheet.file)


def _is_text(sheet: Sheet, source: _Text, lines: range, findings: Findings) -> bool:
    wrong = source.not_text.intersection(lines)
    source.not_text.clear()
    if wrong:
        findings.refuse(sheet.file, min(wrong), None, "is not UTF-8; save the file as UTF-8 and import it again")
        findings.unreadable.add(sheet.file)
    return not wrong


def _names(sheet: Sheet) -> str:
    return ", ".join([*(column.name for column in sheet.columns), RECORDED_AT])


def _header_is_right(sheet: Sheet, header: list[str], findings: Findings) -> bool:
    known = {column.name for column in sheet.columns} | {RECORDED_AT}
    before = findings.error_count
    for name in header:
        if name not in known:
            shown = name or "an empty name"
            findings.refuse(sheet.file, 1, shown, f"is not a column of this file; it has {_names(sheet)}")
    for name in sorted({name for name in header if header.count(name) > 1}):
        findings.refuse(sheet.file, 1, name, "stands there twice; keep one of the two columns")
    for column in sheet.columns:
        if column.required and column.name not in header:
            findings.refuse(sheet.file, 1, column.name, "is missing; add the column, every row needs it")
    return findings.error_count == before


def _line(
    sheet: Sheet, header: list[str], number: int, row: list[str], findings: Findings, now: datetime
) -> Line | None:
    if len(row) != len(header):
        fix = "quote a cell that holds a comma" if len(row) > len(header) else "add the commas of its empty cells"
        findings.refuse(sheet.file, number, None, f"has {len(row)} cells, the header {len(header)}; {fix}")
        return None
    given = dict(zip(header, row, strict=True))
    before = findings.error_count
    values = {
        column.name: _value(sheet, column, number, given.get(column.name, ""), findings) for column in sheet.columns
    }
    recorded_at = _recorded_at(sheet, number, given.get(RECORDED_AT, ""), findings, now)
    if findings.error_count > before:
        findings.refuse_key(sheet.file, given.get(sheet.columns[0].name, ""))
        return None
    return Line(number, values, recorded_at)


def _value(sheet: Sheet, column: Column, number: int, cell: str, findings: Findings) -> object:
    if not cell:
        if column.required:
            findings.refuse(sheet.file, number, column.name, "is empty; every row needs it")
        return column.default
    control = next((character for character in cell if unicodedata.category(character) == "Cc"), None)
    if control is not None:
        findings.refuse(sheet.file, number, column.name, f"holds the control character U+{ord(control):04X}; remove it")
        return None
    try:
        return column.read(cell)
    except ValueError as problem:
        findings.refuse(sheet.file, number, column.name, str(problem))
        return None


def _recorded_at(sheet: Sheet, number: int, cell: str, findings: Findings, now: datetime) -> datetime | None:
    if not cell:
        return None
    try:
        at = cells.instant(cell)
    except ValueError as problem:
        findings.refuse(sheet.file, number, RECORDED_AT, str(problem))
        return None
    if at > now:
        message = f"{cell} is in the future; give the instant at which the fact was recorded, or leave the cell empty"
        findings.refuse(sheet.file, number, RECORDED_AT, message)
    return at
