"""Arguments of fields: converted once when they rest on no variable, and once a request otherwise."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLError, GraphQLField, GraphQLNonNull, VariableNode, Visitor, visit
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from schema.compiled.surprises import NotCompiled, Surprise

Arguments = Mapping[str, Any]
NO_VARIABLES = VariableValues({}, {})


class _Variables(Visitor):
    found = False

    def enter_variable(self, _node: VariableNode, *_rest: object) -> None:
        self.found = True


class Given(NamedTuple):
    """An argument that is a variable."""

    taken: str
    """The name that the resolver takes it by."""
    variable: str
    type: Any
    """What the resolver takes, as strawberry tells it."""
    is_required: bool


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
        self.given: list[Given] | None = None
        """The arguments that are variables; None where variables stand within a value as well."""
        self._others: dict[str, Any] = {}
        if looked.found:
            self._sort()
        self._fixed = None if looked.found else self._fixed_values()

    def _fixed_values(self) -> Arguments:
        try:
            return self._converted(NO_VARIABLES)
        except GraphQLError as error:
            raise NotCompiled(f"the arguments of {self._node.name.value} are refused") from error

    def _sort(self) -> None:
        """Tells arguments that are variables from those that are the same in each request."""
        names = self._converter.config.name_converter
        values = {argument.name.value: argument.value for argument in self._node.arguments or ()}
        given: list[Given] = []
        whole: Any = self._definition
        for argument in self._field.arguments:
            name = names.from_argument(argument)
            value, definition = values.get(name), whole.args[name]
            if isinstance(value, VariableNode):
                is_required = isinstance(definition.type, GraphQLNonNull)
                given.append(Given(argument.python_name, value.name.value, argument.type, is_required))
            elif value is not None:
                looked = _Variables()
                visit(value, looked)
                if looked.found:
                    return
            try:
                one = GraphQLField(whole.type, args={name: definition})
                self._others |= self._converted(NO_VARIABLES, one)
            except GraphQLError:
                if not isinstance(value, VariableNode):
                    return
        if not any(isinstance(value, list | dict) for value in self._others.values()):  # a resolver's own to change
            self.given = given

    def of(self, variables: VariableValues) -> Arguments:
        """The arguments of a request."""
        if self._fixed is not None:
            return self._fixed
        try:
            return self._converted(variables)
        except Exception as error:
            raise Surprise from error

    def of_read(self, read: Mapping[str, Any]) -> Arguments:
        """The same of variables that were read as resolvers take them."""
        arguments = self._others.copy()
        for taken, variable, _, is_required in self.given or ():
            if variable in read:
                arguments[taken] = value = read[variable]
                if value is None and is_required:
                    raise Surprise
            elif is_required and taken not in arguments:
                raise Surprise
        return arguments

    def _converted(self, variables: VariableValues, definition: GraphQLField | None = None) -> dict[str, Any]:
        values = get_argument_values(definition or self._definition, self._node, variables)
        converter = self._converter
        return convert_arguments(values, self._field.arguments, converter.scalar_registry, converter.config)
