"""Variables as they are sent, made at once into what resolvers take: the same that graphql-core and strawberry make.

A reader is composed for a type once. It takes what is plainly right; whatever may be refused, or be read in another
way, is a `Surprise`, and graphql-core looks at it.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any, cast

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
    Undefined,
    is_leaf_type,
    is_required_input_field,
)
from graphql.utilities.coerce_input_value import coerce_default_value
from strawberry.types.arguments import convert_argument
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.lazy_type import LazyType
from strawberry.types.maybe import Some

from schema.compiled.surprises import NotCompiled, Surprise

Read = Callable[[Any], Any]
"""Gives what a resolver takes for a value as it was sent. Raises Surprise."""
ASIS: Mapping[str, type] = {GraphQLString.name: str, GraphQLID.name: str, GraphQLBoolean.name: bool}
LARGEST = 2**31


def reader(type_: Any, taken: Any, converter: Any) -> Read:  # noqa: ANN401 - types of libraries, generic without end
    """What reads values of an input type for a resolver that takes them as a type of strawberry's.

    Raises NotCompiled for types that are left to the libraries.
    """
    if isinstance(taken, LazyType):
        taken = cast("Any", taken).resolve_type()
    if isinstance(taken, StrawberryMaybe):
        return _maybe(type_, cast("Any", taken), converter)
    if isinstance(taken, StrawberryOptional):
        return reader(type_, cast("Any", taken).of_type, converter)
    if isinstance(type_, GraphQLNonNull):
        return _plain(cast("Any", type_).of_type, taken, converter)
    return _nullable(_plain(type_, taken, converter))


def _maybe(type_: Any, taken: Any, converter: Any) -> Read:  # noqa: ANN401 - see reader
    within = taken.of_type
    if isinstance(within, StrawberryOptional):
        read = reader(type_, cast("Any", within).of_type, converter)
    else:
        read = _plain(type_, within, converter)
    return lambda value: Some(read(value))


def _nullable(read: Read) -> Read:
    return lambda value: None if value is None else read(value)


def _plain(type_: Any, taken: Any, converter: Any) -> Read:  # noqa: ANN401 - see reader
    """What reads values that are not null; null is a Surprise."""
    if isinstance(taken, LazyType):
        taken = cast("Any", taken).resolve_type()
    if isinstance(type_, GraphQLList) and isinstance(taken, StrawberryList):
        return _items(reader(cast("Any", type_).of_type, cast("Any", taken).of_type, converter))
    if isinstance(type_, GraphQLInputObjectType) and has_object_definition(taken):
        return _object(type_, cast("Any", taken), converter)
    if is_leaf_type(type_):
        return _leaf(type_)
    raise NotCompiled(f"values of the type {type_}")


def _items(read: Read) -> Read:
    def items(value: Any) -> list[Any]:  # noqa: ANN401 - as it was sent
        if value.__class__ is not list:
            raise Surprise
        return [read(one) for one in value]

    return items


def _leaf(leaf: GraphQLLeafType) -> Read:
    if isinstance(leaf, GraphQLEnumType):
        members = {name: leaf.coerce_input_value(name) for name in leaf.values}

        def named(value: Any) -> Any:  # noqa: ANN401 - as it was sent
            if value.__class__ is not str or value not in members:
                raise Surprise
            return members[value]

        return named
    if leaf is GraphQLInt:
        return _integer
    as_is, coerce = ASIS.get(leaf.name), leaf.coerce_input_value

    def same(value: Any) -> Any:  # noqa: ANN401 - as it was sent
        if value.__class__ is not as_is:
            raise Surprise
        return value

    def coerced(value: Any) -> Any:  # noqa: ANN401 - as it was sent
        if value is None:
            raise Surprise
        try:
            return coerce(value)
        except Exception as error:
            raise Surprise from error

    return coerced if as_is is None else same


def _integer(value: Any) -> int:  # noqa: ANN401 - as it was sent
    if value.__class__ is not int or not -LARGEST <= value < LARGEST:
        raise Surprise
    return value


def _object(type_: GraphQLInputObjectType, taken: type, converter: Any) -> Read:  # noqa: ANN401 - see reader
    """Reads objects of an input type. What is left out, the class that is made of them has by itself."""
    definition: StrawberryObjectDefinition = cast("Any", taken).__strawberry_definition__
    if definition.from_input is not None:
        raise NotCompiled(f"{type_.name}, which is made in a way of its own")
    is_one_of = type_.is_one_of or definition.is_one_of
    required = {name for name, field in type_.fields.items() if is_required_input_field(field)}
    fields: dict[str, tuple[str, Read]] = {}
    without: dict[str, Any] = {}
    for field in definition.fields:
        name = converter.config.name_converter.from_field(field)
        taken_as = field.resolve_type(type_definition=definition)
        fields[name] = field.python_name, reader(type_.fields[name].type, taken_as, converter)
        factory = cast("Any", field).default_factory
        by_itself: Any = field.default_value if factory is MISSING else factory()
        if by_itself is MISSING:
            without[field.python_name] = by_itself = None
        _check_default(type_.fields[name], taken_as, by_itself, converter)

    def made(value: Any) -> Any:  # noqa: ANN401 - as it was sent
        if value.__class__ is not dict or not required <= value.keys():
            raise Surprise
        if is_one_of and (len(value) != 1 or None in value.values()):
            raise Surprise
        given = without.copy()
        for name, one in value.items():
            if name not in fields:
                raise Surprise
            taken_by, read = fields[name]
            given[taken_by] = read(one)
        return taken(**given)

    return made


def _check_default(field: GraphQLInputField, taken: Any, by_itself: object, converter: Any) -> None:  # noqa: ANN401 - see reader
    """Raises NotCompiled where the schema's default is not what the class has by itself."""
    default = coerce_default_value(field)
    if default is Undefined:
        return
    converted = convert_argument(default, taken, converter.scalar_registry, converter.config)
    if converted.__class__ is not by_itself.__class__ or converted != by_itself:
        raise NotCompiled("a default of the schema's own")
