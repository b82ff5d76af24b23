"""`coverline quote`: the API's answer, as a table or as JSON, and an exit code for scripts."""

import json

import pytest

from tests.api.commands.conftest import data_of
from tests.portfolio import PRICING, write_files

LAPSED = ("FAX-2", "--plan", "GOLD", "--months", "12")
"""Covered through 2025-11-30."""


@pytest.fixture(autouse=True)
def priced(coverline, loaded, tmp_path):
    """The portfolio with its prices; the policy is known from the moment of this import on."""
    assert coverline("import", write_files(tmp_path / "pricing", PRICING)).exit_code == 0


@pytest.fixture
def quote(coverline):
    def run(*arguments: str, on: str = "2026-03-11"):
        return coverline("quote", *arguments, "--order-date", on)

    return run


def test_a_quote_is_a_table_of_lines_with_factor_and_total(quote):
    result = quote("FAX-1", "--plan", "GOLD", "--months", "12")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("EARLY  FAX-1, GOLD, 12 months, ordered on 2026-03-11")
    for part in ("2026-10-01 to 2027-09-30", "203 day(s) before", "FAX-1-HA", "400.00 EUR", "R-REN-10", "Factor"):
        assert part in result.stdout
    assert "Total  1400.00 EUR by price book LIST" in result.stdout


def test_a_late_quote_shows_its_years_and_its_fee(quote):
    shown = quote(*LAPSED, on="2026-03-31").stdout
    for part in ("LATE", "121 day(s) after", "1 started year(s) late", "1/10", "TENTH", "Total  1100.00 EUR"):
        assert part in shown


def test_what_is_missing_is_said_and_there_is_no_total(quote):
    result = quote("FAX-2", "--plan", "GOLD", "--months", "24")
    assert result.exit_code == 0
    assert "Total  none" in result.stdout
    assert "Missing  PRICE_NOT_CONFIGURED: no price for FAX, GOLD, 24 months in book LIST (EUR)" in result.stdout


def test_the_base_alone_is_said_not_to_be_orderable(quote):
    shown = quote("FAX-1", "--plan", "GOLD", "--months", "12", "--no-dependents").stdout
    assert "FAX-1-HA" not in shown
    assert "Total  1000.00 EUR by price book LIST; the base alone" in shown


def test_a_term_that_is_cut_and_an_order_on_the_last_day_are_told(quote, coverline, tmp_path):
    cut = {"milestones.csv": "product,version,kind,on\nFAX,,END_OF_SUPPORT,2026-06-30\n"}
    assert coverline("import", write_files(tmp_path / "cut", cut)).exit_code == 0
    shown = quote(*LAPSED, on="2025-11-30").stdout
    assert "on the last covered day" in shown
    assert "2025-12-01 to 2026-06-30, cut by END_OF_SUPPORT on 2026-06-30" in shown
    # 1 December through 30 June: 212 days of the 365 of a full term.
    assert "212/365" in shown


def test_a_problem_exits_10_with_every_obstacle(quote):
    result = quote("FAX-1-HA", "--plan", "SILVER", "--months", "0")
    assert (result.exit_code, result.stderr) == (10, "")
    assert result.stdout.startswith("REFUSED  FAX-1-HA, SILVER, 0 months")
    for code in ("UNKNOWN_PLAN", "INVALID_TERM", "RENEW_THE_BASE"):
        assert code in result.stdout
    assert quote("NOPE", "--plan", "GOLD", "--months", "12").exit_code == 10


def test_programs_read_what_the_api_answers(quote):
    told = data_of(quote(*LAPSED, "--json"))
    assert (told["__typename"], told["standing"]) == ("RenewalQuote", "CONTINUOUS")
    assert told["total"] == {"amount": "1000.00", "currency": "EUR"}
    refused = quote("NOPE", "--plan", "GOLD", "--months", "12", "--json")
    assert refused.exit_code == 10
    assert json.loads(refused.stdout)["code"] == "UNKNOWN_LICENSE"


def test_currency_and_known_time_reach_the_quote(quote):
    assert data_of(quote(*LAPSED, "--currency", "USD", "--json"))["total"]["currency"] == "USD"
    late = quote(*LAPSED, "--known-at", "2026-03-31T10:00:00Z", "--json", on="2026-03-31")
    assert data_of(late)["missing"][0]["code"] == "FEE_RATE_UNSET"


def test_the_settings_name_the_book_and_the_currency(quote, coverline, monkeypatch):
    monkeypatch.setenv("COVERLINE_PRICE_BOOK", "PUBLIC")
    assert data_of(quote(*LAPSED, "--json"))["total"]["amount"] == "900.00"
    monkeypatch.setenv("COVERLINE_CURRENCY", "euro")
    refused = quote(*LAPSED)
    assert refused.exit_code == 2
    assert "COVERLINE_CURRENCY" in refused.stderr


@pytest.mark.parametrize("wrong", [("--order-date", "tomorrow"), ("--currency", "euro")])
def test_what_cannot_be_read_is_bad_input(coverline, wrong):
    result = coverline("quote", *LAPSED, *wrong)
    assert result.exit_code == 2
    assert result.stdout == ""
