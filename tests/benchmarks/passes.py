"""One pass over a database, in a process of its own, so that its memory is its own.

    python -m tests.benchmarks.passes URL report QUESTION    the report, as the API works it out
    python -m tests.benchmarks.passes URL scan QUESTION      the rows that it reads, by plain SQL, thrown away
    python -m tests.benchmarks.passes URL reading            every contract's facts, without a rule

It prints, as JSON: the seconds that passed, those of its own processor time, the most memory that was resident (MiB),
and how many rows came of it.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import text

from api.store.engine import open_database
from api.store.store import SqlStore
from entitlements.reports.figures import Figures
from entitlements.reports.rows import Grouping
from schema.context import Context
from schema.portfolios import contracts, rows
from schema.questions import Question, Scope, portfolio_of, rows_of
from schema.store import Portfolio, Viewer, ViewerKind
from tests.benchmarks.portfolios import GUIDE, NOW, TODAY

INTERNAL = Viewer(ViewerKind.INTERNAL)
KIBIBYTES = 1 if sys.platform != "darwin" else 1024
AT_ONCE = 10_000

DAYS = {
    Question.RENEWALS_DUE: (TODAY, date(2027, 11, 22)),
    Question.LATE_FEE_EXPOSURE: (TODAY, TODAY),
    Question.COVERAGE_GAPS: (date(2026, 1, 1), date(2026, 12, 31)),
    Question.END_OF_SUPPORT_SCHEDULE: (TODAY, date(2027, 11, 22)),
    Question.OUTSTANDING_CHARGES: (TODAY, TODAY),
    Question.REVENUE_LEAKAGE: (date(2026, 1, 1), date(2026, 12, 31)),
}
"""The days that each question is asked of: those that the command line takes by itself on TODAY."""


async def report(context: Context, question: Question) -> int:
    """A report's figures, as the API works them out."""
    figures = Figures(Grouping.KIND)
    portfolio = portfolio_of(question, *DAYS[question], Scope(), context.now)
    async for _, row in rows(context, portfolio, rows_of(question, *DAYS[question])):
        figures.add([row])
    return figures.total.rows


async def reading(context: Context) -> int:
    """Every contract, asked nothing."""
    return sum([1 async for _ in contracts(context, Portfolio(context.now))])


# ---------------------------------------------------------------- the plain scan

MEMBERS = "coalesce(f.base_id, f.license_id)"
CHOSEN = {
    Question.RENEWALS_DUE: "SELECT license_id FROM derived_coverage WHERE expires_on BETWEEN '{0}' AND '{1}'",
    Question.OUTSTANDING_CHARGES: f"SELECT {MEMBERS} FROM charges c "  # noqa: S608 - texts of this file
    "JOIN license_facts f ON f.account_id = c.account_id AND f.license_id = c.license_id",
}
OWNED = {
    "coverage": "order_reference, plan, starts_on, expires_on, kind, order_date",
    "options": "feature, starts_on, expires_on",
    "charges": "reference, amount, currency, due_on, paid_on, order_reference",
    "warranties": "supplier, expires_on",
}
CATALOGUE = {
    "product_facts": "product_id, name, kind, family",
    "milestones": 'product_id, kind, "on", version, source',
    "account_facts": "id, account_id, theater, country, language, currency, price_book, segment, partner_id",
    "releases": "name, season, year, released_on",
    "prices": "book, currency, product_id, plan, months, effective_from, amount",
}


def statements(question: Question) -> Iterator[str]:
    """The tables and columns that a report reads, a statement a table; of the same contracts where it reads some."""
    chosen = f"AND {MEMBERS} IN ({CHOSEN[question].format(*DAYS[question])})" if question in CHOSEN else ""
    member = f"FROM license_facts f JOIN licenses l ON l.account_id = f.account_id AND l.id = f.license_id {chosen}"
    yield (
        "SELECT f.license_id, l.serial, f.account_id, f.holder_id, f.product_id, f.base_id, f.model, f.quantity, "
        "f.effective_on, f.executed_on, f.registered_on, f.license_expires_on, f.retired_on, f.installed_release, "
        f"f.cloud_connected, f.cloud_licensed, f.altered {member} WHERE f.superseded_at IS NULL"
    )
    for table, columns in OWNED.items():
        among = f"AND o.license_id IN (SELECT f.license_id {member})" if chosen else ""
        yield f"SELECT o.license_id, {columns} FROM {table} o WHERE o.superseded_at IS NULL {among}"  # noqa: S608
    yield "SELECT id, text FROM personal_data"
    for table, columns in CATALOGUE.items():
        yield f"SELECT {columns} FROM {table} WHERE superseded_at IS NULL"  # noqa: S608


async def scan(context: Context, question: Question) -> int:
    """The same rows of the same tables, as the driver gives them."""
    assert isinstance(context.store, SqlStore)
    read = 0
    async with context.store.database.reading() as connection:
        for statement in statements(question):
            found = await connection.stream(text(statement.replace(":", "\\:")))
            async for some in found.partitions(AT_ONCE):
                read += len(some)
    return read


def most_memory() -> float:
    """The most memory of this process that was resident, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would answer for the process that started this one, where that was larger
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / KIBIBYTES


class Measuring:
    """What this process took since it was made."""

    def __init__(self) -> None:
        self._began, self._used = time.perf_counter(), time.process_time()

    def told(self, found: int) -> dict[str, float]:
        """The figures, with how many rows came of it."""
        took, used = time.perf_counter() - self._began, time.process_time() - self._used
        return {"seconds": took, "cpu": used, "peak": most_memory(), "found": found}


async def main(url: str, what: str, question: Question | None) -> None:
    database = open_database(url)
    context = Context(INTERNAL, GUIDE, SqlStore(database, GUIDE), NOW)
    measuring = Measuring()
    match what, question:
        case "report", Question():
            found = await report(context, question)
        case "scan", Question():
            found = await scan(context, question)
        case _:
            found = await reading(context)
    figures = measuring.told(found)
    await database.close()
    print(json.dumps(figures))  # noqa: T201 - how it answers


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Question(sys.argv[3]) if len(sys.argv) > 3 else None))
