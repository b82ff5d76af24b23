"""Coroutines begun at once: most of them finish without waiting, and cost no task."""

from asyncio import gather, isfuture
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, TypeVar

WAITS: Any = object()
"""What an attempt to answer at once gives where something has to be waited for."""
AT_ONCE = "at_once"
F = TypeVar("F", bound=Callable[..., Coroutine[Any, Any, Any]])


def at_once(attempt: Callable[..., Any]) -> Callable[[F], F]:
    """Marks a resolver that mostly needs not wait: a plan attempts it first, with the same arguments."""

    def marked(resolver: F) -> F:
        setattr(resolver, AT_ONCE, attempt)
        return resolver

    return marked


class Waiting:
    """A coroutine that was begun and waits for a first time; awaiting it goes on from there."""

    __slots__ = ("_coroutine", "_first")

    def __init__(self, coroutine: Coroutine[Any, Any, Any], first: Any) -> None:  # noqa: ANN401 - what it waits for
        self._coroutine = coroutine
        self._first = first

    def __await__(self) -> Generator[Any, Any, Any]:
        """Goes on, passing on to the event loop whatever the coroutine waits for."""
        awaited = self._first
        if isfuture(awaited):
            awaited._asyncio_future_blocking = True  # noqa: SLF001 - asyncio's own mark of a future that is awaited
        while True:
            try:
                sent = yield awaited
            except BaseException as error:  # noqa: BLE001 - a cancellation is the coroutine's to see
                step, given = self._coroutine.throw, error
            else:
                step, given = self._coroutine.send, sent
            try:
                awaited = step(given)
            except StopIteration as done:
                return done.value


def begun(coroutine: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - what the coroutine returns, or Waiting
    """The result of a coroutine that needs not wait; otherwise the coroutine, begun."""
    try:
        first = coroutine.send(None)
    except StopIteration as done:
        return done.value
    if isfuture(first):
        first._asyncio_future_blocking = False  # noqa: SLF001 - others may await the same future meanwhile
    return Waiting(coroutine, first)


def gathered(results: list[Any]) -> Any:  # noqa: ANN401 - the same list, or Waiting
    """Results in their order, at once if none of them is waiting."""
    for one in results:
        if one.__class__ is Waiting:
            return begun(settled(results))
    return results


async def filled(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer, once none of its values is waiting."""
    waiting = [key for key, one in answer.items() if one.__class__ is Waiting]
    answer.update(zip(waiting, await settled([answer[key] for key in waiting]), strict=True))
    return answer


async def settled(results: list[Any]) -> list[Any]:
    """Results in their order, once none of them is waiting."""
    waiting: list[Awaitable[Any]] = [one for one in results if one.__class__ is Waiting]
    if not waiting:
        return results
    done = iter(await gather(*waiting, return_exceptions=True))
    found = [next(done) if one.__class__ is Waiting else one for one in results]
    for one in found:
        if isinstance(one, BaseException):
            raise one
    return found
