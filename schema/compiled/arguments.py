"""Arguments of fields: converted once when they rest on no variable, and once a request otherwise."""

from collections.abc import Mapping
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLField, VariableNode, Visitor, visit
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from schema.compiled.surprises import NotCompiled, Surprise

Arguments = Mapping[str, Any]


class _Variables(Visitor):
    found = False

    def enter_variable(self, _node: VariableNode, *_rest: object) -> None:
        self.found = True


class Conversion:
    """The arguments of one field of a document, as its resolver takes them."""

    def __init__(self, field: StrawberryField, definition: GraphQLField, node: FieldNode, converter: Any) -> None:  # noqa: ANN401 - the library's own
        self._field = field
        self._definition = definition
        self._node = node
        self._converter = converter
        looked = _Variables()
        for argument in node.arguments or ():
            visit(argument, looked)
        self.needs_variables = looked.found
        self._fixed = None if looked.found else self._fixed_values()

    def _fixed_values(self) -> Arguments:
        try:
            return self._converted(VariableValues({}, {}))
        except GraphQLError as error:
            raise NotCompiled(f"the arguments of {self._node.name.value} are refused") from error

    def of(self, variables: VariableValues) -> Arguments:
        """The arguments of a request."""
        if self._fixed is not None:
            return self._fixed
        try:
            return self._converted(variables)
        except Exception as error:
            raise Surprise from error

    def _converted(self, variables: VariableValues) -> Arguments:
        values = get_argument_values(self._definition, self._node, variables)
        converter = self._converter
        return convert_arguments(values, self._field.arguments, converter.scalar_registry, converter.config)
