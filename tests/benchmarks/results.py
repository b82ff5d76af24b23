"""Telling what was measured: tables on the terminal, and RESULTS.md with its pictures."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks import pictures
from tests.benchmarks.figures import Figures, Row, Table
from tests.benchmarks.printing import figured, growth, written
from tests.benchmarks.questions import QUESTIONS
from tests.benchmarks.servers import KINDS
from tests.benchmarks.targets import OURS, targets

FILE = "RESULTS.md"
PICTURES = "pictures"
FLOOR = "constant"
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
COMPARED = (
    "Server",
    "Req/s",
    "p50, ms",
    "p99, ms",
    "p99/p50",
    "CPU, µs",
    "Spread",
    "× coverline",
    "× constant",
    "DB, µs",
    "MiB",
)
GROWN = ("Licences", "Req/s", "p50, ms", "p99, ms", "CPU, µs", "Spread", "DB, µs", "MiB", "Exponent")
OF_TARGETS = ("Ratio", "Wanted", "Measured", "Reached")

HEAD = """# Results

Written by `make bench`; not by hand. What reads best here are ratios and processor time: on a machine that others use,
requests per second of two runs cannot be compared, those of one table can.
"""
METHOD = Path(__file__).with_name("method.md").read_text(encoding="utf-8")
PROFILE = Path(__file__).with_name("profile.md").read_text(encoding="utf-8")
"""Where the time goes: written by whoever looked at a run."""


def title(table: Table) -> str:
    """What a table is of."""
    of = f"{ENGINES[table.engine]}: {QUESTIONS[table.question].title}"
    many = f"{table.connections} connection{'s' if table.connections > 1 else ''}"
    return f"{of}, as the portfolio grows, {many}" if table.growth else f"{of}, {many}"


def columns(table: Table) -> Sequence[str]:
    """The heads of its columns."""
    return GROWN if table.growth else COMPARED


def lines(table: Table) -> Iterator[tuple[object, ...]]:
    """A line for each of its rows."""
    for row in table.rows:
        worked = row.middle("processor")
        times = row.middle("p50") / 1e3, row.middle("p99") / 1e3
        in_database = round(row.middle("database")) if table.engine == "postgresql" else None
        held = round(row.memory / 2**20)
        if table.growth:
            exponent = _exponent(table) if row is table.rows[-1] else None
            figures = (figured(row.middle("rate")), *times, round(worked), row.spread, in_database, held, exponent)
            yield (row.size, *figures)
        else:
            ours, floor = (_times(worked, table.row(name)) for name in (OURS, FLOOR))
            of_times = (*times, times[1] / times[0])
            yield (
                KINDS[row.server].title,
                *(figured(row.middle("rate")), *of_times, round(worked), row.spread, ours, floor, in_database, held),
            )


def target_lines(figures: Figures) -> Iterator[tuple[object, ...]]:
    """Every target with what was measured."""
    for target in targets():
        ratio = target.reached_by(figures)
        wanted = f"{'≤' if target.is_ceiling else '≥'} {target.wanted:g}"
        reached = "not measured" if ratio is None else "yes" if target.holds(ratio) else "no"
        yield (target.text, wanted, ratio, reached)


def _times(worked: float, other: Row | None) -> str | None:
    return figured(worked / other.middle("processor")) if other else None


def _exponent(table: Table) -> float | None:
    return growth([row.size for row in table.rows], [row.middle("processor") for row in table.rows])


# ---------------------------------------------------------------- the file


def write(figures: Figures, folder: Path) -> None:
    """Writes RESULTS.md and its pictures into a folder."""
    drawn = dict(_pictures(figures))
    (folder / PICTURES).mkdir(parents=True, exist_ok=True)
    for name, shape in drawn.items():
        (folder / PICTURES / f"{name}.svg").write_text(shape, encoding="utf-8")
    (folder / FILE).write_text("\n".join(_sections(figures, list(drawn))), encoding="utf-8")


def _sections(figures: Figures, drawn: Sequence[str]) -> Iterator[str]:
    yield HEAD
    yield from (f"- {name}: {told}" for name, told in figures.about.items())
    if figures.imports:
        yield f"- Import: a fresh interpreter imports the server in {median(figures.imports):.2f} s"
    yield "\n## Targets\n"
    yield "Ratios are of processor time for a request: theirs by coverline's, unless the line says otherwise.\n"
    yield from markdown(OF_TARGETS, target_lines(figures))
    yield f"\n{PROFILE}"
    yield METHOD
    yield from (f"![{name}]({PICTURES}/{name}.svg)\n" for name in drawn)
    for heading, is_growth in (("Beside floors and peers", False), ("As the portfolio grows", True)):
        found = [table for table in figures.tables if table.growth is is_growth]
        if found:
            yield f"## {heading}\n"
        for table in found:
            yield f"### {title(table)}\n"
            yield from markdown(columns(table), lines(table))
            yield ""


def markdown(heads: Sequence[str], rows: Iterator[tuple[object, ...]]) -> Iterator[str]:
    """A table of Markdown."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---' if number == 0 else '--:' for number in range(len(heads)))}|"
    yield from (f"| {' | '.join(written(cell) for cell in row)} |" for row in rows)


def _pictures(figures: Figures) -> Iterator[tuple[str, str]]:
    for engine, name in ENGINES.items():
        groups = [pictures.Ratios(title(table).partition(": ")[2], _ratios(table)) for table in _drawn(figures, engine)]
        if groups:
            of = f"Processor time of a request, coverline’s being 1: {name}"
            yield f"ratios-{engine}", pictures.ratios(of, groups)
    curves = [_curve(table, lambda row: row.middle("processor")) for table in figures.tables if table.growth]
    if curves and len(curves[0].points) > 1:
        yield "growth-processor", pictures.growth("Processor time of a request, by licences", curves, "µs")
        held = [
            _curve(table, lambda row: row.memory / 2**20)
            for table in figures.tables
            if table.growth and table.question == "check"
        ]
        yield "growth-memory", pictures.growth("Memory of the server after checks, by licences", held, "MiB")


def _drawn(figures: Figures, engine: str) -> Iterator[Table]:
    """Of each question the table of 16 connections, or the one that there is."""
    for question in QUESTIONS:
        table = figures.table(engine, question, 16) or figures.table(engine, question)
        if table and table.row(OURS) and len(table.rows) > 1:
            yield table


def _ratios(table: Table) -> list[tuple[str, float]]:
    ours = table.row(OURS)
    assert ours is not None
    found = {KINDS[row.server].title: row.middle("processor") / ours.middle("processor") for row in table.rows}
    return sorted(found.items(), key=lambda each: each[1])


def _curve(table: Table, figure: Callable[[Row], float]) -> pictures.Curve:
    name = f"{table.question}, {ENGINES[table.engine]}"
    return pictures.Curve(name, [(row.size, figure(row)) for row in table.rows])
