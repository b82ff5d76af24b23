"""What a document must be besides valid."""

from collections.abc import Iterator

from graphql import OperationDefinitionNode
from strawberry.extensions import SchemaExtension

from entitlements.messages import said
from schema.errors import UNKNOWN_OPERATION, BadInput


class OperationsNamed(SchemaExtension):
    """Refuses several operations of which none is named to be run; the library would run the first."""

    def on_validate(self) -> Iterator[None]:
        """Refuse before the rules of validation are asked."""
        context = self.execution_context
        document = context.graphql_document
        operations = (
            [node for node in document.definitions if isinstance(node, OperationDefinitionNode)] if document else []
        )
        if len(operations) > 1 and context._provided_operation_name is None:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            message = said("The document has several operations: say in operationName which one to run.")
            context.pre_execution_errors = [BadInput(message, UNKNOWN_OPERATION)]
        yield
