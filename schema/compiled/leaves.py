"""How scalars and enums are written: at once where a value is of the very class they are made for."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
)

Bind = Callable[[object], str]
"""Gives a value a name that generated code may use."""

ASIS: Mapping[str, type] = {GraphQLString.name: str, GraphQLID.name: str, GraphQLBoolean.name: bool}
"""Scalars that are answered as they are when they are of this class."""


def written(leaf: GraphQLLeafType, value: str, bind: Bind) -> str:
    """An expression that writes a value which is not None, given the expression of that value's name."""
    serialize = bind(leaf.serialize)
    if isinstance(leaf, GraphQLEnumType):
        names = bind(_Names(leaf))
        return f"{names}[{value}]"
    as_is = ASIS.get(leaf.name)
    if as_is is not None:
        return f"({value} if {value}.__class__ is {as_is.__name__} else {serialize}({value}))"
    if leaf.name in {GraphQLInt.name, GraphQLFloat.name}:
        return f"{serialize}({value})"
    if leaf.name == "Date":
        return f"({value}.isoformat() if {value}.__class__ is {bind(date)} else {serialize}({value}))"
    return f"{serialize}({value})"


class _Names(dict[Any, str]):
    """The names of an enum's members, as they come up."""

    def __init__(self, enum: GraphQLEnumType) -> None:
        super().__init__()
        self._enum = enum

    def __missing__(self, member: Any) -> str:  # noqa: ANN401 - whatever a resolver returned
        name = self._enum.serialize(member)
        self[member] = name
        return name
