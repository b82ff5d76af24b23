"""Results of pure functions, remembered by what their arguments are rather than by what they equal.

Facts and guides never change, but comparing them is dear: what was worked out of one is looked up by its identity.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
R = TypeVar("R")

MOST = 1024
"""Results that one function keeps; when there are more, it begins anew."""


def remembered(function: Callable[[A, B], R]) -> Callable[[A, B], R]:
    """The same function of two immutable arguments, worked out once for as long as it is remembered."""
    results: dict[tuple[int, int], tuple[A, B, R]] = {}

    @wraps(function)
    def looked_up(first: A, second: B) -> R:
        key = id(first), id(second)
        found = results.get(key)
        if found is not None:  # it holds its arguments, so that nothing else can have their identity
            return found[2]
        result = function(first, second)
        if len(results) >= MOST:
            results.clear()
        results[key] = first, second, result
        return result

    return looked_up
