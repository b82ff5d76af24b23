"""A report as a Parquet file: days as dates, amounts as exact decimals."""

from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

import polars as pl

from api.interchange.exports.columns import COLUMNS, Kind, Rows, Title, cells

DIGITS, DECIMALS = 38, 6
"""What an amount's column holds: more than any amount that may be recorded, which has 15 digits and 6 decimals."""
SMALLEST = Decimal(1).scaleb(-DECIMALS)
TYPES: dict[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.DAY: pl.Date(),
    Kind.COUNT: pl.Int64(),
    Kind.AMOUNT: pl.Decimal(DIGITS, DECIMALS),
}
SCHEMA = {column.name: TYPES[column.kind] for column in COLUMNS}


class Parquet:
    """Writes rows in pieces to the disk as they come, and puts them together, piece after piece, at the end."""

    def __init__(self, file: BinaryIO, title: Title, scratch: Path) -> None:
        self._file = file
        self._scratch = scratch
        self._pieces: list[Path] = []
        self._metadata = {"report": str(title), "edition": title.edition}

    def write(self, rows: Rows) -> None:
        """Some rows more."""
        for row in rows:
            if row.amount is not None and row.amount.amount % SMALLEST:
                # The library would round it without a word.
                raise ValueError(f"{row.license.serial}: {row.amount.amount} has more than {DECIMALS} decimals")
        frame = pl.DataFrame([cells(row) for row in rows], schema=SCHEMA, orient="row")
        piece = self._scratch / f"{len(self._pieces):06}.parquet"
        frame.write_parquet(piece)
        self._pieces.append(piece)

    def finish(self) -> None:
        """Puts the pieces together; without any, a file of no rows."""
        if not self._pieces:
            self.write([])
        pl.scan_parquet(self._pieces).sink_parquet(self._file, metadata=self._metadata)
