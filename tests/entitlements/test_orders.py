"""Orders of renewals, by example: FAX, Gold for a year at 1000.00."""

from datetime import date
from decimal import Decimal

import pytest

from entitlements.facts import Term, TermKind
from entitlements.orders import OrderAsked, RenewalOrdered, renewal_ordered
from entitlements.problems import Problem
from tests.builders import GUIDE, a_license, a_term
from tests.pricing import A_TENTH_A_YEAR, problem_codes, quoted

EXPIRED = a_license(registered_on="2020-01-01")
"""Its included year ended on 2020-12-31; day 120 is 2021-04-30."""


def ordered(order_date: str, total: str = "1000.00", license=EXPIRED, before=None, **more) -> RenewalOrdered | Problem:
    quote = quoted(license, order_date, **more)
    asked = OrderAsked("PO-1", Decimal(total), date(2030, 1, 1))
    return renewal_ordered(quote, asked, before or license, GUIDE)


@pytest.mark.parametrize(
    ("order_date", "starts_on", "expires_on"),
    [
        ("2020-12-31", "2021-01-01", "2021-12-31"),  # the last covered day
        ("2021-01-01", "2021-01-01", "2021-12-31"),  # the day after
        ("2021-04-30", "2021-01-01", "2021-12-31"),  # day 120
        ("2021-05-01", "2021-05-01", "2022-04-30"),  # day 121, with a tenth for the year begun
    ],
)
def test_the_term_is_written_as_quoted(order_date, starts_on, expires_on):
    total = "1100.00" if order_date == "2021-05-01" else "1000.00"
    found = ordered(order_date, total, policies=A_TENTH_A_YEAR)
    assert isinstance(found, RenewalOrdered), found
    first, last, day = (date.fromisoformat(text) for text in (starts_on, expires_on, order_date))
    assert found.term == Term("PO-1", "GOLD", first, last, TermKind.RENEWED, day)
    assert found.renewed_from == date(2020, 12, 31)
    assert found.charge.reference == f"PO-1/{EXPIRED.serial}"


def test_a_late_renewal_without_a_rate_is_not_ordered():
    assert problem_codes(ordered("2021-05-01", "1000.00")) == ["FEE_RATE_UNSET"]


def test_every_obstacle_is_named_at_once():
    found = ordered("2021-01-01", "999.00", with_dependents=False)
    assert problem_codes(found) == ["INVALID_TERM", "TOTAL_CHANGED"]


def test_an_order_that_knew_an_earlier_last_day_finds_the_period_renewed():
    """Two orders of 2021-01-01 and 2021-01-02: the second knew of no renewal, and would be another year (R-REN-11)."""
    renewed = a_license(registered_on="2020-01-01", terms=(a_term("GOLD", "2021-01-01", "2021-12-31"),))
    assert problem_codes(ordered("2021-01-02", license=renewed, before=EXPIRED)) == ["ALREADY_RENEWED"]
    assert isinstance(ordered("2021-01-02", license=renewed), RenewalOrdered), "when it is known, it is an early one"
