"""A report as comma-separated values: UTF-8, days as YYYY-MM-DD, amounts with all their digits and a point."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from api.interchange.exports.columns import COLUMNS, Cell, Rows, Title, cells

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula when a text begins with it."""


class CommaSeparated:
    """Writes rows as they come."""

    def __init__(self, file: BinaryIO, _title: Title, _scratch: Path) -> None:
        self._file = file
        self._put([[column.name for column in COLUMNS]])

    def write(self, rows: Rows) -> None:
        """Some rows more."""
        self._put([written(cell) for cell in cells(row)] for row in rows)

    def _put(self, lines: Iterable[Iterable[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(lines)
        self._file.write(text.getvalue().encode())

    def finish(self) -> None:
        """Nothing is kept back."""


def written(cell: Cell) -> str:
    """A cell's text; a text that a spreadsheet would run is told apart by an apostrophe before it."""
    match cell:
        case None:
            return ""
        case str():
            return f"'{cell}" if cell.startswith(FORMULAS) else cell
        case Decimal():
            return format(cell, "f")
        case _:
            return str(cell)
