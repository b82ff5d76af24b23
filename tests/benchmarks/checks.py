"""The check over HTTP, as a ratio to a bare ASGI application that answers the same bytes: part of `make bench`.

All servers are up at once and visited forward, then backward, so that what else the machine does meets each of them. A
server has one core and its load another. The figures are medians of the visits; the spread is what lies between the
least and the most of processor time, as a part of the median. Processor time is that of the server's process: what
SQLite takes is in it, what PostgreSQL takes is not. Keys, scopes, tenancy, limits, metrics and logs are on; only the
rate of requests is not limited.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from api.settings import Settings
from tests.benchmarks.databases import ENGINES, database
from tests.benchmarks.portfolios import NOW
from tests.benchmarks.printing import CONSOLE, print_table
from tests.serving import Served, free_port, running, serving_from, wait_for

SIZES = (1_000, 100_000, 1_000_000)
CONNECTIONS = (1, 16, 64)
ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "schema" / "operations" / "check.graphql").read_text(encoding="utf-8")
ASKED = 500
"""Different licences that are asked about."""
COLUMNS = (
    "Server",
    "Licences",
    "Requests/s",
    "Of the floor's",
    "p50, µs",
    "p99, µs",
    "p99/p50",
    "Processor, µs",
    "Floors",
    "Spread",
    "Memory, MiB",
)


@dataclass(slots=True)
class Visit:
    """What one visit to a server gave."""

    rate: float
    p50: float
    p99: float
    processor: float


@dataclass(slots=True)
class Server:
    """A server that is measured."""

    name: str
    size: int | None
    served: Served
    bodies: list[str]
    visits: list[Visit] = field(default_factory=list)

    def visit(self, connections: int, seconds: float) -> Visit:
        """Loads the server for so long."""
        given = {
            "port": self.served.port,
            "headers": self.served.headers,
            "bodies": self.bodies,
            "connections": connections,
            "seconds": seconds,
        }
        before = self.served.cpu_seconds()
        command = [sys.executable, "-m", "tests.benchmarks.load"]
        with on_core(1):
            done = subprocess.run(  # noqa: S603 - this project's
                command, cwd=ROOT, input=json.dumps(given), capture_output=True, text=True, check=False
            )
        if done.returncode:
            raise SystemExit(f"{self.name}: {done.stderr}")
        worked, taken = self.served.cpu_seconds() - before, sorted(json.loads(done.stdout))
        p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
        return Visit(len(taken) / seconds, p50, p99, worked / len(taken) * 1e6)

    def bail_outs(self) -> int:
        """Operations that a plan began and could not answer."""
        told = self.served.ask(self.served.connect(), b"", method="GET", url="/metrics").body.decode()
        found = re.search(r"^coverline_plans_bailed_out_total ([\d.]+)$", told, re.MULTILINE)
        return int(float(found[1])) if found else 0


@contextmanager
def on_core(number: int) -> Iterator[None]:
    """What is started here runs on one core, where the system lets cores be chosen and has two."""
    if not hasattr(os, "sched_setaffinity") or len(own := sorted(os.sched_getaffinity(0))) < 2:
        yield
        return
    os.sched_setaffinity(0, {own[number]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


def bodies(size: int) -> list[str]:
    """Checks of licences from all over the portfolio."""
    numbers = range(0, size, max(1, size // ASKED))
    variables = [{"input": {"license": {"serial": f"S-{number:07}"}, "at": NOW.isoformat()}} for number in numbers]
    return [json.dumps({"query": DOCUMENT, "variables": each}) for each in variables]


@contextmanager
def up(engine: str, sizes: list[int]) -> Iterator[list[Server]]:
    """The floor, coverline at every size, and coverline without plans at the least one."""
    with ExitStack() as stack, CONSOLE.status("") as status:
        servers = list[Server]()
        for size in sizes:
            url = stack.enter_context(database(engine, size, status.update))
            for name, compiled in (("coverline", True), ("coverline, no plans", False)):
                if compiled or size == sizes[0]:
                    settings = Settings(database_url=url)
                    environment = {"COVERLINE_RATE": "", "COVERLINE_COMPILED": str(compiled)}
                    with on_core(0):
                        served = stack.enter_context(serving_from(settings, **environment))
                    servers.append(Server(name, size, served, bodies(size)))
        with on_core(0):
            served = stack.enter_context(constant(servers[0]))
        status.stop()
        yield [Server("bare ASGI constant", None, served, servers[0].bodies), *servers]


@contextmanager
def constant(like: Server) -> Iterator[Served]:
    """A server of the bytes that another one answers."""
    answer = like.served.ask(like.served.connect(), like.bodies[0].encode()).body
    port = free_port()
    options = ("--port", str(port), "--no-access-log", "--lifespan", "off")
    command = [sys.executable, "-m", "uvicorn", "tests.benchmarks.constant:application", *options]
    with TemporaryDirectory() as folder:
        file = Path(folder, "answer.json")
        file.write_bytes(answer)
        with running(command, {"COVERLINE_CONSTANT": str(file)}) as process:
            served = Served(port, process.pid, like.served.key)
            wait_for(served)
            yield served


def measure(servers: list[Server], connections: int, rounds: int, seconds: float) -> None:
    """Visits every server forward and backward, after visits that only warm it up."""
    for server in servers:
        server.visits = []
        server.visit(connections, seconds=1)
    for _ in range(rounds):
        for server in (*servers, *reversed(servers)):
            server.visits.append(server.visit(connections, seconds))


def lines(servers: list[Server]) -> Iterator[tuple[object, ...]]:
    """A line for each server; the first is the floor."""
    floor = servers[0]
    least = median(visit.processor for visit in floor.visits)
    most = median(visit.rate for visit in floor.visits)
    for server in servers:
        rate, p50, p99 = (median(getattr(visit, name) for visit in server.visits) for name in ("rate", "p50", "p99"))
        worked = [visit.processor for visit in server.visits]
        processor = median(worked)
        spread = (max(worked) - min(worked)) / processor
        memory = round(server.served.resident_bytes() / 2**20)
        figures = (round(rate), rate / most, round(p50), round(p99), p99 / p50, round(processor), processor / least)
        yield (server.name, server.size, *figures, spread, memory)


def main() -> None:
    warnings.simplefilter("ignore")  # a folder that the PostgreSQL of the wheel asks for may not be there
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="licences, one after another")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--connections", default=",".join(map(str, CONNECTIONS)))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2, help="of one visit")
    asked = parser.parse_args()
    sizes = sorted(int(size) for size in asked.sizes.split(","))
    for engine in asked.engines.split(","):
        with up(engine, sizes) as servers:
            for connections in map(int, asked.connections.split(",")):
                measure(servers, connections, asked.rounds, asked.seconds)
                title = f"{engine}: the check, {connections} connections"
                print_table(title, COLUMNS, lines(servers))
            if bailed := sum(server.bail_outs() for server in servers[1:]):
                raise SystemExit(f"{engine}: {bailed} checks were not answered by their plan; they all must be")


if __name__ == "__main__":
    main()
