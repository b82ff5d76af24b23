"""Price books: what a term of a plan costs for a product, chosen by the order date; and the price of a part of a term.

A price is for the whole of its months and one unit. A number of months that a book lacks has no price: it is never
scaled from another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from entitlements.dates import last_day_of_term


@dataclass(frozen=True, slots=True)
class Price:
    """A price from its effective day on, until a later one of the same kind."""

    book: str
    currency: str
    product: str
    plan: str
    months: int
    effective_from: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The prices of one book in one currency, as known at an instant."""

    name: str
    currency: str
    prices: Mapping[tuple[str, str, int], tuple[Price, ...]]

    def price(self, product: str, plan: str, months: int, order_date: date) -> Price | None:
        """The price in force on an order date; None where the book has none."""
        known = self.prices.get((product, plan, months), ())
        return next((price for price in reversed(known) if price.effective_from <= order_date), None)

    @property
    def changes(self) -> tuple[date, ...]:
        """The days from which some price of the book is another."""
        return tuple(sorted({price.effective_from for known in self.prices.values() for price in known}))


def price_book(name: str, currency: str, prices: Iterable[Price]) -> PriceBook:
    """A book from its rows, whatever their order; rows of other books and currencies are left out."""
    kept: dict[tuple[str, str, int], list[Price]] = {}
    for price in prices:
        if (price.book, price.currency) == (name, currency):
            kept.setdefault((price.product, price.plan, price.months), []).append(price)
    ordered = {key: tuple(sorted(rows, key=lambda row: row.effective_from)) for key, rows in kept.items()}
    return PriceBook(name, currency, ordered)


class Divisor(StrEnum):
    """What the days of a part of a term are divided by: the guide's data."""

    DAYS_365 = "DAYS_365"
    YEAR_DAYS = "YEAR_DAYS"
    TERM_DAYS = "TERM_DAYS"
    THIRTY_360 = "THIRTY_360"
    MONTHS_AND_DAYS = "MONTHS_AND_DAYS"


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a price a line is for.

    `days` is None for a whole term, whose factor is 1; `divisor` also where no whole number divides the days.
    """

    factor: Fraction
    days: int | None = None
    divisor: int | None = None

    @property
    def text(self) -> str:
        """The factor as it is shown: days over divisor, or the exact fraction."""
        if self.days is not None and self.divisor is not None:
            return f"{self.days}/{self.divisor}"
        return str(self.factor)


WHOLE = Part(Fraction(1))
MONTHS_A_YEAR = 12


def part_of_term(starts_on: date, expires_on: date, months: int, divisor: Divisor, anchor: int | None = None) -> Part:
    """The part of a price for so many months that two inclusive days take; a full term from the same start is whole."""
    full = last_day_of_term(starts_on, months, anchor)
    days = (expires_on - starts_on).days + 1
    if expires_on == full:
        return WHOLE
    match divisor:
        case Divisor.TERM_DAYS:
            return _over(days, (full - starts_on).days + 1)
        case Divisor.DAYS_365:
            return _over(days, Fraction(365 * months, MONTHS_A_YEAR))
        case Divisor.YEAR_DAYS:
            year = (date(starts_on.year + 1, 1, 1) - date(starts_on.year, 1, 1)).days
            return _over(days, Fraction(year * months, MONTHS_A_YEAR))
        case Divisor.THIRTY_360:
            return _over(_days_360(starts_on, expires_on + timedelta(days=1)), 30 * months)
        case Divisor.MONTHS_AND_DAYS:
            return Part(_months(starts_on, expires_on, anchor) / months, days)


def _over(days: int, divisor: int | Fraction) -> Part:
    whole = Fraction(divisor)
    return Part(Fraction(days) / whole, days, int(whole) if whole.denominator == 1 else None)


def _days_360(start: date, end: date) -> int:
    """Days from a start to an exclusive end when every month has thirty."""
    first, last = min(start.day, 30), min(end.day, 30)
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + (last - first)


def _months(starts_on: date, expires_on: date, anchor: int | None) -> Fraction:
    """Whole months from a start, and the days left over the days of the month that they begin."""
    whole = 0
    while last_day_of_term(starts_on, whole + 1, anchor) <= expires_on:
        whole += 1
    begun = last_day_of_term(starts_on, whole, anchor) + timedelta(days=1) if whole else starts_on
    month = (last_day_of_term(starts_on, whole + 1, anchor) - begun).days + 1
    return whole + Fraction((expires_on - begun).days + 1, month)
