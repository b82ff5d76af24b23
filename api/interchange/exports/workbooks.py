"""A report as a workbook for spreadsheets: days are days, amounts are numbers, texts are never formulas."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from xlsxwriter import Workbook as Book  # pyright: ignore[reportMissingTypeStubs]
from xlsxwriter.exceptions import FileCreateError  # pyright: ignore[reportMissingTypeStubs]

from api.interchange.exports.columns import COLUMNS, Cell, Kind, Rows, Title, cells

MOST_ROWS = 1_048_576
"""Rows that a sheet of a spreadsheet holds, its head among them; what is more goes on in a further sheet."""
EXACT_DIGITS = 15
"""Digits that a spreadsheet's numbers hold exactly; an amount of more is written as text."""
FIRST_YEAR = 1900
"""Spreadsheets have no earlier days; those are written as text."""
WIDTHS = {Kind.TEXT: 18, Kind.DAY: 11, Kind.COUNT: 9, Kind.AMOUNT: 14}


class Workbook:
    """Writes rows to sheets on the disk as they come, and puts them together at the end."""

    def __init__(self, file: BinaryIO, title: Title, scratch: Path) -> None:
        # The library has no types that a checker could hold it to.
        self._file, self._whole = file, scratch / "whole.xlsx"
        self._book: Any = Book(str(self._whole), {"constant_memory": True, "tmpdir": str(scratch)})
        self._book.use_zip64()
        properties = {"title": str(title), "comments": f"Edition {title.edition}", "created": title.known_at}
        self._book.set_properties(properties)
        self._report = title.report
        self._head = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._amounts: dict[int, Any] = {}
        self._sheets = 0
        self._sheet, self._next = self._begin()

    def _begin(self) -> tuple[Any, int]:
        """A further sheet with its head, and its next row."""
        self._sheets += 1
        name = self._report if self._sheets == 1 else f"{self._report} {self._sheets}"
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for position, column in enumerate(COLUMNS):
            sheet.set_column(position, position, WIDTHS[column.kind])
            sheet.write_string(0, position, column.name, self._head)
        return sheet, 1

    def write(self, rows: Rows) -> None:
        """Some rows more."""
        for row in rows:
            if self._next == MOST_ROWS:
                self._sheet, self._next = self._begin()
            for position, cell in enumerate(cells(row)):
                self._put(position, cell)
            self._next += 1

    def _put(self, position: int, cell: Cell) -> None:
        at = self._next, position
        match cell:
            case None:
                pass
            case str():
                self._sheet.write_string(*at, cell)
            case date() if cell.year >= FIRST_YEAR:
                self._sheet.write_datetime(*at, cell, self._day)
            case date():
                self._sheet.write_string(*at, cell.isoformat())
            case Decimal() if len(cell.as_tuple().digits) > EXACT_DIGITS:
                self._sheet.write_string(*at, format(cell, "f"))
            case Decimal():
                self._sheet.write_number(*at, cell, self._amount(cell))
            case _:
                self._sheet.write_number(*at, cell)

    def _amount(self, amount: Decimal) -> Any:  # noqa: ANN401
        """A format that shows as many decimals as the amount has."""
        decimals = max(-int(amount.as_tuple().exponent), 0)
        if decimals not in self._amounts:
            pattern = f"#,##0.{'0' * decimals}".rstrip(".")
            self._amounts[decimals] = self._book.add_format({"num_format": pattern})
        return self._amounts[decimals]

    def finish(self) -> None:
        """Puts the sheets together."""
        try:
            self._book.close()
        except FileCreateError as problem:
            raise OSError(*problem.args[0].args) from problem
        with self._whole.open("rb") as whole:
            shutil.copyfileobj(whole, self._file)
