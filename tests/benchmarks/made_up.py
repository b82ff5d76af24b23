"""Figures that nobody measured, of which the sums are easy."""

from tests.benchmarks.figures import Figures, Row, Table, Visit

SIZE = 100_000


def row(server: str, *processor: float, size: int = SIZE, p50: float = 1_000, p99: float = 3_000) -> Row:
    """A server whose visits took so many microseconds of processor time a request."""
    return Row(server, size, [Visit(1e6 / each, p50, p99, each) for each in processor], memory=50 * 2**20)


def figures() -> Figures:
    """The check on SQLite at two numbers of connections, and as the portfolio grows."""
    peers = [row("coverline", 90, 100, 120), row("constant", 25), row("same-work", 90)]
    peers += [row("strawberry", 3_400), row("graphene", 250), row("ariadne", 330), row("mercurius", 105)]
    grown = [row("coverline", 100, size=1_000), row("coverline", 105, size=SIZE), row("coverline", 130, size=1_000_000)]
    return Figures(
        {"Taken": "never", "Machine": "none"},
        [
            Table("sqlite", "check", 1, [row("coverline", 400), row("strawberry", 800)]),
            Table("sqlite", "check", 16, peers),
            Table("sqlite", "check", 16, grown, growth=True),
        ],
        [0.5, 0.7, 0.6],
    )
