"""R-REN, R-FEE: what a renewal costs, as worked examples with their arithmetic. The prices are tests/pricing.py's.

FAX, Gold: 1000.00 for 12 months, 2700.00 for 36. FAX-MODULE, Gold: 200.00 for 12 months, 540.00 for 36.
"""

from decimal import Decimal
from fractions import Fraction

import pytest

from entitlements import hypotheses
from entitlements.money import rounded
from entitlements.parameters import PRORATION_DIVISOR
from entitlements.prices import Divisor
from tests.builders import (
    GUIDE,
    a_lapsed_license,
    a_license,
    a_milestone,
    a_module_of,
    a_product,
    a_term,
    covered_by,
    day,
    facts_of,
)
from tests.pricing import (
    A_TENTH_A_YEAR,
    BOOK,
    a_book,
    a_price,
    amounts,
    guide_with,
    lines,
    policies,
    problem_codes,
    quoted,
    refused,
    term,
    total,
)


def ending(kind, on):
    """A base product with a milestone."""
    return a_product(milestones=[a_milestone(kind, on)])


def standing(quote):
    found = quote.standing
    return str(found.standing), found.lapse_days, found.years_late


def clause(line):
    return line.clause.rule


# ---------------------------------------------------------------- R-REN-1 to R-REN-3: early, continuous, late


@pytest.mark.parametrize(
    ("order_date", "expected", "period"),
    [
        # The last covered day is 2019-12-31. 31 + 29 + 31 = 91 days to 31 March 2020, 120 to 29 April.
        pytest.param("2019-11-01", ("EARLY", -60, 0), ("2020-01-01", "2020-12-31"), id="60 days early"),
        pytest.param("2019-12-31", ("EARLY", 0, 0), ("2020-01-01", "2020-12-31"), id="on the last covered day"),
        pytest.param("2020-01-01", ("CONTINUOUS", 1, 0), ("2020-01-01", "2020-12-31"), id="the day after"),
        pytest.param("2020-04-28", ("CONTINUOUS", 119, 0), ("2020-01-01", "2020-12-31"), id="119 days"),
        pytest.param("2020-04-29", ("CONTINUOUS", 120, 0), ("2020-01-01", "2020-12-31"), id="120 days"),
    ],
)
def test_a_renewal_that_is_early_or_within_120_days_goes_on_from_the_expiry_at_the_plain_price(
    order_date, expected, period
):
    quote = quoted(a_lapsed_license("2019-12-31"), order_date)
    assert standing(quote) == expected
    assert term(quote) == period
    assert lines(quote) == [("RENEWAL", "B-1", "1", "1000.00")]
    assert (total(quote), quote.orderable) == ("1000.00", True)
    assert quote.standing.last_free_order_date == day("2020-04-29")


@pytest.mark.parametrize(
    ("order_date", "lapse", "years", "fee", "expires_on"),
    [
        # A tenth of the annual fee, 100.00, for each started year of lateness.
        pytest.param("2020-04-30", 121, 1, "100.00", "2021-04-29", id="121 days: one year"),
        pytest.param("2020-12-31", 366, 1, "100.00", "2021-12-30", id="366 days, a year to the day: one year"),
        pytest.param("2021-01-01", 367, 2, "200.00", "2021-12-31", id="a year and a day: two years"),
        pytest.param("2021-12-31", 731, 2, "200.00", "2022-12-30", id="two years to the day: two years"),
        pytest.param("2022-03-10", 800, 3, "300.00", "2023-03-09", id="800 days, 731 + 69: three years"),
    ],
)
def test_a_late_renewal_starts_on_its_order_date_and_pays_for_each_started_year(
    order_date, lapse, years, fee, expires_on
):
    quote = quoted(a_lapsed_license("2019-12-31"), order_date, policies=A_TENTH_A_YEAR)
    assert standing(quote) == ("LATE", lapse, years)
    assert term(quote) == (order_date, expires_on)
    assert amounts(quote) == {"RENEWAL": "1000.00", "LATE_FEE": fee}
    assert quote.total.amount == 1000 + Decimal(fee)
    assert quote.orderable


def test_366_days_are_two_started_years_where_no_leap_day_lies_between():
    assert standing(quoted(a_lapsed_license("2020-12-31"), "2022-01-01")) == ("LATE", 366, 2)


def test_800_days_are_three_started_years():
    # 2023-03-31 + 366 days = 2024-03-31 (over 29 February), + 365 = 2025-03-31 (731 days), + 69 = 2025-06-08.
    assert standing(quoted(a_lapsed_license("2023-03-31"), "2025-06-08")) == ("LATE", 800, 3)


# ---------------------------------------------------------------- R-FEE-2: the rate is not configured


def test_an_unset_fee_names_fee_years_and_clause_and_has_no_total():
    quote = quoted(a_lapsed_license("2019-12-31"), "2022-03-10")
    assert lines(quote) == [("RENEWAL", "B-1", "1", "1000.00"), ("LATE_FEE", "B-1", "unset", None)]
    fee = quote.lines[-1]
    assert "late fee" in fee.message
    assert "3 started year(s) after 2019-12-31" in fee.message
    assert clause(fee) == "R-FEE-2"
    assert fee.clause in quote.clauses
    assert (fee.base, fee.amount) == (None, None)


def test_an_unset_fee_is_no_refusal_but_the_quote_cannot_be_ordered():
    quote = quoted(a_lapsed_license("2019-12-31"), "2020-04-30")
    assert (quote.total, quote.orderable) == (None, False)
    assert [str(code) for code, _ in quote.missing] == ["FEE_RATE_UNSET"]


def test_day_120_can_be_ordered_and_day_121_cannot_while_the_rate_is_unset():
    assert quoted(a_lapsed_license("2019-12-31"), "2020-04-29").orderable
    assert not quoted(a_lapsed_license("2019-12-31"), "2020-04-30").orderable


# ---------------------------------------------------------------- R-REN-7: the base and its dependents


def test_a_base_and_its_dependents_are_quoted_together_a_line_each_amount_times_quantity():
    base = covered_by("GOLD", quantity=2)
    modules = [a_module_of(base, "M-1"), a_module_of(base, "M-2", quantity=25)]
    quote = quoted(base, "2026-11-01", dependents=modules)
    assert [(line.license.serial, line.quantity, str(line.base.amount)) for line in quote.lines] == [
        ("B-1", 2, "2000.00"),  # 1000.00 × 2
        ("M-1", 1, "200.00"),
        ("M-2", 25, "5000.00"),  # 200.00 × 25
    ]
    assert total(quote) == "7200.00"
    assert [str(line.kind) for line in quote.lines] == ["RENEWAL", "DEPENDENT", "DEPENDENT"]
    assert [clause(line) for line in quote.lines] == ["R-REN-7", "R-REN-10", "R-REN-10"]


def test_the_base_alone_can_be_shown_and_never_ordered():
    base = covered_by("GOLD")
    quote = quoted(base, "2026-11-01", dependents=[a_module_of(base)], with_dependents=False)
    assert lines(quote) == [("RENEWAL", "B-1", "1", "1000.00")]
    assert (total(quote), quote.orderable) == ("1000.00", False)


def test_dependents_are_renewed_with_the_plan_that_is_asked_for():
    base = covered_by("GOLD")
    quote = quoted(base, "2026-11-01", "PLATINUM", dependents=[a_module_of(base)])
    assert [str(line.amount.amount) for line in quote.lines] == ["1600.00", "320.00"]


# ---------------------------------------------------------------- R-REN-10: a dependent's part of the term


@pytest.mark.parametrize(
    ("facts", "factor", "amount"),
    [
        # The base's new term is 2027-01-01 to 2027-12-31, 365 days; the module's price is 200.00.
        pytest.param({}, "1", "200.00", id="the whole term"),
        pytest.param(
            {"product": a_product("FAX-MODULE", "MODULE", [a_milestone("END_OF_SUPPORT", "2027-06-30")])},
            "181/365",
            "99.18",
            id="its own end of support on 2027-06-30: 181 days, 200 × 181/365 = 99.178…",
        ),
        pytest.param(
            {"product": a_product("FAX-MODULE", "MODULE", [a_milestone("END_OF_LIFE", "2027-06-30")])},
            "181/365",
            "99.18",
            id="its own end of life where no end of support is given: the same",
        ),
        pytest.param(
            {"retired_on": "2027-03-31"}, "90/365", "49.32", id="retired on 2027-03-31: 90 days, 200 × 90/365 = 49.315…"
        ),
        pytest.param(
            {"registered_on": "2027-04-01"},
            "275/366",
            "150.27",
            id="from 2027-04-01: 275 days of the year to 2028-03-31, 200 × 275/366 = 150.273…",
        ),
        pytest.param(
            {"registered_on": "2027-04-01", "retired_on": "2027-04-30"},
            "30/366",
            "16.39",
            id="from 2027-04-01 to 2027-04-30: 200 × 30/366 = 16.393…",
        ),
        pytest.param({"registered_on": "2027-12-31"}, "1/366", "0.55", id="its last day alone: 200/366 = 0.546…"),
        pytest.param({"retired_on": "2027-01-01"}, "1/365", "0.55", id="its first day alone: 200/365 = 0.547…"),
        pytest.param({"retired_on": "2028-01-01"}, "1", "200.00", id="retired after the term: the whole term"),
    ],
)
def test_a_dependent_pays_for_its_part_of_the_base_s_new_term(facts, factor, amount):
    base = covered_by("GOLD")
    quote = quoted(base, "2026-11-01", dependents=[a_module_of(base, **facts)])
    assert lines(quote)[1] == ("DEPENDENT", "M-1", factor, amount)
    assert quote.term.expires_on == day("2027-12-31")


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"registered_on": None}, id="not activated"),
        pytest.param({"registered_on": "2028-01-01"}, id="activated after the term"),
        pytest.param({"retired_on": "2026-10-31"}, id="retired"),
        pytest.param({"retired_on": "2026-12-31"}, id="retired on the day before the term"),
        pytest.param(
            {"product": a_product("FAX-MODULE", "MODULE", [a_milestone("END_OF_SUPPORT", "2026-12-31")])},
            id="its support ends on the day before the term",
        ),
        pytest.param(
            {"product": a_product("FAX-MODULE", "MODULE", [a_milestone("END_OF_SUPPORT", "2026-06-30")])},
            id="past its end of support",
        ),
    ],
)
def test_a_dependent_without_a_day_of_the_term_has_no_line(facts):
    base = covered_by("GOLD")
    quote = quoted(base, "2026-11-01", dependents=[a_module_of(base, **facts)])
    assert lines(quote) == [("RENEWAL", "B-1", "1", "1000.00")]
    assert quote.orderable


def test_a_dependent_of_a_late_renewal_starts_with_it():
    base = a_lapsed_license("2025-12-31")
    quote = quoted(
        base, "2026-05-01", dependents=[a_module_of(base, registered_on="2020-01-01")], policies=A_TENTH_A_YEAR
    )
    assert lines(quote) == [
        ("RENEWAL", "B-1", "1", "1000.00"),
        ("DEPENDENT", "M-1", "1", "200.00"),
        ("LATE_FEE", "B-1", "1/10", "120.00"),  # a tenth of both annual fees, 1200.00
    ]
    assert total(quote) == "1320.00"


def test_a_dependent_pays_back_from_its_own_activation():
    # The lapse is 2026-01-01 to 2026-05-01, 121 days; the module was activated on 2026-04-02 and pays for 30 of them:
    # 1000 × 121/365 = 331.5068… and 200 × 30/365 = 16.4383….
    base = a_lapsed_license("2025-12-31")
    module = a_module_of(base, registered_on="2026-04-02")
    quote = quoted(base, "2026-05-01", dependents=[module], policies=policies('back_pay = { unit = "DAILY" }'))
    back = [line for line in quote.lines if line.kind == "BACK_PAY"]
    assert [(line.license.serial, line.factor, str(line.amount.amount)) for line in back] == [
        ("B-1", "121/365", "331.51"),
        ("M-1", "30/365", "16.44"),
    ]
    assert "2026-01-01 to 2026-05-01" in back[0].message
    assert "2026-04-02 to 2026-05-01" in back[1].message


def test_a_dependent_activated_after_the_order_pays_nothing_back():
    base = a_lapsed_license("2025-12-31")
    module = a_module_of(base, registered_on="2026-06-01")
    quote = quoted(base, "2026-05-01", dependents=[module], policies=policies('back_pay = { unit = "DAILY" }'))
    assert [line.license.serial for line in quote.lines if line.kind == "BACK_PAY"] == ["B-1"]
    assert [line.factor for line in quote.lines if line.kind == "DEPENDENT"] == ["334/365"]  # 2026-06-01 to 2027-04-30


# ---------------------------------------------------------------- R-REN-8: the end of support cuts the term


def test_the_end_of_support_cuts_the_term_and_days_and_divisor_are_shown():
    # 2027-01-01 to 2027-06-30: 31 + 28 + 31 + 30 + 31 + 30 = 181 of 365 days; 1000 × 181/365 = 495.890….
    quote = quoted(covered_by("GOLD", product=ending("END_OF_SUPPORT", "2027-06-30")), "2026-11-01")
    assert term(quote) == ("2027-01-01", "2027-06-30")
    (line,) = quote.lines
    assert (line.factor, line.days, line.divisor) == ("181/365", 181, 365)
    assert (str(line.base.amount), str(line.amount.amount)) == ("1000.00", "495.89")
    assert clause(line) == "R-REN-8"
    assert (str(quote.cut_by.kind), quote.cut_by.on) == ("END_OF_SUPPORT", day("2027-06-30"))
    assert (total(quote), quote.orderable) == ("495.89", True)


def test_a_price_for_36_months_is_cut_by_its_own_days():
    # 2027-01-01 to 2029-12-31 is 365 + 366 + 365 = 1096 days; 2700 × 181/1096 = 445.894….
    quote = quoted(covered_by("GOLD", product=ending("END_OF_SUPPORT", "2027-06-30")), "2026-11-01", months=36)
    assert lines(quote) == [("RENEWAL", "B-1", "181/1096", "445.89")]


@pytest.mark.parametrize(
    ("end_of_support", "factor", "amount"),
    [
        pytest.param("2027-12-31", "1", "1000.00", id="on the term's last day: not cut"),
        pytest.param("2027-12-30", "364/365", "997.26", id="a day before: 1000 × 364/365 = 997.260…"),
        pytest.param("2027-01-01", "1/365", "2.74", id="on its first day: 1000/365 = 2.739…"),
    ],
)
def test_the_milestone_s_own_day_is_still_covered_and_paid_for(end_of_support, factor, amount):
    quote = quoted(covered_by("GOLD", product=ending("END_OF_SUPPORT", end_of_support)), "2026-11-01")
    assert lines(quote) == [("RENEWAL", "B-1", factor, amount)]
    assert (quote.cut_by is None) == (factor == "1")


def test_the_cut_of_the_base_cuts_its_dependents_on_the_same_day():
    base = covered_by("GOLD", product=ending("END_OF_SUPPORT", "2027-06-30"))
    quote = quoted(base, "2026-11-01", dependents=[a_module_of(base)])
    assert lines(quote)[1] == ("DEPENDENT", "M-1", "181/365", "99.18")  # 200 × 181/365 = 99.178…


def test_a_late_term_is_cut_too():
    # 2026-05-01 to 2026-08-08 is 31 + 30 + 31 + 8 = 100 of the 365 days to 2027-04-30; 1000 × 100/365 = 273.972….
    license = a_lapsed_license("2025-12-31", product=ending("END_OF_SUPPORT", "2026-08-08"))
    quote = quoted(license, "2026-05-01", policies=A_TENTH_A_YEAR)
    assert term(quote) == ("2026-05-01", "2026-08-08")
    assert amounts(quote) == {"RENEWAL": "273.97", "LATE_FEE": "100.00"}


@pytest.mark.parametrize(
    ("divisor", "factor", "amount"),
    [
        pytest.param("DAYS_365", "181/365", "495.89", id="365: 1000 × 181/365 = 495.890…"),
        pytest.param("TERM_DAYS", "181/365", "495.89", id="the 365 days of the full term"),
        pytest.param("YEAR_DAYS", "181/365", "495.89", id="the 365 days of 2027"),
        pytest.param("THIRTY_360", "180/360", "500.00", id="30/360: six months of thirty days"),
        pytest.param("MONTHS_AND_DAYS", "1/2", "500.00", id="six of twelve months"),
    ],
)
def test_the_divisor_is_the_edition_s_data(divisor, factor, amount):
    edition = guide_with({PRORATION_DIVISOR: Divisor(divisor)})
    license = covered_by("GOLD", product=ending("END_OF_SUPPORT", "2027-06-30"))
    assert lines(quoted(license, "2026-11-01", guide=edition)) == [("RENEWAL", "B-1", factor, amount)]


def test_a_retirement_to_come_ends_the_term_since_no_later_day_would_be_covered():
    # Registered on 2025-01-01, so covered until 2025-12-31; 2026-01-01 to 2026-03-31 is 90 of 365 days: 246.575….
    quote = quoted(a_license(registered_on="2025-01-01", retired_on="2026-03-31"), "2026-02-01")
    assert term(quote) == ("2026-01-01", "2026-03-31")
    assert lines(quote) == [("RENEWAL", "B-1", "90/365", "246.58")]
    assert quote.cut_by is None
    assert clause(quote.lines[0]) == "R-COV-6"


# ---------------------------------------------------------------- prices


def test_a_price_that_is_missing_is_named_and_leaves_amount_and_total_null():
    quote = quoted(covered_by("GOLD"), "2026-11-01", months=24)
    (line,) = quote.lines
    assert (line.base, line.amount, quote.total, quote.orderable) == (None, None, None, False)
    ((code, gap),) = quote.missing
    assert code == "PRICE_NOT_CONFIGURED"
    assert gap == "no price for FAX, GOLD, 24 months in book LIST (EUR) on 2026-11-01"
    assert gap in line.message
    assert line.factor == "1"


def test_every_other_line_keeps_its_amount_where_one_price_is_missing():
    base = covered_by("GOLD")
    quote = quoted(base, "2026-11-01", book=a_book(a_price("1000.00")), dependents=[a_module_of(base)])
    assert lines(quote) == [("RENEWAL", "B-1", "1", "1000.00"), ("DEPENDENT", "M-1", "1", None)]
    assert (quote.total, quote.orderable) == (None, False)


def test_every_missing_price_is_named():
    base = a_lapsed_license("2025-12-31")
    quote = quoted(base, "2026-05-01", months=24, dependents=[a_module_of(base)])
    assert [str(code) for code, _ in quote.missing] == [
        "PRICE_NOT_CONFIGURED",
        "PRICE_NOT_CONFIGURED",
        "FEE_RATE_UNSET",
    ]


def test_a_price_is_chosen_by_the_order_date_not_by_the_term_s_start():
    book = a_book(a_price("1000.00"), a_price("1100.00", effective_from="2026-12-01"))
    assert total(quoted(covered_by("GOLD"), "2026-11-30", book=book)) == "1000.00"
    assert total(quoted(covered_by("GOLD"), "2026-12-01", book=book)) == "1100.00"


@pytest.mark.parametrize(
    ("currency", "price", "expected"),
    [
        # A term cut to 181 of 365 days, rounded once, half up.
        pytest.param("JPY", "150001", "74384", id="yen: 150001 × 181/365 = 74384.057…"),
        pytest.param("JPY", "150003", "74385", id="yen: 150003 × 181/365 = 74385.049…"),
        pytest.param("TND", "3000.500", "1487.919", id="dinar: 3000.5 × 181/365 = 1487.9191…"),
        pytest.param("USD", "1090.00", "540.52", id="dollar: 1090 × 181/365 = 540.5205…"),
    ],
)
def test_amounts_are_rounded_to_the_quote_s_one_currency(currency, price, expected):
    book = a_book(a_price(price, currency=currency), a_price("1000.00"), currency=currency)
    quote = quoted(covered_by("GOLD", product=ending("END_OF_SUPPORT", "2027-06-30")), "2026-11-01", book=book)
    assert total(quote) == expected
    assert quote.currency == currency
    assert {line.amount.currency for line in quote.lines} == {currency} == {quote.total.currency}


def test_a_line_is_rounded_after_the_quantity_not_before():
    # 30 × 1000 × 181/365 = 14876.712… → 14876.71; 495.890… rounded first would give 495.89 × 30 = 14876.70.
    license = covered_by("GOLD", quantity=30, product=ending("END_OF_SUPPORT", "2027-06-30"))
    assert total(quoted(license, "2026-11-01")) == "14876.71"


def test_the_total_is_the_sum_of_the_rounded_lines():
    # Three modules at 200 × 181/365 = 99.178…: 99.18 × 3 = 297.54, where 297.534… rounded once would be 297.53.
    base = covered_by("GOLD", product=ending("END_OF_SUPPORT", "2027-06-30"))
    modules = [a_module_of(base, f"M-{number}") for number in (1, 2, 3)]
    assert total(quoted(base, "2026-11-01", dependents=modules)) == "793.43"  # 495.89 + 297.54


def test_an_amount_is_base_times_factor_rounded_once():
    base = covered_by("GOLD", product=ending("END_OF_SUPPORT", "2027-06-30"))
    for line in quoted(base, "2026-11-01", dependents=[a_module_of(base, quantity=7)]).lines:
        assert line.exact == Fraction(line.base.amount) * Fraction(line.factor)
        assert line.amount.amount == rounded(line.exact, "EUR")


def test_a_quote_names_its_price_book_and_edition():
    quote = quoted(covered_by("GOLD"), "2026-11-01")
    assert (quote.price_book, quote.currency, quote.edition) == ("LIST", "EUR", "imagicle-care-4.1")
    assert {found.rule for found in quote.clauses} >= {"R-REN-1", "R-REN-7"}


# ---------------------------------------------------------------- leap days and anchor days


def test_a_chain_from_the_leap_day_of_2020_is_renewed_for_36_months():
    # The reading's own fixture: start 2020-02-29, 12 months → 2021-02-27; renewed for 36 months (anchor 29).
    license = a_license(registered_on="2020-02-29")
    quote = quoted(license, "2021-01-15", months=36)
    assert term(quote) == ("2021-02-28", "2024-02-28")
    assert lines(quote) == [("RENEWAL", "B-1", "1", "2700.00")]


def test_a_term_of_that_chain_is_cut_by_the_days_of_its_own_full_term():
    # 2021-02-28 to 2024-02-28 is 365 + 365 + 365 + 1 = 1096 days, to 2023-02-27 it is 730: 2700 × 730/1096 = 1798.357….
    license = a_license(registered_on="2020-02-29", product=ending("END_OF_SUPPORT", "2023-02-27"))
    assert lines(quoted(license, "2021-01-15", months=36)) == [("RENEWAL", "B-1", "730/1096", "1798.36")]


def test_a_dependent_of_that_chain_has_a_whole_term_with_its_base():
    license = a_license(registered_on="2020-02-29")
    module = a_module_of(license, registered_on="2020-06-01")
    assert lines(quoted(license, "2021-01-15", months=36, dependents=[module]))[1] == (
        "DEPENDENT",
        "M-1",
        "1",
        "540.00",
    )


@pytest.mark.parametrize(
    ("expires_on", "last_free", "first_late"),
    [
        ("2019-12-31", "2020-04-29", "2020-04-30"),
        ("2023-03-31", "2023-07-29", "2023-07-30"),
        ("2023-10-31", "2024-02-28", "2024-02-29"),
        ("2024-02-29", "2024-06-28", "2024-06-29"),
    ],
)
def test_the_cliff_between_the_last_free_order_date_and_the_next_day(expires_on, last_free, first_late):
    license = a_lapsed_license(expires_on)
    assert total(quoted(license, last_free, policies=A_TENTH_A_YEAR)) == "1000.00"
    assert total(quoted(license, first_late, policies=A_TENTH_A_YEAR)) == "1100.00"


def test_a_late_order_on_a_leap_day_has_a_full_year():
    quote = quoted(a_lapsed_license("2023-10-31"), "2024-02-29", policies=A_TENTH_A_YEAR)
    assert term(quote) == ("2024-02-29", "2025-02-27")
    assert lines(quote)[0] == ("RENEWAL", "B-1", "1", "1000.00")


def test_an_expiry_on_a_leap_day_has_its_anniversary_on_the_28th():
    license = a_lapsed_license("2024-02-29")
    assert standing(quoted(license, "2025-02-28")) == ("LATE", 365, 1)
    assert standing(quoted(license, "2025-03-01")) == ("LATE", 366, 2)


# ---------------------------------------------------------------- refusals, with every further obstacle


@pytest.mark.parametrize(
    ("license", "code", "field", "rule"),
    [
        pytest.param(None, "UNKNOWN_LICENSE", "license", "R-CHK-11", id="no such licence"),
        pytest.param(a_license(retired_on="2026-03-10"), "RETIRED", "orderDate", "R-COV-6", id="retired"),
        pytest.param(
            a_module_of(a_lapsed_license("2025-12-31")), "RENEW_THE_BASE", "license", "R-REN-9", id="a dependent"
        ),
        pytest.param(a_license(model="EVALUATION"), "EVALUATION", "license", "R-REN-9", id="an evaluation"),
        pytest.param(a_license(registered_on=None), "NOT_ACTIVATED", "orderDate", "R-COV-3", id="not activated"),
        pytest.param(
            a_license(registered_on="2026-04-01"), "NOT_ACTIVATED", "orderDate", "R-REN-11", id="before its first start"
        ),
        pytest.param(
            covered_by("GOLD", product=ending("END_OF_SUPPORT", "2026-12-31")),
            "END_OF_SUPPORT", "orderDate", "R-REN-8", id="support ends before the new start",
        ),
        pytest.param(
            covered_by("GOLD", product=ending("END_OF_RENEWAL", "2026-03-10")),
            "END_OF_RENEWAL", "orderDate", "R-EOL-4", id="renewals have ended",
        ),
        pytest.param(
            a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-06-01", "2027-05-31"),)),
            "ALREADY_RENEWED", "orderDate", "R-REN-11", id="in a gap before a recorded term",
        ),
    ],
)  # fmt: skip
def test_a_refusal_has_its_code_its_field_and_its_clause(license, code, field, rule):
    found = refused(license, "2026-03-11")
    assert problem_codes(found) == [code]
    assert (found.field, found.clause.rule) == ((field,), rule)


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        pytest.param({"plan": "SILVER"}, "UNKNOWN_PLAN", "plan", id="an unknown plan"),
        pytest.param({"months": 0}, "INVALID_TERM", "months", id="no month"),
        pytest.param({"months": -12}, "INVALID_TERM", "months", id="months backwards"),
        pytest.param({"months": 121}, "INVALID_TERM", "months", id="a term that is too long"),
        pytest.param({"order_date": "1999-12-31"}, "INVALID_DATE", "orderDate", id="before the calendars"),
        pytest.param({"order_date": "2051-01-01"}, "INVALID_DATE", "orderDate", id="after the calendars"),
        pytest.param({"order_date": "9999-12-31"}, "INVALID_DATE", "orderDate", id="the last day there is"),
    ],
)
def test_bad_input_is_refused_by_name(asked, code, field):
    found = refused(covered_by("GOLD"), **{"order_date": "2026-11-01", **asked})
    assert problem_codes(found) == [code]
    assert found.field == (field,)


def test_a_refusal_is_told_with_every_further_obstacle():
    product = a_product(
        milestones=[a_milestone("END_OF_RENEWAL", "2026-01-31"), a_milestone("END_OF_SUPPORT", "2026-02-28")]
    )
    license = a_license(registered_on="2025-01-01", product=product)
    assert sorted(problem_codes(refused(license, "2026-03-01"))) == ["END_OF_RENEWAL", "END_OF_SUPPORT"]


def test_bad_input_does_not_hide_the_rules_that_refuse():
    license = covered_by("GOLD", product=ending("END_OF_RENEWAL", "2026-03-10"))
    found = refused(license, "2026-03-11", "SILVER", 0)
    assert problem_codes(found) == ["UNKNOWN_PLAN", "INVALID_TERM", "END_OF_RENEWAL"]


def test_a_lapse_that_is_too_long_is_told_beside_bad_input():
    given = policies('maximum_lapse = { amount = 300, unit = "DAYS" }\ntiers = [{ percent = 10 }]')
    found = refused(a_lapsed_license("2024-12-31"), "2026-03-11", months=0, policies=given)
    assert problem_codes(found) == ["INVALID_TERM", "LAPSE_TOO_LONG"]


def test_an_unset_fee_and_a_missing_price_refuse_nothing():
    quote = quoted(a_lapsed_license("2019-12-31"), "2022-03-10", months=24)
    assert {str(code) for code, _ in quote.missing} == {"PRICE_NOT_CONFIGURED", "FEE_RATE_UNSET"}


# ---------------------------------------------------------------- the quote and what it does


def test_what_is_ordered_covers_exactly_what_was_quoted():
    license = a_lapsed_license("2025-12-31")
    quote = quoted(license, "2026-05-01", "PLATINUM", 12, policies=A_TENTH_A_YEAR)
    after = hypotheses.renewed(facts_of(license), license, "PLATINUM", 12, day("2026-05-01"), GUIDE)
    assert after is not None
    assert after.license is not None
    added = after.license.terms[-1]
    assert (added.plan, added.starts_on, added.expires_on) == ("PLATINUM", quote.term.starts_on, quote.term.expires_on)


def test_the_effective_last_day_counts_where_end_of_support_cut_a_version_s_term():
    # The release in use ended on 2026-01-31; on a later release the term runs on, and so does the lapse from its end.
    milestone = a_milestone("END_OF_SUPPORT", "2026-01-31", version="Winter '20")
    moved = covered_by("GOLD", product=a_product(milestones=[milestone]), installed_release="Winter '26")
    assert quoted(moved, "2026-03-11", book=BOOK).standing.expires_on == day("2026-12-31")
