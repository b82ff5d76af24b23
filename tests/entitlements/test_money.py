"""Amounts are exact, and rounded half up once, to the currency's minor unit."""

import ast
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import entitlements
from entitlements.money import Money, rounded


@pytest.mark.parametrize(
    ("exact", "expected"),
    [
        pytest.param(Fraction("0.004"), "0.00", id="below a half: down"),
        pytest.param(Fraction("0.005"), "0.01", id="a half: up"),
        pytest.param(Fraction("0.015"), "0.02", id="a half above an odd cent: up"),
        pytest.param(Fraction("0.025"), "0.03", id="a half above an even cent: up too, which half-even would not"),
        pytest.param(Fraction("2.675"), "2.68", id="a half that a binary float cannot hold"),
        pytest.param(Fraction("-0.005"), "-0.01", id="half up goes away from zero"),
        pytest.param(Fraction(1, 3), "0.33", id="a third"),
        pytest.param(Fraction(2, 3), "0.67", id="two thirds"),
        pytest.param(Fraction(121000, 365), "331.51", id="1000 × 121 / 365 = 331.5068…"),
        pytest.param(Fraction("0.0049999999999999999999999999999999999"), "0.00", id="a hair below a half"),
        pytest.param(Fraction(0), "0.00", id="nothing"),
        pytest.param(Fraction("123456789012345.675"), "123456789012345.68", id="more digits than a float has"),
    ],
)
def test_an_amount_is_rounded_half_up_to_the_cent(exact, expected):
    assert str(rounded(exact, "EUR")) == expected


@pytest.mark.parametrize(
    ("currency", "expected"),
    [
        pytest.param("EUR", "12345.68", id="two digits"),
        pytest.param("JPY", "12346", id="the yen has none"),
        pytest.param("KRW", "12346", id="nor has the won"),
        pytest.param("TND", "12345.679", id="the Tunisian dinar has three"),
        pytest.param("KWD", "12345.679", id="so has the Kuwaiti one"),
        pytest.param("CLF", "12345.6785", id="the Chilean unit of account has four"),
    ],
)
def test_the_minor_unit_is_the_currency_s(currency, expected):
    assert str(rounded(Fraction("12345.6785"), currency)) == expected


@pytest.mark.parametrize(("exact", "expected"), [("0.5", "1"), ("0.4999", "0"), ("1.5", "2"), ("2.5", "3")])
def test_a_currency_without_a_minor_unit_is_rounded_half_up_to_the_whole(exact, expected):
    assert str(rounded(Fraction(exact), "JPY")) == expected


@pytest.mark.parametrize(("exact", "expected"), [("0.0005", "0.001"), ("0.00049", "0.000"), ("1.0015", "1.002")])
def test_a_currency_with_three_digits_is_rounded_half_up_to_the_thousandth(exact, expected):
    assert str(rounded(Fraction(exact), "TND")) == expected


def test_rounding_twice_would_give_another_cent_so_it_is_done_once():
    # 1.0049 is 1.00 at once; by way of thousandths it would be 1.005, then 1.01.
    assert rounded(Fraction("1.0049"), "EUR") == Decimal("1.00")
    assert rounded(Fraction(rounded(Fraction("1.0049"), "TND")), "EUR") == Decimal("1.01")


def test_equal_amounts_are_equal_money_and_currencies_never_mix():
    assert Money(Decimal("1.00"), "EUR") == Money(Decimal(1), "EUR")
    assert Money(Decimal("1.00"), "EUR") != Money(Decimal("1.00"), "USD")


def test_no_rule_of_money_names_a_float_or_writes_one():
    folder = Path(entitlements.__file__).parent
    for name in ("money", "prices", "late_fees", "quotes", "delays", "attachments"):
        tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Name) and node.id == "float"), f"{name}.py:{node.lineno}"
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{name}.py:{node.lineno}"
