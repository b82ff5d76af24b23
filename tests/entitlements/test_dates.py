"""R-DATE and R-FEE-1's anniversaries: the reading's own fixtures, and the days on either side of them."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from entitlements import coverage, dates, renewals
from entitlements.renewals import RenewedTerm, Standing
from tests.builders import (
    GUIDE,
    RELEASES,
    a_lapsed_license,
    a_license,
    a_product,
    a_term,
    codes,
    day,
    facts_of,
    instant,
)

# ---------------------------------------------------------------- R-DATE-1, R-DATE-2: terms


@pytest.mark.parametrize(
    ("starts_on", "months", "anchor", "expires_on"),
    [
        pytest.param("2020-03-01", 12, None, "2021-02-28", id="a year from the first of a month"),
        pytest.param("2020-02-29", 12, None, "2021-02-27", id="29 Feb + 12 months = 28 Feb clamped; the day before"),
        pytest.param("2021-02-28", 36, 29, "2024-02-28", id="its renewal keeps 29: 29 Feb 2024; the day before"),
        pytest.param(
            "2021-02-28", 36, None, "2024-02-27", id="a chain that began on the 28th: 28 Feb 2024; the day before"
        ),
        pytest.param("2020-01-31", 1, None, "2020-02-28", id="31 Jan + 1 month = 29 Feb clamped; the day before"),
        pytest.param("2020-02-29", 1, 31, "2020-03-30", id="its next month keeps 31: 31 Mar; the day before"),
        pytest.param("2020-02-29", 1, None, "2020-03-28", id="a chain that began on 29 Feb: 29 Mar; the day before"),
        pytest.param("2024-01-31", 1, None, "2024-02-28", id="31 Jan of a leap year"),
        pytest.param("2023-01-31", 1, None, "2023-02-27", id="31 Jan of a common year: 28 Feb clamped; the day before"),
        pytest.param("2020-02-29", 48, None, "2024-02-28", id="29 Feb to 29 Feb four years on; the day before"),
        pytest.param("2026-12-01", 1, None, "2026-12-31", id="over the end of a year"),
        pytest.param("2026-04-30", 1, None, "2026-05-29", id="30 Apr + 1 month = 30 May; the day before"),
        pytest.param("2026-04-30", 1, 31, "2026-05-30", id="30 Apr as the 31st clamped: 31 May; the day before"),
    ],
)
def test_a_term_ends_on_the_day_before_its_anchor_day_months_later(starts_on, months, anchor, expires_on):
    assert dates.last_day_of_term(day(starts_on), months, anchor) == day(expires_on)


def test_monthly_terms_from_the_31st_do_not_drift():
    starts_on, ends = day("2020-01-31"), []
    for _ in range(12):
        expires_on = dates.last_day_of_term(starts_on, 1, anchor=31)
        ends.append(expires_on.isoformat()[5:])
        starts_on = expires_on + dates.ONE_DAY
    # Each is the day before the 31st, or before the last day of a month that has none.
    assert ends == [
        "02-28", "03-30", "04-29", "05-30", "06-29", "07-30", "08-30", "09-29", "10-30", "11-29", "12-30", "01-30",
    ]  # fmt: skip


def test_yearly_terms_from_29_february_come_back_to_it():
    starts_on, starts = day("2020-02-29"), []
    for _ in range(5):
        starts.append(starts_on.isoformat())
        starts_on = dates.last_day_of_term(starts_on, 12, anchor=29) + dates.ONE_DAY
    assert starts == ["2020-02-29", "2021-02-28", "2022-02-28", "2023-02-28", "2024-02-29"]


@pytest.mark.parametrize("months", [0, -1])
def test_a_term_has_at_least_a_month(months):
    with pytest.raises(ValueError, match="at least one month"):
        dates.last_day_of_term(day("2026-01-01"), months)


@pytest.mark.parametrize(
    ("starts_on", "anchor", "keeps"),
    [
        ("2026-03-15", 15, True),
        ("2026-03-16", 15, False),
        ("2020-02-29", 31, True),  # February has no 31st: clamped to the 29th
        ("2020-02-28", 31, False),  # a leap year's 28th is not its last day
        ("2021-02-28", 29, True),
        ("2021-02-28", 30, True),
        ("2021-02-27", 29, False),
        ("2026-04-30", 31, True),
        ("2026-05-30", 31, False),
        ("2026-05-31", 30, False),
    ],
)
def test_a_start_keeps_the_anchor_where_it_is_that_day_clamped_to_its_month(starts_on, anchor, keeps):
    assert dates.keeps_anchor(day(starts_on), anchor) is keeps


# ---------------------------------------------------------------- R-DATE-2: chains, through a renewal


def renewed_until(license, order_date, months):
    """The start and last day of a renewal."""
    standing = renewals.standing(license, day(order_date), GUIDE)
    assert isinstance(standing, Standing), standing
    term = renewals.renewed_term(license, standing, months, GUIDE)
    assert isinstance(term, RenewedTerm), term
    return term.starts_on.isoformat(), term.expires_on.isoformat()


@pytest.mark.parametrize(
    ("facts", "order_date", "months", "expected"),
    [
        pytest.param(
            {"registered_on": "2020-02-29"},
            "2021-02-01",
            36,
            ("2021-02-28", "2024-02-28"),
            id="an included year from 29 Feb is renewed with the anchor 29",
        ),
        pytest.param(
            {"registered_on": "2020-02-29", "terms": (a_term("GOLD", "2021-02-28", "2022-02-27", "RENEWED"),)},
            "2022-02-01",
            24,
            ("2022-02-28", "2024-02-28"),
            id="a recorded renewal passes the anchor 29 on",
        ),
        pytest.param(
            {"registered_on": "2015-01-01", "terms": (a_term("GOLD", "2021-02-28", "2022-02-27"),)},
            "2022-02-01",
            24,
            ("2022-02-28", "2024-02-27"),
            id="a chain that truly began on 28 Feb keeps 28",
        ),
        pytest.param(
            {"registered_on": "2015-01-01", "terms": (a_term("GOLD", "2020-01-31", "2020-02-28"),)},
            "2020-02-28",
            1,
            ("2020-02-29", "2020-03-30"),
            id="a month from 31 Jan is renewed with the anchor 31",
        ),
        pytest.param(
            {
                "registered_on": "2015-01-01",
                "terms": (
                    a_term("GOLD", "2020-01-31", "2020-02-28"),
                    a_term("GOLD", "2020-02-29", "2020-03-30", "RENEWED"),
                    a_term("GOLD", "2020-03-31", "2020-04-29", "RENEWED"),
                ),
            },
            "2020-04-29",
            1,
            ("2020-04-30", "2020-05-30"),
            id="the anchor 31 goes through February and April",
        ),
        pytest.param(
            {
                "registered_on": "2015-01-01",
                "terms": (
                    a_term("GOLD", "2020-01-31", "2020-02-14"),
                    a_term("GOLD", "2020-02-15", "2020-03-14", "RENEWED"),
                ),
            },
            "2020-03-14",
            1,
            ("2020-03-15", "2020-04-14"),
            id="a start that is not the anchor day begins a new anchor",
        ),
        pytest.param(
            {
                "registered_on": "2015-01-01",
                "terms": (
                    a_term("GOLD", "2020-01-31", "2020-02-28"),
                    a_term("GOLD", "2020-04-30", "2020-05-29"),
                ),
            },
            "2020-05-29",
            1,
            ("2020-05-30", "2020-06-29"),
            id="a gap ends a chain: 30 Apr is not the 31st clamped but a start of its own",
        ),
        pytest.param(
            {"registered_on": "2020-01-31", "terms": (a_term("GOLD", "2020-06-10", "2021-01-30"),)},
            "2021-01-15",
            1,
            ("2021-01-31", "2021-02-27"),
            id="of two terms that expire together the one begun earlier gives the anchor: 31, not 10",
        ),
        pytest.param(
            {"registered_on": "2020-01-31", "terms": (a_term("GOLD", "2020-06-30", "2021-06-29"),)},
            "2021-06-15",
            1,
            ("2021-06-30", "2021-07-29"),
            id="the term that expires last gives the anchor: 30, not 31",
        ),
    ],
)
def test_a_renewal_carries_the_anchor_of_its_chain(facts, order_date, months, expected):
    assert renewed_until(a_license(**facts), order_date, months) == expected


def test_a_late_renewal_begins_a_chain_of_its_own():
    # Expired 2020-02-28 with the anchor 31; day 121 is 2020-06-28. Ordered on 30 June, which is the 31st clamped: a gap
    # lies between, so the anchor is 30. 30 June + 1 month = 30 July; the day before.
    license = a_lapsed_license("2020-02-28", terms=(a_term("GOLD", "2020-01-31", "2020-02-28"),))
    assert renewed_until(license, "2020-06-30", 1) == ("2020-06-30", "2020-07-29")


def test_the_next_term_starts_on_the_day_after_the_last_covered_one():
    assert renewed_until(a_license(registered_on="2020-03-01"), "2021-02-28", 12) == ("2021-03-01", "2022-02-28")


# ---------------------------------------------------------------- R-DATE-3: the policy zone


@pytest.mark.parametrize(
    ("at", "on"),
    [
        ("2026-03-10T22:59:59Z", "2026-03-10"),  # winter: Rome is an hour ahead
        ("2026-03-10T23:00:00Z", "2026-03-11"),
        ("2026-07-10T21:59:59Z", "2026-07-10"),  # summer: two hours
        ("2026-07-10T22:00:00Z", "2026-07-11"),
        ("2026-03-10T18:00:00-05:00", "2026-03-11"),
        ("2026-03-11T02:00:00+04:00", "2026-03-10"),
    ],
)
def test_the_day_of_an_instant_is_taken_in_the_policy_zone(at, on):
    assert dates.day_of(instant(at), ZoneInfo("Europe/Rome")) == day(on)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param("2026-12-31T22:59:59Z", [], id="the last second of the last day in Rome"),
        pytest.param("2026-12-31T23:00:00Z", ["EXPIRED_RENEWABLE"], id="midnight in Rome"),
        pytest.param("2026-12-31T18:00:00-06:00", ["EXPIRED_RENEWABLE"], id="still the last day for the caller"),
        pytest.param("2027-01-01T02:00:00+04:00", [], id="already the next day for the caller"),
    ],
)
def test_coverage_ends_at_midnight_of_the_policy_zone_never_the_caller_s(at, expected):
    assert codes(a_license(), at) == expected


def test_a_customer_elsewhere_is_judged_by_the_policy_zone_too():
    # 2026-12-31 18:30 in New York is 2027-01-01 00:30 in Rome.
    assert codes(a_license(), "2026-12-31T23:30:00Z", theater="AMERICAS") == ["EXPIRED_RENEWABLE"]


# ---------------------------------------------------------------- R-FEE-1: anniversaries


@pytest.mark.parametrize(
    ("expires_on", "order_date", "years"),
    [
        pytest.param("2019-12-31", "2020-04-30", 1, id="121 days"),
        pytest.param("2019-12-31", "2020-12-31", 1, id="the anniversary itself"),
        pytest.param("2019-12-31", "2021-01-01", 2, id="the day after it"),
        pytest.param("2019-12-31", "2021-12-31", 2, id="the second anniversary"),
        pytest.param("2019-12-31", "2022-01-01", 3, id="the day after the second"),
        pytest.param("2020-02-29", "2021-02-28", 1, id="29 February's anniversary in a common year is the 28th"),
        pytest.param("2020-02-29", "2021-03-01", 2, id="and 1 March is after it"),
        pytest.param("2020-02-29", "2024-02-28", 4, id="before the anniversary in a leap year"),
        pytest.param("2020-02-29", "2024-02-29", 4, id="29 February's anniversary in a leap year is the 29th"),
        pytest.param("2020-02-29", "2024-03-01", 5, id="the day after it in a leap year"),
        pytest.param("2019-02-28", "2020-02-28", 1, id="28 February's anniversary in a leap year is the 28th"),
        pytest.param("2019-02-28", "2020-02-29", 2, id="and the 29th is after it: 366 days are a year and a day"),
        pytest.param("2023-06-30", "2024-06-30", 1, id="366 days over a leap day are one year, not 365 days"),
        pytest.param("2019-12-31", "2020-01-01", 1, id="never less than one"),
    ],
)
def test_years_of_lateness_are_started_calendar_years(expires_on, order_date, years):
    assert dates.started_years(day(expires_on), day(order_date)) == years


@pytest.mark.parametrize(
    ("on", "years", "expected"),
    [("2020-02-29", 1, "2021-02-28"), ("2020-02-29", 4, "2024-02-29"), ("2021-02-28", 3, "2024-02-28")],
)
def test_anniversaries_are_clamped(on, years, expected):
    assert dates.anniversary(day(on), years) == day(expected)


# ---------------------------------------------------------------- R-DATE-4 with R-CHK-15: dates before the edition


def test_rules_apply_by_their_first_entries_before_the_first_edition():
    license = a_license(registered_on="2018-05-01", product=a_product())
    assert coverage.timeline(license, GUIDE).periods[0].expires_on == date(2019, 4, 30)
    assert codes(facts_of(license, releases=RELEASES), "2019-04-30T12:00Z") == []
    assert codes(facts_of(license, releases=RELEASES), "2019-05-01T12:00Z") == ["EXPIRED_RENEWABLE"]
