"""Two editions over a whole portfolio: who gains and loses what, contract by contract, in memory that does not grow."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from entitlements.differences import Asking, Because, Comparison, Difference, Direction
from schema.context import Context
from schema.portfolios import contracts
from schema.store import Portfolio


@dataclass(slots=True)
class Sum:
    """What a comparison came to: licences by what they are answered otherwise, and by the values that made it so."""

    licenses: int = 0
    differing: int = 0
    gaining: int = 0
    losing: int = 0
    """Licences that gain something, and that lose something; one may do both."""
    by_question: Counter[tuple[str, Direction]] = field(default_factory=Counter[tuple[str, Direction]])
    by_value: Counter[Because] = field(default_factory=Counter[Because])

    def take(self, found: Sequence[Difference]) -> None:
        """One licence more, with its differences."""
        directions = {one.direction for one in found}
        self.licenses += 1
        self.differing += bool(found)
        self.gaining += Direction.GAIN in directions
        self.losing += Direction.LOSS in directions
        self.by_question.update((one.asked, one.direction) for one in found)
        self.by_value.update({because for one in found for because in one.because})


async def differences(
    context: Context,
    comparison: Comparison,
    chosen: Portfolio,
    at: datetime,
    total: Sum,
    read: Callable[[], None] = lambda: None,
) -> AsyncGenerator[Sequence[Difference]]:
    """The differences of each licence that has any, by contract; `total` is added to, `read` told of every contract.

    Both editions are priced by the same books and late-fee policies, which are the operator's.
    """
    async with aclosing(contracts(context, chosen)) as found:
        async for contract in found:
            read()
            for license in contract.licenses:
                facts = replace(contract.facts, license=license)
                asking = Asking(facts, at, chosen.known_at, contract.book, contract.policies)
                different = list(comparison.of(asking))
                total.take(different)
                if different:
                    yield different


def as_data(one: Difference) -> dict[str, Any]:
    """A difference as JSON has it, without the licence."""
    return {
        "asked": one.asked,
        "direction": one.direction,
        "before": one.before,
        "after": one.after,
        "because": [because_as_data(because) for because in one.because],
    }


def because_as_data(because: Because) -> dict[str, str | None]:
    """A value and the clauses that state it, as JSON has it."""
    before, after = because.before, because.after
    return {"value": because.value, "before": before.id if before else None, "after": after.id if after else None}


def sum_as_data(total: Sum) -> dict[str, Any]:
    """The sum as JSON has it."""
    questions, values = sorted(total.by_question.items()), total.by_value.most_common()
    return {
        "licenses": total.licenses,
        "differing": total.differing,
        "gaining": total.gaining,
        "losing": total.losing,
        "asked": [{"asked": asked, "direction": way, "licenses": count} for (asked, way), count in questions],
        "because": [{**because_as_data(because), "licenses": count} for because, count in values],
    }
