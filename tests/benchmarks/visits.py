"""Visits to servers that are all up: forward, then backward, so that what else the machine does meets each of them."""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection

from tests.benchmarks.figures import Row, Table, Visit
from tests.benchmarks.questions import Question
from tests.benchmarks.servers import ROOT, Kind
from tests.processes import cpu_seconds, on_core
from tests.serving import Answer, Served


@dataclass(slots=True)
class Up:
    """A server that is up, over a portfolio of some size."""

    kind: Kind
    served: Served
    size: int
    database_pid: int | None
    """Of PostgreSQL; None for SQLite, whose work is the server's own."""
    warm: set[str] = field(default_factory=set[str])
    """The questions that it was warmed up with."""

    def path(self, question: Question) -> str:
        """Where the question is put."""
        return f"/{question.name}" if self.kind.by_path else "/graphql"

    def ask(self, question: Question, body: str) -> Answer:
        """The answer to one request."""
        with closing(HTTPConnection("127.0.0.1", self.served.port, timeout=60)) as connection:
            return self.served.ask(connection, body.encode(), url=self.path(question))

    def visit(self, question: Question, bodies: Sequence[str], connections: int, seconds: float) -> Visit:
        """Loads the server for so long, from the other core."""
        given = {
            "port": self.served.port,
            "path": self.path(question),
            "headers": self.served.headers,
            "bodies": bodies,
            "connections": connections,
            "seconds": seconds,
        }
        before, in_database = self.served.cpu_seconds(), self._in_database()
        command = [sys.executable, "-m", "tests.benchmarks.load"]
        with on_core(1):
            done = subprocess.run(  # noqa: S603 - this project's
                command, cwd=ROOT, input=json.dumps(given), capture_output=True, text=True, check=False
            )
        if done.returncode:
            raise SystemExit(f"{self.kind.title}, {question.title}: {done.stderr[-2000:]}")
        worked, in_database = self.served.cpu_seconds() - before, self._in_database() - in_database
        told = json.loads(done.stdout)
        taken = sorted(told["taken"])
        p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
        each = 1e6 / len(taken)
        return Visit(len(taken) / told["seconds"], p50, p99, worked * each, in_database * each)

    def _in_database(self) -> float:
        return cpu_seconds(self.database_pid) if self.database_pid else 0


def measured(
    table: Table, servers: Sequence[tuple[Up, Sequence[str]]], question: Question, rounds: int, seconds: float
) -> Table:
    """Every server with its own requests, visited so often forward and backward; each was warmed up before."""
    rows = [Row(server.kind.name, server.size) for server, _ in servers]
    for server, bodies in servers:
        server.visit(question, bodies, table.connections, 1 if question.name in server.warm else server.kind.warm_up)
        server.warm.add(question.name)
    turns = list(zip(rows, servers, strict=True))
    for _ in range(rounds):
        for row, (server, bodies) in (*turns, *reversed(turns)):
            row.visits.append(server.visit(question, bodies, table.connections, seconds))
    for row, (server, _) in turns:
        row.memory = server.served.resident_bytes()
    table.rows = rows
    return table
