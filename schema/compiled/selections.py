"""Selections of fields, gathered as the specification says, for one concrete type."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
)

from schema.compiled.surprises import NotCompiled

Conditions = tuple[tuple[bool, ValueNode], ...]
"""What must hold for a field to be answered: each an `if`, and which value of it includes the field."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A response key: the nodes that select it, and the conditions of it."""

    key: str
    nodes: tuple[FieldNode, ...]
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class Selections:
    """Gathers what is selected of a type, through fragments."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]

    def of(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> list[Selected]:
        """The response keys of a type in the order in which they are answered."""
        found: dict[str, Selected] = {}
        for one in sets:
            for node, conditions in self._fields(type_, one, (), set()):
                key = node.alias.value if node.alias else node.name.value
                before = found.get(key)
                if before is None:
                    found[key] = Selected(key, (node,), conditions)
                elif before.conditions or conditions:
                    raise NotCompiled(f"{key} is selected more than once, and on conditions")
                else:
                    found[key] = Selected(key, (*before.nodes, node), ())
        return list(found.values())

    def _fields(
        self, type_: GraphQLObjectType, selections: SelectionSetNode, conditions: Conditions, visited: set[str]
    ) -> Iterator[tuple[FieldNode, Conditions]]:
        for node in selections.selections:
            own = self._conditions(node)
            if own is None:
                continue
            under = (*conditions, *own)
            match node:
                case FieldNode():
                    yield node, under
                case InlineFragmentNode():
                    condition: NamedTypeNode | None = node.type_condition
                    if condition is None or self._applies(condition.name.value, type_):
                        yield from self._fields(type_, node.selection_set, under, visited)
                case FragmentSpreadNode():
                    yield from self._spread(type_, node, under, visited)
                case _:
                    raise NotCompiled(f"a selection of the kind {node.kind}")

    def _spread(
        self, type_: GraphQLObjectType, node: FragmentSpreadNode, conditions: Conditions, visited: set[str]
    ) -> Iterator[tuple[FieldNode, Conditions]]:
        """A fragment's fields, once: graphql-core, too, leaves out a fragment that it has gone through before."""
        name = node.name.value
        if name in visited:
            return
        if conditions:
            raise NotCompiled(f"the fragment {name} is spread on conditions")
        visited.add(name)
        fragment = self.fragments[name]
        if self._applies(fragment.type_condition.name.value, type_):
            yield from self._fields(type_, fragment.selection_set, conditions, visited)

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        conditional = self.schema.get_type(condition)
        if isinstance(conditional, GraphQLInterfaceType | GraphQLUnionType):
            return self.schema.is_sub_type(conditional, type_)
        return conditional is type_

    @staticmethod
    def _conditions(node: SelectionNode) -> Conditions | None:
        """What a node's own directives ask for; None where constants leave the node out."""
        found: list[tuple[bool, ValueNode]] = []
        for directive in node.directives or ():
            includes = _INCLUDING.get(directive.name.value)
            if includes is None:
                raise NotCompiled(f"the directive @{directive.name.value}")
            value = _condition(directive)
            if isinstance(value, BooleanValueNode):
                if value.value is not includes:
                    return None
            else:
                found.append((includes, value))
        return tuple(found)


_INCLUDING = {"include": True, "skip": False}


def _condition(directive: DirectiveNode) -> ValueNode:
    return next(iter(directive.arguments or ())).value
