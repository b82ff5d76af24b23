"""Billing's reports, as a ratio to the plain SQL scan that reads the same rows: `make bench SIZES=10000,100000`.

Each pass runs in a process of its own, after one that is thrown away has warmed the database's pages. The most memory
and the processor's time are that process's: the whole engine of SQLite, and only the client of PostgreSQL. On a machine
that others use, the processor's time is what two runs may be compared by.
"""

import argparse
import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.status import Status

from schema.questions import Question
from tests.benchmarks.databases import ENGINES, database
from tests.benchmarks.printing import CONSOLE, growth, print_table

SIZES = (10_000, 100_000, 1_000_000)
ROOT = Path(__file__).parents[2]
COLUMNS = (
    "Report",
    "Licences",
    "Rows",
    "Processor, s",
    "Seconds",
    "Scan, seconds",
    "Ratio",
    "Most memory, MiB",
    "Growth",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A report at one size, and the scan beside it."""

    question: Question
    size: int
    found: int
    processor: float
    seconds: float
    scan: float
    peak: float


def passed(*arguments: str) -> dict[str, float]:
    """What one pass answers."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.passes", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - this project's
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def measured(engine: str, size: int, questions: list[Question], status: Status) -> Iterator[Measured]:
    """Every report on one database."""
    with database(engine, size, status.update) as url:
        status.update(f"{engine}, {size:,} licences: warming up")
        passed(url, "scan", Question.COVERAGE_GAPS.value)
        for question in questions:
            status.update(f"{engine}, {size:,} licences: {question.value}")
            scan, report = passed(url, "scan", question.value), passed(url, "report", question.value)
            one = Measured(
                question, size, int(report["found"]), report["cpu"], report["seconds"], scan["seconds"], report["peak"]
            )
            CONSOLE.print(
                f"{engine}, {size:,}: {question.value} {one.seconds:,.1f} s, {one.seconds / one.scan:.1f} × the scan"
            )
            yield one


def lines(found: list[Measured]) -> Iterator[tuple[object, ...]]:
    """A line for each report and size; the growth stands at the largest one."""
    for question in dict.fromkeys(one.question for one in found):
        own = [one for one in found if one.question is question]
        exponent = growth([one.size for one in own], [one.seconds for one in own])
        for one in own:
            figures = (one.found, one.processor, one.seconds, one.scan, one.seconds / one.scan, round(one.peak))
            yield (question.value, one.size, *figures, exponent if one is own[-1] else None)


def main() -> None:
    warnings.simplefilter("ignore")  # a folder that the PostgreSQL of the wheel asks for may not be there
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="licences, one after another")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--reports", default=",".join(question.value for question in Question))
    asked = parser.parse_args()
    sizes = sorted(int(size) for size in asked.sizes.split(","))
    questions = [Question(name) for name in asked.reports.split(",")]
    for engine in asked.engines.split(","):
        with CONSOLE.status("") as status:
            found = [one for size in sizes for one in measured(engine, size, questions, status)]
        print_table(f"{engine}: reports", COLUMNS, lines(found))


if __name__ == "__main__":
    main()
