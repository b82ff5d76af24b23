"""A document as a PDF of one A4 page, in letters that it brings along.

What does not fit is set smaller; what still does not is summed in a line that says how many there are. The same
document gives the same bytes. Characters that the fonts lack are shown as U+FFFD.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import TypeVar
from unicodedata import bidirectional

from fpdf import FPDF, FontFace, TextStyle, ViewerPreferences, XPos, YPos
from fpdf.enums import Align, TableBordersLayout, VAlign
from fpdf.fonts import TTFFont

from api.documents.document import Document

T = TypeVar("T")
FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = FONTS / "DejaVuSansCondensed.ttf", FONTS / "DejaVuSansCondensed-Bold.ttf"
FONT = "DejaVu"
FROM_THE_RIGHT = {"R", "AL"}
"""Classes of the letters of Hebrew and Arabic in Unicode's algorithm of directions."""
MARGIN = 15
"""Millimetres on each side."""
SIZES = (9, 8, 7)
"""Points of the letters, from which the largest that fits is taken."""
MOST = (40, 25, 15, 8, 4, 2)
"""Lines of each kind at the smallest size, from which the most that fit are taken."""
LABELS, TEXTS = 60, 120
"""Millimetres of the facts' columns."""
WIDTHS = (72, 17, 26, 18, 27, 20)
"""Millimetres of the lines' columns."""
PADDING = 0.5
"""Millimetres above and below each of the lines."""
USABLE = 297 - 2 * MARGIN
MILLIMETRES_A_POINT = 25.4 / 72
HEIGHT = 1.35
"""A line's height, in heights of its letters."""


def pdf_of(document: Document) -> bytes:
    """The document as a PDF."""
    for shown, size in _attempts(document):
        with _lettered() as pdf:
            _fill(pdf, shown, size)
            if pdf.page_no() == 1:
                return bytes(pdf.output())
    raise AssertionError(f"{document.name} does not fit a page, however short")


def _attempts(document: Document) -> Iterator[tuple[Document, int]]:
    """What to set and in which size, the best first; what is sure not to fit is not tried."""
    for size in SIZES:
        if _least_height(document, size) < USABLE:
            yield document, size
    for most in MOST:
        if _least_height(shorter := document.shortened(most), SIZES[-1]) < USABLE:
            yield shorter, SIZES[-1]


def _least_height(document: Document, size: int) -> float:
    """The millimetres that a document takes where each of its texts fits one line."""
    texts = len(document.facts) + len(document.gaps) + len(document.notes)
    row = size * HEIGHT * MILLIMETRES_A_POINT
    return texts * row + (1 + len(document.lines)) * (row + 2 * PADDING)


def _fill(pdf: FPDF, document: Document, size: int) -> None:
    """Set the document in one size, on as many pages as it takes."""
    _describe(pdf, document)
    pdf.add_page()
    pdf.set_section_title_styles(TextStyle(FONT, "B", size + 5, b_margin=4, l_margin=_start(document)))
    pdf.set_font(FONT, "", size)
    pdf.start_section(_shown(document.title))
    _facts(pdf, document)
    pdf.ln(4)
    _lines(pdf, document)
    pdf.ln(3)
    pdf.set_font(FONT, "B", size + 2)
    _paragraph(pdf, "   ".join(document.total), _end(document))
    pdf.ln(3)
    pdf.set_font(FONT, "", size)
    for text in (*document.gaps, *document.notes):
        _paragraph(pdf, text, _start(document))


def _describe(pdf: FPDF, document: Document) -> None:
    """Say what the document is, and how its letters join."""
    pdf.alias_nb_pages("")  # otherwise a name with {nb} in it would be given the number of pages
    pdf.set_title(f"{document.title}, {document.name}")
    pdf.set_lang(document.wording.language)
    pdf.set_creator("coverline")
    pdf.set_creation_date(datetime.combine(document.dated, time(), UTC))
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    pdf.set_margin(MARGIN)
    if document.wording.runs_left or any(bidirectional(one) in FROM_THE_RIGHT for one in document.text):
        # Letters of Latin, Greek and Cyrillic stand as they are; shaping them would take three times as long.
        pdf.set_text_shaping(direction="rtl" if document.wording.runs_left else "ltr")


def _facts(pdf: FPDF, document: Document) -> None:
    start, strong = _start(document), FontFace(emphasis="BOLD")
    with pdf.table(
        align=start,
        borders_layout=TableBordersLayout.NONE,
        col_widths=_ordered(document, (LABELS, TEXTS)),
        first_row_as_headings=False,
        line_height=pdf.font_size * HEIGHT,
        text_align=start,
        v_align=VAlign.T,
    ) as table:
        for label, text in document.facts:
            row = table.row()
            for cell, style in _ordered(document, ((label, strong), (text, None))):
                row.cell(_shown(cell), style=style)


def _lines(pdf: FPDF, document: Document) -> None:
    start, end = _start(document), _end(document)
    pdf.set_line_width(0.1)
    rows = [document.columns, *((line.what, *line.figures) for line in document.lines)]
    with pdf.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        col_widths=_ordered(document, WIDTHS),
        line_height=pdf.font_size * HEIGHT,
        padding=(PADDING, 1),
        text_align=_ordered(document, (start, end, end, end, end, start)),
        v_align=VAlign.T,
    ) as table:
        for row in rows:
            table.row(_ordered(document, [_shown(text) for text in row]))


def _paragraph(pdf: FPDF, text: str, align: Align) -> None:
    height = pdf.font_size * HEIGHT
    pdf.multi_cell(0, height, _shown(text), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _start(document: Document) -> Align:
    """The side on which a line begins."""
    return Align.R if document.wording.runs_left else Align.L


def _end(document: Document) -> Align:
    return Align.L if document.wording.runs_left else Align.R


def _ordered(document: Document, columns: Sequence[T]) -> tuple[T, ...]:
    """Columns from left to right on the page."""
    return tuple(reversed(columns)) if document.wording.runs_left else tuple(columns)


def _shown(text: str) -> str:
    """A text of characters that the fonts have."""
    return "".join(one if ord(one) in letters() else "\N{REPLACEMENT CHARACTER}" for one in text)


@cache
def letters() -> frozenset[int]:
    """The characters that both fonts have."""
    with _lettered() as pdf:
        regular, bold = (frozenset(font.cmap) for font in _fonts(pdf))
    return regular & bold


@contextmanager
def _lettered() -> Generator[FPDF]:
    """A document without a page and with its fonts, whose files the library leaves open."""
    pdf = FPDF(format="A4")
    try:
        pdf.add_font(FONT, "", REGULAR)
        pdf.add_font(FONT, "B", BOLD)
        yield pdf
    finally:
        for font in _fonts(pdf):
            font.ttfont.close()


def _fonts(pdf: FPDF) -> Iterator[TTFFont]:
    return (font for font in pdf.fonts.values() if isinstance(font, TTFFont))
