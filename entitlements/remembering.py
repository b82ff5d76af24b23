"""What one answer asks for again and again is worked out once.

A rule depends on its arguments alone, so the same arguments have the same answer. They are told apart by what they are,
not by what they hold: facts and guides never change, and comparing them would take longer than the rule.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")

KEPT = 64
"""Answers at most; then all are forgotten, and with them what they were about."""


def remembered(rule: Callable[[A, B], T]) -> Callable[[A, B], T]:
    """A rule of two arguments that remembers its last answers; its arguments must never change."""
    # An identity stands for one object only while that object is there: so the arguments are kept beside the answer.
    kept: dict[tuple[int, int], tuple[T, A, B]] = {}

    @wraps(rule)
    def answered(first: A, second: B) -> T:
        key = id(first), id(second)
        found = kept.get(key)
        if found is None:
            if len(kept) >= KEPT:
                kept.clear()
            found = kept[key] = rule(first, second), first, second
        return found[0]

    return answered
