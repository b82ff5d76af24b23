"""What coverline is to reach beside floors and peers. They are told in the results, and asserted nowhere."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.figures import Figures, Table
from tests.benchmarks.servers import CACHED

OURS = "coverline"
CONNECTIONS = 16
"""At which the check is judged."""
LEAST, MOST = 1_000, 1_000_000
"""The portfolios that growth is judged by."""


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio that is to be reached."""

    text: str
    wanted: float
    reached_by: Callable[[Figures], float | None]
    """The ratio of a run; None where it did not measure it."""
    is_ceiling: bool = False
    """Whether the ratio is to be no more than that, and not no less."""

    def holds(self, ratio: float) -> bool:
        """Whether a ratio reaches it."""
        return ratio <= self.wanted if self.is_ceiling else ratio >= self.wanted


def against(table: Table | None, peers: Sequence[str]) -> float | None:
    """How many times coverline's processor time the best of some peers takes for a request."""
    ours = table.row(OURS) if table else None
    theirs = [row for row in (table.row(peer) for peer in peers) if row] if table else []
    if ours is None or not theirs:
        return None
    return min(row.middle("processor") for row in theirs) / ours.middle("processor")


def beside(engine: str, question: str, *peers: str) -> Callable[[Figures], float | None]:
    """The ratio to the best of some peers in the table of a question."""
    connections = CONNECTIONS if question == "check" else None
    return lambda figures: against(figures.table(engine, question, connections), peers)


def grown(engine: str) -> Callable[[Figures], float | None]:
    """The check's processor time in the largest portfolio, by that in the least."""

    def ratio(figures: Figures) -> float | None:
        table = figures.table(engine, "check", growth=True)
        least, most = (table.of_size(LEAST), table.of_size(MOST)) if table else (None, None)
        return most.middle("processor") / least.middle("processor") if least and most else None

    return ratio


def tail(engine: str) -> Callable[[Figures], float | None]:
    """The check's 99th percentile by its median."""

    def ratio(figures: Figures) -> float | None:
        table = figures.table(engine, "check", CONNECTIONS)
        ours = table.row(OURS) if table else None
        return ours.middle("p99") / ours.middle("p50") if ours else None

    return ratio


def targets() -> Iterator[Target]:
    """All of them."""
    yield Target("check, SQLite, to the same work without GraphQL", 0.85, beside("sqlite", "check", "same-work"))
    yield Target("check, PostgreSQL, to the same work", 0.85, beside("postgresql", "check", "same-work"))
    yield Target("check, SQLite, to a bare ASGI constant", 0.30, beside("sqlite", "check", "constant"))
    yield Target("check, SQLite, to strawberry's defaults", 35, beside("sqlite", "check", "strawberry"))
    yield Target("check, SQLite, to the best peer in Python with caches", 3, beside("sqlite", "check", *CACHED))
    yield Target("check, SQLite, to mercurius + jit", 1.1, beside("sqlite", "check", "mercurius"))
    yield Target("check, PostgreSQL, to mercurius + jit", 1.3, beside("postgresql", "check", "mercurius"))
    yield Target("page of 50, SQLite, to strawberry with caches", 8, beside("sqlite", "list", "strawberry-cached"))
    yield Target("page of 50, SQLite, to mercurius + jit", 1.0, beside("sqlite", "list", "mercurius"))
    yield Target("1,000 checks, SQLite, to the best peer in Python", 3.5, beside("sqlite", "batch", *CACHED))
    for engine, title in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL")):
        text = f"check, {title}, processor time at {MOST:,} licences to that at {LEAST:,}"
        yield Target(text, 1.15, grown(engine), is_ceiling=True)
    yield Target("check, SQLite, 16 connections, p99 to p50", 4, tail("sqlite"), is_ceiling=True)
    yield Target("check, PostgreSQL, 16 connections, p99 to p50", 4, tail("postgresql"), is_ceiling=True)
