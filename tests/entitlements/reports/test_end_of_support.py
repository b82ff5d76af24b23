"""The schedule of ends of support: the cover that each cuts, told and not refunded."""

from datetime import date

from entitlements.reports.end_of_support import end_of_support_schedule
from tests.builders import a_lapsed_license, a_license, a_milestone, a_module_of, a_product, a_term, covered_by
from tests.reports import a_contract, told

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def ending(on="2026-06-30", code="FAX", kind="BASE", **more):
    return a_product(code, kind, milestones=[a_milestone("END_OF_SUPPORT", on, **more)])


def schedule(base, dependents=(), first=FIRST, last=LAST):
    return told(end_of_support_schedule(a_contract(base, dependents), first, last))


def test_a_term_is_cut_and_its_lost_days_are_worth_what_they_cost():
    # 2026-07-01 to 2026-12-31 are 184 days: 184/365 x 1,000.00 = 504.11.
    assert schedule(covered_by("GOLD", product=ending())) == [
        ("B-1", "END_OF_SUPPORT", "2026-06-30", "2026-12-31", 184, "504.11"),
    ]


def test_lost_days_of_the_included_year_are_worth_nothing():
    assert schedule(a_license(product=ending())) == [
        ("B-1", "END_OF_SUPPORT", "2026-06-30", "2026-12-31", 184, "0.00"),
    ]


def test_a_licence_that_is_not_covered_any_more_loses_nothing():
    assert schedule(a_lapsed_license("2025-12-31", product=ending())) == [
        ("B-1", "END_OF_SUPPORT", "2026-06-30", "2026-06-30", 0, "0.00"),
    ]


def test_several_terms_lose_their_days_each_at_its_own_plan():
    # Gold loses 184 days, 504.11; Platinum of 2027 all of its 365, 1,600.00.
    base = a_license(product=ending(), terms=(a_term("GOLD"), a_term("PLATINUM", "2027-01-01", "2027-12-31")))
    assert schedule(base) == [("B-1", "END_OF_SUPPORT", "2026-06-30", "2027-12-31", 549, "2104.11")]


def test_a_dependent_whose_own_product_ends_loses_its_own_days_only():
    # The base goes on; the module loses 184/365 x 200.00 = 100.82.
    base = covered_by("GOLD")
    module = a_module_of(base, product=ending(code="FAX-MODULE", kind="MODULE"))
    assert schedule(base, [module]) == [("M-1", "END_OF_SUPPORT", "2026-06-30", "2026-12-31", 184, "100.82")]


def test_a_dependents_share_of_the_included_year_is_worth_nothing_either():
    base = a_license()
    module = a_module_of(base, product=ending(code="FAX-MODULE", kind="MODULE"))
    assert schedule(base, [module])[0][-1] == "0.00"


def test_the_day_itself_belongs_to_the_period_and_a_retired_licence_to_none():
    base = covered_by("GOLD", product=ending())
    assert schedule(base, first=date(2026, 6, 30), last=date(2026, 6, 30))
    assert not schedule(base, first=date(2026, 7, 1))
    assert not schedule(base, last=date(2026, 6, 29))
    assert not schedule(covered_by("GOLD", product=ending(), retired_on="2026-06-30"))


def test_a_versions_end_concerns_the_licences_that_run_it():
    product = ending(version="Winter '25")
    assert schedule(covered_by("GOLD", product=product, installed_release="Winter '25"))
    assert not schedule(covered_by("GOLD", product=product, installed_release="Winter '26"))
