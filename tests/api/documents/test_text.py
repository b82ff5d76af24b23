"""Quotes as text: worked examples, whole."""

import pytest
from rich.cells import cell_len

from schema.languages import LANGUAGES

EARLY = """\
Quote for a renewal

Account                             Acme (ACME)
Licence                             FAX-1
Product                             Digital Fax (FAX)
Plan                                Gold (GOLD)
Term                                1 October 2026 to 30 September 2027
Months asked for                    12
Ordered on                          11 March 2026
Standing                            early: before the coverage ends
Days before the last covered day    203
Last order date without a late fee  28 January 2027
Quoted as of                        11 March 2026

Line                                            Quantity       Base  Factor     Amount  Clause
────────────────────────────────────────────────────────────────────────────────────────────────
FAX-1, GOLD, 2026-10-01 to 2027-09-30                  1  €1,000.00       1  €1,000.00  R-REN-7
FAX-1-HA, GOLD, 2026-10-01 to 2027-09-30               2    €400.00       1    €400.00  R-REN-10

Total  €1,400.00
It can be ordered at this total.
Price book LIST; guide imagicle-care-4.1.
Clauses: R-REN-1, R-REN-7, R-REN-10
This is a quote, not an invoice.
"""

LATE_IN_ITALIAN = """\
Preventivo di rinnovo

Cliente                              Acme (ACME)
Licenza                              FAX-2
Prodotto                             Digital Fax (FAX)
Piano                                Gold (GOLD)
Durata                               dal 31 marzo 2026 al 30 marzo 2027
Mesi richiesti                       12
Ordine del                           31 marzo 2026
Stato                                in ritardo
Giorni dopo l'ultimo giorno coperto  121
Anni di ritardo iniziati             1
"""

ATTACHMENT = """\
Quote for an additional licence

Account       Acme (ACME)
Licence       FAX-1
Product       Digital Fax (FAX)
Additional    3 × Digital Fax HA (FAX-HA)
Plan          Gold (GOLD)
Term          11 March 2026 to 30 September 2026
Ordered on    11 March 2026
Quoted as of  11 March 2026

Line                                                Quantity     Base   Factor   Amount  Clause
────────────────────────────────────────────────────────────────────────────────────────────────
FAX-HA for FAX-1, GOLD, 2026-03-11 to 2026-09-30           3  €600.00  204/365  €335.34  R-COT-6

Total  €335.34
It can be ordered at this total.
Price book LIST; guide imagicle-care-4.1.
Clauses: R-COT-6
This is a quote, not an invoice.
"""
"""11 March through 30 September 2026 is 204 days: 600.00 × 204/365 = 335.342…"""

PLAN_CHANGE = """\
Quote for a higher plan

Account       Acme (ACME)
Licence       FAX-1
Product       Digital Fax (FAX)
Plan          Platinum (PLATINUM)
Term          11 March 2026 to 30 September 2026
Ordered on    11 March 2026
Quoted as of  11 March 2026

Line                                               Quantity     Base   Factor   Amount  Clause
────────────────────────────────────────────────────────────────────────────────────────────────
FAX-1, GOLD to PLATINUM, 2026-03-11 to 2026-09-30         1  €600.00  204/365  €335.34  R-REN-12
FAX-1-HA, GOLD to PLATINUM, 2026-03-11 to                 2  €240.00  204/365  €134.14  R-REN-12
2026-09-30

Total  €469.48
It can be ordered at this total.
Price book LIST; guide imagicle-care-4.1.
Clauses: R-REN-12
This is a quote, not an invoice.
"""
"""600.00 × 204/365 = 335.342…; 2 × 120.00 × 204/365 = 134.136…"""


@pytest.fixture
def text_of(caller):
    def asking(path: str, **more: str) -> str:
        response = caller.get(f"/quotes/{path}", params={"format": "text", **more})
        assert response.status_code == 200, response.text
        return response.text

    return asking


def test_a_renewal_is_told_whole(text_of):
    assert text_of("renewal/FAX-1", plan="GOLD", months="12") == EARLY


def test_a_module_bought_in_mid_term_is_told_whole(text_of):
    assert text_of("attachment/FAX-1", product="FAX-HA", quantity="3") == ATTACHMENT


def test_a_higher_plan_in_mid_term_is_told_whole(text_of):
    assert text_of("plan-change/FAX-1", plan="PLATINUM") == PLAN_CHANGE


def test_a_late_renewal_shows_its_years_and_its_fee_in_the_language_asked_for(text_of):
    shown = text_of("renewal/FAX-2", plan="GOLD", months="12", orderDate="2026-03-31", language="it")
    assert shown.startswith(LATE_IN_ITALIAN)
    amounts = (f"{amount}\N{NO-BREAK SPACE}€" for amount in ("1.000,00", "100,00", "Totale  1.100,00"))
    for part in ("30 marzo 2026", "1/10", "TENTH", "non una fattura", *amounts):
        assert part in shown


def test_without_a_price_there_is_no_total_and_what_is_missing_is_said(text_of):
    shown = text_of("renewal/FAX-1", plan="GOLD", months="24")
    assert "Total  none\n" in shown
    assert "\nno price for FAX, GOLD, 24 months in book LIST (EUR) on 2026-03-11\n" in shown
    assert "It cannot be ordered until what is missing is configured." in shown
    assert shown.count("not configured") == 4  # base and amount of both lines


def test_without_a_rate_of_the_late_fee_there_is_no_total(text_of):
    """The policy was recorded at 2026-03-11T10:00; the moment before, no rate was known."""
    late = {"plan": "GOLD", "months": "12", "orderDate": "2026-03-31"}
    shown = text_of("renewal/FAX-2", **late, knownAt="2026-03-11T09:59:59Z")
    assert "its rate is not configured" in shown
    assert "Total  none\n" in shown


def test_the_base_alone_is_said_not_to_be_orderable(text_of):
    shown = text_of("renewal/FAX-1", plan="GOLD", months="12", withDependents="false")
    assert "Total  €1,000.00\nIt cannot be ordered without its dependents" in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_wider_than_a_letter(text_of, language):
    for serial, day in (("FAX-1", "2026-03-11"), ("FAX-2", "2026-03-31"), ("FAX-9", "2028-03-31")):
        shown = text_of(f"renewal/{serial}", plan="GOLD", months="12", orderDate=day, language=language)
        assert max(cell_len(line) for line in shown.splitlines()) <= 100
