"""R-CAL and the counting of business time: windows of each theater, holidays, both Middle East weeks, clock changes.

Windows are checked at the very instants: open at the opening one, closed at the closing one.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from entitlements import hours
from tests.builders import GUIDE, a_pause, day, dubai, local, new_york, rome

ZONES = {
    "EUROPE": "Europe/Rome",
    "AMERICAS": "America/New_York",
    "MIDDLE_EAST": "Asia/Dubai",
    "MIDDLE_EAST_UAE": "Asia/Dubai",
}


def normal(theater="EUROPE"):
    """The hours of normal days only, as Basic has them."""
    return hours.hours_of(GUIDE, theater, day("2026-03-11"), on_extended_days=False, on_holidays=False)


def extended(theater="EUROPE"):
    """The hours with Saturdays and holidays, as Gold and Platinum have them."""
    return hours.hours_of(GUIDE, theater, day("2026-03-11"), on_extended_days=True, on_holidays=True)


def window(of, on):
    """The window of a day by the theater's own clocks, `None` for a day without one."""
    found = of.window_on(day(on))
    if found is None:
        return None
    return " ".join(f"{at.astimezone(of.terms.zone):%H:%M}" for at in (found.opens_at, found.closes_at))


# ---------------------------------------------------------------- the table of theaters


@pytest.mark.parametrize(
    ("theater", "on", "basic", "gold"),
    [
        # Europe: Monday to Friday 09-18; Gold on Saturday too; Sunday nobody.
        ("EUROPE", "2026-03-09", "09:00 18:00", "09:00 18:00"),  # Monday
        ("EUROPE", "2026-03-13", "09:00 18:00", "09:00 18:00"),  # Friday
        ("EUROPE", "2026-03-14", None, "09:00 18:00"),  # Saturday
        ("EUROPE", "2026-03-15", None, None),  # Sunday
        # The Americas: Monday to Friday 07-17; Saturday 07-12.
        ("AMERICAS", "2026-03-09", "07:00 17:00", "07:00 17:00"),
        ("AMERICAS", "2026-03-13", "07:00 17:00", "07:00 17:00"),
        ("AMERICAS", "2026-03-14", None, "07:00 12:00"),
        ("AMERICAS", "2026-03-15", None, None),
        # The Middle East: Sunday to Thursday 09-18; Saturday 12-18; Friday nobody.
        ("MIDDLE_EAST", "2026-03-08", "09:00 18:00", "09:00 18:00"),  # Sunday
        ("MIDDLE_EAST", "2026-03-12", "09:00 18:00", "09:00 18:00"),  # Thursday
        ("MIDDLE_EAST", "2026-03-13", None, None),  # Friday
        ("MIDDLE_EAST", "2026-03-14", None, "12:00 18:00"),  # Saturday
        # The UAE since 2022: Monday to Friday 09-18; Saturday 12-18; Sunday nobody.
        ("MIDDLE_EAST_UAE", "2026-03-09", "09:00 18:00", "09:00 18:00"),
        ("MIDDLE_EAST_UAE", "2026-03-13", "09:00 18:00", "09:00 18:00"),
        ("MIDDLE_EAST_UAE", "2026-03-14", None, "12:00 18:00"),
        ("MIDDLE_EAST_UAE", "2026-03-15", None, None),
    ],
)
def test_the_week_of_each_theater(theater, on, basic, gold):
    assert window(normal(theater), on) == basic
    assert window(extended(theater), on) == gold


@pytest.mark.parametrize(
    ("theater", "on", "expected"),
    [
        pytest.param(
            "MIDDLE_EAST_UAE", "2021-12-26", "09:00 18:00", id="the last Sunday of the old week is a normal day"
        ),
        pytest.param("MIDDLE_EAST_UAE", "2021-12-30", "09:00 18:00", id="the last Thursday of the old week"),
        pytest.param("MIDDLE_EAST_UAE", "2021-12-31", None, id="Friday 31 December 2021 is still a rest day"),
        pytest.param(
            "MIDDLE_EAST_UAE", "2022-01-01", "12:00 18:00", id="Saturday 1 January 2022, New Year: the extended window"
        ),
        pytest.param("MIDDLE_EAST_UAE", "2022-01-02", None, id="the first Sunday of the new week is a rest day"),
        pytest.param("MIDDLE_EAST_UAE", "2022-01-03", "09:00 18:00", id="Monday"),
        pytest.param(
            "MIDDLE_EAST_UAE", "2022-01-07", "09:00 18:00", id="the first Friday of the new week is a normal day"
        ),
        pytest.param("MIDDLE_EAST", "2021-12-31", None, id="elsewhere in the Middle East that Friday is a rest day"),
        pytest.param("MIDDLE_EAST", "2022-01-02", "09:00 18:00", id="and Sunday stays a normal day"),
        pytest.param("MIDDLE_EAST", "2022-01-07", None, id="and Friday a rest day"),
    ],
)
def test_both_weeks_of_the_middle_east(theater, on, expected):
    assert window(extended(theater), on) == expected


def test_before_the_edition_the_first_week_applies():
    assert window(normal("MIDDLE_EAST_UAE"), "2015-03-15") == "09:00 18:00"  # a Sunday


# ---------------------------------------------------------------- public holidays


@pytest.mark.parametrize(
    ("theater", "on", "gold"),
    [
        pytest.param("EUROPE", "2026-01-06", "09:00 18:00", id="Epiphany, a Tuesday"),
        pytest.param("EUROPE", "2026-04-06", "09:00 18:00", id="Easter Monday"),
        pytest.param("EUROPE", "2026-04-25", "09:00 18:00", id="Liberation Day, a Saturday"),
        pytest.param("EUROPE", "2026-04-05", "09:00 18:00", id="Easter Sunday: a holiday on the rest day opens"),
        pytest.param("AMERICAS", "2026-11-26", "07:00 12:00", id="Thanksgiving, a Thursday: the Saturday hours"),
        pytest.param("AMERICAS", "2026-12-25", "07:00 12:00", id="Christmas, a Friday"),
        pytest.param("AMERICAS", "2026-07-04", "07:00 12:00", id="Independence Day, a Saturday"),
        pytest.param("AMERICAS", "2021-07-04", "07:00 12:00", id="Independence Day 2021, a Sunday: the rest day"),
        pytest.param("MIDDLE_EAST", "2026-12-02", "12:00 18:00", id="National Day, a Wednesday"),
        pytest.param("MIDDLE_EAST", "2022-12-02", "12:00 18:00", id="National Day 2022, a Friday: the rest day"),
        pytest.param("MIDDLE_EAST_UAE", "2026-12-02", "12:00 18:00", id="National Day in the UAE"),
        pytest.param(
            "MIDDLE_EAST_UAE",
            "2022-12-02",
            "12:00 18:00",
            id="in the UAE that Friday is a working day, closed in the morning",
        ),
    ],
)
def test_on_a_public_holiday_the_extended_window_holds_whatever_the_weekday_and_basic_is_closed(theater, on, gold):
    assert window(extended(theater), on) == gold
    assert window(normal(theater), on) is None


@pytest.mark.parametrize("theater", ["AMERICAS", "EUROPE", "MIDDLE_EAST", "MIDDLE_EAST_UAE"])
def test_new_year_is_a_holiday_everywhere(theater):
    assert not normal(theater).is_business_day(day("2026-01-01"))
    assert window(normal(theater), "2026-01-01") is None


def test_each_theater_has_its_own_calendar():
    assert window(normal("AMERICAS"), "2026-01-06") == "07:00 17:00"  # Epiphany is Italy's
    assert window(normal("EUROPE"), "2026-11-26") == "09:00 18:00"  # Thanksgiving is America's


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2026-03-11", True, id="a Wednesday"),
        pytest.param("2026-03-14", False, id="a Saturday, even where the plan has it"),
        pytest.param("2026-01-06", False, id="a holiday, even where the plan has it"),
        pytest.param("2026-04-05", False, id="a holiday on the rest day"),
    ],
)
def test_business_days_are_normal_days_that_are_not_holidays(on, expected):
    assert normal().is_business_day(day(on)) is expected
    assert extended().is_business_day(day(on)) is expected


# ---------------------------------------------------------------- half-open windows


@pytest.mark.parametrize(
    ("theater", "at", "is_open"),
    [
        ("EUROPE", "2026-03-11T08:59:59", False),
        ("EUROPE", "2026-03-11T09:00:00", True),
        ("EUROPE", "2026-03-11T13:00:00", True),  # without a midday break
        ("EUROPE", "2026-03-11T17:59:59", True),
        ("EUROPE", "2026-03-11T18:00:00", False),
        ("AMERICAS", "2026-03-11T06:59:59", False),
        ("AMERICAS", "2026-03-11T07:00:00", True),
        ("AMERICAS", "2026-03-11T16:59:59", True),
        ("AMERICAS", "2026-03-11T17:00:00", False),
        ("MIDDLE_EAST", "2026-03-11T09:00:00", True),
        ("MIDDLE_EAST", "2026-03-11T18:00:00", False),
        ("MIDDLE_EAST", "2026-03-14T11:59:59", False),  # a Saturday
        ("MIDDLE_EAST", "2026-03-14T12:00:00", True),
        ("AMERICAS", "2026-03-14T11:59:59", True),
        ("AMERICAS", "2026-03-14T12:00:00", False),
    ],
)
def test_a_window_is_open_at_its_opening_and_closed_at_its_closing(theater, at, is_open):
    assert extended(theater).is_open(local(at, ZONES[theater])) is is_open


# ---------------------------------------------------------------- clock changes


@pytest.mark.parametrize(
    ("theater", "on", "opens", "closes"),
    [
        pytest.param("EUROPE", "2026-03-27", "08:00", "17:00", id="the Friday before summer time: UTC+1"),
        pytest.param("EUROPE", "2026-03-30", "07:00", "16:00", id="the Monday after: UTC+2"),
        pytest.param("EUROPE", "2026-10-23", "07:00", "16:00", id="the Friday before winter time"),
        pytest.param("EUROPE", "2026-10-26", "08:00", "17:00", id="the Monday after"),
        pytest.param("AMERICAS", "2026-03-06", "12:00", "22:00", id="New York before: UTC-5"),
        pytest.param("AMERICAS", "2026-03-09", "11:00", "21:00", id="New York after: UTC-4"),
        pytest.param("AMERICAS", "2026-10-30", "11:00", "21:00", id="New York in autumn before"),
        pytest.param("AMERICAS", "2026-11-02", "12:00", "22:00", id="New York in autumn after"),
        pytest.param("MIDDLE_EAST", "2026-03-25", "05:00", "14:00", id="Dubai in winter: UTC+4"),
        pytest.param("MIDDLE_EAST", "2026-07-01", "05:00", "14:00", id="Dubai in summer: UTC+4"),
    ],
)
def test_windows_follow_the_local_clocks(theater, on, opens, closes):
    found = normal(theater).window_on(day(on))
    assert found is not None
    assert (f"{found.opens_at:%H:%M}", f"{found.closes_at:%H:%M}") == (opens, closes)
    assert found.opens_at.tzinfo is UTC


def test_business_time_runs_over_a_clock_change_by_the_open_hours():
    # Saturday 28 March 17:00 in Rome, an hour left; 60 more minutes from Monday 09:00 summer time, 07:00 UTC.
    assert extended().after_minutes(rome("2026-03-28 17:00"), 120) == rome("2026-03-30 10:00")
    assert rome("2026-03-30 10:00") == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)


def test_elapsed_time_runs_through_the_hour_that_is_skipped():
    # 01:30 winter time on 29 March + 60 minutes: the clocks go from 02:00 to 03:00, so they show 03:30.
    assert hours.after_elapsed(rome("2026-03-29 01:30"), 60) == rome("2026-03-29 03:30")


def test_elapsed_time_runs_through_the_hour_that_comes_twice():
    # 02:30 summer time on 25 October, 00:30 UTC; 60 minutes later the clocks show 02:30 again.
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert start.astimezone(ZoneInfo("Europe/Rome")).strftime("%H:%M") == "02:30"
    assert hours.after_elapsed(start, 60) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


# ---------------------------------------------------------------- openings


@pytest.mark.parametrize(
    ("of", "at", "expected"),
    [
        pytest.param(normal(), "2026-03-11 11:00", "2026-03-11 11:00", id="inside: the instant itself"),
        pytest.param(normal(), "2026-03-11 09:00", "2026-03-11 09:00", id="at the opening"),
        pytest.param(normal(), "2026-03-11 07:30", "2026-03-11 09:00", id="before it"),
        pytest.param(normal(), "2026-03-11 18:00", "2026-03-12 09:00", id="at the closing: the next day"),
        pytest.param(normal(), "2026-03-13 18:00", "2026-03-16 09:00", id="Friday evening: Monday for Basic"),
        pytest.param(extended(), "2026-03-13 18:00", "2026-03-14 09:00", id="Friday evening: Saturday for Gold"),
        pytest.param(extended(), "2026-03-14 18:00", "2026-03-16 09:00", id="Saturday evening: Monday for Gold"),
        pytest.param(normal(), "2026-04-03 18:00", "2026-04-07 09:00", id="over Easter: Tuesday for Basic"),
        pytest.param(extended(), "2026-04-04 18:00", "2026-04-05 09:00", id="over Easter: Sunday itself for Gold"),
    ],
)
def test_the_next_opening(of, at, expected):
    assert of.opening_from(rome(at)) == rome(expected)


@pytest.mark.parametrize(
    ("of", "at", "expected"),
    [
        pytest.param(normal(), "2026-03-11 11:00", "2026-03-11 18:00", id="inside: the closing"),
        pytest.param(normal(), "2026-03-11 09:00", "2026-03-11 18:00", id="at the opening: the closing"),
        pytest.param(normal(), "2026-03-11 08:59", "2026-03-11 09:00", id="before: the opening"),
        pytest.param(normal(), "2026-03-11 18:00", "2026-03-12 09:00", id="at the closing: the next opening"),
        pytest.param(normal(), "2026-03-13 20:00", "2026-03-16 09:00", id="over a weekend"),
    ],
)
def test_the_next_change_of_a_window(of, at, expected):
    assert of.next_change(rome(at)) == rome(expected)


# ---------------------------------------------------------------- minutes


@pytest.mark.parametrize(
    ("of", "start", "minutes", "expected"),
    [
        pytest.param(normal(), "2026-03-11 11:00", 120, "2026-03-11 13:00", id="within a day"),
        pytest.param(normal(), "2026-03-11 16:00", 120, "2026-03-11 18:00", id="to the closing itself"),
        pytest.param(normal(), "2026-03-11 16:01", 120, "2026-03-12 09:01", id="a minute into the next day"),
        pytest.param(normal(), "2026-03-11 11:00", 480, "2026-03-12 10:00", id="8 h: 7 to the closing, 1 the next day"),
        pytest.param(normal(), "2026-03-13 17:00", 120, "2026-03-16 10:00", id="over the weekend for Basic"),
        pytest.param(extended(), "2026-03-13 17:00", 120, "2026-03-14 10:00", id="over Friday night for Gold"),
        pytest.param(extended(), "2026-03-14 17:00", 120, "2026-03-16 10:00", id="over Sunday for Gold"),
        pytest.param(normal(), "2026-04-03 17:00", 120, "2026-04-07 10:00", id="over Easter for Basic"),
        pytest.param(
            extended(), "2026-04-03 17:00", 2400, "2026-04-08 12:00", id="40 h over Easter for Gold: 1 + 4 × 9 + 3"
        ),
    ],
)
def test_business_minutes(of, start, minutes, expected):
    assert of.after_minutes(rome(start), minutes) == rome(expected)


def test_business_minutes_in_the_americas_use_the_saturday_morning():
    # Friday 16:00 is an hour before closing; Saturday 07:00 + 60 minutes.
    assert extended("AMERICAS").after_minutes(new_york("2026-03-13 16:00"), 120) == new_york("2026-03-14 08:00")


def test_business_minutes_in_the_middle_east_use_the_saturday_afternoon():
    # Thursday 17:00 is an hour before closing, Friday rests; Saturday 12:00 + 60 minutes.
    assert extended("MIDDLE_EAST").after_minutes(dubai("2026-03-12 17:00"), 120) == dubai("2026-03-14 13:00")
    assert normal("MIDDLE_EAST").after_minutes(dubai("2026-03-12 17:00"), 120) == dubai("2026-03-15 10:00")


# ---------------------------------------------------------------- pauses


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        pytest.param([], "2026-03-11 13:00", id="none"),
        pytest.param(
            [("2026-03-11 11:30", "2026-03-11 12:30")], "2026-03-11 14:00", id="an hour: 30 min, the hour, 90 min"
        ),
        pytest.param([("2026-03-11 11:00", "2026-03-11 12:00")], "2026-03-11 14:00", id="from the start on"),
        pytest.param([("2026-03-11 10:00", "2026-03-11 11:15")], "2026-03-11 13:15", id="begun before the start"),
        pytest.param([("2026-03-11 09:00", "2026-03-11 10:00")], "2026-03-11 13:00", id="over before the start"),
        pytest.param([("2026-03-11 13:00", "2026-03-11 15:00")], "2026-03-11 13:00", id="from the deadline on"),
        pytest.param(
            [("2026-03-11 12:59", "2026-03-11 15:00")], "2026-03-11 15:01", id="from a minute before the deadline"
        ),
        pytest.param(
            [("2026-03-11 11:30", "2026-03-11 12:30"), ("2026-03-11 12:00", "2026-03-11 13:00")],
            "2026-03-11 14:30",
            id="two that overlap count once: 30 min, 90 of pause, 90 min",
        ),
        pytest.param(
            [("2026-03-11 13:00", "2026-03-11 13:30"), ("2026-03-11 11:30", "2026-03-11 12:30")],
            "2026-03-11 14:30",
            id="two in any order: 30 min, an hour, 30 min, half an hour, 60 min",
        ),
        pytest.param(
            [("2026-03-11 12:00", "2026-03-12 10:00")],
            "2026-03-12 11:00",
            id="over a night: 60 min, then 60 from the pause's end",
        ),
        pytest.param(
            [("2026-03-11 18:00", "2026-03-12 09:00")], "2026-03-11 13:00", id="outside the window it takes nothing"
        ),
    ],
)
def test_the_clock_stands_still_in_a_pause(pauses, expected):
    given = [a_pause(rome(start), rome(end)) for start, end in pauses]
    assert normal().after_minutes(rome("2026-03-11 11:00"), 120, given) == rome(expected)


def test_a_pause_outside_the_window_lends_it_no_time():
    # Seven hours to the closing and one the next day, with a pause in the evening between them.
    pauses = [a_pause(rome("2026-03-11 20:00"), rome("2026-03-11 21:00"))]
    assert normal().after_minutes(rome("2026-03-11 11:00"), 480, pauses) == rome("2026-03-12 10:00")


@pytest.mark.parametrize(
    ("pause", "expected"),
    [
        pytest.param(("2026-03-11 23:20", "2026-03-11 23:50"), "2026-03-12 00:30", id="20 min, half an hour, 40 min"),
        pytest.param(("2026-03-11 22:00", "2026-03-11 23:30"), "2026-03-12 00:30", id="begun before: 60 from its end"),
        pytest.param(("2026-03-11 22:00", "2026-03-11 23:00"), "2026-03-12 00:00", id="over at the start"),
        pytest.param(("2026-03-12 00:00", "2026-03-12 01:00"), "2026-03-12 00:00", id="from the deadline on"),
        pytest.param(("2026-03-11 23:59", "2026-03-12 01:00"), "2026-03-12 01:01", id="from a minute before it"),
    ],
)
def test_pauses_do_not_count_on_the_wall_clock_either(pause, expected):
    pauses = [a_pause(*(rome(at) for at in pause))]
    assert hours.after_elapsed(rome("2026-03-11 23:00"), 60, pauses) == rome(expected)


@pytest.mark.parametrize(
    ("pause", "expected"),
    [
        pytest.param(None, "2026-03-13 18:00", id="none: Thursday, Friday"),
        pytest.param(
            ("2026-03-12 09:00", "2026-03-12 18:00"), "2026-03-16 18:00", id="all of Thursday: Friday, Monday"
        ),
        pytest.param(("2026-03-12 00:00", "2026-03-13 00:00"), "2026-03-16 18:00", id="from midnight to midnight"),
        pytest.param(("2026-03-12 09:00", "2026-03-12 17:59"), "2026-03-13 18:00", id="all but a minute of Thursday"),
        pytest.param(("2026-03-12 09:01", "2026-03-12 18:00"), "2026-03-13 18:00", id="all but the first minute"),
        pytest.param(
            ("2026-03-12 08:00", "2026-03-13 18:00"), "2026-03-17 18:00", id="Thursday and Friday: Monday, Tuesday"
        ),
    ],
)
def test_a_business_day_wholly_inside_a_pause_is_not_counted(pause, expected):
    pauses = [a_pause(*(rome(at) for at in pause))] if pause else []
    assert normal().close_of_business_day(rome("2026-03-11 11:00"), 2, pauses) == rome(expected)


def test_a_business_day_covered_by_two_pauses_that_touch_is_not_counted():
    pauses = [
        a_pause(rome("2026-03-12 09:00"), rome("2026-03-12 13:00")),
        a_pause(rome("2026-03-12 13:00"), rome("2026-03-12 18:00")),
    ]
    assert normal().close_of_business_day(rome("2026-03-11 11:00"), 1, pauses) == rome("2026-03-13 18:00")


# ---------------------------------------------------------------- business days


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        pytest.param("2026-03-11 11:00", 1, "2026-03-12 18:00", id="the next business day"),
        pytest.param("2026-03-11 09:00", 1, "2026-03-12 18:00", id="from the very opening too"),
        pytest.param("2026-03-13 11:00", 1, "2026-03-16 18:00", id="Friday: Monday"),
        pytest.param("2026-03-13 11:00", 2, "2026-03-17 18:00", id="Friday and two: Tuesday"),
        pytest.param(
            "2026-04-02 11:00", 2, "2026-04-07 18:00", id="Maundy Thursday: Good Friday, Tuesday after Easter"
        ),
        pytest.param("2026-12-23 11:00", 3, "2026-12-29 18:00", id="over Christmas: the 24th, the 28th, the 29th"),
    ],
)
def test_so_many_business_days_end_at_the_close_of_the_last_one(start, count, expected):
    assert normal().close_of_business_day(rome(start), count) == rome(expected)


def test_a_business_day_closes_at_the_normal_hour_in_each_theater():
    assert normal("AMERICAS").close_of_business_day(new_york("2026-03-11 11:00"), 1) == new_york("2026-03-12 17:00")
    # Thursday, then Sunday, for Friday and Saturday are no normal days there.
    assert normal("MIDDLE_EAST").close_of_business_day(dubai("2026-03-12 11:00"), 1) == dubai("2026-03-15 18:00")
    # In the UAE Friday is one.
    assert normal("MIDDLE_EAST_UAE").close_of_business_day(dubai("2026-03-12 11:00"), 1) == dubai("2026-03-13 18:00")


def test_business_days_over_the_change_of_the_uae_s_week():
    # From Thursday 2021-12-30: Friday rests (old week), Saturday is New Year, Sunday rests (new week); then Monday.
    found = normal("MIDDLE_EAST_UAE").close_of_business_day(dubai("2021-12-30 11:00"), 1)
    assert found == dubai("2022-01-03 18:00")


# ---------------------------------------------------------------- the end of the calendars


def test_a_deadline_after_2050_is_not_given():
    # 2050-12-30 is a Friday, the last normal day; 2050-12-31 a Saturday.
    assert normal().after_minutes(rome("2050-12-30 17:00"), 60) == rome("2050-12-30 18:00")
    assert normal().after_minutes(rome("2050-12-30 17:00"), 61) is None
    assert extended().after_minutes(rome("2050-12-31 17:00"), 60) == rome("2050-12-31 18:00")
    assert extended().after_minutes(rome("2050-12-31 17:00"), 61) is None
    assert normal().close_of_business_day(rome("2050-12-29 11:00"), 1) == rome("2050-12-30 18:00")
    assert normal().close_of_business_day(rome("2050-12-29 11:00"), 2) is None
    # In the Middle East the next normal day is Sunday 2051-01-01.
    assert normal("MIDDLE_EAST").close_of_business_day(dubai("2050-12-29 11:00"), 1) is None


@pytest.mark.parametrize(
    ("on", "expected"), [("1999-12-31", False), ("2000-01-01", True), ("2050-12-31", True), ("2051-01-01", False)]
)
def test_the_calendars_cover_2000_to_2050(on, expected):
    assert hours.within_calendars(GUIDE, day(on)) is expected


@pytest.mark.parametrize("theater", ["AMERICAS", "EUROPE", "MIDDLE_EAST", "MIDDLE_EAST_UAE"])
def test_every_year_of_the_calendars_has_holidays(theater):
    years = {holiday.year for holiday in normal(theater).holidays}
    assert years == set(range(2000, 2051))


@pytest.mark.parametrize("theater", list(ZONES))
def test_no_theater_is_ever_closed_for_as_long_as_an_opening_is_looked_for(theater):
    of, on, closed = normal(theater), day("2020-01-01"), 0
    while on < day("2051-01-01"):
        closed = 0 if of.window_on(on) else closed + 1
        assert closed < hours.SEARCHED_DAYS, on
        on += timedelta(days=1)
