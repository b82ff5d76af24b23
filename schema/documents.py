"""What a document must be besides well-formed. It is read, validated and measured once for each text."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    specified_rules,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from entitlements.messages import said
from schema.compiled.operations import Plans
from schema.costs import MOST_NODES, Bill, bills
from schema.errors import QUERY_TOO_COMPLEX, UNKNOWN_OPERATION, BadInput
from schema.limits import parsed

KEPT = 256
"""Documents that are kept."""
KEPT_CHARACTERS = 128 * 1024
"""Characters of all documents that are kept. A document takes 60 to 180 times as many bytes, so 23 MB at most."""
MOST_ERRORS = 5
"""Of one document. Each may quote a good part of it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text as it was read: what is wrong with it, or else what each of its operations costs."""

    node: DocumentNode
    errors: tuple[GraphQLError, ...]
    bills: Mapping[str | None, Bill]
    plans: Plans | None = None
    """What answers its operations directly; None where operations are not compiled."""

    def bill(self, operation: str | None) -> Bill | None:
        """The cost of an operation; the only one may go without its name."""
        if operation is None and len(self.bills) == 1:
            return next(iter(self.bills.values()))
        return self.bills.get(operation)


class Documents:
    """Documents of a schema. The last valid ones are kept, by their text."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool, converter: Any = None) -> None:  # noqa: ANN401 - the library's own
        rules: list[type[ASTValidationRule]] = [*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule]
        rules.remove(OverlappingFieldsCanBeMergedRule)
        if not introspection:
            rules.append(NoSchemaIntrospectionCustomRule)
        self._schema = schema
        self._converter = converter
        self._rules = rules
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0

    def kept(self, text: str) -> Document | None:
        """The document of a text, if it is kept; it is the last to be dropped then."""
        kept = self._kept.get(text)
        if kept:
            self._kept.move_to_end(text)
        return kept

    def read(self, text: str) -> Document:
        """The document of a text. Raises GraphQLError for one that cannot be read or is too large."""
        kept = self.kept(text)
        if kept:
            return kept
        try:
            document = self._examined(parsed(text))
        except RecursionError:
            message = said("The document's fragments are nested too deeply to be read.")
            raise BadInput(message, QUERY_TOO_COMPLEX) from None
        if not document.errors:
            self._keep(text, document)
        return document

    def _examined(self, node: DocumentNode) -> Document:
        errors = validate(self._schema, node, self._rules, max_errors=MOST_ERRORS, hide_suggestions=True)
        if errors:
            return Document(node, tuple(errors), {})
        # This rule compares fields with fields, and is bearable only where few of them repeat.
        costs = bills(self._schema, node)
        errors = validate(self._schema, node, [OverlappingFieldsCanBeMergedRule], max_errors=MOST_ERRORS)
        plans = Plans(self._schema, self._converter, node) if self._converter is not None and not errors else None
        return Document(node, tuple(errors), costs, plans)

    def _keep(self, text: str, document: Document) -> None:
        self._kept[text] = document
        self._characters += len(text)
        while len(self._kept) > KEPT or self._characters > KEPT_CHARACTERS:
            dropped, _ = self._kept.popitem(last=False)
            self._characters -= len(dropped)


class Examined(SchemaExtension):
    """Takes the document from those that are kept, refuses what costs too much, and says what it cost."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._document: Document | None = None
        self._bill: Bill | None = None
        self._asked = 0

    def on_operation(self) -> Iterator[None]:
        """Read the document."""
        context = self.execution_context
        if context.query:
            self._document = self._documents.read(context.query)
            context.graphql_document = self._document.node
            context.validation_rules = ()
        yield

    def on_validate(self) -> Iterator[None]:
        """Refuse what is not valid, several operations of which none is named, and what costs too much."""
        context = self.execution_context
        document = self._document
        if document is None:
            yield
            return
        named = context._provided_operation_name  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        operations = sum(isinstance(node, OperationDefinitionNode) for node in document.node.definitions)
        if operations > 1 and named is None:
            message = said("The document has several operations: say in operationName which one to run.")
            context.pre_execution_errors = [BadInput(message, UNKNOWN_OPERATION)]
        elif document.errors:
            context.pre_execution_errors = list(document.errors)
        else:
            self._bill = document.bill(named)
            self._asked = self._bill.asked(context.variables) if self._bill else 0
            if self._asked > MOST_NODES:
                context.pre_execution_errors = [too_costly(self._asked)]
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        """Answer by the operation's plan, where it has one."""
        context = self.execution_context
        if self._document is not None and self._document.plans is not None:
            named = context._provided_operation_name  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            data = await self._document.plans.run(named, context.context, context.variables)
            if data is not None:
                context.result = ExecutionResult(data=data, errors=None)
        yield

    def get_results(self) -> dict[str, Any]:
        """What was asked for and what was used, in nodes."""
        if self._bill is None:
            return {}
        used = self._bill.used(getattr(self.execution_context.result, "data", None))
        return cost_of(self._asked, used)


def cost_of(asked: int, used: int) -> dict[str, Any]:
    """What an answer says of its cost. A list that was longer than the schema declares was asked for as well."""
    return {"cost": {"asked": max(asked, used), "used": used, "limit": MOST_NODES}}


def too_costly(asked: int) -> BadInput:
    """The refusal of an operation that may answer too many nodes."""
    message = said(
        "The operation asks for up to {asked:,} nodes; the limit is {most:,}. "
        "Ask for smaller pages or fewer lists within lists.",
        asked=asked,
        most=MOST_NODES,
    )
    return BadInput(message, QUERY_TOO_COMPLEX, limit="nodes", asked=asked, most=MOST_NODES)
