"""R-COV: where coverage comes from, by which plan, and where a licence stands on a day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from entitlements import coverage
from entitlements.facts import LicenseModel
from tests.builders import (
    GUIDE,
    a_lapsed_license,
    a_license,
    a_milestone,
    a_product,
    a_term,
    codes,
    covered_by,
    day,
    hardware,
    noon,
)


def periods(license):
    """Plan, first and last day of every period."""
    return [
        (period.plan, period.starts_on.isoformat(), period.expires_on.isoformat())
        for period in coverage.timeline(license, GUIDE).periods
    ]


def state(license, on):
    return str(coverage.coverage_on(license, day(on), GUIDE).state)


def expires_on(license, on):
    found = coverage.coverage_on(license, day(on), GUIDE).expires_on
    return found.isoformat() if found else None


# ---------------------------------------------------------------- R-COV-1


@pytest.mark.parametrize(
    ("registered_on", "last_day"),
    [
        ("2026-01-01", "2026-12-31"),
        ("2020-03-01", "2021-02-28"),
        ("2020-02-29", "2021-02-27"),
        ("2026-08-31", "2027-08-30"),
    ],
)
def test_a_product_includes_basic_for_its_first_twelve_months(registered_on, last_day):
    license = a_license(registered_on=registered_on)
    assert periods(license) == [("BASIC", registered_on, last_day)]
    assert coverage.timeline(license, GUIDE).periods[0].source == "INCLUDED_FIRST_YEAR"


# ---------------------------------------------------------------- R-COV-2, R-COV-3


@pytest.mark.parametrize(
    ("model", "dates", "basis", "on"),
    [
        pytest.param(
            "PERPETUAL",
            {"effective_on": "2026-03-01", "executed_on": "2026-02-01", "registered_on": "2026-01-15"},
            "ORDER_FORM",
            "2026-03-01",
            id="the order form's date goes before every other, even earlier ones",
        ),
        pytest.param(
            "SUBSCRIPTION",
            {"effective_on": "2026-03-01", "executed_on": "2026-02-01", "registered_on": "2026-01-15"},
            "ORDER_FORM",
            "2026-03-01",
            id="a subscription's too",
        ),
        pytest.param(
            "SUBSCRIPTION",
            {"executed_on": "2026-02-01", "registered_on": "2026-01-15"},
            "EXECUTION",
            "2026-02-01",
            id="a subscription starts when its order is executed",
        ),
        pytest.param(
            "PERPETUAL",
            {"executed_on": "2026-02-01", "registered_on": "2026-02-15"},
            "REGISTRATION",
            "2026-02-15",
            id="a perpetual licence does not",
        ),
        pytest.param(
            "EVALUATION",
            {"executed_on": "2026-02-01", "registered_on": "2026-02-15"},
            "REGISTRATION",
            "2026-02-15",
            id="nor does an evaluation",
        ),
        pytest.param(
            "SUBSCRIPTION", {"registered_on": "2026-01-15"}, "REGISTRATION", "2026-01-15", id="any model, registered"
        ),
        pytest.param(
            "PERPETUAL",
            {
                "registered_on": None,
                "terms": (a_term("GOLD", "2026-06-01", "2026-12-31"), a_term("GOLD", "2026-02-01", "2026-05-31")),
            },
            "COVERAGE",
            "2026-02-01",
            id="else the first start of a coverage row, in whatever order they are recorded",
        ),
        pytest.param(
            "PERPETUAL",
            {"registered_on": "2026-02-15", "terms": (a_term("GOLD", "2026-02-01", "2026-12-31"),)},
            "REGISTRATION",
            "2026-02-15",
            id="a coverage row comes last, even where it starts earlier",
        ),
    ],
)
def test_coverage_starts_on_the_first_of_the_dates_that_count_and_the_answer_says_which(model, dates, basis, on):
    found = coverage.activation(a_license(**{"registered_on": None, "model": model, **dates}), GUIDE)
    assert found is not None
    assert (str(found.basis), found.on.isoformat()) == (basis, on)


@pytest.mark.parametrize("model", list(LicenseModel))
def test_a_licence_with_no_date_is_neither_covered_nor_expired(model):
    license = a_license(registered_on=None, model=model)
    assert coverage.activation(license, GUIDE) is None
    assert periods(license) == []
    assert state(license, "2026-03-11") == "NOT_ACTIVATED"
    assert expires_on(license, "2026-03-11") is None


def test_an_executed_perpetual_licence_that_was_never_registered_is_not_activated():
    assert state(a_license(registered_on=None, executed_on="2026-01-01"), "2026-03-11") == "NOT_ACTIVATED"


# ---------------------------------------------------------------- R-COV-4


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param(
            [("GOLD", "2026-04-01", "2026-04-30")],
            [
                ("BASIC", "2026-01-01", "2026-03-31"),
                ("GOLD", "2026-04-01", "2026-04-30"),
                ("BASIC", "2026-05-01", "2026-12-31"),
            ],
            id="a month of Gold, and Basic again",
        ),
        pytest.param(
            [("GOLD", "2026-04-01", "2026-04-01")],
            [
                ("BASIC", "2026-01-01", "2026-03-31"),
                ("GOLD", "2026-04-01", "2026-04-01"),
                ("BASIC", "2026-04-02", "2026-12-31"),
            ],
            id="a day of Gold: there is no minimum term",
        ),
        pytest.param(
            [("GOLD", "2026-01-01", "2026-12-31")],
            [("GOLD", "2026-01-01", "2026-12-31")],
            id="Gold all year: no day of Basic is left",
        ),
        pytest.param(
            [("GOLD", "2026-07-01", "2027-06-30")],
            [("BASIC", "2026-01-01", "2026-06-30"), ("GOLD", "2026-07-01", "2027-06-30")],
            id="Gold that outlasts Basic",
        ),
        pytest.param(
            [("GOLD", "2026-01-01", "2026-12-31"), ("PLATINUM", "2026-06-01", "2026-06-30")],
            [
                ("GOLD", "2026-01-01", "2026-05-31"),
                ("PLATINUM", "2026-06-01", "2026-06-30"),
                ("GOLD", "2026-07-01", "2026-12-31"),
            ],
            id="Platinum over Gold",
        ),
        pytest.param(
            [("PLATINUM", "2026-06-01", "2026-06-30"), ("GOLD", "2026-01-01", "2026-12-31")],
            [
                ("GOLD", "2026-01-01", "2026-05-31"),
                ("PLATINUM", "2026-06-01", "2026-06-30"),
                ("GOLD", "2026-07-01", "2026-12-31"),
            ],
            id="whatever the order in which they are recorded",
        ),
        pytest.param(
            [("GOLD", "2026-06-01", "2026-09-30"), ("PLATINUM", "2026-08-01", "2026-10-31")],
            [
                ("BASIC", "2026-01-01", "2026-05-31"),
                ("GOLD", "2026-06-01", "2026-07-31"),
                ("PLATINUM", "2026-08-01", "2026-10-31"),
                ("BASIC", "2026-11-01", "2026-12-31"),
            ],
            id="Platinum takes over from Gold, and Basic is under both",
        ),
        pytest.param(
            [("BASIC", "2026-06-01", "2027-05-31")],
            [("BASIC", "2026-01-01", "2026-12-31"), ("BASIC", "2027-01-01", "2027-05-31")],
            id="Basic ordered before the included year ends: days without a gap or an overlap",
        ),
        pytest.param(
            [("GOLD", "2027-06-01", "2028-05-31")],
            [("BASIC", "2026-01-01", "2026-12-31"), ("GOLD", "2027-06-01", "2028-05-31")],
            id="a gap between them",
        ),
        pytest.param(
            [("GOLD", "2025-12-01", "2026-01-31")],
            [("GOLD", "2025-12-01", "2026-01-31"), ("BASIC", "2026-02-01", "2026-12-31")],
            id="a term that starts before the activation covers from its own start",
        ),
    ],
)
def test_on_a_day_of_several_terms_the_highest_plan_applies(terms, expected):
    assert periods(a_license(terms=[a_term(*term) for term in terms])) == expected


def test_a_period_says_which_order_it_comes_from():
    license = a_license(terms=(a_term("GOLD", "2026-04-01", "2026-04-30", order_reference="PO-7"),))
    line = coverage.timeline(license, GUIDE).periods
    assert [(str(one.source), one.order_reference) for one in line] == [
        ("INCLUDED_FIRST_YEAR", None),
        ("ORDERED", "PO-7"),
        ("INCLUDED_FIRST_YEAR", None),
    ]


def test_a_renewed_term_says_so():
    license = a_license(terms=(a_term("GOLD", "2027-01-01", "2027-12-31", "RENEWED"),))
    assert [str(one.source) for one in coverage.timeline(license, GUIDE).periods] == ["INCLUDED_FIRST_YEAR", "RENEWED"]


def test_the_last_covered_day_is_that_of_the_unbroken_coverage():
    license = a_license(terms=(a_term("GOLD", "2027-01-01", "2027-12-31"), a_term("GOLD", "2028-03-01", "2029-02-28")))
    assert expires_on(license, "2026-06-01") == "2027-12-31"
    assert expires_on(license, "2028-01-15") == "2027-12-31"  # in the gap: the coverage that held last
    assert expires_on(license, "2028-03-01") == "2029-02-28"
    assert expires_on(license, "2025-12-31") is None


# ---------------------------------------------------------------- R-COV-6


def test_an_evaluation_includes_thirty_days_of_basic():
    # 2026-03-01 is day 1; day 30 is 2026-03-30.
    license = a_license(model="EVALUATION", registered_on="2026-03-01")
    assert periods(license) == [("BASIC", "2026-03-01", "2026-03-30")]
    assert state(license, "2026-03-30") == "COVERED"
    assert state(license, "2026-03-31") != "COVERED"


def test_an_evaluation_from_30_january_runs_into_march():
    # January 30 and 31 are days 1 and 2, February has 28, so 1 March would be day 31: day 30 is 28 February.
    assert periods(a_license(model="EVALUATION", registered_on="2026-01-30")) == [("BASIC", "2026-01-30", "2026-02-28")]


def test_the_extension_of_an_evaluation_is_a_coverage_row():
    license = a_license(
        model="EVALUATION", registered_on="2026-03-01", terms=(a_term("BASIC", "2026-03-31", "2026-04-29"),)
    )
    assert state(license, "2026-04-29") == "COVERED"
    assert state(license, "2026-04-30") != "COVERED"


def test_whether_the_licence_still_runs_is_another_date_than_coverage():
    license = covered_by("GOLD", model="SUBSCRIPTION", license_expires_on="2026-02-28")
    assert codes(license, noon("2026-03-11")) == []
    lapsed = a_license(model="SUBSCRIPTION", registered_on="2025-01-01", license_expires_on="2027-12-31")
    assert codes(lapsed, noon("2026-01-01")) == ["EXPIRED_RENEWABLE"]


def test_hardware_is_covered_like_any_product():
    assert periods(hardware()) == [("BASIC", "2026-01-01", "2026-12-31")]
    assert codes(hardware()) == []


def test_a_retired_licence_is_covered_on_the_day_of_its_retirement_and_no_longer():
    license = covered_by("GOLD", retired_on="2026-03-10")
    assert state(license, "2026-03-10") == "COVERED"
    assert state(license, "2026-03-11") == "RETIRED"
    assert codes(license, noon("2026-03-10")) == []
    assert codes(license, noon("2026-03-11")) == ["RETIRED"]


def test_a_retirement_to_come_ends_the_coverage():
    assert periods(covered_by("GOLD", retired_on="2026-06-30")) == [("GOLD", "2026-01-01", "2026-06-30")]


# ---------------------------------------------------------------- states


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2019-01-31", "NOT_STARTED", id="the day before the first"),
        pytest.param("2019-02-01", "COVERED", id="the first day"),
        pytest.param("2020-01-31", "COVERED", id="the last day"),
        pytest.param("2020-02-01", "EXPIRED_RENEWABLE", id="day 1"),
        pytest.param("2020-02-29", "EXPIRED_RENEWABLE", id="29 February, day 29"),
        pytest.param("2020-05-30", "EXPIRED_RENEWABLE", id="day 120: 29 + 31 + 30 + 30"),
        pytest.param("2020-05-31", "EXPIRED_LATE", id="day 121"),
        pytest.param("2035-01-01", "EXPIRED_LATE", id="years later"),
    ],
)
def test_the_state_of_a_licence_through_its_life(on, expected):
    assert state(a_license(registered_on="2019-02-01"), on) == expected


@pytest.mark.parametrize(
    ("last_covered", "last_free", "first_late"),
    [
        ("2019-12-31", "2020-04-29", "2020-04-30"),
        ("2023-03-31", "2023-07-29", "2023-07-30"),
        ("2023-10-31", "2024-02-28", "2024-02-29"),
        ("2024-02-29", "2024-06-28", "2024-06-29"),
    ],
)
def test_an_expiry_is_renewable_for_120_days_and_late_from_day_121(last_covered, last_free, first_late):
    license = a_lapsed_license(last_covered)
    assert (day(last_free) - day(last_covered)).days == 120
    assert state(license, last_covered) == "COVERED"
    assert state(license, last_free) == "EXPIRED_RENEWABLE"
    assert state(license, first_late) == "EXPIRED_LATE"


def test_in_a_gap_the_lapse_counts_from_the_period_before_it():
    license = a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-09-01", "2027-08-31"),))
    assert state(license, "2026-04-30") == "EXPIRED_RENEWABLE"  # day 120 after 2025-12-31: 31 + 28 + 31 + 30
    assert state(license, "2026-05-01") == "EXPIRED_LATE"
    assert state(license, "2026-08-31") == "EXPIRED_LATE"
    assert state(license, "2026-09-01") == "COVERED"


def test_after_the_end_of_support_an_expiry_is_that_end():
    ended = a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-03-31")])
    license = a_license(registered_on="2025-01-01", product=ended)
    assert state(license, "2026-03-31") == "EXPIRED_RENEWABLE"
    assert state(license, "2026-04-01") == "END_OF_SUPPORT"


def test_of_several_states_the_gravest_is_told():
    ended = a_product(milestones=[a_milestone("END_OF_SUPPORT", "2025-06-30")])
    assert state(a_license(product=ended, registered_on=None, retired_on="2025-01-01"), "2026-03-11") == "RETIRED"
    assert state(a_license(product=ended, registered_on=None), "2026-03-11") == "NOT_ACTIVATED"
    assert state(a_license(product=ended), "2026-03-11") == "END_OF_SUPPORT"


def test_what_lists_are_told_of_a_day_is_what_the_rules_say_of_it_however_often_it_is_asked():
    license = a_lapsed_license("2026-01-10")
    days = [day("2025-06-01") + timedelta(days=step) for step in range(0, 400, 7)]
    for _ in range(2):
        for one in days:
            assert coverage.coverage_listed(license, one, GUIDE) == coverage.coverage_on(license, one, GUIDE)
            assert len(license.remembered) <= coverage.MOST_DAYS
    assert coverage.coverage_listed(license, days[-1], GUIDE) is coverage.coverage_listed(license, days[-1], GUIDE)


def test_what_was_worked_out_of_a_licence_makes_it_no_other_licence():
    license, same = a_lapsed_license("2026-01-10"), a_lapsed_license("2026-01-10")
    coverage.coverage_listed(license, day("2026-03-11"), GUIDE)
    assert license == same
    assert repr(license) == repr(same)
    assert not replace(license, quantity=2).remembered
