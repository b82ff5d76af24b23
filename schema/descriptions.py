"""One text, two uses: a docstring of the schema's code is the description of its type or field."""

from inspect import cleandoc
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

BACKREF = "strawberry-definition"
Described = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType | GraphQLEnumType


def describe(schema: GraphQLSchema) -> None:
    """Give every type and field that has no description of its own the docstring of what defines it."""
    for type_ in schema.type_map.values():
        if not isinstance(type_, Described) or BACKREF not in type_.extensions:
            continue
        definition: Any = type_.extensions[BACKREF]
        source = definition.wrapped_cls if isinstance(type_, GraphQLEnumType) else definition.origin
        type_.description = type_.description or _doc(source)
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field in type_.fields.values():
                resolver = getattr(field.extensions.get(BACKREF), "base_resolver", None)
                field.description = field.description or _doc(getattr(resolver, "wrapped_func", None))


def _doc(source: object) -> str | None:
    # None has a docstring of its own, from Python 3.13 on.
    doc = None if source is None else getattr(source, "__doc__", None)
    return cleandoc(doc) if doc else None
