"""Results of pure functions, remembered by what their arguments are rather than by what they equal.

Facts and guides never change, but comparing them is dear: what was worked out of one is looked up by its identity.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")
R = TypeVar("R")

MOST = 4096
"""Results that one function keeps; when there are more, it begins anew."""


class remembered(Generic[A, B, R]):  # noqa: N801 - it is a decorator
    """The same function of two immutable arguments, worked out once for as long as it is remembered."""

    def __init__(self, function: Callable[[A, B], R]) -> None:
        self.function = function
        self._results: dict[tuple[int, int], tuple[A, B, R]] = {}
        update_wrapper(self, function)

    def __call__(self, first: A, second: B) -> R:
        """The result for two things."""
        found = self._results.get((id(first), id(second)))
        if found is not None:  # it holds its arguments, so that nothing else can have their identity
            return found[2]
        return self.remember(first, second, self.function(first, second))

    def remember(self, first: A, second: B, result: R) -> R:
        """Remembers a result, which may be known without being worked out."""
        if len(self._results) >= MOST:
            self._results.clear()
        self._results[id(first), id(second)] = first, second, result
        return result
