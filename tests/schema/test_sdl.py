"""The committed SDL is what the code answers, and it keeps everything that other systems count on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    parse,
    print_ast,
    validate,
)

import schema
from api.operations import operations
from schema.root import Schema, sdl

COMMITTED = Path(schema.__file__).parent / "schema.graphql"
CONTRACT = Path(__file__).parent / "contract.graphql"

PENDING: set[str] = set()
"""Types and fields of the contract that are still to come. One that has come must be taken off this list."""


def test_the_committed_sdl_is_the_schema_of_the_code():
    assert COMMITTED.read_text(encoding="utf-8") == sdl(), "run `coverline schema > schema/schema.graphql`"


def types_of(text: str) -> dict[str, TypeDefinitionNode]:
    return {node.name.value: node for node in parse(text).definitions if isinstance(node, TypeDefinitionNode)}


def signatures(node: TypeDefinitionNode) -> Iterator[tuple[str, str]]:
    """What callers of a type count on, each by its name: how it is written without descriptions."""
    name = node.name.value
    yield name, " ".join([node.kind, *sorted(directive.name.value for directive in node.directives or ())])
    match node:
        case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
            for interface in node.interfaces or ():
                yield f"{name}.implements {interface.name.value}", ""
            for field in node.fields or ():
                yield f"{name}.{field.name.value}", print_ast(field.type)
                for argument in field.arguments or ():
                    yield f"{name}.{field.name.value}({argument.name.value})", written(argument)
        case InputObjectTypeDefinitionNode():
            for field in node.fields or ():
                yield f"{name}.{field.name.value}", written(field)
        case EnumTypeDefinitionNode():
            for value in node.values or ():
                yield f"{name}.{value.name.value}", "a member"
        case UnionTypeDefinitionNode():
            for member in node.types or ():
                yield f"{name}.{member.name.value}", "a member"
        case _:
            pass


def written(value) -> str:
    default = f" = {print_ast(value.default_value)}" if value.default_value else ""
    return f"{print_ast(value.type)}{default}"


def is_pending(name: str) -> bool:
    type_, _, member = name.partition(".")
    return type_ in PENDING or f"{type_}.{member.partition('(')[0]}" in PENDING


def promised() -> dict[str, str]:
    text = CONTRACT.read_text(encoding="utf-8")
    # Scalars stand there as names; how they are specified is the schema's own.
    types = {name: node for name, node in types_of(text).items() if node.kind != "scalar_type_definition"}
    return dict(pair for node in types.values() for pair in signatures(node))


def kept() -> dict[str, str]:
    return dict(pair for node in types_of(sdl()).values() for pair in signatures(node))


def test_every_name_type_argument_and_default_of_the_contract_is_kept():
    ours = kept()
    broken = {name: (what, ours.get(name)) for name, what in promised().items() if ours.get(name) != what}
    assert {name for name in broken if not is_pending(name)} == set(), broken


def test_every_scalar_of_the_contract_is_there():
    ours = types_of(sdl())
    theirs = types_of(CONTRACT.read_text(encoding="utf-8")).values()
    assert {node.name.value for node in theirs if node.kind == "scalar_type_definition"} <= ours.keys()


def test_an_argument_that_the_contract_lacks_has_a_default_or_may_be_null():
    """What callers of the contract send must go on being enough."""
    theirs, ours = promised(), kept()
    added = [
        name for name, what in ours.items() if what.endswith("!") and name not in theirs and is_asked_of(name, theirs)
    ]
    assert added == []


def is_asked_of(name: str, theirs: dict[str, str]) -> bool:
    """Whether a caller gives it: an argument of a field, or a field of an input, that the contract has."""
    owner = name.partition("(")[0] if "(" in name else name.partition(".")[0]
    return owner in theirs and ("(" in name or theirs[owner].startswith("input_object"))


def test_nothing_pending_has_come():
    names = {name.partition("(")[0] for name in kept()}
    assert names & PENDING == set(), "these have come: take them off PENDING"


def test_everything_pending_is_in_the_contract():
    names = {name.partition("(")[0] for name in promised()}
    assert names >= PENDING


@pytest.mark.parametrize("name", operations())
def test_the_document_of_a_caller_fits_the_schema(name):
    assert validate(Schema()._schema, parse(operations()[name])) == []
