"""The formats of an export. A library is loaded when its format is asked for."""

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from api.interchange.exports.columns import Rows, Title


class Sheet(Protocol):
    """A report being written to a file, which whoever opened it closes."""

    def write(self, rows: Rows) -> None:
        """Some rows more."""
        ...

    def finish(self) -> None:
        """No more rows come."""
        ...


class Format(StrEnum):
    """A format, by the suffix of its files."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    ICS = "ics"

    @property
    def is_text(self) -> bool:
        """Whether it is written as it comes and read as text; the others are put together at the end."""
        return self in {Format.CSV, Format.ICS}


class LibraryMissing(Exception):  # noqa: N818 - a sentence for people
    """A format needs a library that is not installed; the message says how to install it."""


WRITTEN_BY = {
    Format.CSV: ("comma_separated", "CommaSeparated"),
    Format.XLSX: ("workbooks", "Workbook"),
    Format.PARQUET: ("parquet", "Parquet"),
    Format.ICS: ("calendars", "CalendarFile"),
}


def writer_of(format_: Format) -> Callable[[BinaryIO, Title, Path], Sheet]:
    """What writes a format to an open file; it may keep things in a folder until the end."""
    module, name = WRITTEN_BY[format_]
    try:
        return cast("Callable[[BinaryIO, Title, Path], Sheet]", getattr(import_module(f"{__package__}.{module}"), name))
    except ModuleNotFoundError as problem:
        message = f"{format_} is written with {problem.name}, which is not installed. pip install 'coverline[export]'"
        raise LibraryMissing(f"{message} brings it.") from problem
