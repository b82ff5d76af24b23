"""What was measured, as it is kept between measuring and telling: `.benchmarks/figures.json`."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit to a server gave: requests a second, and microseconds."""

    rate: float
    p50: float
    p99: float
    processor: float
    """Of the server and what it started, for each request."""
    database: float = 0
    """Of PostgreSQL, for each request; SQLite's is the server's own."""


@dataclass(slots=True)
class Row:
    """A server's visits in one table."""

    server: str
    size: int
    visits: list[Visit] = field(default_factory=list[Visit])
    memory: int = 0
    """Bytes that it held afterwards."""

    def middle(self, name: str) -> float:
        """The median of a figure over all visits."""
        return median(getattr(visit, name) for visit in self.visits)

    @property
    def spread(self) -> float:
        """What lies between the least and the most processor time of a request, as a part of the median."""
        worked = [visit.processor for visit in self.visits]
        return (max(worked) - min(worked)) / self.middle("processor")


@dataclass(slots=True)
class Table:
    """One question at so many connections: servers that were visited in turns, and may be compared."""

    engine: str
    question: str
    connections: int
    rows: list[Row] = field(default_factory=list[Row])
    growth: bool = False
    """Whether its rows are one server over portfolios of several sizes."""

    def row(self, server: str) -> Row | None:
        """A server's row."""
        return next((row for row in self.rows if row.server == server), None)

    def of_size(self, size: int) -> Row | None:
        """The row of a size."""
        return next((row for row in self.rows if row.size == size), None)


@dataclass(slots=True)
class Figures:
    """A run: what it ran on, how, and what it gave."""

    about: dict[str, str]
    tables: list[Table] = field(default_factory=list[Table])
    imports: list[float] = field(default_factory=list[float])
    """Seconds in which a fresh interpreter imports the server."""

    def table(
        self, engine: str, question: str, connections: int | None = None, *, growth: bool = False
    ) -> Table | None:
        """A table; with the fewest connections where none are given."""
        found = [
            table
            for table in self.tables
            if (table.engine, table.question, table.growth) == (engine, question, growth)
            and connections in {None, table.connections}
        ]
        return min(found, key=lambda table: table.connections, default=None)

    def keep(self, file: Path) -> None:
        """Writes all of it, so that what was measured outlives a run that is cut short."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")


def kept(file: Path) -> Figures:
    """What a run kept."""
    told = json.loads(file.read_text(encoding="utf-8"))
    return Figures(told["about"], [_table(one) for one in told["tables"]], told["imports"])


def _table(told: dict[str, Any]) -> Table:
    rows = [Row(**{**row, "visits": [Visit(**visit) for visit in row["visits"]]}) for row in told["rows"]]
    return Table(**{**told, "rows": rows})
