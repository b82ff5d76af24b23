"""Calendar arithmetic of terms: inclusive ends, anchor days, anniversaries, the policy zone (R-DATE, R-FEE-1)."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

ONE_DAY = timedelta(days=1)
MONTHS = 12


def clamped(year: int, month: int, anchor: int) -> date:
    """The anchor day of a month, or the month's last day where it has no such day."""
    return date(year, month, min(anchor, monthrange(year, month)[1]))


def keeps_anchor(starts_on: date, anchor: int) -> bool:
    """Whether a start is the anchor day clamped to its month, so that its term continues the anchor (R-DATE-2)."""
    return starts_on.day == anchor or starts_on == clamped(starts_on.year, starts_on.month, anchor)


def last_day_of_term(starts_on: date, months: int, anchor: int | None = None) -> date:
    """The last covered day, inclusive, of a term of so many months (R-DATE-1, R-DATE-2).

    The anchor is the chain's day of the month; the start's own day when left out.
    """
    if months < 1:
        message = f"a term has at least one month, not {months}"
        raise ValueError(message)
    years, month = divmod(starts_on.month - 1 + months, MONTHS)
    return clamped(starts_on.year + years, month + 1, anchor or starts_on.day) - ONE_DAY


def anniversary(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes the 28th in a common year."""
    return day + relativedelta(years=years)


def started_years(expires_on: date, order_date: date) -> int:
    """Started years from the last covered day to the order: the least n ≥ 1 with order ≤ expiry + n years (R-FEE-1)."""
    years = max(1, order_date.year - expires_on.year)
    return years if order_date <= anniversary(expires_on, years) else years + 1


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The calendar day on which an aware instant falls in a zone (R-DATE-3)."""
    return at.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a calendar day in a zone, as that zone's aware time."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)
