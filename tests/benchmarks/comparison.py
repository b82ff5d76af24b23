"""coverline over HTTP beside floors and peers: the first part of `make bench`.

All servers of a table are up at once, over the same database, and are asked the same documents; each has one core and
its load another, where PostgreSQL runs as well. The figures go to `.benchmarks/figures.json` as they are made, and in
the end to tests/benchmarks/RESULTS.md with its pictures. Nothing here asserts a time.

    make bench ASK="--short"                                          two minutes: SQLite, the check and the list
    make bench ASK="--questions batch --servers coverline,mercurius"  one table on each engine
"""

import argparse
import json
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks import results
from tests.benchmarks.about import about
from tests.benchmarks.databases import ENGINES, FOLDER, database, pid_of_postgres
from tests.benchmarks.figures import Figures, Table, kept
from tests.benchmarks.printing import CONSOLE, print_table
from tests.benchmarks.questions import QUESTIONS, Question
from tests.benchmarks.servers import KINDS, ROOT, Ground, started
from tests.benchmarks.visits import Up, measured
from tests.processes import on_core

FIGURES = FOLDER / "figures.json"
RESULTS = Path(__file__).parent
SIZE = 100_000
GROWTH = (1_000, 100_000)
OF_GROWTH = {"check": 16, "list": 4}
"""The questions whose growth is measured, and at how many connections."""
COMPARED = 20
"""Of so many answers of each server one is compared with coverline's."""
IMPORTS = 5

Data = dict[str, Any]


def data_of(server: Up, question: Question, body: str) -> Data:
    """The `data` that a server answers."""
    answer = server.ask(question, body)
    told = json.loads(answer.body) if answer.status == 200 else {}
    if "data" not in told or told.get("errors"):
        raise SystemExit(f"{server.kind.title}, {question.title}: {answer.status} {answer.body[:2000]!r}")
    return told["data"]


def asked_of(ours: Up, question: Question) -> dict[str, Data]:
    """Requests of a question, and what coverline answers to each."""
    random = Random(3)  # noqa: S311 - which licences are asked about is no secret
    found: dict[str, Data] = {}
    wanted = min(question.asked, ours.size // 2)
    for variables in islice(question.variables(ours.size, random), 10 * wanted):
        body = question.body(variables)
        data = data_of(ours, question, body)
        if question.is_fit(data):
            found[body] = data
        if len(found) == wanted:
            break
    return found


def hand_over(ours: Up, asked: dict[Question, dict[str, Data]], folder: Path) -> None:
    """Writes what the constant answers, and what the servers in Node are given ready-made."""
    made: dict[str, Data] = {"decisions": {}, "quotes": {}}
    for question, answers in asked.items():
        middle = sorted(answers, key=lambda body: len(str(answers[body])))[len(answers) // 2]
        (folder / question.name).write_bytes(ours.ask(question, middle).body)
        for body, data in answers.items():
            variables = json.loads(body)["variables"]
            match question.name:
                case "check":
                    made["decisions"][variables["input"]["license"]["serial"]] = data["entitlementCheck"]
                case "batch":
                    serials = (one["license"]["serial"] for one in variables["inputs"])
                    made["decisions"].update(zip(serials, data["entitlementChecks"], strict=True))
                case "quote":
                    made["quotes"][variables["input"]["license"]["serial"]] = data["renewalQuote"]
                case _:
                    pass
    (folder / "made.json").write_text(json.dumps(made), encoding="utf-8")


def compare(servers: Sequence[Up], question: Question, answers: dict[str, Data]) -> None:
    """Ends the run where a server does not answer as coverline does."""
    for server in servers:
        for body, data in islice(answers.items(), 1 + len(answers) // COMPARED):
            if server.kind.name == "constant":
                continue
            if question.comparable(data_of(server, question, body)) != question.comparable(data):
                raise SystemExit(
                    f"{server.kind.title} answers {question.title} otherwise than coverline: {body[-200:]}"
                )


def tables(engine: str, asked: argparse.Namespace, questions: list[Question]) -> Iterator[Table]:
    """Every question to every server on an engine."""
    with ExitStack() as stack, CONSOLE.status("") as status, on_core(1):
        url = stack.enter_context(database(engine, asked.size, status.update))
        pid = pid_of_postgres() if engine == "postgresql" else None
        ground = Ground(engine, url, Path(stack.enter_context(TemporaryDirectory())))
        ours = Up(KINDS["coverline"], stack.enter_context(started(KINDS["coverline"], ground)), asked.size, pid)
        status.update(f"{engine}: what coverline answers")
        answers = {question: asked_of(ours, question) for question in questions}
        hand_over(ours, answers, ground.folder)
        ground = Ground(engine, url, ground.folder, ours.served.key)
        servers = [ours]
        for name in asked.servers:
            if name != ours.kind.name:
                status.update(f"{engine}: starting {KINDS[name].title}")
                served = stack.enter_context(started(KINDS[name], ground))
                servers.append(Up(KINDS[name], served, asked.size, pid))
        for question in questions:
            able = [server for server in servers if question.everybody or server.kind.everything]
            compare(able, question, answers[question])
            bodies = list(answers[question])
            for connections in asked.connections or question.connections:
                status.update(f"{engine}: {question.title}, {connections} connections")
                table = Table(engine, question.name, connections)
                yield measured(table, [(server, bodies) for server in able], question, asked.rounds, asked.seconds)


def growth(engine: str, asked: argparse.Namespace) -> Iterator[Table]:
    """coverline alone, keeping nothing, over portfolios of several sizes: of many licences few are asked for twice."""
    with ExitStack() as stack, CONSOLE.status("") as status, on_core(1):
        servers: list[Up] = []
        for size in asked.sizes:
            url = stack.enter_context(database(engine, size, status.update))
            pid = pid_of_postgres() if engine == "postgresql" else None
            kind = KINDS["nothing-kept"]
            servers.append(Up(kind, stack.enter_context(started(kind, Ground(engine, url, FOLDER))), size, pid))
        for name, connections in OF_GROWTH.items():
            question = QUESTIONS[name]
            status.update(f"{engine}: {question.title}, as portfolios grow")
            turns = [(server, list(asked_of(server, question))) for server in servers]
            table = Table(engine, name, connections, growth=True)
            yield measured(table, turns, question, asked.rounds, asked.seconds)


def imports() -> Iterator[float]:
    """Seconds in which a fresh interpreter imports the server."""
    for _ in range(IMPORTS):
        began = time.perf_counter()
        with on_core(0):
            subprocess.run([sys.executable, "-W", "ignore", "-c", "import api.app"], cwd=ROOT, check=True)
        yield time.perf_counter() - began


def names(known: Sequence[str]) -> Any:
    """A list of names, with commas, each of which is known."""

    def read(text: str) -> list[str]:
        found = text.split(",")
        if unknown := set(found) - set(known):
            raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: not one of {', '.join(known)}")
        return found

    return read


def numbers(text: str) -> list[int]:
    """A list of numbers, with commas, in order."""
    return sorted(int(number) for number in text.split(",") if number)


def options() -> argparse.Namespace:
    """What is asked of this run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="SQLite, check and list, one round of one second")
    parser.add_argument("--redraw", action="store_true", help="measure nothing; tell what the last run gave")
    parser.add_argument("--questions", type=names(list(QUESTIONS)), default=list(QUESTIONS), metavar="NAME,…")
    parser.add_argument("--servers", type=names(list(KINDS)), default=list(KINDS), metavar="NAME,…")
    parser.add_argument("--engines", type=names(ENGINES), default=list(ENGINES), metavar="NAME,…")
    parser.add_argument("--connections", type=numbers, help="instead of each question's own", metavar="N,…")
    parser.add_argument("--size", type=int, default=SIZE, help="licences, where servers are compared")
    parser.add_argument(
        "--sizes", type=numbers, default=list(GROWTH), metavar="N,…", help="licences, where growth is measured"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5, help="of one visit")
    parser.add_argument("--into", type=Path, default=RESULTS, help="the folder of RESULTS.md and its pictures")
    if "--short" in sys.argv:
        short = {"questions": ["check", "list"], "engines": ["sqlite"], "connections": [16], "sizes": []}
        parser.set_defaults(**short, rounds=1, seconds=1, into=FOLDER)
    return parser.parse_args()


def leave(*_: object) -> None:
    """Ends the run with all that it started, which the signal to end would leave behind; once, whoever insists."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(1)


def main() -> None:
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(1)
    )  # an exit ends the servers; the signal would leave them behind
    warnings.simplefilter("ignore")  # a folder that the PostgreSQL of the wheel asks for may not be there
    asked = options()
    if asked.redraw:
        results.write(kept(FIGURES), asked.into)
        return
    questions = [QUESTIONS[name] for name in asked.questions]
    figures = Figures(about(asked))
    for engine in asked.engines:
        for table in chain(tables(engine, asked, questions), growth(engine, asked) if asked.sizes else ()):
            figures.tables.append(table)
            figures.keep(FIGURES)
            print_table(results.title(table), results.columns(table), results.lines(table))
    figures.imports = list(imports())
    figures.keep(FIGURES)
    CONSOLE.print(f"The server is imported in {median(figures.imports):.2f} s.")
    print_table("Targets", results.OF_TARGETS, results.target_lines(figures))
    results.write(figures, asked.into)
    CONSOLE.print(f"Written: {asked.into / results.FILE}")


if __name__ == "__main__":
    main()
