"""Outstanding charges: open on a day, by how long they are overdue."""

from datetime import date, timedelta

import pytest

from entitlements.reports.outstanding_charges import outstanding_charges
from tests.builders import a_charge, a_module_of, covered_by
from tests.reports import a_contract, told

DUE = date(2026, 3, 1)


def open_on(day, *charges):
    base = covered_by("GOLD")
    return told(outstanding_charges(a_contract(base, [a_module_of(base)], charges or [a_charge(DUE)]), day))


@pytest.mark.parametrize(
    ("days", "age"),
    [(-1, "NOT_DUE"), (0, "NOT_DUE"), (1, "DAYS_1_TO_30"), (30, "DAYS_1_TO_30"), (31, "DAYS_31_TO_60"),
     (60, "DAYS_31_TO_60"), (61, "DAYS_61_TO_90"), (90, "DAYS_61_TO_90"), (91, "OVER_90_DAYS"), (4000, "OVER_90_DAYS")],
)  # fmt: skip
def test_a_charge_ages_by_thirties_after_its_due_day(days, age):
    [(_, kind, first, _, overdue, amount)] = open_on(DUE + timedelta(days=days))
    assert (kind, first, overdue, amount) == (age, "2026-03-01", max(days, 0), "1000.00")


def test_it_is_open_until_the_day_before_it_is_paid():
    paid = a_charge(DUE, paid_on="2026-03-15")
    assert open_on(date(2026, 3, 14), paid)
    assert not open_on(date(2026, 3, 15), paid)


def test_it_is_not_open_before_it_was_ordered():
    ordered = a_charge(DUE, order_date="2026-02-01")
    assert not open_on(date(2026, 1, 31), ordered)
    assert open_on(date(2026, 2, 1), ordered)


def test_a_charge_of_a_dependent_stands_under_that_licence():
    assert [row[0] for row in open_on(DUE, a_charge(DUE), a_charge(DUE, "INV-2", "M-1"))] == ["B-1", "M-1"]
