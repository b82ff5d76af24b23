"""Price books, chosen by the order date; and the factor of a part of a term, by each divisor (§4, Money)."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from entitlements.money import rounded
from entitlements.parameters import PRORATION_DIVISOR
from entitlements.prices import Divisor, part_of_term
from tests.builders import GUIDE, day
from tests.pricing import BOOK, a_book, a_price


def part(starts_on, expires_on, months=12, divisor=Divisor.TERM_DAYS, anchor=None):
    return part_of_term(day(starts_on), day(expires_on), months, divisor, anchor)


# ---------------------------------------------------------------- price books


RAISED = a_book(a_price("1000.00"), a_price("1100.00", effective_from="2026-01-01"))


@pytest.mark.parametrize(
    ("order_date", "expected"),
    [
        pytest.param("2014-12-31", None, id="before the first price: none, and no guess"),
        pytest.param("2015-01-01", "1000.00", id="on the first price's own day"),
        pytest.param("2025-12-31", "1000.00", id="the last day of the old price"),
        pytest.param("2026-01-01", "1100.00", id="the first day of the new one"),
        pytest.param("2049-12-31", "1100.00", id="long after"),
    ],
)
def test_a_price_is_chosen_by_the_order_date(order_date, expected):
    found = RAISED.price("FAX", "GOLD", 12, day(order_date))
    assert (str(found.amount) if found else None) == expected


def test_the_order_of_the_rows_does_not_matter():
    backwards = a_book(a_price("1100.00", effective_from="2026-01-01"), a_price("1000.00"))
    found = backwards.price("FAX", "GOLD", 12, day("2025-06-01"))
    assert found == a_price("1000.00")
    assert backwards.changes == (day("2015-01-01"), day("2026-01-01"))


@pytest.mark.parametrize("months", [1, 6, 11, 13, 24, 48])
def test_a_month_count_that_the_book_lacks_has_no_price_whatever_the_others_are(months):
    assert BOOK.price("FAX", "GOLD", 12, day("2026-01-01")) is not None
    assert BOOK.price("FAX", "GOLD", 36, day("2026-01-01")) is not None
    assert BOOK.price("FAX", "GOLD", months, day("2026-01-01")) is None


@pytest.mark.parametrize(("product", "plan"), [("FAX", "DIAMOND"), ("TELEX", "GOLD")])
def test_another_product_or_plan_has_no_price(product, plan):
    assert BOOK.price(product, plan, 12, day("2026-01-01")) is None


def test_a_book_holds_one_currency_and_leaves_other_books_out():
    prices = (a_price("1000.00"), a_price("1090.00", currency="USD"), a_price("850.00", book="PUBLIC"))
    for currency, name, expected in (
        ("EUR", "LIST", "1000.00"),
        ("USD", "LIST", "1090.00"),
        ("EUR", "PUBLIC", "850.00"),
    ):
        book = a_book(*prices, currency=currency, name=name)
        found = book.price("FAX", "GOLD", 12, day("2026-01-01"))
        assert found == a_price(expected, currency=currency, book=name)
    assert a_book(*prices, currency="GBP").price("FAX", "GOLD", 12, day("2026-01-01")) is None


# ---------------------------------------------------------------- a full term


@pytest.mark.parametrize("divisor", Divisor)
@pytest.mark.parametrize(
    ("starts_on", "expires_on", "months"),
    [
        pytest.param("2027-01-01", "2027-12-31", 12, id="a year of 365 days"),
        pytest.param("2028-01-01", "2028-12-31", 12, id="a year of 366 days"),
        pytest.param("2027-01-31", "2027-02-27", 1, id="a month of 28 days, from the 31st"),
        pytest.param("2024-02-29", "2027-02-27", 36, id="three years from a leap day"),
    ],
)
def test_a_full_term_has_factor_one_by_every_divisor(divisor, starts_on, expires_on, months):
    found = part(starts_on, expires_on, months, divisor)
    assert (found.factor, found.text, found.days, found.divisor) == (1, "1", None, None)


def test_a_full_term_of_a_chain_follows_its_anchor_day():
    # The chain began on 29 February 2020 (R-DATE-2): 36 months from 2021-02-28 expire on 2024-02-28, not on the 27th.
    assert part("2021-02-28", "2024-02-28", 36, anchor=29).text == "1"
    assert part("2021-02-28", "2024-02-27", 36, anchor=29).text == "1095/1096"
    assert part("2021-02-28", "2024-02-27", 36).text == "1"


# ---------------------------------------------------------------- a part of a term, by each divisor


@pytest.mark.parametrize(
    ("divisor", "factor", "days", "shown", "text"),
    [
        # 2027-01-01 to 2027-04-10: 31 + 28 + 31 + 10 = 100 days.
        pytest.param("DAYS_365", "100/365", 100, 365, "100/365", id="365"),
        pytest.param("YEAR_DAYS", "100/365", 100, 365, "100/365", id="2027 has 365 days"),
        pytest.param("TERM_DAYS", "100/365", 100, 365, "100/365", id="2027-01-01 to 2027-12-31 is 365 days"),
        pytest.param("THIRTY_360", "100/360", 100, 360, "100/360", id="30/360: 3 × 30 + 10"),
        pytest.param("MONTHS_AND_DAYS", "5/18", 100, None, "5/18", id="months: (3 + 10/30) / 12 = 40/144"),
    ],
)
def test_a_hundred_days_of_a_year_of_365(divisor, factor, days, shown, text):
    found = part("2027-01-01", "2027-04-10", 12, Divisor(divisor))
    assert (found.factor, found.days, found.divisor, found.text) == (Fraction(factor), days, shown, text)


@pytest.mark.parametrize(
    ("divisor", "factor", "days", "shown"),
    [
        # 2027-07-01 to 2027-10-08: 31 + 31 + 30 + 8 = 100 days; the full year runs to 2028-06-30, over a leap day.
        pytest.param("DAYS_365", "100/365", 100, 365, id="365, whatever the year"),
        pytest.param("YEAR_DAYS", "100/365", 100, 365, id="2027, in which the line starts, has 365 days"),
        pytest.param("TERM_DAYS", "100/366", 100, 366, id="2027-07-01 to 2028-06-30 is 366 days"),
        pytest.param("THIRTY_360", "98/360", 98, 360, id="30/360: 3 × 30 + 8"),
        pytest.param("MONTHS_AND_DAYS", "101/372", 100, None, id="months: (3 + 8/31) / 12 = 101/372"),
    ],
)
def test_a_hundred_days_of_a_term_over_a_leap_day(divisor, factor, days, shown):
    found = part("2027-07-01", "2027-10-08", 12, Divisor(divisor))
    assert (found.factor, found.days, found.divisor) == (Fraction(factor), days, shown)


@pytest.mark.parametrize(
    ("divisor", "factor", "days", "shown"),
    [
        # 2028-01-01 to 2028-04-10: 31 + 29 + 31 + 10 = 101 days of a leap year.
        pytest.param("DAYS_365", "101/365", 101, 365, id="365, in a leap year too"),
        pytest.param("YEAR_DAYS", "101/366", 101, 366, id="2028 has 366 days"),
        pytest.param("TERM_DAYS", "101/366", 101, 366, id="2028-01-01 to 2028-12-31 is 366 days"),
        pytest.param("THIRTY_360", "100/360", 100, 360, id="30/360: 3 × 30 + 10"),
        pytest.param("MONTHS_AND_DAYS", "5/18", 101, None, id="months: (3 + 10/30) / 12"),
    ],
)
def test_the_same_dates_of_a_leap_year(divisor, factor, days, shown):
    found = part("2028-01-01", "2028-04-10", 12, Divisor(divisor))
    assert (found.factor, found.days, found.divisor) == (Fraction(factor), days, shown)


@pytest.mark.parametrize(
    ("divisor", "factor", "shown"),
    [
        # 2027-01-01 to 2027-06-30 is 181 days of a price for 36 months, 2027-01-01 to 2029-12-31.
        pytest.param("DAYS_365", "181/1095", 1095, id="3 × 365"),
        pytest.param("YEAR_DAYS", "181/1095", 1095, id="3 × the 365 days of 2027"),
        pytest.param("TERM_DAYS", "181/1096", 1096, id="365 + 366 + 365"),
        pytest.param("THIRTY_360", "180/1080", 1080, id="36 × 30, and 6 × 30 days"),
        pytest.param("MONTHS_AND_DAYS", "6/36", None, id="6 of 36 months"),
    ],
)
def test_half_a_year_of_a_price_for_three(divisor, factor, shown):
    found = part("2027-01-01", "2027-06-30", 36, Divisor(divisor))
    assert (found.factor, found.divisor) == (Fraction(factor), shown)


def test_days_are_shown_even_where_no_whole_number_divides_them():
    # A month's price by 365: 15 / (365 / 12) = 180 / 365 = 36/73.
    found = part("2027-01-01", "2027-01-15", 1, Divisor.DAYS_365)
    assert (found.factor, found.days, found.divisor, found.text) == (Fraction(36, 73), 15, None, "36/73")


def test_months_and_days_follow_the_anchor_day_of_the_chain():
    # Anchor 29: the months of a term from 2021-02-28 end on the 28th, so 2023-08-28 is 30 of 36 months, to the day.
    assert part("2021-02-28", "2023-08-28", 36, Divisor.MONTHS_AND_DAYS, anchor=29).factor == Fraction(30, 36)
    # A chain of its own from 2021-02-28 has months that end on the 27th: 30 months and a day of 31.
    alone = part("2021-02-28", "2023-08-28", 36, Divisor.MONTHS_AND_DAYS).factor
    assert alone == (30 + Fraction(1, 31)) / 36


@pytest.mark.parametrize(
    ("starts_on", "expires_on", "days"),
    [
        pytest.param("2027-01-31", "2027-03-30", 60, id="from the 31st: January and February count 30 each"),
        pytest.param("2027-02-01", "2027-02-28", 30, id="a whole February counts 30"),
        pytest.param("2027-01-01", "2027-01-31", 30, id="a whole January counts 30"),
        pytest.param("2027-01-01", "2027-01-15", 15, id="half a month"),
    ],
)
def test_every_month_counts_thirty_by_30_360(starts_on, expires_on, days):
    assert part(starts_on, expires_on, 12, Divisor.THIRTY_360).text == f"{days}/360"


def test_one_day_is_one_day():
    assert part("2027-05-05", "2027-05-05").text == "1/366"  # 2027-05-05 to 2028-05-04 holds 2028-02-29


def test_a_part_may_be_longer_than_the_term_that_its_price_is_for():
    # The 12-month price over 365 + 366 days: 731/365, from 2027-01-01 to 2028-12-31.
    assert part("2027-01-01", "2028-12-31").text == "731/365"


def test_the_shipped_divisor_is_the_days_of_the_full_term():
    assert GUIDE.value(PRORATION_DIVISOR, day("2026-01-01")) is Divisor.TERM_DAYS


def test_the_worked_case_of_the_term_divisor():
    # The old term of 181 days (2025-01-01 to 2025-06-30, six months) was priced 6,000; the new one has 306 days and is
    # raised by 10 %: 6000 × 1.1 × 306/181 = 6600 × 306 / 181 = 2019600 / 181 = 11158.0110… → 11,158.01.
    new = part("2025-01-01", day("2025-01-01") + timedelta(days=305), 6)
    assert new.text == "306/181"
    assert rounded(Fraction(6000) * Fraction("1.1") * new.factor, "EUR") == Decimal("11158.01")
