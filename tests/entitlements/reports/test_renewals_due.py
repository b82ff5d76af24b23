"""Renewals due: whose last covered day is near, at which price; the figures are worked out in the comments."""

from datetime import date, timedelta

from entitlements.coverage import timeline
from entitlements.renewals import standing
from entitlements.reports.renewals_due import renewals_due
from tests.builders import GUIDE, a_lapsed_license, a_license, a_milestone, a_module_of, a_product, a_term, covered_by
from tests.pricing import BOOK, UNSET, a_book, quoted
from tests.reports import a_contract, told
from tests.strategies import contracts, for_all

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def due(base, dependents=(), first=YEAR[0], last=YEAR[1], **more):
    return told(renewals_due(a_contract(base, dependents, **more), first, last))


def test_a_renewal_is_due_on_the_last_covered_day_at_its_price_and_free_for_120_days_more():
    # Gold costs 1,000.00; day 120 after 2026-12-31 is 2027-04-30.
    assert due(covered_by("GOLD")) == [("B-1", "PERPETUAL", "2026-12-31", "2027-04-30", 120, "1000.00")]


def test_its_dependents_are_renewed_with_it_in_one_row():
    # 1,000.00 for the base, 200.00 for each of the two modules: 3 licences, 1,400.00.
    base = covered_by("GOLD")
    rows = list(renewals_due(a_contract(base, [a_module_of(base), a_module_of(base, "M-2")]), *YEAR))
    assert told(rows) == [("B-1", "PERPETUAL", "2026-12-31", "2027-04-30", 120, "1400.00")]
    assert rows[0].licenses == 3


def test_both_days_of_the_period_belong_to_it():
    last = date(2026, 12, 31)
    assert due(covered_by("GOLD"), first=last, last=last)
    assert not due(covered_by("GOLD"), last=last - timedelta(days=1))
    assert not due(covered_by("GOLD"), first=last + timedelta(days=1), last=date(2027, 12, 31))


def test_what_is_renewed_already_is_due_at_the_end_of_the_later_term():
    renewed = a_license(terms=(a_term("GOLD"), a_term("GOLD", "2027-01-01", "2027-12-31", "RENEWED")))
    assert not due(renewed)
    assert due(renewed, last=date(2027, 12, 31)) == [
        ("B-1", "PERPETUAL", "2027-12-31", "2028-04-29", 120, "1000.00"),
    ]


def test_the_included_year_falls_due_with_the_included_plan():
    assert due(a_license()) == [("B-1", "PERPETUAL", "2026-12-31", "2027-04-30", 120, "600.00")]


def test_what_gives_no_renewal_is_never_due():
    ended = a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-06-30")])
    assert not due(covered_by("GOLD", product=ended))
    assert not due(covered_by("GOLD", retired_on="2026-06-30"))
    assert not due(a_license(model="EVALUATION"))
    assert not due(a_license(registered_on=None))


def test_a_price_that_is_not_configured_is_said():
    assert due(covered_by("GOLD"), book=a_book()) == [
        ("B-1", "PERPETUAL", "2026-12-31", "2027-04-30", 120, "PRICE_NOT_CONFIGURED"),
    ]


def test_a_licence_lapsed_long_ago_is_still_due_on_its_last_covered_day():
    assert due(a_lapsed_license("2026-02-28")) == [("B-1", "PERPETUAL", "2026-02-28", "2026-06-28", 120, "1000.00")]


@for_all(150, facts=contracts())
def test_a_row_is_the_quote_of_its_own_last_covered_day(facts):
    base = facts.license.contract_base
    charges, dependents = facts.charges, facts.dependents
    [*rows] = renewals_due(a_contract(base, dependents, charges), date(2000, 1, 1), date(2050, 12, 31))
    periods = timeline(base, GUIDE).periods
    if not rows:
        refused = periods and standing(base, periods[-1].expires_on, GUIDE)
        assert not periods or isinstance(refused, tuple) or periods[-1].expires_on.year > 2050
        return
    [row] = rows
    quote = quoted(a_contract(base, dependents).facts, row.from_on, row.plan, 12, BOOK, UNSET)
    assert (row.amount, row.from_on) == (quote.total, periods[-1].expires_on)
    assert row.plan == periods[-1].plan
