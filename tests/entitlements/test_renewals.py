"""R-REN: where an order date stands, the term that a renewal gives, and what refuses it."""

import pytest

from entitlements import coverage, renewals
from entitlements.renewals import RenewedTerm, Standing
from tests.builders import (
    GUIDE,
    a_lapsed_license,
    a_license,
    a_milestone,
    a_module_of,
    a_product,
    a_term,
    codes,
    covered_by,
    day,
    noon,
    reason,
    told,
)


def stand(license, order_date) -> Standing:
    """The standing of an order date that nothing refuses."""
    found = renewals.standing(license, day(order_date), GUIDE)
    assert isinstance(found, Standing), found
    return found


def refused(license, order_date):
    """The codes that refuse a renewal on a day; empty where none does."""
    found = renewals.standing(license, day(order_date), GUIDE)
    return [str(refusal.code) for refusal in found] if isinstance(found, tuple) else []


def renewed(license, order_date, months=12) -> RenewedTerm:
    """The term that a renewal gives."""
    found = renewals.renewed_term(license, stand(license, order_date), months, GUIDE)
    assert isinstance(found, RenewedTerm), found
    return found


def term(license, order_date, months=12):
    """First and last day of a renewal."""
    found = renewed(license, order_date, months)
    return found.starts_on.isoformat(), found.expires_on.isoformat()


def last_free(license, on):
    found = renewals.last_free_order_date(license, day(on), GUIDE)
    return found.isoformat() if found else None


# ---------------------------------------------------------------- R-REN-1, R-REN-2, R-REN-3


@pytest.mark.parametrize(
    ("order_date", "lapse", "standing", "years", "starts_on"),
    [
        pytest.param("2019-07-01", -183, "EARLY", 0, "2020-01-01", id="half a year early"),
        pytest.param("2019-12-30", -1, "EARLY", 0, "2020-01-01", id="the day before the last covered one"),
        pytest.param("2019-12-31", 0, "EARLY", 0, "2020-01-01", id="the last covered day"),
        pytest.param("2020-01-01", 1, "CONTINUOUS", 0, "2020-01-01", id="day 1"),
        pytest.param("2020-02-29", 60, "CONTINUOUS", 0, "2020-01-01", id="29 February: 31 + 29"),
        pytest.param("2020-04-29", 120, "CONTINUOUS", 0, "2020-01-01", id="day 120: 31 + 29 + 31 + 29"),
        pytest.param("2020-04-30", 121, "LATE", 1, "2020-04-30", id="day 121"),
        pytest.param("2020-12-31", 366, "LATE", 1, "2020-12-31", id="a year, to the day"),
        pytest.param("2021-01-01", 367, "LATE", 2, "2021-01-01", id="a year and a day"),
    ],
)
def test_where_an_order_date_stands(order_date, lapse, standing, years, starts_on):
    found = stand(a_lapsed_license("2019-12-31"), order_date)
    assert (found.lapse_days, str(found.standing), found.years_late) == (lapse, standing, years)
    assert found.starts_on == day(starts_on)
    assert found.last_free_order_date == day("2020-04-29")


@pytest.mark.parametrize(
    ("last_covered", "last_free_day", "first_late"),
    [
        ("2019-12-31", "2020-04-29", "2020-04-30"),
        ("2023-03-31", "2023-07-29", "2023-07-30"),
        ("2023-10-31", "2024-02-28", "2024-02-29"),
        ("2024-02-29", "2024-06-28", "2024-06-29"),
    ],
)
def test_day_120_is_free_and_day_121_is_late(last_covered, last_free_day, first_late):
    license = a_lapsed_license(last_covered)
    assert str(stand(license, last_free_day).standing) == "CONTINUOUS"
    assert str(stand(license, first_late).standing) == "LATE"
    assert stand(license, first_late).years_late == 1
    for on in (last_covered, last_free_day, first_late):
        assert last_free(license, on) == last_free_day


def test_a_renewal_in_time_extends_from_the_expiry_and_a_late_one_from_the_order():
    license = a_lapsed_license("2023-10-31")
    assert term(license, "2023-09-15") == ("2023-11-01", "2024-10-31")
    assert term(license, "2024-02-28") == ("2023-11-01", "2024-10-31")
    assert term(license, "2024-02-29") == (
        "2024-02-29",
        "2025-02-27",
    )  # 29 Feb + 12 months = 28 Feb clamped; the day before


def test_a_renewal_is_of_the_coverage_that_ends_last():
    license = a_license(terms=(a_term("GOLD", "2026-04-01", "2026-06-30"),))  # Basic goes on until 2026-12-31
    assert stand(license, "2026-07-10").expires_on == day("2026-12-31")
    assert term(license, "2026-07-10") == ("2027-01-01", "2027-12-31")


# ---------------------------------------------------------------- R-REN-4, R-REN-5, R-REN-6


@pytest.mark.parametrize(
    ("on", "code"),
    [
        pytest.param("2020-01-01", "EXPIRED_RENEWABLE", id="day 1"),
        pytest.param("2020-04-29", "EXPIRED_RENEWABLE", id="day 120"),
        pytest.param("2020-04-30", "EXPIRED_LATE", id="day 121"),
    ],
)
def test_the_grace_days_protect_dates_not_service(on, code):
    found = reason(code, a_lapsed_license("2019-12-31"), noon(on))
    assert found.blocking
    assert told(found)["expires_on"] == "2019-12-31"
    assert told(found)["last_free_order_date"] == "2020-04-29"


def test_a_recorded_renewal_covers_the_gap_days():
    terms = (
        a_term("GOLD", "2019-01-01", "2019-12-31"),
        a_term("GOLD", "2020-01-01", "2020-12-31", "RENEWED", order_date="2020-04-29"),
    )
    renewed = a_license(registered_on="2019-01-01", terms=terms)
    assert codes(renewed, noon("2020-01-01")) == []
    assert codes(renewed, noon("2020-04-28")) == []


def test_nothing_is_renewed_by_itself():
    assert codes(a_lapsed_license("2019-12-31"), noon("2020-01-01")) == ["EXPIRED_RENEWABLE"]


# ---------------------------------------------------------------- R-REN-8, R-EOL-4


@pytest.mark.parametrize(
    ("end_of_support", "expected", "cut"),
    [
        pytest.param("2027-06-30", ("2027-01-01", "2027-06-30"), True, id="in the middle of the term"),
        pytest.param("2027-12-30", ("2027-01-01", "2027-12-30"), True, id="a day before its end"),
        pytest.param("2027-12-31", ("2027-01-01", "2027-12-31"), False, id="on its last day"),
        pytest.param("2027-01-01", ("2027-01-01", "2027-01-01"), True, id="on its first day: a term of one day"),
    ],
)
def test_a_renewal_is_cut_at_the_end_of_support(end_of_support, expected, cut):
    license = covered_by("GOLD", product=a_product(milestones=[a_milestone("END_OF_SUPPORT", end_of_support)]))
    found = renewed(license, "2026-12-01")
    assert term(license, "2026-12-01") == expected
    assert (found.cut_by is not None) is cut
    assert found.full_expires_on == day("2027-12-31")


@pytest.mark.parametrize(
    "end_of_support",
    [
        pytest.param("2026-12-31", id="on the last covered day"),
        pytest.param("2026-10-31", id="which cuts the term that runs"),
    ],
)
def test_a_product_whose_support_ends_before_the_new_start_cannot_be_renewed(end_of_support):
    license = covered_by("GOLD", product=a_product(milestones=[a_milestone("END_OF_SUPPORT", end_of_support)]))
    assert refused(license, "2026-06-01") == ["END_OF_SUPPORT"]
    assert last_free(license, "2026-06-01") is None


def test_an_order_after_the_end_of_support_is_refused_even_where_the_term_would_start_before_it():
    product = a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-02-15")])
    license = a_license(registered_on="2025-01-01", product=product)  # covered until 2025-12-31
    assert refused(license, "2026-02-15") == []
    assert term(license, "2026-02-15") == ("2026-01-01", "2026-02-15")
    assert refused(license, "2026-02-16") == ["END_OF_SUPPORT"]


def test_the_end_of_renewal_refuses_orders_after_it_and_caps_the_last_free_date():
    product = a_product(milestones=[a_milestone("END_OF_RENEWAL", "2026-02-15")])
    license = a_license(registered_on="2025-01-01", product=product)
    assert refused(license, "2026-02-15") == []
    assert refused(license, "2026-02-16") == ["END_OF_RENEWAL"]
    assert last_free(license, "2026-01-10") == "2026-02-15"
    assert told(reason("EXPIRED_RENEWABLE", license, noon("2026-01-10")))["last_free_order_date"] == "2026-02-15"


@pytest.mark.parametrize(
    ("end_of_renewal", "end_of_support", "retired_on", "expected"),
    [
        ("2026-02-15", "2026-03-15", None, "2026-02-15"),
        ("2026-03-15", "2026-02-15", None, "2026-02-15"),
        ("2026-03-15", "2026-03-31", "2026-02-15", "2026-02-15"),
        ("2026-05-31", "2026-06-30", "2026-07-31", "2026-04-30"),  # none of them before day 120
    ],
)
def test_the_earliest_of_them_caps_the_last_free_date(end_of_renewal, end_of_support, retired_on, expected):
    milestones = [a_milestone("END_OF_RENEWAL", end_of_renewal), a_milestone("END_OF_SUPPORT", end_of_support)]
    license = a_license(registered_on="2025-01-01", product=a_product(milestones=milestones), retired_on=retired_on)
    assert last_free(license, "2026-01-10") == expected


def test_an_end_of_renewal_after_the_grace_caps_nothing():
    product = a_product(milestones=[a_milestone("END_OF_RENEWAL", "2026-12-31")])
    license = a_license(registered_on="2025-01-01", product=product)
    assert last_free(license, "2026-01-10") == "2026-04-30"


def test_a_renewal_ordered_by_the_end_of_renewal_may_run_past_it():
    product = a_product(milestones=[a_milestone("END_OF_RENEWAL", "2026-12-31")])
    assert term(covered_by("GOLD", product=product), "2026-12-31", 36) == ("2027-01-01", "2029-12-31")


def test_every_obstacle_is_told():
    product = a_product(
        milestones=[a_milestone("END_OF_RENEWAL", "2026-01-31"), a_milestone("END_OF_SUPPORT", "2026-02-28")]
    )
    license = a_license(registered_on="2025-01-01", product=product)
    assert set(refused(license, "2026-03-01")) == {"END_OF_RENEWAL", "END_OF_SUPPORT"}


# ---------------------------------------------------------------- R-REN-9, R-REN-11


@pytest.mark.parametrize(
    ("license", "code"),
    [
        pytest.param(a_module_of(a_lapsed_license("2025-12-31")), "RENEW_THE_BASE", id="a dependent licence"),
        pytest.param(a_license(model="EVALUATION"), "EVALUATION", id="an evaluation"),
        pytest.param(a_license(registered_on=None), "NOT_ACTIVATED", id="a licence that is not activated"),
        pytest.param(a_license(retired_on="2026-03-10"), "RETIRED", id="a retired one"),
    ],
)
def test_what_cannot_be_renewed_by_itself_has_its_own_code(license, code):
    assert refused(license, "2026-03-11") == [code]
    assert renewals.last_free_order_date(license, day("2026-03-11"), GUIDE) is None or license.is_dependent


def test_a_licence_that_was_never_covered_is_not_renewed():
    # Its support ended before it was activated, so no day of it was ever covered.
    product = a_product(milestones=[a_milestone("END_OF_SUPPORT", "2025-12-31")])
    assert "NEVER_COVERED" in refused(a_license(product=product), "2026-03-11")


def test_the_refusal_of_a_dependent_names_its_base():
    refusals = renewals.standing(a_module_of(a_lapsed_license("2025-12-31")), day("2026-03-11"), GUIDE)
    assert isinstance(refusals, tuple)
    assert "B-1" in refusals[0].message


def test_there_is_no_last_free_date_where_a_later_term_is_recorded():
    license = a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-06-01", "2027-05-31"),))
    assert last_free(license, "2026-03-11") is None
    assert last_free(license, "2026-06-01") == "2027-09-28"  # 2027-05-31 + 120 days: 30 + 31 + 31 + 28


@pytest.mark.parametrize(
    ("own_end", "expected"),
    [
        pytest.param("2025-12-31", None, id="with the base's coverage"),
        pytest.param("2026-01-31", "2026-04-30", id="after it"),
    ],
)
def test_a_dependent_whose_own_support_has_ended_has_no_last_free_date(own_end, expected):
    product = a_product("FAX-MODULE", "MODULE", [a_milestone("END_OF_SUPPORT", own_end)])
    module = a_module_of(a_license(registered_on="2025-01-01"), product=product, registered_on="2025-06-01")
    assert last_free(module, "2026-01-10") == expected


def test_a_dependent_s_last_free_date_is_its_base_s():
    assert (
        last_free(a_module_of(a_lapsed_license("2023-03-31"), registered_on="2022-01-01"), "2023-05-01") == "2023-07-29"
    )


@pytest.mark.parametrize(
    ("retired_on", "expected"),
    [
        pytest.param("2026-03-11", [], id="on the day of the order"),
        pytest.param("2026-03-10", ["RETIRED"], id="the day before"),
        pytest.param("2025-12-31", ["RETIRED"], id="with the coverage"),
    ],
)
def test_a_licence_is_no_longer_renewed_from_the_day_after_its_retirement(retired_on, expected):
    assert refused(a_license(registered_on="2025-01-01", retired_on=retired_on), "2026-03-11") == expected


@pytest.mark.parametrize("retired_on", ["2026-12-31", "2026-08-31"])
def test_a_licence_that_retires_before_a_new_term_would_start_is_not_renewed(retired_on):
    license = covered_by("GOLD", retired_on=retired_on)
    assert refused(license, "2026-03-11") == ["RETIRED"]
    assert last_free(license, "2026-03-11") is None


@pytest.mark.parametrize(
    ("retired_on", "on", "expected"),
    [
        pytest.param("2030-01-01", "2026-03-11", "2026-04-30", id="years away: day 120"),
        pytest.param("2026-04-15", "2026-03-11", "2026-04-15", id="within the grace: the retirement"),
        pytest.param("2026-03-11", "2026-03-11", "2026-03-11", id="on the day"),
        pytest.param("2026-03-10", "2026-03-11", None, id="past: none"),
    ],
)
def test_a_retirement_caps_the_last_free_order_date(retired_on, on, expected):
    assert last_free(a_license(registered_on="2025-01-01", retired_on=retired_on), on) == expected


@pytest.mark.parametrize(
    ("order_date", "expected"),
    [
        pytest.param("2025-12-31", ["NOT_ACTIVATED"], id="the day before the first start"),
        pytest.param("2026-01-01", [], id="the first day"),
    ],
)
def test_an_order_before_the_first_start_is_refused(order_date, expected):
    assert refused(a_license(), order_date) == expected


@pytest.mark.parametrize(
    ("order_date", "expected"),
    [
        pytest.param("2025-12-31", [], id="the last day before the gap"),
        pytest.param("2026-01-01", ["ALREADY_RENEWED"], id="the first day of the gap"),
        pytest.param("2026-05-31", ["ALREADY_RENEWED"], id="the last day of the gap"),
        pytest.param("2026-06-01", [], id="the later term's first day"),
    ],
)
def test_an_order_in_a_gap_before_a_recorded_term_is_refused(order_date, expected):
    license = a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-06-01", "2027-05-31"),))
    assert refused(license, order_date) == expected


def test_the_lapse_counts_from_the_effective_last_day_after_a_cut():
    # A version's end of support cut the term at 2026-01-31; the product itself goes on, so another release revives it.
    milestone = a_milestone("END_OF_SUPPORT", "2026-01-31", version="Winter '20")
    cut = covered_by("GOLD", product=a_product(milestones=[milestone]), installed_release="Winter '20")
    assert coverage.timeline(cut, GUIDE).periods[-1].expires_on == day("2026-01-31")
    assert refused(cut, "2026-03-11") == ["END_OF_SUPPORT"]
    moved = covered_by("GOLD", product=a_product(milestones=[milestone]), installed_release="Winter '26")
    assert stand(moved, "2026-03-11").expires_on == day("2026-12-31")


# ---------------------------------------------------------------- models


@pytest.mark.parametrize("model", ["PERPETUAL", "SUBSCRIPTION"])
def test_perpetual_licences_and_subscriptions_are_renewed_alike(model):
    license = a_license(registered_on="2025-01-01", model=model)
    assert term(license, "2026-02-01") == ("2026-01-01", "2026-12-31")


@pytest.mark.parametrize(
    ("months", "last_day"), [(1, "2026-01-31"), (12, "2026-12-31"), (36, "2028-12-31"), (60, "2030-12-31")]
)
def test_terms_of_any_number_of_months(months, last_day):
    assert term(a_license(registered_on="2025-01-01"), "2026-02-01", months) == ("2026-01-01", last_day)
