"""Quotes as a PDF: one page, whatever the quote and the language, with nothing cut off and no letter missing."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from babel.dates import get_month_names
from babel.numbers import get_currency_symbol
from fontTools.ttLib import TTFont
from hypothesis import strategies as st
from pypdf import PdfReader

from api.documents.document import Document, Line
from api.documents.pdf import letters, pdf_of
from api.documents.wording import Wording
from schema.languages import ENGLISH, LANGUAGES, catalogue
from tests.strategies import for_all

EARLY = {"plan": "GOLD", "months": "12"}
LATE = {**EARLY, "orderDate": "2026-03-31"}


@pytest.fixture
def pdf(caller) -> Callable[..., PdfReader]:
    def asking(path: str, **more: str) -> PdfReader:
        response = caller.get(f"/quotes/{path}", params={"format": "pdf", **more})
        assert response.status_code == 200, response.text
        return PdfReader(io.BytesIO(response.content))

    return asking


def text_of(pdf: PdfReader) -> str:
    [page] = pdf.pages
    return page.extract_text()


def a_line(number: int = 1, kind: str = "DEPENDENT", paid: str | None = "10.00", what: str = "") -> Line:
    amount = Decimal(paid) if paid else None
    return Line(kind, what or f"FAX-{number}, GOLD", "1", "€10.00", "1", paid or "none", "R-REN-10", amount)


def a_document(language: str = ENGLISH, **more) -> Document:
    facts = (("Account", "Acme (ACME)"), ("Term", "1 October 2026 to 30 September 2027"))
    columns = ("Line", "Quantity", "Base", "Factor", "Amount", "Clause")
    given = Document(
        wording=Wording(language), title="Quote for a renewal", name="quote-FAX-1-2026-03-11", dated=date(2026, 3, 11),
        facts=facts, columns=columns, lines=(a_line(),), currency="EUR", total=("Total", "€10.00"), gaps=(), notes=(),
    )  # fmt: skip
    return replace(given, **more)


def read(document: Document) -> PdfReader:
    return PdfReader(io.BytesIO(pdf_of(document)))


# ---------------------------------------------------------------- a worked example


def test_a_renewal_is_told_on_one_page(pdf):
    shown = text_of(pdf("renewal/FAX-1", **EARLY))
    for part in (
        *("Quote for a renewal", "Acme (ACME)", "FAX-1-HA, GOLD, 2026-10-01 to 2027-09-30", "28 January 2027"),
        *("1 October 2026 to 30 September 2027", "€400.00", "R-REN-10", "Total", "€1,400.00"),
        *("It can be ordered at this total.", "Price book LIST; guide imagicle-care-4.1.", "11 March 2026"),
        *("Clauses: R-REN-1, R-REN-7, R-REN-10", "This is a quote, not an invoice."),
    ):
        assert part in shown, shown


def test_its_title_its_language_and_its_day_are_told_to_readers_of_screens(pdf):
    found = pdf("renewal/FAX-1", **EARLY)
    assert found.metadata["/Title"] == "Quote for a renewal, quote-FAX-1-2026-03-11"
    assert found.metadata["/CreationDate"] == "D:20260311000000Z"
    catalog = found.trailer["/Root"]
    assert catalog["/Lang"] == "en"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert [entry.title for entry in found.outline] == ["Quote for a renewal"]
    assert [float(side) for side in found.pages[0].mediabox[2:]] == pytest.approx([595.28, 841.89])  # A4


def test_the_same_quote_gives_the_same_bytes(caller):
    asked = {"params": {**LATE, "format": "pdf", "language": "ar"}}
    assert caller.get("/quotes/renewal/FAX-2", **asked).content == caller.get("/quotes/renewal/FAX-2", **asked).content


def test_without_a_price_there_is_no_total(pdf):
    shown = text_of(pdf("renewal/FAX-1", plan="GOLD", months="24"))
    assert "Total   none" in shown
    assert "no price for FAX, GOLD, 24 months" in shown


def test_without_a_rate_of_the_late_fee_there_is_no_total(pdf):
    shown = text_of(pdf("renewal/FAX-2", **LATE, knownAt="2026-03-11T09:59:59Z"))
    assert "Total   none" in shown
    assert "its rate is not configured" in shown


# ---------------------------------------------------------------- languages


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_told_on_one_page_without_a_missing_letter(pdf, language):
    found = pdf("renewal/FAX-2", **LATE, language=language)
    assert found.trailer["/Root"]["/Lang"] == language
    shown = text_of(found)
    assert "TENTH" in shown
    assert "\N{REPLACEMENT CHARACTER}" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fonts_have_every_letter_of_every_message_month_and_currency(language):
    messages = "".join(catalogue(language).values()) if language != ENGLISH else ""
    months = "".join(get_month_names("wide", locale=language).values())
    symbols = "".join(get_currency_symbol(code, language) for code in ("EUR", "USD", "GBP", "CHF", "AED", "SAR", "BRL"))
    amounts = Wording(language).amount(Decimal("-1234567.89"), "EUR")
    lacking = {one for one in messages + months + symbols + amounts if ord(one) not in letters()}
    assert lacking - {"\n"} == set()


def test_arabic_runs_from_the_right(pdf):
    places: list[tuple[str, float]] = []

    def visit(text, _ctm, matrix, _font, _size) -> None:
        if text.strip():
            places.append((text.strip(), float(matrix[4])))

    [page] = pdf("renewal/FAX-2", **LATE, language="ar").pages
    page.extract_text(visitor_text=visit)
    across = {text: x / 595 for text, x in places}
    assert max(across.values()) > 0.8  # the labels and the lines' words
    [clause] = [x for text, x in across.items() if text == "R-REN-7"]
    assert clause < 0.2  # the last column is the leftmost


def test_arabic_letters_are_joined(pdf):
    """A letter has a form for each place in a word: the fonts in the file hold more forms than the text has letters."""
    found = pdf("renewal/FAX-2", **LATE, language="ar")
    [page] = found.pages
    regular = page["/Resources"]["/Font"].values()
    letters_shown = {one for one in page.extract_text() if "\u0600" <= one <= "\u06ff"}
    forms = 0
    for font in regular:
        [descendant] = font.get_object()["/DescendantFonts"]
        file = descendant.get_object()["/FontDescriptor"]["/FontFile2"].get_data()
        names = TTFont(io.BytesIO(file)).getGlyphOrder()
        forms = max(forms, len(names))
    latin = {one for one in page.extract_text() if one.isascii() and one.isprintable()}
    assert forms > len(letters_shown | latin) + 10


@pytest.mark.parametrize(
    ("name", "shown"),
    [("{nb}", "{nb}"), ("**Bold** --x--", "**Bold** --x--"), ("株式会社", "\N{REPLACEMENT CHARACTER}" * 4)],
)
def test_a_name_is_shown_as_it_is_or_as_letters_that_the_fonts_lack(name, shown):
    assert f"Account {shown}" in text_of(read(a_document(facts=(("Account", name),))))


# ---------------------------------------------------------------- one page


def test_100_dependents_are_summed_where_the_page_ends(pdf):
    """1000.00 + 100 × 200.00 = 21000.00, and a tenth of it for one started year of lateness."""
    shown = text_of(pdf("renewal/FAX-9", **EARLY, orderDate="2026-08-11", language="en"))
    assert "FAX-9-HA-039" in shown
    assert "FAX-9-HA-040" not in shown
    assert "and 61 more €12,200.00 R-REN-10" in shown  # 61 × 200.00
    assert "€2,100.00 TENTH" in shown
    assert "€23,100.00" in shown
    assert "This is a quote, not an invoice." in shown


def test_some_more_lines_are_set_smaller_before_any_is_left_out():
    lines = tuple(a_line(number) for number in range(1, 46))
    shown = text_of(read(a_document(lines=lines)))
    assert "FAX-45, GOLD" in shown
    assert "more" not in shown


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_longest_texts_there_can_be_fit_the_page(language):
    long = "W" * 160
    kinds = ("RENEWAL", "DEPENDENT", "BACK_PAY", "LATE_FEE")
    lines = tuple(a_line(kind=kind, what=long) for kind in kinds for _ in range(50))
    document = a_document(
        language,
        facts=tuple((f"Label {number}", f"{long} ({long})") for number in range(3))
        + tuple((f"Label {number}", "text") for number in range(9)),
        lines=lines,
        gaps=(long,) * 20,
        notes=("note",) * 4,
    )
    shown = text_of(read(document))
    assert "€10.00" in shown
    assert shown.count("note") == 4


@for_all(
    60,
    kinds=st.lists(st.sampled_from(["DEPENDENT", "BACK_PAY", "LATE_FEE"]), max_size=40),
    gaps=st.integers(0, 20),
    most=st.integers(1, 10),
)
def test_what_is_left_out_is_counted_and_summed(kinds, gaps, most):
    whole = a_document(lines=tuple(a_line(n, kind) for n, kind in enumerate(kinds)), gaps=("a gap",) * gaps)
    short = whole.shortened(most)
    assert sum(line.paid or 0 for line in short.lines) == sum(line.paid or 0 for line in whole.lines)
    assert len(short.gaps) == min(gaps, most)
    for kind in set(kinds):
        shown = [line for line in short.lines if line.kind == kind]
        assert len(shown) == min(kinds.count(kind), most)
        if kinds.count(kind) > most:
            assert shown[-1].what == f"and {kinds.count(kind) - most + 1} more"


def test_a_sum_of_which_an_amount_is_not_configured_is_not_configured_either():
    whole = a_document(lines=(a_line(1), a_line(2, paid=None), a_line(3)))
    [_, summed] = whole.shortened(2).lines
    assert (summed.paid, summed.amount) == (None, "not configured")
