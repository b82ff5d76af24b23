"""Late-fee exposure: day 120 exposes to nothing, day 121 does; an unset rate is never nothing."""

from datetime import date, timedelta
from decimal import Decimal

from entitlements.reports.late_fee_exposure import late_fee_exposure
from tests.builders import GUIDE, a_lapsed_license, a_module_of, covered_by
from tests.pricing import A_TENTH_A_YEAR, UNSET, policies
from tests.reports import a_contract, told

LAPSED = date(2025, 3, 31)


def exposed(on, base=None, dependents=(), policies=A_TENTH_A_YEAR, **more):
    return told(
        late_fee_exposure(a_contract(base or a_lapsed_license(LAPSED), dependents, policies=policies, **more), on)
    )


def test_the_120th_day_is_free_and_the_121st_late():
    assert exposed(LAPSED + timedelta(days=120)) == []
    # 121 days are one started year: a tenth of 1,000.00.
    assert exposed(LAPSED + timedelta(days=121)) == [("B-1", "1", "2025-04-01", "2025-07-30", 121, "100.00")]


def test_each_started_year_counts():
    # 2025-03-31 to 2027-04-01 is more than two years, so three are started: 3 x 100.00.
    assert exposed(date(2027, 4, 1)) == [("B-1", "3", "2025-04-01", "2027-04-01", 731, "300.00")]


def test_dependents_add_to_the_fee_of_the_contract():
    # A tenth of 1,000.00 + 200.00.
    base = a_lapsed_license(LAPSED)
    [row] = exposed(LAPSED + timedelta(days=121), base, [a_module_of(base, registered_on="2024-01-01")])
    assert row[-1] == "120.00"


def test_back_pay_is_part_of_what_lateness_costs():
    # Back pay by the day, 121/365 of 1,000.00 = 331.51, and a fee of 20 % of it = 66.30.
    twentieth = policies(
        'back_pay = { unit = "DAILY", divisor = 365 }\ntiers = [{ percent = 20, of = "BACK_PAY" }]', GUIDE
    )
    [row] = exposed(LAPSED + timedelta(days=121), policies=twentieth)
    assert Decimal(row[-1]) == Decimal("331.51") + Decimal("66.30")


def test_an_unset_rate_leaves_the_amount_open_and_says_so():
    [row] = exposed(LAPSED + timedelta(days=121), policies=UNSET)
    assert row[-1] == "FEE_RATE_UNSET"


def test_a_lapse_beyond_what_a_policy_allows_says_so():
    short = policies(
        'tiers = [{ percent = 10 }]\nmaximum_lapse = { amount = 1, unit = "YEARS" }\nbeyond = "INELIGIBLE"'
    )
    [row] = exposed(date(2027, 1, 1), policies=short)
    assert row[-1] == "LAPSE_TOO_LONG"


def test_what_is_covered_or_cannot_be_renewed_is_not_exposed():
    assert exposed(date(2026, 6, 1), covered_by("GOLD")) == []
    assert exposed(date(2027, 6, 1), a_lapsed_license(LAPSED, retired_on="2026-01-01")) == []
