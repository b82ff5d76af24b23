"""What the servers are asked: a document, the variables of its requests, and at how many connections."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from api.operations import operation
from tests.benchmarks.answers import cursor_after
from tests.benchmarks.portfolios import NOW, TODAY

DOCUMENTS = Path(__file__).parent / "documents"
PAGE = 50
BATCH = 1_000

Variables = dict[str, Any]


def serials(size: int, random: Random) -> Iterator[str]:
    """Licences from all over a portfolio, each once and in no order."""
    return (f"S-{number:07}" for number in random.sample(range(size), size))


def _check(serial: str) -> Variables:
    return {"license": {"serial": serial}, "at": NOW.isoformat()}


def _checks(size: int, random: Random) -> Iterator[Variables]:
    return ({"input": _check(serial)} for serial in serials(size, random))


def _batches(size: int, random: Random) -> Iterator[Variables]:
    while True:
        numbers = [random.randrange(size) for _ in range(BATCH)]
        yield {"inputs": [_check(f"S-{number:07}") for number in numbers]}


def _pages(size: int, random: Random) -> Iterator[Variables]:
    for serial in serials(size, random):
        yield {"first": PAGE, "after": cursor_after(serial), "on": TODAY.isoformat()}


def _quotes(size: int, random: Random) -> Iterator[Variables]:
    for serial in serials(size, random):
        renewal = {"plan": "GOLD", "months": 12, "orderDate": TODAY.isoformat()}
        yield {"input": {"license": {"serial": serial}, **renewal}}


@dataclass(frozen=True, slots=True)
class Question:
    """One path through the API. `asked` is how many different requests there are of it."""

    name: str
    title: str
    document: str
    connections: Sequence[int]
    asked: int
    variables: Callable[[int, Random], Iterator[Variables]]
    everybody: bool = True
    """Whether every server can answer it; else those with coverline's own types alone."""

    def is_fit(self, data: Variables) -> bool:
        """Whether an answer is of the kind that is measured: a quote, and not why there is none."""
        return self.name != "quote" or data["renewalQuote"]["__typename"] == "RenewalQuote"

    @staticmethod
    def comparable(data: Variables) -> Variables:
        """An answer without the instant that its request was known at, which is the server's own."""
        return {
            name: {field: one for field, one in answer.items() if field != "knownAt"}
            if isinstance(answer, dict)
            else answer
            for name, answer in data.items()
        }

    def body(self, variables: Variables) -> str:
        """A request's body."""
        return json.dumps({"query": self.document, "variables": variables})


def _own(name: str) -> str:
    return (DOCUMENTS / f"{name}.graphql").read_text(encoding="utf-8")


QUESTIONS = {
    question.name: question
    for question in (
        Question("check", "one check", _own("check"), (1, 16, 64), 2_000, _checks),
        Question(
            "whole-check", "one check with all it rests on", operation("check"), (16,), 200, _checks, everybody=False
        ),
        Question("list", f"a page of {PAGE} licences", _own("list"), (4,), 200, _pages),
        Question("batch", f"{BATCH:,} checks at once", _own("batch"), (4,), 5, _batches),
        Question("quote", "a renewal's quote", _own("quote"), (16,), 500, _quotes),
    )
}
