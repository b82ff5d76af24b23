"""Service windows of a theater as a plan extends them, and time counted in them (R-CAL, R-SLA-1, R-SLA-3).

Windows are half-open: open at the opening instant, closed at the closing one. Everything is an aware instant; the days
are those of the theater's own zone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from entitlements import dates
from entitlements.dates import ONE_DAY
from entitlements.guide import Guide
from entitlements.parameters import (
    CALENDAR_FIRST_DAY,
    CALENDAR_LAST_DAY,
    HOLIDAY_OPENS_REST_DAY,
    HOLIDAYS,
    THEATER,
    WEEK,
    TheaterTerms,
    Week,
    Weekday,
)
from entitlements.requests import Pause

WEEKDAYS = tuple(Weekday)
SEARCHED_DAYS = 31
"""How far an opening is looked for; every theater opens within any month."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of service, open at its first instant and closed at its last; UTC."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """The service windows of one theater, with or without its extended days and its holidays."""

    guide: Guide
    theater: str
    terms: TheaterTerms
    holidays: frozenset[date]
    on_extended_days: bool
    on_holidays: bool

    def day_of(self, at: datetime) -> date:
        """The theater's own day of an instant."""
        return dates.day_of(at, self.terms.zone)

    def is_business_day(self, day: date) -> bool:
        """A normal day of the theater's week that is not a public holiday (R-CHK-12)."""
        return day not in self.holidays and WEEKDAYS[day.weekday()] in self._week(day).normal_days

    def window_on(self, day: date) -> Window | None:
        """The window of a day of the theater, if it has one."""
        week = self._week(day)
        weekday = WEEKDAYS[day.weekday()]
        if day in self.holidays:
            rest_day = weekday not in week.normal_days | week.extended_days
            if not self.on_holidays or (rest_day and not self.guide.value(HOLIDAY_OPENS_REST_DAY, day)):
                return None
            return self._window(day, week.extended_opens, week.extended_closes)
        if weekday in week.normal_days:
            return self._window(day, week.opens, week.closes)
        if weekday in week.extended_days and self.on_extended_days:
            return self._window(day, week.extended_opens, week.extended_closes)
        return None

    def is_open(self, at: datetime) -> bool:
        """Whether an instant lies in a window."""
        window = self.window_on(self.day_of(at))
        return window is not None and window.opens_at <= at < window.closes_at

    def opening_from(self, at: datetime) -> datetime:
        """The instant itself inside a window, else the next opening, in UTC."""
        for window in self.windows_from(at):
            return max(window.opens_at, at.astimezone(UTC))
        message = f"{self.theater} does not open within {SEARCHED_DAYS} days of {at}"
        raise LookupError(message)

    def next_change(self, at: datetime) -> datetime | None:
        """The first instant after one at which the service opens or closes; None past the calendars."""
        for window in self.windows_from(at):
            return window.closes_at if window.opens_at <= at else window.opens_at
        return None

    def windows_from(self, at: datetime, days: int = SEARCHED_DAYS) -> Iterator[Window]:
        """The windows that close after an instant, in order, for so many days."""
        first = self.day_of(at)
        for offset in range(days):
            window = self.window_on(first + timedelta(days=offset))
            if window is not None and window.closes_at > at:
                yield window

    def after_minutes(self, start: datetime, minutes: int, pauses: Sequence[Pause] = ()) -> datetime | None:
        """The instant by which so many minutes have run in the windows from a start, pauses not counted.

        None when that lies beyond the calendars.
        """
        left = timedelta(minutes=minutes)
        day = self.day_of(start)
        while day <= self._last_day():
            window = self.window_on(day)
            if window is not None:
                for opens_at, closes_at in _running(max(window.opens_at, start), window.closes_at, pauses):
                    if closes_at - opens_at >= left:
                        return (opens_at + left).astimezone(UTC)
                    left -= closes_at - opens_at
            day += ONE_DAY
        return None

    def close_of_business_day(self, start: datetime, count: int, pauses: Sequence[Pause] = ()) -> datetime | None:
        """The close of business of the n-th business day after the start's own day (R-SLA-3, R-CHK-12).

        A business day that lies wholly inside a pause is not counted. None beyond the calendars.
        """
        day = self.day_of(start)
        while day < self._last_day():
            day += ONE_DAY
            if not self.is_business_day(day):
                continue
            week = self._week(day)
            window = self._window(day, week.opens, week.closes)
            if not any(_running(window.opens_at, window.closes_at, pauses)):
                continue
            count -= 1
            if count == 0:
                return window.closes_at
        return None

    def _week(self, day: date) -> Week:
        guide = self.guide
        return guide.series(WEEK, self.theater).on(max(day, guide.first_in_force_from)).value

    def _window(self, day: date, opens: time, closes: time) -> Window:
        zone = self.terms.zone
        return Window(
            datetime.combine(day, opens, zone).astimezone(UTC),
            datetime.combine(day, closes, zone).astimezone(UTC),
        )

    def _last_day(self) -> date:
        return self.guide.value(CALENDAR_LAST_DAY, self.guide.in_force_from)


def hours_of(guide: Guide, theater: str, day: date, *, on_extended_days: bool, on_holidays: bool) -> Hours:
    """The hours of a theater by the terms of a day."""
    terms = guide.series(THEATER, theater).on(max(day, guide.first_in_force_from)).value
    holidays = guide.series(HOLIDAYS, terms.holidays).on(guide.in_force_from).value
    return Hours(guide, theater, terms, holidays, on_extended_days, on_holidays)


def within_calendars(guide: Guide, day: date) -> bool:
    """Whether public holidays are known for a day."""
    at = guide.in_force_from
    return guide.value(CALENDAR_FIRST_DAY, at) <= day <= guide.value(CALENDAR_LAST_DAY, at)


def after_elapsed(start: datetime, minutes: int, pauses: Sequence[Pause] = ()) -> datetime:
    """The instant by which so many minutes have run on the wall clock, pauses not counted; UTC."""
    left = timedelta(minutes=minutes)
    at = start.astimezone(UTC)
    for pause in merged(pauses):
        if pause.ends_at <= at:
            continue
        if pause.starts_at - at >= left:
            break
        left -= max(pause.starts_at - at, timedelta())
        at = pause.ends_at.astimezone(UTC)
    return at + left


def merged(pauses: Sequence[Pause]) -> list[Pause]:
    """Pauses in order, those that touch or overlap made one."""
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: pause.starts_at):
        if found and pause.starts_at <= found[-1].ends_at:
            found[-1] = Pause(found[-1].starts_at, max(found[-1].ends_at, pause.ends_at))
        else:
            found.append(pause)
    return found


def _running(start: datetime, end: datetime, pauses: Sequence[Pause]) -> Iterator[tuple[datetime, datetime]]:
    """The stretches between two instants that no pause covers."""
    at = start
    for pause in merged(pauses):
        if pause.ends_at <= at or pause.starts_at >= end:
            continue
        if pause.starts_at > at:
            yield at, pause.starts_at
        at = max(at, pause.ends_at)
    if at < end:
        yield at, end
