"""What waiting costs: every date of a stretch quotes the same standing, years late and total, checked day by day."""

from datetime import timedelta
from itertools import pairwise

import pytest

from entitlements.delays import Delays, cost_of_delay
from entitlements.parameters import GRACE_DAYS
from entitlements.problems import Problem
from entitlements.quotes import RenewalAsked, RenewalQuote
from tests.builders import (
    GUIDE,
    a_lapsed_license,
    a_license,
    a_milestone,
    a_module_of,
    a_product,
    a_term,
    covered_by,
    day,
    facts_of,
)
from tests.pricing import A_TENTH_A_YEAR, BOOK, PRICES, UNSET, a_book, a_price, guide_with, policies, problem_codes

ONE_DAY = timedelta(days=1)


def asked_of(license, dependents=(), plan="GOLD", months=12, book=BOOK, policies=A_TENTH_A_YEAR, guide=GUIDE):
    """What every order date is quoted from; the date itself is still open."""
    asked = RenewalAsked(plan, months, day("2000-01-01"))
    return Delays(facts_of(license, dependents=dependents), asked, book, policies, guide)


def costs(delays, first, last):
    """The stretches between two order dates; each is checked against the quote of every one of its dates."""
    points = cost_of_delay(delays, day(first), day(last))
    assert not isinstance(points, Problem), points
    checked_day_by_day(delays, day(first), day(last), points)
    return points


def checked_day_by_day(delays, first, last, points):
    """Every date that is quoted lies in one stretch, which says what its own quote says; refused dates lie in none."""
    on = first
    waiting = list(points)
    while on <= last:
        quote = delays.quote(on)
        here = [point for point in waiting if point.first <= on <= point.last]
        if isinstance(quote, Problem):
            assert here == [], on
        else:
            (point,) = here
            answer = (quote.standing.standing, quote.standing.years_late, quote.total)
            assert (point.standing, point.years_late, point.total) == answer, on
            if on == point.first or point.standing != "LATE":
                assert (point.starts_on, point.expires_on) == (quote.term.starts_on, quote.term.expires_on), on
        on += ONE_DAY
    for before, after in pairwise(points):
        assert before.last < after.first
        same = (before.standing, before.years_late, before.total) == (after.standing, after.years_late, after.total)
        assert not same or before.last + ONE_DAY < after.first, "two stretches that could be one"


def told(points):
    """First and last date, standing, years late and total of every stretch."""
    return [
        (
            point.first.isoformat(),
            point.last.isoformat(),
            str(point.standing),
            point.years_late,
            str(point.total.amount) if point.total else None,
        )
        for point in points
    ]


# ---------------------------------------------------------------- the cliffs


def test_three_years_of_waiting_have_their_cliffs_at_day_121_and_after_each_anniversary():
    # The last covered day is 2019-12-31. A tenth of 1000.00 for each started year.
    points = costs(asked_of(a_lapsed_license("2019-12-31")), "2019-12-01", "2022-11-30")
    assert told(points) == [
        ("2019-12-01", "2019-12-31", "EARLY", 0, "1000.00"),
        ("2020-01-01", "2020-04-29", "CONTINUOUS", 0, "1000.00"),
        ("2020-04-30", "2020-12-31", "LATE", 1, "1100.00"),
        ("2021-01-01", "2021-12-31", "LATE", 2, "1200.00"),
        ("2022-01-01", "2022-11-30", "LATE", 3, "1300.00"),
    ]


def test_the_new_term_is_that_of_a_stretch_s_first_date():
    points = costs(asked_of(a_lapsed_license("2019-12-31")), "2020-04-01", "2020-06-30")
    assert [(point.starts_on.isoformat(), point.expires_on.isoformat()) for point in points] == [
        ("2020-01-01", "2020-12-31"),
        ("2020-04-30", "2021-04-29"),
    ]


def test_an_unset_rate_has_the_same_cliffs_and_no_total_past_day_120():
    points = costs(asked_of(a_lapsed_license("2019-12-31"), policies=UNSET), "2020-01-01", "2021-06-30")
    assert told(points) == [
        ("2020-01-01", "2020-04-29", "CONTINUOUS", 0, "1000.00"),
        ("2020-04-30", "2020-12-31", "LATE", 1, None),
        ("2021-01-01", "2021-06-30", "LATE", 2, None),
    ]


def test_standings_are_told_apart_where_no_price_is_configured_at_all():
    points = costs(asked_of(a_lapsed_license("2019-12-31"), months=24), "2019-12-01", "2021-06-30")
    assert [(point.first.isoformat(), point.years_late, point.total) for point in points] == [
        ("2019-12-01", 0, None),
        ("2020-01-01", 0, None),
        ("2020-04-30", 1, None),
        ("2021-01-01", 2, None),
    ]


def test_an_expiry_on_a_leap_day_has_its_cliffs_after_28_february():
    points = costs(asked_of(a_lapsed_license("2024-02-29")), "2024-06-01", "2027-03-31")
    assert [point.first.isoformat() for point in points] == [
        "2024-06-01", "2024-06-29", "2025-03-01", "2026-03-01", "2027-03-01",
    ]  # fmt: skip


# ---------------------------------------------------------------- boundaries that facts bring


def test_a_new_price_begins_a_stretch():
    book = a_book(
        a_price("1000.00"),
        a_price("1100.00", effective_from="2020-02-01"),
        a_price("900.00", effective_from="2020-03-01"),
    )
    points = costs(asked_of(a_lapsed_license("2019-12-31"), book=book), "2020-01-01", "2020-04-29")
    assert [(found[0], found[4]) for found in told(points)] == [
        ("2020-01-01", "1000.00"), ("2020-02-01", "1100.00"), ("2020-03-01", "900.00"),
    ]  # fmt: skip


def test_a_price_that_comes_back_to_what_it_was_does_not_hide_the_one_between():
    raised, lowered = a_price("1100.00", effective_from="2020-02-01"), a_price("1000.00", effective_from="2020-02-15")
    book = a_book(a_price("1000.00"), raised, lowered)
    points = costs(asked_of(a_lapsed_license("2019-12-31"), book=book), "2020-01-01", "2020-04-29")
    assert [(found[0], found[4]) for found in told(points)] == [
        ("2020-01-01", "1000.00"), ("2020-02-01", "1100.00"), ("2020-02-15", "1000.00"),
    ]  # fmt: skip


def test_a_new_price_of_something_else_begins_none():
    book = a_book(*PRICES, a_price("9.00", "TELEX", effective_from="2020-02-01"))
    points = costs(asked_of(a_lapsed_license("2019-12-31"), book=book), "2020-01-01", "2020-04-29")
    assert len(points) == 1


def test_the_end_of_support_makes_a_late_term_cheaper_each_day():
    # Support ends on 2021-01-31. A renewal in time is not cut; a late one is, by a day more each day. Ordered on
    # 2020-04-30 it has 277 of 365 days, 1000 × 277/365 = 758.904…; on 2021-01-31 one, 2.739…. A tenth for each year.
    license = a_lapsed_license(
        "2019-12-31", product=a_product(milestones=[a_milestone("END_OF_SUPPORT", "2021-01-31")])
    )
    points = costs(asked_of(license), "2020-01-01", "2021-03-31")
    assert told(points)[0] == ("2020-01-01", "2020-04-29", "CONTINUOUS", 0, "1000.00")  # not cut
    assert told(points)[1] == ("2020-04-30", "2020-04-30", "LATE", 1, "858.90")
    assert told(points)[-1] == ("2021-01-31", "2021-01-31", "LATE", 2, "202.74")  # later orders are refused
    assert len(points) == 1 + 277


def test_a_dependent_s_activation_and_end_of_support_move_a_late_total_day_by_day():
    base = a_lapsed_license("2019-12-31")
    ended = a_product("FAX-MODULE", "MODULE", [a_milestone("END_OF_SUPPORT", "2022-03-31")])
    modules = [
        a_module_of(base, "M-1", registered_on="2021-06-15"),
        a_module_of(base, "M-2", registered_on="2015-01-01", product=ended),
        a_module_of(base, "M-3", registered_on="2015-01-01", retired_on="2021-02-10"),
        a_module_of(base, "M-4", registered_on=None),
    ]
    points = costs(asked_of(base, modules), "2020-06-01", "2022-04-30")
    assert told(points)[-1][2:] == ("LATE", 3, "1560.00")  # base and M-1: 1200 + a tenth × 3


def test_a_retirement_to_come_ends_the_stretches():
    license = a_lapsed_license("2019-12-31", retired_on="2020-02-10")
    points = costs(asked_of(license), "2019-12-15", "2020-03-15")
    assert [found[:2] for found in told(points)] == [("2019-12-15", "2019-12-31"), ("2020-01-01", "2020-02-10")]


def test_dates_that_are_refused_have_no_stretch():
    # Renewals end on 2020-06-30.
    license = a_lapsed_license(
        "2019-12-31", product=a_product(milestones=[a_milestone("END_OF_RENEWAL", "2020-06-30")])
    )
    points = costs(asked_of(license), "2020-04-01", "2020-12-31")
    assert [found[:2] for found in told(points)] == [("2020-04-01", "2020-04-29"), ("2020-04-30", "2020-06-30")]


def test_a_gap_before_a_recorded_term_is_left_out_in_the_middle():
    license = a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-06-01", "2027-05-31"),))
    points = costs(asked_of(license), "2025-11-01", "2027-06-30")
    assert [found[:3] for found in told(points)] == [
        ("2025-11-01", "2025-12-31", "EARLY"),
        ("2026-06-01", "2027-05-31", "EARLY"),
        ("2027-06-01", "2027-06-30", "CONTINUOUS"),
    ]


def test_dates_before_the_first_start_have_no_stretch():
    points = costs(asked_of(a_license()), "2025-11-01", "2026-02-28")
    assert [found[:2] for found in told(points)] == [("2026-01-01", "2026-02-28")]


def test_dates_outside_the_calendars_have_no_stretch():
    points = costs(asked_of(a_lapsed_license("2050-06-30")), "2050-12-01", "2051-03-01")
    assert points[-1].last == day("2050-12-31")


# ---------------------------------------------------------------- boundaries that policies and the edition bring


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('back_pay = { unit = "DAILY" }', id="back pay by the day"),
        pytest.param('back_pay = { unit = "MONTHLY" }', id="back pay by the month"),
        pytest.param('back_pay = { unit = "WHOLE_YEARS" }', id="back pay by the year"),
        pytest.param("per_year = true\nyears_rounding = 'PRORATED'\ntiers = [{ percent = 10 }]", id="prorated years"),
        pytest.param("per_year = true\nyears_rounding = 'COMPLETED'\ntiers = [{ percent = 10 }]", id="completed years"),
        pytest.param(
            "effective = 2020-05-05\nuntil = 2020-07-09\ntiers = [{ percent = 10 }]", id="a policy of its days"
        ),
        pytest.param(
            'currency = "EUR"\nminimum = 150\nmaximum = 250\nper_year = true\ntiers = [{ percent = 10 }]', id="limits"
        ),
        pytest.param(
            """tiers = [
                { through = { amount = 5, unit = "MONTHS" }, percent = 10 },
                { through = { amount = 200, unit = "DAYS" }, percent = 20 },
                { through = { amount = 1, unit = "YEARS" }, percent = 15 },
                { percent = 30 },
            ]""",
            id="tiers, one of them cheaper than the one before",
        ),
        pytest.param(
            """tiers = [
                { through = { amount = 5, unit = "MONTHS" }, percent = 10 },
                { through = { amount = 200, unit = "DAYS" }, percent = 20 },
                { percent = 10 },
            ]""",
            id="a dearer tier between two that cost the same",
        ),
        pytest.param(
            """
            [[policy]]
            name = "JUNE"
            summary = "Free in June."
            effective = 2020-06-01
            until = 2020-06-30
            tiers = [{ percent = 0 }]

            [[policy]]
            name = "ALWAYS"
            summary = "A tenth."
            effective = 2015-01-01
            tiers = [{ percent = 10 }]
            """,
            id="another policy for a month",
        ),
        pytest.param(
            'maximum_lapse = { amount = 7, unit = "MONTHS" }\ntiers = [{ percent = 10 }]',
            id="refused after seven months",
        ),
        pytest.param(
            'maximum_lapse = { amount = 7, unit = "MONTHS" }\nbeyond = "MANUAL_QUOTE"\ntiers = [{ percent = 10 }]',
            id="by hand after seven months",
        ),
    ],
)
def test_every_date_of_a_stretch_is_alike_whatever_the_policy(text):
    base = a_lapsed_license("2019-12-31")
    module = a_module_of(base, registered_on="2020-05-20")
    costs(asked_of(base, [module], policies=policies(text)), "2020-04-15", "2021-02-15")


def test_an_edition_that_changes_the_grace_changes_the_stretches():
    changing = guide_with({GRACE_DAYS: [("2015-01-01", 60), ("2020-03-15", 120)]})
    points = costs(asked_of(a_lapsed_license("2019-12-31"), guide=changing), "2020-02-01", "2020-06-30")
    assert [found[:3] for found in told(points)] == [
        ("2020-02-01", "2020-02-29", "CONTINUOUS"),  # day 60
        ("2020-03-01", "2020-03-14", "LATE"),
        ("2020-03-15", "2020-04-29", "CONTINUOUS"),  # the new grace holds by the order date: day 120
        ("2020-04-30", "2020-06-30", "LATE"),
    ]


def test_the_same_where_no_price_tells_the_stretches_apart():
    changing = guide_with({GRACE_DAYS: [("2015-01-01", 60), ("2020-02-15", 120)]})
    points = costs(asked_of(a_lapsed_license("2019-12-31"), months=24, guide=changing), "2020-02-20", "2020-06-30")
    assert [found[:3] for found in told(points)] == [
        ("2020-02-20", "2020-04-29", "CONTINUOUS"),
        ("2020-04-30", "2020-06-30", "LATE"),
    ]


# ---------------------------------------------------------------- what is refused


def test_1100_days_are_answered_and_one_more_is_refused():
    delays = asked_of(a_lapsed_license("2019-12-31"))
    first = day("2019-12-31")
    assert not isinstance(cost_of_delay(delays, first, first + timedelta(days=1099)), Problem)
    found = cost_of_delay(delays, first, first + timedelta(days=1100))
    assert problem_codes(found) == ["INVALID_DATE"]
    assert isinstance(found, Problem)
    assert "1100 days" in found.message


def test_one_day_is_a_stretch_of_itself():
    points = costs(asked_of(a_lapsed_license("2019-12-31")), "2020-04-30", "2020-04-30")
    assert told(points) == [("2020-04-30", "2020-04-30", "LATE", 1, "1100.00")]


def test_dates_backwards_are_refused():
    found = cost_of_delay(asked_of(covered_by("GOLD")), day("2026-03-02"), day("2026-03-01"))
    assert problem_codes(found) == ["INVALID_DATE"]


@pytest.mark.parametrize(
    ("license", "codes"),
    [
        pytest.param(None, ["UNKNOWN_LICENSE"], id="no such licence"),
        pytest.param(a_license(model="EVALUATION"), ["EVALUATION"], id="an evaluation"),
        pytest.param(a_module_of(covered_by("GOLD")), ["RENEW_THE_BASE"], id="a dependent"),
        pytest.param(a_license(registered_on=None), ["NOT_ACTIVATED"], id="not activated"),
    ],
)
def test_when_every_date_is_refused_the_answer_says_why(license, codes):
    found = cost_of_delay(asked_of(license), day("2026-01-01"), day("2026-12-31"))
    assert problem_codes(found) == codes


def test_dates_beyond_every_calendar_are_refused_and_break_nothing():
    found = cost_of_delay(asked_of(covered_by("GOLD")), day("9998-01-01"), day("9999-12-31"))
    assert problem_codes(found) == ["INVALID_DATE"]


def test_a_quote_of_one_date_is_that_of_the_renewal():
    quote = asked_of(covered_by("GOLD")).quote(day("2026-11-01"))
    assert isinstance(quote, RenewalQuote)
    assert quote.asked.order_date == day("2026-11-01")
