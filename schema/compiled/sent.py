"""The variables of an operation, read all at once before it is run, as graphql-core judges all of them first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLNonNull, GraphQLSchema, OperationDefinitionNode, Undefined, VariableDefinitionNode
from graphql import type_from_ast as untyped_type  # pyright: ignore[reportUnknownVariableType]
from graphql import value_from_ast as untyped_value  # pyright: ignore[reportUnknownVariableType]
from strawberry.types.base import StrawberryMaybe

from schema.compiled.arguments import Conversion
from schema.compiled.surprises import NotCompiled, Surprise
from schema.compiled.variables import Read, reader


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of an operation."""

    name: str
    read: Read
    is_required: bool
    has_default: bool
    default: object
    """As it is sent in place of nothing."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What reads the variables of an operation."""

    variables: tuple[Variable, ...]

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values that were sent, or stand for them, by their names. Raises Surprise where one may be refused."""
        found: dict[str, Any] = {}
        for variable in self.variables:
            name = variable.name
            if name in given:
                found[name] = variable.read(given[name])
            elif variable.has_default:
                found[name] = variable.default
            elif variable.is_required:
                raise Surprise
        return found


def sent_of(
    schema: GraphQLSchema,
    converter: Any,  # noqa: ANN401 - the library's own
    operation: OperationDefinitionNode,
    conversions: Iterable[Conversion],
) -> Sent | None:
    """What reads the variables of an operation; None where graphql-core has to."""
    taken: dict[str, list[Any]] = {}
    for conversion in conversions:
        if conversion.given is None:
            return None
        for argument in conversion.given:
            if argument.type not in taken.setdefault(argument.variable, []):
                taken[argument.variable].append(argument.type)
    try:
        return Sent(
            tuple(
                _variable(schema, converter, node, taken.get(node.variable.name.value, [bool]))
                for node in operation.variable_definitions or ()
            )
        )
    except (NotCompiled, RecursionError):
        return None


def _variable(
    schema: GraphQLSchema,
    converter: Any,  # noqa: ANN401 - the library's own
    node: VariableDefinitionNode,
    taken: list[Any],
) -> Variable:
    type_: Any = untyped_type(schema, node.type)
    if len(taken) != 1 or (node.default_value is not None and isinstance(taken[0], StrawberryMaybe)):
        raise NotCompiled(f"${node.variable.name.value}, which is taken in several ways")
    read = reader(type_, taken[0], converter)
    default = _default(type_, node)
    return Variable(
        node.variable.name.value, read, isinstance(type_, GraphQLNonNull), node.default_value is not None, default
    )


def _default(type_: Any, node: VariableDefinitionNode) -> object:  # noqa: ANN401 - see reader
    """The default of a variable, where it is the same however it is taken: a leaf or null."""
    if node.default_value is None:
        return None
    found: Any = untyped_value(node.default_value, type_)
    if isinstance(found, list | dict) or found is Undefined:
        raise NotCompiled("a default that is made into something")
    return found
