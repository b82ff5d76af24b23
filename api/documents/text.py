"""A document as plain text: aligned columns that fit a terminal or a letter of 96 characters a line."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import category

from rich.cells import cell_len

from api.documents.document import Document

WIDTH = 96
GAP = "  "
NARROWEST = 20
"""Columns of the lines' words, however wide their figures are."""


def text_of(document: Document) -> str:
    """The whole document, each line ended."""
    return "\n".join(line.rstrip() for line in _lines(document)) + "\n"


def _lines(document: Document) -> Iterator[str]:
    yield document.title
    yield ""
    yield from _labelled(document.facts)
    yield ""
    yield from _table(document)
    yield ""
    yield from _labelled([document.total])
    for text in (*document.gaps, *document.notes):
        yield from textwrap.wrap(text, WIDTH)


def _labelled(facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    label_width = max(width_of(label) for label, _ in facts)
    for label, text in facts:
        first, *more = textwrap.wrap(text, max(WIDTH - label_width - len(GAP), NARROWEST)) or [""]
        yield left(label, label_width) + GAP + first
        yield from (" " * (label_width + len(GAP)) + line for line in more)


def _table(document: Document) -> Iterator[str]:
    figures = [document.columns[1:], *(line.figures for line in document.lines)]
    widths = [max(width_of(row[column]) for row in figures) for column in range(len(figures[0]))]
    words = max(WIDTH - sum(widths) - len(GAP) * len(widths), NARROWEST)
    what = (document.columns[0], *(line.what for line in document.lines))
    for number, (text, row) in enumerate(zip(what, figures, strict=True)):
        first, *more = textwrap.wrap(text, words) or [""]
        yield GAP.join([left(first, words), *_cells(row, widths)])
        yield from more
        if not number:
            yield "─" * min(WIDTH, words + sum(widths) + len(GAP) * len(widths))


def _cells(row: Iterable[str], widths: Sequence[int]) -> Iterator[str]:
    """Figures to the right, the rule, which comes last, to the left."""
    *figures, rule = zip(row, widths, strict=True)
    yield from (" " * (width - width_of(text)) + text for text, width in figures)
    yield left(*rule)


def left(text: str, width: int) -> str:
    """A text in so many columns, its end filled up."""
    return text + " " * (width - width_of(text))


def width_of(text: str) -> int:
    """The columns that a text takes; marks of direction take none."""
    return cell_len("".join(one for one in text if category(one) != "Cf"))
