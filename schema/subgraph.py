"""The subgraph: the same API for a gateway of Federation 2, beside the plain one, which knows nothing of it.

A gateway reads `_service` and fetches by `_entities` what other subgraphs refer to. `node` and `nodes` are left out: an
id is this API's own, and a gateway could not know whom to ask for it.
"""

from asyncio import gather
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, cast

import strawberry
from graphql import (
    ConstDirectiveNode,
    DefinitionNode,
    DocumentNode,
    FieldDefinitionNode,
    ObjectTypeDefinitionNode,
    parse,
    print_ast,
)
from strawberry.types.field import StrawberryField
from strawberry.types.scalar import ScalarDefinition

from entitlements.messages import listed, said
from schema import fetching, permissions
from schema.accounts import Account, account
from schema.context import Info
from schema.errors import BATCH_SIZE, BadInput
from schema.licenses import License, LicenseRef, license
from schema.nodes import Kind, read_id_of
from schema.products import Product, product

KEYS = {Kind.LICENSE: ("id", "serial"), Kind.ACCOUNT: ("id", "reference"), Kind.PRODUCT: ("id", "code")}
"""By what another subgraph may refer to an object: its global id, or its own name."""

MOST_ENTITIES = 1_000


# ---------------------------------------------------------------- as text

HEAD = """\
extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])

directive @oneOf on INPUT_OBJECT
"""
"""Composition does not know @oneOf by itself; whoever resolves an input of it does."""


def written(plain: str) -> str:
    """The subgraph's SDL, from that of the plain API."""
    definitions = [_of_subgraph(node) for node in parse(plain).definitions]
    return f"{HEAD}\n{print_ast(DocumentNode(definitions=tuple(definitions)))}\n"


def _of_subgraph(node: DefinitionNode) -> DefinitionNode:
    if not isinstance(node, ObjectTypeDefinitionNode):
        return node
    match node.name.value:
        case "Query":
            return replace(node, fields=tuple(field for field in node.fields or () if not _is_by_id(field)))
        case "PageInfo":
            return replace(node, directives=_applied("@shareable"))
        case name if name in KEYS:
            keys = " ".join(f'@key(fields: "{key}")' for key in KEYS[Kind(name)])
            return replace(node, directives=_applied(keys))
        case _:
            return node


def _is_by_id(field: FieldDefinitionNode) -> bool:
    return field.name.value in {"node", "nodes"}


def _applied(directives: str) -> tuple[ConstDirectiveNode, ...]:
    [node] = parse(f"scalar S {directives}").definitions
    return cast("tuple[ConstDirectiveNode, ...]", cast("Any", node).directives)


# ---------------------------------------------------------------- as a gateway asks


@dataclass(frozen=True, slots=True)
class Reference:
    """An object as another subgraph refers to it: its type, and the value of one of its keys."""

    kind: Kind
    key: str
    value: str


def read_reference(value: object) -> Reference:
    """A representation: `__typename`, and the value of a key."""
    given: Mapping[str, object] = cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
    kind = next((kind for kind in KEYS if kind == given.get("__typename")), None)
    if kind is None:
        raise BadInput(said("A representation has a __typename: {names}.", names=listed(", ", KEYS)))
    for key in KEYS[kind]:
        named = given.get(key)
        if isinstance(named, str):
            return Reference(kind, key, named)
    keys = listed(", ", KEYS[kind])
    raise BadInput(said("A representation of {kind} has one of its keys as a string: {keys}.", kind=kind, keys=keys))


SCALARS: dict[object, ScalarDefinition] = {
    Reference: strawberry.scalar(
        name="_Any",
        description="An object as another subgraph refers to it: its `__typename`, and the value of one of its keys.",
        specified_by_url="https://specs.apollo.dev/federation/v2.0",
        parse_value=read_reference,
    )
}

Entity = Annotated[
    License | Account | Product, strawberry.union("_Entity", description="What other subgraphs may refer to.")
]


async def entities(info: Info, representations: list[Reference]) -> list[Entity | None]:
    """What other subgraphs refer to, in order; null in place of what is not there or not the viewer's to see."""
    if len(representations) > MOST_ENTITIES:
        message = said(
            "{field}: at most {most} at once, not {asked}.",
            field="representations",
            most=MOST_ENTITIES,
            asked=len(representations),
        )
        raise BadInput(message, BATCH_SIZE)
    found = (_entity(info, reference) for reference in representations)
    # An exception in a list is the error of that item alone.
    return await gather(*found, return_exceptions=True)  # pyright: ignore[reportReturnType]


async def _entity(info: Info, reference: Reference) -> License | Account | Product | None:
    permissions.require(info.context.viewer, f"a {reference.kind}", permissions.NODES[reference.kind])
    match reference:
        case Reference(kind, "id", id_):
            is_one = read_id_of(kind, id_) is not None
            return cast("Any", await fetching.node(info, strawberry.ID(id_))) if is_one else None
        case Reference(Kind.LICENSE, _, serial):
            return await license(info, LicenseRef(serial=strawberry.Some(serial), id=None))
        case Reference(Kind.ACCOUNT, _, name):
            return await account(info, name)
        case Reference(_, _, code):
            return await product(info, code)


@strawberry.type(name="_Service")
class Service:
    """What a gateway composes from."""

    @strawberry.field
    def sdl(self) -> str:
        """The subgraph's SDL."""
        return _committed()


@cache
def _committed() -> str:
    return (files("schema") / "subgraph.graphql").read_text(encoding="utf-8")


def service() -> Service:
    """The subgraph itself."""
    return Service()


def fields() -> list[StrawberryField]:
    """The root fields that a gateway asks for."""
    return [strawberry.field(entities, name="_entities"), strawberry.field(service, name="_service")]
