"""Answers that are remembered: those of fields that rest on what their object stands for, and on nothing else."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    visit,
)

from schema.context import Context

Remembered = dict[object, Any]
"""Answers, by the selection that asks for them."""


class Steady(NamedTuple):
    """What of a type's objects may be remembered. A class of strawberry's has it as `steady`."""

    fields: frozenset[str]
    """Names in the schema. With all that can be selected below them, they rest on the object and the caller alone."""
    but_for: frozenset[str]
    """Names of fields below them that rest on something else, such as the day of the request."""
    remembered: Callable[[Any, Context], Remembered]
    """Where an object's answers to the caller of a request are remembered, for whom they must all be the same."""


class _Looking(Visitor):
    """Whether a selection rests on variables, or selects fields of some names, in its fragments as well."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], names: frozenset[str]) -> None:
        super().__init__()
        self.found = False
        self._fragments = fragments
        self._names = names
        self._seen: set[str] = set()

    def enter_variable(self, _node: VariableNode, *_rest: object) -> None:
        self.found = True

    def enter_field(self, node: FieldNode, *_rest: object) -> None:
        self.found = self.found or node.name.value in self._names

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_rest: object) -> None:
        name = node.name.value
        if name not in self._seen:
            self._seen.add(name)
            visit(self._fragments[name].selection_set, self)


def is_steady(
    steady: Steady,
    names: Iterable[str],
    sets: Iterable[SelectionSetNode],
    fragments: Mapping[str, FragmentDefinitionNode],
) -> bool:
    """Whether what selections of some fields answer may be remembered."""
    if not steady.fields.issuperset(names):
        return False
    looking = _Looking(fragments, steady.but_for)
    for one in sets:
        visit(one, looking)
    return not looking.found
