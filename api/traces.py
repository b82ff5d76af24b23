"""Traces of requests, operations and statements: off unless COVERLINE_TRACES is set, since they need an extra."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from starlette.types import Scope

from api.settings import Settings
from api.store.engine import Database

Answered = Callable[[str, int], None]
"""Told once a request is answered: the path of its route and the status."""


class ExtraMissing(Exception):  # noqa: N818 - a sentence for the operator
    """Traces are asked for, and what makes them is not installed."""


class Traces(Protocol):
    """What traces a server."""

    def request(self, scope: Scope) -> AbstractContextManager[Answered]:
        """The surroundings in which a request is answered."""
        ...

    def operation(self, kind: str, name: str) -> AbstractContextManager[None]:
        """The surroundings in which an operation is run: `query` or `mutation`, and its name, empty without one."""
        ...

    def watch(self, database: Database) -> None:
        """Trace the statements of a database."""
        ...

    def close(self) -> None:
        """Send what is not sent yet."""
        ...


class Untraced:
    """Nothing is traced."""

    def request(self, scope: Scope) -> AbstractContextManager[Answered]:  # noqa: ARG002 - as the protocol
        """Nothing surrounds it."""
        return nullcontext(_ignored)

    def operation(self, kind: str, name: str) -> AbstractContextManager[None]:  # noqa: ARG002 - as the protocol
        """Nothing surrounds it."""
        return nullcontext()

    def watch(self, database: Database) -> None:
        """Statements are not looked at."""

    def close(self) -> None:
        """There is nothing to send."""


def traces_of(settings: Settings) -> Traces:
    """What traces a server of some settings. Raises ExtraMissing where the extra is asked for and not installed."""
    if not settings.traces:
        return Untraced()
    try:
        from api.spans import Spans  # noqa: PLC0415 - the library belongs to an extra
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith("opentelemetry"):
            raise
        raise ExtraMissing(
            "COVERLINE_TRACES asks for traces, which need an extra: pip install 'coverline[telemetry]'"
        ) from None
    return Spans()


def _ignored(path: str, status: int) -> None:
    """Nobody is told."""
