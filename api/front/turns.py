"""Requests of one turn of the event loop, answered together."""

from asyncio import AbstractEventLoop
from collections.abc import Callable
from functools import partial

from api.logs import logger
from api.store.key_reading import KeyReader

log = logger(__name__)


class Turn:
    """What is to be answered in one turn of the event loop, once the loop has taken in all that there was.

    So what the database is asked for all of the requests, such as whether anything was committed, is asked after every
    one of them has come.
    """

    def __init__(self, key_reader: Callable[[], KeyReader | None]) -> None:
        self._key_reader = key_reader
        self._waiting: list[tuple[str, Callable[[], None]]] = []

    def add(self, loop: AbstractEventLoop, key: str, answer: Callable[[], None]) -> None:
        """Have a request with a key answered after those that came before it."""
        if not self._waiting:
            loop.call_soon(self._begin)
        self._waiting.append((key, answer))

    def _begin(self) -> None:
        waiting, self._waiting = self._waiting, []
        reader = self._key_reader()
        answer = partial(_answer, [one for _, one in waiting])
        if reader is None:
            answer()
        else:
            reader.when_known([key for key, _ in waiting], answer)


def _answer(waiting: list[Callable[[], None]]) -> None:
    for answer in waiting:
        try:
            answer()
        except Exception:
            log.exception("fault")  # of one connection; the others are answered
