"""Figures add up: groups to the total, one currency beside another."""

from datetime import date
from decimal import Decimal

import pytest

from entitlements.reports.coverage_gaps import coverage_gaps
from entitlements.reports.figures import Figures
from entitlements.reports.renewals_due import renewals_due
from entitlements.reports.rows import Grouping, key_of
from tests.builders import a_lapsed_license, an_account, covered_by
from tests.pricing import BOOK, a_book, a_price
from tests.reports import a_contract
from tests.strategies import contracts, for_all

USD = a_book(a_price("1100.00", currency="USD"), currency="USD")


def test_currencies_are_never_added_to_one_another():
    figures = Figures(Grouping.PLAN)
    for book in (BOOK, USD, USD):
        figures.add(renewals_due(a_contract(covered_by("GOLD"), book=book), date(2026, 1, 1), date(2026, 12, 31)))
    assert [(str(one.amount), one.currency) for one in figures.total.amounts] == [
        ("1000.00", "EUR"),
        ("2200.00", "USD"),
    ]
    assert (figures.total.rows, figures.total.unpriced) == (3, 0)


@pytest.mark.parametrize(
    ("grouping", "key"),
    [("KIND", "EXPIRY"), ("MONTH", "2026-10"), ("PLAN", "GOLD"), ("PRODUCT", "FAX"), ("PARTNER", "NORTH"),
     ("ACCOUNT", "ACME"), ("THEATER", "EUROPE")],
)  # fmt: skip
def test_a_row_is_grouped_by_what_it_is_about(grouping, key):
    account = an_account(partner=an_account("NORTH"))
    base = a_lapsed_license("2026-09-30", account=account)
    [row] = coverage_gaps(a_contract(base), date(2026, 1, 1), date(2026, 12, 31))
    assert key_of(row, Grouping(grouping)) == key


def test_what_has_no_partner_comes_last():
    figures = Figures(Grouping.PARTNER)
    for account in (an_account(), an_account("ZED", partner=an_account("NORTH"))):
        base = a_lapsed_license("2026-09-30", account=account)
        figures.add(coverage_gaps(a_contract(base), date(2026, 1, 1), date(2026, 12, 31)))
    assert [key for key, _ in figures.ordered] == ["NORTH", None]


@for_all(60, facts=contracts())
def test_groups_sum_to_the_total_whatever_they_are_grouped_by(facts):
    contract = a_contract(facts.license.contract_base, facts.dependents, facts.charges)
    rows = list(coverage_gaps(contract, date(2018, 1, 1), date(2031, 12, 31)))
    for grouping in Grouping:
        figures = Figures(grouping)
        figures.add(rows)
        groups = [figure for _, figure in figures.ordered]
        for field in ("rows", "licenses", "days", "unpriced"):
            assert sum(getattr(one, field) for one in groups) == getattr(figures.total, field)
        for currency, amount in figures.total.totals.items():
            assert sum((one.totals.get(currency, Decimal(0)) for one in groups), Decimal(0)) == amount
