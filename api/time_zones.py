"""Which time zone database instants are reckoned by: the system's where it has one, else the installed package's."""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from zoneinfo import TZPATH

import tzdata

from entitlements.records import Engine

UNKNOWN = "unknown"
VERSION_FILES = (("tzdata.zi", "# version "), ("+VERSION", ""))
"""Files of a database that say its version, and what stands before it there."""


def tzdata_version(folders: tuple[str, ...] = TZPATH) -> str:
    """The version of the database that zones are read from, such as 2026a; `unknown` where it does not say."""
    for folder in map(Path, folders):
        if (folder / "Europe" / "Rome").is_file():
            return next(_versions(folder), UNKNOWN)
    return tzdata.IANA_VERSION


def _versions(folder: Path) -> Iterator[str]:
    for name, mark in VERSION_FILES:
        try:
            first = (folder / name).read_text(encoding="utf-8").partition("\n")[0].strip()
        except (OSError, UnicodeDecodeError):
            continue
        if first.startswith(mark):
            yield first.removeprefix(mark)


@cache
def engine() -> Engine:
    """What evaluates in this process."""
    return Engine(version("coverline"), tzdata_version())
