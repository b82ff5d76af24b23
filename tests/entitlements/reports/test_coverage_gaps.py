"""Coverage gaps: by cause, with what cover costs, and as a check of every day says."""

from datetime import date, timedelta
from decimal import Decimal

from entitlements.checks import judge
from entitlements.reports.coverage_gaps import coverage_gaps
from tests.builders import (
    GUIDE,
    a_charge,
    a_lapsed_license,
    a_license,
    a_milestone,
    a_module_of,
    a_product,
    a_request,
    a_term,
    covered_by,
    facts_of,
    noon,
)
from tests.pricing import a_book
from tests.reports import a_contract, told
from tests.strategies import contracts, days, for_all

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def gaps(base, dependents=(), charges=(), first=FIRST, last=LAST, **more):
    return told(coverage_gaps(a_contract(base, dependents, charges, **more), first, last))


def test_a_licence_that_lapses_in_the_period_has_a_gap_from_the_day_after():
    # 92 days of 2026-10-01 to 2026-12-31, of the 365 of a year from there, at 1,000.00: 252.05.
    assert gaps(a_lapsed_license("2026-09-30")) == [("B-1", "EXPIRY", "2026-10-01", "2026-12-31", 92, "252.05")]


def test_renewable_and_late_days_are_one_gap():
    assert gaps(a_lapsed_license("2026-01-31"))[0][:5] == ("B-1", "EXPIRY", "2026-02-01", "2026-12-31", 334)


def test_a_gap_between_two_terms_is_told_with_its_end():
    # March is 31 days: 31/365 x 1,000.00 = 84.93.
    split = a_license(
        registered_on="2015-01-01",
        terms=(a_term("GOLD", "2015-01-01", "2026-02-28"), a_term("PLATINUM", "2026-04-01", "2026-12-31")),
    )
    assert gaps(split) == [("B-1", "EXPIRY", "2026-03-01", "2026-03-31", 31, "84.93")]


def test_what_was_never_covered_or_is_retired_has_no_gap():
    assert gaps(a_license(registered_on=None)) == []
    assert gaps(a_license(registered_on="2027-01-01")) == []
    assert gaps(a_lapsed_license("2025-12-31", retired_on="2025-12-31")) == []


def test_the_end_of_support_is_a_cause_of_its_own():
    ended = a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-06-30")])
    assert gaps(covered_by("GOLD", product=ended))[0][:5] == ("B-1", "END_OF_SUPPORT", "2026-07-01", "2026-12-31", 184)


def test_a_dependent_outlives_its_base_for_as_long_as_the_base_is_not_covered():
    # Both lapse with the base: 92/365 of 1,000.00 and of 200.00.
    base = a_lapsed_license("2026-09-30")
    assert gaps(base, [a_module_of(base, registered_on="2020-01-01")]) == [
        ("B-1", "EXPIRY", "2026-10-01", "2026-12-31", 92, "252.05"),
        ("M-1", "BASE", "2026-10-01", "2026-12-31", 92, "50.41"),
    ]


def test_a_dependent_bought_while_its_base_is_lapsed_is_worth_the_plan_that_the_base_held():
    base = a_lapsed_license("2025-09-30")
    [_, row] = gaps(base, [a_module_of(base, registered_on="2026-12-01")])
    # 31 days of December, 31/365 x 200.00 = 16.99.
    assert row == ("M-1", "BASE", "2026-12-01", "2026-12-31", 31, "16.99")


def test_a_debt_holds_support_from_the_day_after_it_is_due_to_the_day_before_it_is_paid():
    # 2026-03-02 to 2026-03-14 are 13 days: 13/365 x 1,000.00 = 35.62.
    assert gaps(covered_by("GOLD"), charges=[a_charge("2026-03-01", paid_on="2026-03-15")]) == [
        ("B-1", "DEBT", "2026-03-02", "2026-03-14", 13, "35.62"),
    ]


def test_two_debts_that_meet_are_one_gap_and_days_without_cover_are_not_debts():
    charges = [a_charge("2026-03-01", paid_on="2026-03-15"), a_charge("2026-03-10", "INV-2")]
    assert [row[1:5] for row in gaps(a_lapsed_license("2026-03-31"), charges=charges)] == [
        ("DEBT", "2026-03-02", "2026-03-31", 30),
        ("EXPIRY", "2026-04-01", "2026-12-31", 275),
    ]


def test_what_cover_costs_is_said_to_be_missing_where_no_price_is_configured():
    assert gaps(a_lapsed_license("2026-09-30"), book=a_book())[0][-1] == "PRICE_NOT_CONFIGURED"


def test_a_gap_of_more_than_a_year_is_worth_more_than_a_year():
    [row] = gaps(a_lapsed_license("2024-12-31"), first=date(2025, 1, 1))
    assert row[4] == 730
    assert Decimal(row[5]) == Decimal("2000.00")


REFUSING = {"EXPIRED_RENEWABLE": "EXPIRY", "EXPIRED_LATE": "EXPIRY", "END_OF_SUPPORT": "END_OF_SUPPORT"}


def cause_on(contract, license, day):
    """The cause that a check of a day at noon gives, by the order of states (R-CHK-3)."""
    facts = facts_of(license, contract.facts.charges, dependents=contract.facts.dependents)
    codes = [str(reason.code) for reason in judge(facts, a_request(noon(day), now=noon(day)), GUIDE).reasons]
    for code in codes:
        if code in REFUSING:
            return REFUSING[code]
    for none in ("RETIRED", "NOT_ACTIVATED", "NOT_STARTED"):
        if none in codes:
            return None
    if "BASE_NOT_COVERED" in codes:
        return "BASE"
    return "DEBT" if "PAYMENT_HOLD" in codes else None


@for_all(40, facts=contracts(), first=days())
def test_gaps_agree_with_a_check_of_every_day(facts, first):
    contract = a_contract(facts.license.contract_base, facts.dependents, facts.charges)
    last = first + timedelta(days=400)
    rows = list(coverage_gaps(contract, first, last))
    for license in contract.licenses:
        own = [row for row in rows if row.license.serial == license.serial]
        for step in range(0, 401, 7):
            day = first + timedelta(days=step)
            here = [row.kind for row in own if row.from_on <= day <= row.through_on]
            cause = cause_on(contract, license, day)
            assert [str(kind) for kind in here] == ([cause] if cause else []), (license.serial, day)
        for row in own:
            for day in {row.from_on, row.through_on}:
                assert cause_on(contract, license, day) == row.kind
