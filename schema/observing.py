"""Who is told what a request runs and what is decided, to count and to trace it. An observer changes nothing."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, cast

from graphql import OperationDefinitionNode
from strawberry.extensions import SchemaExtension

from entitlements.decisions import Decision


class Observer(Protocol):
    """What watches one request."""

    def running(self, kind: str, name: str | None) -> AbstractContextManager[None]:
        """The surroundings in which a valid operation is run: `query` or `mutation`, and its name in the document."""
        ...

    def decided(self, decision: Decision) -> None:
        """A check was decided. It is looked at; nothing further of it is worked out."""
        ...

    def refused(self, limit: str) -> None:
        """A limit refused the request. The names of limits are few and our own, never a caller's words."""
        ...

    def bailed_out(self) -> None:
        """A plan met what it was not made for: graphql-core answers."""
        ...


class Nobody:
    """Nobody watches."""

    def running(self, kind: str, name: str | None) -> AbstractContextManager[None]:  # noqa: ARG002 - as the protocol
        """Nothing surrounds it."""
        return nullcontext()

    def decided(self, decision: Decision) -> None:
        """It is not counted."""

    def refused(self, limit: str) -> None:
        """It is not counted."""

    def bailed_out(self) -> None:
        """It is not counted."""


class Observed(SchemaExtension):
    """Tells the request's observer which operation is run."""

    def on_execute(self) -> Iterator[None]:
        """Run the operation in the surroundings of its observer."""
        context = self.execution_context
        observer = cast("Observer", context.context.observer)
        name = context.operation_name
        document = context.graphql_document
        kinds = (
            node.operation.value
            for node in (document.definitions if document else ())
            if isinstance(node, OperationDefinitionNode) and (node.name.value if node.name else None) == name
        )
        with observer.running(next(kinds, "query"), name):
            yield
