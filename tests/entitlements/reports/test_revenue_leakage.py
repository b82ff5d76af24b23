"""Revenue leakage: seeded leaks are all found, with their amounts, and none is invented."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from entitlements.reports.revenue_leakage import revenue_leakage
from entitlements.requests import Service
from tests.builders import a_charge, a_lapsed_license, a_license, a_module_of, a_term, covered_by
from tests.pricing import A_TENTH_A_YEAR, UNSET, a_book
from tests.reports import a_contract, served, told

FIRST, LAST = date(2015, 1, 1), date(2030, 12, 31)


def leaks(base, dependents=(), charges=(), first=FIRST, last=LAST, policies=A_TENTH_A_YEAR, **more):
    contract = a_contract(base, dependents, charges, policies=policies, **more)
    return told(revenue_leakage(contract, first, last))


def renewed(order_date, starts_on, expires_on="2027-03-31", plan="GOLD", **more):
    """Covered by Gold through 2026-03-31, then renewed by an order of a day."""
    before = a_term("GOLD", "2025-04-01", "2026-03-31", order_date="2025-03-01")
    term = a_term(plan, starts_on, expires_on, "RENEWED", order_reference="PO-2", order_date=order_date)
    return a_license(registered_on="2020-01-01", terms=(before, term), **more)


def paid(amount, **more):
    return a_charge("2026-09-01", order_reference="PO-2", amount=Decimal(amount), paid_on="2026-09-01", **more)


# ---------------------------------------------------------------- served without cover


def test_support_opened_without_cover_leaks_the_days_of_the_gap_until_the_last_such_decision():
    # 2026-10-01 to 2026-11-23 are 54 days: 54/365 x 1,000.00 = 147.95.
    lapsed = a_lapsed_license("2026-09-30")
    days = served("B-1", "2026-09-30", "2026-10-05", "2026-11-23")
    assert leaks(lapsed, served=days) == [
        ("B-1", "SERVED_WITHOUT_COVER", "2026-10-01", "2026-11-23", 54, "147.95"),
    ]


def test_support_opened_while_covered_leaks_nothing():
    assert leaks(covered_by("GOLD"), served=served("B-1", "2026-01-01", "2026-12-31")) == []


def test_what_needs_no_cover_leaks_nothing():
    lapsed = a_lapsed_license("2026-09-30")
    [decision] = served("B-1", "2026-10-05")
    for service in (Service.HARDWARE_REPAIR, Service.FEATURE_RELEASE):
        assert leaks(lapsed, served=[replace(decision, service=service)]) == []


def test_a_dependent_served_past_its_base_is_told_apart():
    base = a_lapsed_license("2026-09-30")
    module = a_module_of(base, registered_on="2020-01-01")
    # 31 days of October: 31/365 x 200.00 = 16.99.
    assert leaks(base, [module], served=served("M-1", "2026-10-31")) == [
        ("M-1", "SERVED_PAST_BASE", "2026-10-01", "2026-10-31", 31, "16.99"),
    ]


def test_only_decisions_of_the_asked_days_count():
    lapsed = a_lapsed_license("2026-09-30")
    days = served("B-1", "2026-10-05", "2026-11-23")
    [row] = leaks(lapsed, served=days, last=date(2026, 10, 31))
    assert row[3:5] == ("2026-10-05", 5)
    assert leaks(lapsed, served=days, first=date(2026, 12, 1)) == []


def test_a_gap_that_a_renewal_closed_after_the_fact_leaks_no_more_through_decisions():
    covered = renewed("2026-06-01", "2026-04-01")
    assert [row[1] for row in leaks(covered, served=served("B-1", "2026-05-01"))] == ["FREE_GAP_DAYS"]


# ---------------------------------------------------------------- free gap days


def test_a_late_but_continuous_order_gives_back_the_days_before_it():
    # Last covered day 2026-03-31, ordered on 2026-06-01: April and May, 61 days, 61/365 x 1,000.00 = 167.12.
    assert leaks(renewed("2026-06-01", "2026-04-01")) == [
        ("B-1", "FREE_GAP_DAYS", "2026-04-01", "2026-05-31", 61, "167.12"),
    ]


def test_its_dependents_give_back_theirs_from_their_own_start():
    base = renewed("2026-06-01", "2026-04-01")
    early, late = a_module_of(base, registered_on="2020-01-01"), a_module_of(base, "M-2", registered_on="2026-05-01")
    # 61/365 x 200.00 = 33.42; May alone, 31/365 x 200.00 = 16.99.
    assert [row[0:1] + row[4:] for row in leaks(base, [early, late])] == [
        ("B-1", 61, "167.12"), ("M-1", 61, "33.42"), ("M-2", 31, "16.99"),
    ]  # fmt: skip


def test_an_order_in_time_or_on_the_day_after_gives_nothing_back():
    assert leaks(renewed("2026-03-31", "2026-04-01")) == []
    assert leaks(renewed("2026-04-01", "2026-04-01")) == []
    assert leaks(renewed("2026-04-02", "2026-04-01"))[0][2:5] == ("2026-04-01", "2026-04-01", 1)


def test_an_order_outside_the_asked_days_is_not_told():
    assert leaks(renewed("2026-06-01", "2026-04-01"), first=date(2026, 6, 2)) == []
    assert leaks(renewed("2026-06-01", "2026-04-01"), last=date(2026, 5, 31)) == []


# ---------------------------------------------------------------- fees never charged

LATE = ("2026-08-01", "2026-08-01", "2027-07-31")
"""123 days after 2026-03-31: one started year."""


def test_a_late_order_without_a_charge_leaks_its_whole_fee():
    # A tenth of 1,000.00 for one started year.
    assert leaks(renewed(*LATE)) == [("B-1", "FEE_NEVER_CHARGED", "2026-04-01", "2026-08-01", 123, "100.00")]


def test_a_charge_of_the_renewal_alone_leaks_the_fee_and_one_of_both_nothing():
    assert leaks(renewed(*LATE), charges=[paid("1000.00")])[0][-1] == "100.00"
    assert leaks(renewed(*LATE), charges=[paid("1040.00")])[0][-1] == "60.00"
    assert leaks(renewed(*LATE), charges=[paid("1100.00")]) == []
    assert leaks(renewed(*LATE), charges=[paid("600.00"), paid("500.00", reference="INV-2")]) == []


def test_an_unset_rate_is_a_leak_without_an_amount_unless_more_than_the_renewal_was_charged():
    assert leaks(renewed(*LATE), policies=UNSET)[0][-1] == "FEE_RATE_UNSET"
    assert leaks(renewed(*LATE), policies=UNSET, charges=[paid("1000.00")])[0][-1] == "FEE_RATE_UNSET"
    assert leaks(renewed(*LATE), policies=UNSET, charges=[paid("1000.01")]) == []


def test_no_amount_is_made_up_where_prices_are_missing_or_in_another_currency():
    assert leaks(renewed(*LATE), book=a_book())[0][-1] == "PRICE_NOT_CONFIGURED"
    assert leaks(renewed(*LATE), charges=[paid("1.00", currency="USD")])[0][-1] == "PRICE_NOT_CONFIGURED"


def test_an_order_on_day_120_owes_no_fee_and_one_on_day_121_does():
    assert [row[1] for row in leaks(renewed("2026-07-29", "2026-04-01"))] == ["FREE_GAP_DAYS"]
    assert [row[1] for row in leaks(renewed("2026-07-30", "2026-07-30", "2027-07-29"))] == ["FEE_NEVER_CHARGED"]


def test_what_was_ordered_and_not_renewed_owes_nothing():
    raised = a_term("PLATINUM", "2026-08-01", "2027-07-31", order_reference="PO-2", order_date="2026-08-01")
    before = a_term("GOLD", "2025-04-01", "2026-03-31", order_date="2025-03-01")
    assert leaks(a_license(registered_on="2020-01-01", terms=(before, raised))) == []
