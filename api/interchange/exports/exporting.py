"""Exporting a report: its rows, some thousand at a time, to whatever writes them."""

from collections.abc import Callable
from contextlib import aclosing

from api.interchange.exports.columns import Title
from api.interchange.exports.formats import Sheet
from api.interchange.exports.outputs import writing_to
from entitlements.reports.rows import Row
from schema.context import Context
from schema.portfolios import rows
from schema.questions import Scope, portfolio_of, rows_of

BATCH = 5_000
STEP = 100
"""Contracts between two words on the progress."""

Progress = Callable[[int, int], None]
"""Told how many contracts were read, and of how many."""


async def export(context: Context, title: Title, scope: Scope, sheet: Sheet, output: str, progress: Progress) -> int:
    """Writes a report's rows; answers how many there were. `output` names where they go, for what is said of it."""
    question, first, last = title.question, title.first, title.last
    portfolio = portfolio_of(question, first, last, scope, context.now)
    total = await context.store.count_contracts(context.viewer, portfolio)
    read = written = 0

    def told() -> None:
        nonlocal read
        read += 1
        if read % STEP == 0:
            progress(read, total)

    batch: list[Row] = []
    async with aclosing(rows(context, portfolio, rows_of(question, first, last), read=told)) as found:
        async for _, row in found:
            batch.append(row)
            if len(batch) == BATCH:
                with writing_to(output):
                    sheet.write(batch)
                written, batch = written + len(batch), []
    progress(total, total)
    with writing_to(output):
        if batch:
            sheet.write(batch)
        sheet.finish()
    return written + len(batch)
