"""Whether what takes some time can be told by it from what takes about the same.

Differences of pairs that were measured one right after the other are compared, whatever the machine does meanwhile:
their median, by an interval that holds it whatever the distribution is (that of the sign test).
"""

import gc
import math
import random
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import Enum

MARGIN = 0.02
"""Less than this share of what the usual one takes counts as the same."""
DEVIATIONS = 3.9
"""How far the interval reaches: it misses the median once in ten thousand times."""
BLOCK, BLOCKS = 250, 16
"""So many rounds are measured before the verdict is asked again, and so often at most."""

Measured = Callable[[], Awaitable[int]]
"""Does something and gives the nanoseconds that it took."""


class Verdict(Enum):
    """What can be said of two that were measured."""

    SAME = "the same"
    TOLD = "told apart"
    UNSURE = "neither, so far"


def verdict(differences: Sequence[float], margin: float) -> Verdict:
    """Whether the median of differences lies within a margin about zero, or outside it, or may do either."""
    ordered, reach = sorted(differences), DEVIATIONS * math.sqrt(len(differences)) / 2
    first, last = math.floor(len(ordered) / 2 - reach), math.ceil(len(ordered) / 2 + reach)
    if first < 0 or last >= len(ordered):
        return Verdict.UNSURE
    low, high = ordered[first], ordered[last]
    if -margin <= low and high <= margin:
        return Verdict.SAME
    return Verdict.TOLD if low > margin or high < -margin else Verdict.UNSURE


async def verdicts(usual: Measured, others: Mapping[str, Measured]) -> dict[str, Verdict]:
    """Each of the others against the usual one, in rounds of all of them in an order of chance, until all is sure."""
    chance = random.Random(0)  # noqa: S311 - nobody need not guess it
    every = {"": usual, **others}
    taken: dict[str, list[int]] = {name: [] for name in every}
    found = dict.fromkeys(others, Verdict.UNSURE)
    for _ in range(BLOCKS):
        gc.collect()
        gc.disable()
        try:
            for _ in range(BLOCK):
                for name in chance.sample(list(every), len(every)):
                    taken[name].append(await every[name]())
        finally:
            gc.enable()
        margin = statistics.median(taken[""]) * MARGIN
        for name in others:
            differences = [own - other for own, other in zip(taken[name], taken[""], strict=True)]
            found[name] = verdict(differences, margin)
        if Verdict.UNSURE not in found.values():
            break
    return found
