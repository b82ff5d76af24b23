"""How a cell's text is read: a reader returns its value, or raises ValueError with what completes "the cell …".

Nothing is guessed: what is not written exactly as the format says is refused.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

Reader = Callable[[str], object]

DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
DECIMAL = re.compile(r"\d{1,15}(\.\d{1,6})?", re.ASCII)
WHOLE = re.compile(r"\d{1,9}", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)

FIRST_YEAR, LAST_YEAR = 1900, 2999


def _refuse(expected: str, cell: str) -> ValueError:
    shown = cell if len(cell) <= 60 else f"{cell[:57]}…"  # noqa: PLR2004 - a readable length
    return ValueError(f"must be {expected}, not {shown!r}")


def text(longest: int) -> Callable[[str], str]:
    """Any text up to so many characters, without white space at its ends."""

    def read(cell: str) -> str:
        if cell != cell.strip():
            raise ValueError("begins or ends with white space; remove it")
        if len(cell) > longest:
            raise ValueError(f"has {len(cell)} characters; at most {longest} are kept")
        return cell

    return read


name = text(300)
code = text(100)


def serial(cell: str) -> str:
    """A licence's serial: 1 to 64 printable characters without spaces."""
    if not 1 <= len(cell) <= 64 or not cell.isprintable() or any(character.isspace() for character in cell):  # noqa: PLR2004
        raise _refuse("1 to 64 printable characters without spaces", cell)
    return cell


def day(cell: str) -> date:
    """A calendar day, YYYY-MM-DD."""
    if not DATE.fullmatch(cell):
        raise _refuse("a date written YYYY-MM-DD", cell)
    try:
        read = date.fromisoformat(cell)
    except ValueError:
        raise _refuse("a date that exists, written YYYY-MM-DD", cell) from None
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise _refuse(f"a date from {FIRST_YEAR} to {LAST_YEAR}; leave the cell empty where there is no end", cell)
    return read


def instant(cell: str) -> datetime:
    """An RFC 3339 instant with its offset, as UTC."""
    expected = "an instant with its offset, such as 2024-05-31T09:30:00Z"
    parts = INSTANT.fullmatch(cell)
    if parts is None:
        raise _refuse(expected, cell)
    on, at, fraction, offset = parts.groups()
    try:
        read = datetime.fromisoformat(f"{on}T{at}{(fraction or '')[:7]}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise _refuse(expected, cell) from None
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise _refuse(f"an instant from {FIRST_YEAR} to {LAST_YEAR}", cell)
    return read


def flag(cell: str) -> bool:
    """True or false."""
    if cell not in {"true", "false"}:
        raise _refuse("true or false, or empty where it is not known", cell)
    return cell == "true"


def amount(cell: str) -> Decimal:
    """An exact amount, zero or more, with a point before the decimals."""
    if not DECIMAL.fullmatch(cell):
        raise _refuse("an amount such as 1200 or 1200.50", cell)
    return Decimal(cell)


def count(cell: str) -> int:
    """A whole number, one or more."""
    if not WHOLE.fullmatch(cell) or int(cell) < 1:
        raise _refuse("a whole number, one or more", cell)
    return int(cell)


def year(cell: str) -> int:
    """A calendar year."""
    if not WHOLE.fullmatch(cell) or not FIRST_YEAR <= int(cell) <= LAST_YEAR:
        raise _refuse("a year such as 2024", cell)
    return int(cell)


def _pattern(pattern: re.Pattern[str], expected: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if not pattern.fullmatch(cell):
            raise _refuse(expected, cell)
        return cell

    return read


currency = _pattern(CURRENCY, "a currency of ISO 4217, such as EUR")
country = _pattern(COUNTRY, "a country of ISO 3166-1, such as IT")
language = _pattern(LANGUAGE, "a language tag of BCP 47, such as it or pt-BR")


def one_of(what: str, codes: Iterable[str]) -> Callable[[str], str]:
    """One of the codes that the engine or the guide knows."""
    known = tuple(codes)

    def read(cell: str) -> str:
        if cell not in known:
            raise ValueError(f"{cell!r} is not {what}; it is one of {', '.join(known)}")
        return cell

    return read


def codes(cell: str) -> tuple[str, ...]:
    """Codes joined with semicolons, in the order of the alphabet; each once."""
    parts = cell.split(";")
    for part in parts:
        if not part or part != part.strip():
            raise ValueError("is a list joined with ';' and has an empty or padded item; write A;B")
        code(part)
    return tuple(sorted(set(parts)))
