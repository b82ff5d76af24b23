"""What an operation costs: the nodes it may answer, by a formula of its variables, and those that it did answer.

A node is an item of a list, or an object at the root. The size of a list multiplies everything inside of it, so three
lists of a hundred within each other are a million nodes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    value_from_ast_untyped,
)

from schema.limits import MOST_REPEATS, too_complex
from schema.paging import LARGEST
from schema.sizes import COUNTED, PAGED, SIZES

MOST_NODES = 25_000

Variables = Mapping[str, Any]
Used = Callable[[Mapping[str, Any]], int]
Given = ValueNode | None


@dataclass(frozen=True, slots=True)
class Page:
    """As many as `first` or `last` asks for; the largest page where that is not known, or is no page at all."""

    first: Given
    last: Given

    def size(self, variables: Variables) -> int:
        """The size with these variables."""
        asked = [_value(given, variables) for given in (self.first, self.last)]
        sizes = [int(value) for value in asked if isinstance(value, int | float) and 0 <= value <= LARGEST]
        return max(sizes, default=LARGEST)


@dataclass(frozen=True, slots=True)
class Items:
    """As many as an argument has items; a single value is a list of one."""

    items: Given

    def size(self, variables: Variables) -> int:
        """The size with these variables."""
        value = _value(self.items, variables)
        return len(cast("list[Any]", value)) if isinstance(value, list) else 1


@dataclass(frozen=True, slots=True)
class Assumed:
    """As many as the schema declares."""

    most: int

    def size(self, variables: Variables) -> int:  # noqa: ARG002 - the same whatever they are
        """The declared size."""
        return self.most


Formula = Page | Items | Assumed


@dataclass(frozen=True, slots=True)
class Line:
    """A field that answers nodes, or lies above one that does. One that answers none by itself has no formula.

    Where fields of several types share their name in the answer, the largest of their formulas counts.
    """

    name: str
    formulas: tuple[Formula, ...]
    lines: tuple["Line", ...]

    @property
    def is_fixed(self) -> bool:
        """Whether it is the same whatever the variables."""
        own = all(isinstance(formula, Assumed) for formula in self.formulas)
        return own and all(line.is_fixed for line in self.lines)

    def asked(self, variables: Variables) -> int:
        """Nodes that may be answered in one such field."""
        inside = sum(line.asked(variables) for line in self.lines)
        if not self.formulas:
            return inside
        return max(formula.size(variables) for formula in self.formulas) * (1 + inside)

    def counting(self) -> Used:
        """What counts the nodes that were answered in the field of an object: it is asked of every answer."""
        name, is_counted = self.name, bool(self.formulas)
        inside = [line.counting() for line in self.lines]

        def used_alone(around: Mapping[str, Any]) -> int:
            value = around.get(name)
            if value is None:
                return 0
            return len(cast("list[Any]", value)) if isinstance(value, list) else 1

        def used(around: Mapping[str, Any]) -> int:
            value = around.get(name)
            if value is None:
                return 0
            items: Sequence[Any] = cast("list[Any]", value) if isinstance(value, list) else (value,)
            found = len(items) if is_counted else 0
            for item in items:
                if item is not None:
                    for each in inside:
                        found += each(item)
            return found

        return used if inside or not is_counted else used_alone


@dataclass(frozen=True, slots=True)
class Bill:
    """An operation's cost."""

    lines: tuple[Line, ...]
    defaults: Variables
    """Of the operation's own variables."""
    fixed: int | None = field(init=False)
    """What it asks for where variables play no part in that."""
    _counting: tuple[Used, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_counting", tuple(line.counting() for line in self.lines))
        is_fixed = all(line.is_fixed for line in self.lines)
        object.__setattr__(self, "fixed", sum(line.asked({}) for line in self.lines) if is_fixed else None)

    def asked(self, variables: Variables | None) -> int:
        """The most nodes that can be answered with these variables, as they were sent."""
        if self.fixed is not None:
            return self.fixed
        given = {**self.defaults, **(variables or {})}
        return sum(line.asked(given) for line in self.lines)

    def used(self, data: Mapping[str, Any] | None) -> int:
        """The nodes of an answer."""
        return sum([used(data) for used in self._counting]) if data else 0


def bills(schema: GraphQLSchema, document: DocumentNode) -> dict[str | None, Bill]:
    """The cost of each operation, by its name, of a document in which every name is known.

    Raises BadInput for one that repeats more fields than can be compared with each other.
    """
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    found: dict[str | None, Bill] = {}
    for node in document.definitions:
        root = schema.get_root_type(node.operation) if isinstance(node, OperationDefinitionNode) else None
        if isinstance(node, OperationDefinitionNode) and root:
            writer = _Writer(schema, fragments)
            lines = writer.lines([(root, node.selection_set)], at_root=True, page=None)
            if writer.repeats > MOST_REPEATS:
                raise too_complex(writer.repeats, "repeated fields", MOST_REPEATS)
            defaults = {
                variable.variable.name.value: value_from_ast_untyped(variable.default_value)
                for variable in node.variable_definitions or ()
                if variable.default_value
            }
            found[node.name.value if node.name else None] = Bill(lines, defaults)
    return found


Place = tuple[GraphQLNamedType, SelectionSetNode]
Collected = dict[str, list[tuple[GraphQLNamedType, FieldNode]]]


class _Writer:
    """Writes a bill along the answer: what stands in one place of it is taken together, as execution does."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self.repeats = 0

    def lines(self, places: list[Place], *, at_root: bool, page: Page | None) -> tuple[Line, ...]:
        """The lines of one place of the answer."""
        collected: Collected = {}
        seen: set[str] = set()
        for around, selections in places:
            self._collect(around, selections.selections, collected, seen)
        lines = [self._line(name, fields, at_root=at_root, page=page) for name, fields in collected.items()]
        return tuple(line for line in lines if line)

    def _collect(
        self, around: GraphQLNamedType, selections: Sequence[SelectionNode], into: Collected, seen: set[str]
    ) -> None:
        for node in selections:
            match node:
                case FieldNode():
                    into.setdefault((node.alias or node.name).value, []).append((around, node))
                case InlineFragmentNode():
                    condition = node.type_condition
                    inside = self._schema.get_type(condition.name.value) if condition else around
                    self._collect(inside or around, node.selection_set.selections, into, seen)
                case FragmentSpreadNode() if node.name.value not in seen:
                    seen.add(node.name.value)
                    fragment = self._fragments[node.name.value]
                    inside = self._schema.get_type(fragment.type_condition.name.value) or around
                    self._collect(inside, fragment.selection_set.selections, into, seen)
                case _:
                    pass

    def _line(
        self, name: str, fields: list[tuple[GraphQLNamedType, FieldNode]], *, at_root: bool, page: Page | None
    ) -> Line | None:
        self.repeats += len(fields) - 1
        places: list[Place] = []
        formulas: list[Formula] = []
        inner: Page | None = None
        for around, node in fields:
            field = getattr(around, "fields", {}).get(node.name.value)
            # The schema's own fields about itself answer no data; how deep they go has its own rule.
            if field is None or node.selection_set is None:
                continue
            given = {argument.name.value: argument.value for argument in node.arguments or ()}
            formula = _formula(f"{around.name}.{node.name.value}", field.type, given, page)
            if formula or at_root:
                formulas.append(formula or Assumed(1))
            if "first" in field.args:
                inner = Page(given.get("first"), given.get("last"))
            places.append((cast("GraphQLNamedType", get_named_type(field.type)), node.selection_set))
        lines = self.lines(places, at_root=False, page=inner) if places else ()
        return Line(name, tuple(formulas), lines) if lines or formulas else None


def _formula(name: str, type_: object, given: Mapping[str, ValueNode], page: Page | None) -> Formula | None:
    """How long a field's list is; None for a field that answers no list of objects."""
    if not is_list_of_objects(type_):
        return None
    if name in COUNTED:
        return Items(given.get(COUNTED[name]))
    if name in PAGED and page:
        return page
    return Assumed(SIZES[name])


def is_list_of_objects(type_: Any) -> bool:  # noqa: ANN401 - the library's own types are generic, and not said of what
    """Whether a type is a list of what has fields of its own."""
    return str(type_).startswith("[") and bool(is_composite_type(get_named_type(type_)))


def _value(given: Given, variables: Variables) -> object:
    """An argument's value, as it was written or sent; None for none."""
    if isinstance(given, VariableNode):
        return variables.get(given.name.value)
    return value_from_ast_untyped(given, dict(variables)) if given else None
