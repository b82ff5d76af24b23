"""`coverline quote`: the API's answer, as a table or as JSON, and an exit code for scripts."""

import json
import sys

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
    assert result.stdout.startswith("Quote for a renewal\n")
    for part in ("1 October 2026 to 30 September 2027", "203", "FAX-1-HA", "€400.00", "R-REN-10", "Factor"):
        assert part in result.stdout
    assert "Total  €1,400.00\nIt can be ordered at this total.\nPrice book LIST" in result.stdout


def test_a_late_quote_shows_its_years_and_its_fee(quote):
    shown = quote(*LAPSED, on="2026-03-31").stdout
    for part in ("late\n", "121\n", "Started years late", "1/10", "TENTH", "Total  €1,100.00"):
        assert part in shown


def test_what_is_missing_is_said_and_there_is_no_total(quote):
    result = quote("FAX-2", "--plan", "GOLD", "--months", "24")
    assert result.exit_code == 0
    assert "Total  none\nno price for FAX, GOLD, 24 months in book LIST (EUR)" in result.stdout


def test_the_base_alone_is_said_not_to_be_orderable(quote):
    shown = quote("FAX-1", "--plan", "GOLD", "--months", "12", "--no-dependents").stdout
    assert "FAX-1-HA" not in shown
    assert "Total  €1,000.00\nIt cannot be ordered without its dependents" in shown


def test_a_term_that_is_cut_is_told(quote, coverline, tmp_path):
    cut = {"milestones.csv": "product,version,kind,on\nFAX,,END_OF_SUPPORT,2026-06-30\n"}
    assert coverline("import", write_files(tmp_path / "cut", cut)).exit_code == 0
    shown = quote(*LAPSED, on="2025-11-30").stdout
    assert "Days before the last covered day    0\n" in shown
    assert "1 December 2025 to 30 June 2026" in shown
    assert "Cut by the end of support on        30 June 2026" in shown
    # 1 December through 30 June: 212 days of the 365 of a full term.
    assert "212/365" in shown


def test_a_module_and_a_higher_plan_are_quoted_in_mid_term(quote):
    module = quote("FAX-1", "--of", "attachment", "--product", "FAX-HA", "--quantity", "3").stdout
    assert module.startswith("Quote for an additional licence\n")
    assert "Total  €335.34" in module  # 3 × 200.00 × 204/365
    higher = quote("FAX-1", "--of", "plan-change", "--plan", "PLATINUM").stdout
    assert higher.startswith("Quote for a higher plan\n")
    assert "Total  €469.48" in higher


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ((), "a quote of a renewal needs --plan and --months"),
        (("--of", "attachment"), "a quote of an attachment needs --product"),
        (("--of", "plan-change", "--plan", "GOLD", "--months", "12"), "a quote of a plan change has no --months"),
        ((*LAPSED[1:], "--quantity", "2"), "a quote of a renewal has no --quantity"),
    ],
)
def test_what_a_quote_needs_and_what_it_would_ignore_is_named(quote, asked, what):
    result = quote("FAX-1", *asked)
    assert (result.exit_code, result.stdout) == (2, "")
    assert what in result.stderr


def test_a_quote_is_told_in_the_language_of_its_account_or_in_the_one_asked_for(quote):
    assert quote("FAX-3", "--plan", "GOLD", "--months", "12").stdout.startswith("Devis de renouvellement\n")
    italian = quote("FAX-3", "--plan", "GOLD", "--months", "12", "--language", "it").stdout
    assert italian.startswith("Preventivo di rinnovo\n")


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF-"), ("text", b"Quote for"), ("json", b"{\n")])
def test_a_quote_is_written_to_a_file_or_through_a_pipe(quote, tmp_path, form, begins):
    file = tmp_path / "quote"
    written = quote(*LAPSED, "--format", form, "--output", str(file))
    assert (written.exit_code, written.stdout) == (0, "")
    assert file.read_bytes().startswith(begins)
    assert quote(*LAPSED, "--format", form).stdout_bytes.startswith(begins)


def test_a_pdf_is_not_written_to_a_terminal(quote, monkeypatch):
    monkeypatch.setattr(sys.modules["api.commands.quote"], "is_terminal", lambda: True)
    result = quote(*LAPSED, "--format", "pdf")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--output" in result.stderr
    assert quote(*LAPSED, "--format", "text").exit_code == 0


def test_a_file_that_cannot_be_written_is_named(quote, tmp_path):
    result = quote(*LAPSED, "--output", str(tmp_path / "nowhere" / "quote.txt"))
    assert result.exit_code == 1
    assert "nowhere" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_refusal_leaves_no_file(quote, tmp_path):
    file = tmp_path / "quote.pdf"
    result = quote("NOPE", "--plan", "GOLD", "--months", "12", "--format", "pdf", "--output", str(file))
    assert result.exit_code == 10
    assert "UNKNOWN_LICENSE" in result.stdout
    assert not file.exists()


def test_a_problem_exits_10_with_every_obstacle(quote):
    result = quote("FAX-1-HA", "--plan", "SILVER", "--months", "0")
    assert (result.exit_code, result.stderr) == (10, "")
    assert result.stdout.startswith("REFUSED\n")
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
