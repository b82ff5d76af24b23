"""Plans: straight-line functions written for one operation, each for the objects of one selection.

A function takes an object and the request, and gives the dictionary that is answered for it, at once unless something
in it has to be waited for. It is written from names that graphql-core has validated; everything else is bound to names
of our own, `k0`, `k1`, …
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from types import SimpleNamespace
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
    is_introspection_type,
    is_leaf_type,
    is_object_type,
)
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from schema.compiled.arguments import Conversion
from schema.compiled.awaiting import AT_ONCE, WAITS, Waiting, begun, filled, gathered
from schema.compiled.leaves import written
from schema.compiled.selections import Selected, Selections
from schema.compiled.sent import Sent, sent_of
from schema.compiled.steady import Steady, is_steady
from schema.compiled.surprises import NotCompiled, Surprise
from schema.context import Context
from schema.permissions import NEEDED, Needed, lacked

Data = dict[str, Any]
Selection = tuple[str, tuple[int, ...]]
"""What is selected of a type: its name, and the identities of the sets."""
Output = Any
"""An output type: graphql-core leaves what wrapping types wrap untyped."""
BACKREF = GraphQLCoreConverter.DEFINITION_BACKREF
NOWHERE: Any = SimpleNamespace(field_name="")
"""Stands for the info where a type is told from a value: only the message of an error would look at it."""


class PlanInfo:
    """What resolvers are given in place of the library's info: they look at the context only."""

    __slots__ = ("context",)

    def __init__(self, context: Context) -> None:
        self.context = context


class Values:
    """The variables of a request as they were read, and the arguments that rest on them.

    They may stand for any number of requests that send the same: no resolver changes what it is given.
    """

    __slots__ = ("_conversions", "_variables", "made", "of")

    def __init__(
        self, of: Mapping[str, Any], variables: VariableValues | None, conversions: Sequence[Conversion]
    ) -> None:
        self.of = of
        """The value of each variable."""
        self._variables = variables
        """The same for graphql-core; None where they were read as resolvers take them."""
        self._conversions = conversions
        self.made: dict[int, Mapping[str, Any]] = {}
        """Arguments of fields, by the number of their conversion."""

    def arguments(self, number: int) -> Mapping[str, Any]:
        """The arguments of a field, converted when they are first asked for."""
        conversion, variables = self._conversions[number], self._variables
        found = conversion.of_read(self.of) if variables is None else conversion.of(variables)
        self.made[number] = found
        return found


class Request:
    """One run of a plan: the surroundings and the variables."""

    __slots__ = ("_made", "_values", "info", "shares")

    def __init__(self, context: Context, values: Values, *, shares: bool) -> None:
        self.info = PlanInfo(context)
        self.shares = shares
        """Whether parts of the answer may be those of other requests."""
        self._values = values
        self._made = values.made

    def arguments(self, number: int) -> Mapping[str, Any]:
        """The arguments of a field."""
        return self._made.get(number) or self._values.arguments(number)

    def require(self, needed: Needed) -> None:
        """Leaves to graphql-core what the viewer lacks the scopes for."""
        if lacked(self.info.context.viewer, needed):
            raise Surprise

    def holds(self, variable: str) -> bool:
        """The value of a variable that is a condition."""
        value = self._values.of[variable]
        if value.__class__ is not bool:
            raise Surprise
        return value


@dataclass(frozen=True, slots=True)
class Plan:
    """An operation that can be answered directly."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    conversions: list[Conversion]
    root: Callable[[None, Request], Any]
    is_async: bool
    is_alone: bool
    """Whether it asks for one field only."""
    is_steady: bool
    """Whether all that it answers is what a steady type remembers."""
    sent: Sent | None
    """What reads the variables as resolvers take them; None where graphql-core does."""
    kept: dict[bytes, Any] = field(default_factory=dict[bytes, Any])
    """What whoever runs it keeps of variables, by the text that sent them; it goes with the plan."""

    @property
    def name(self) -> str | None:
        """The operation's name in its document."""
        return self.operation.name.value if self.operation.name else None

    def read(self, given: Mapping[str, Any] | None) -> Values:
        """The variables that a request sends. Raises Surprise where graphql-core has to answer."""
        if self.sent is not None:
            return Values(self.sent.read(given or {}), None, self.conversions)
        found = get_variable_values(self.schema, self.operation.variable_definitions or (), dict(given or {}))
        if isinstance(found, list):
            raise Surprise
        return Values(found.coerced, found, self.conversions)

    async def run(self, context: Context, values: Values, *, shares: bool = False) -> Data:
        """The operation's data. Raises Surprise where graphql-core has to answer.

        Whoever shares its parts with other requests changes nothing in it.
        """
        context.is_alone = self.is_alone
        try:
            found = self.root(None, Request(context, values, shares=shares))
            return await found if self.is_async else found
        except Surprise:
            raise
        except Exception as error:
            raise Surprise from error


def plan_of(schema: GraphQLSchema, converter: Any, document: DocumentNode, operation: OperationDefinitionNode) -> Plan:  # noqa: ANN401 - the library's own
    """The plan of an operation of a valid document. Raises NotCompiled for what plans do not serve."""
    if operation.operation is not OperationType.QUERY or schema.query_type is None:
        raise NotCompiled(f"a {operation.operation.value}")
    if operation.directives:
        raise NotCompiled("directives of an operation")
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    writing = Writing(schema, converter, Selections(schema, fragments))
    name, is_async = writing.projection(schema.query_type, [operation.selection_set])
    selected = writing.selections.of(schema.query_type, [operation.selection_set])
    is_alone = len(selected) == 1
    if is_async:
        waited = "await found if found.__class__ is Waiting else found"
        writing.lines += ["async def root(o, r):", f"    found = {name}(o, r)", f"    return {waited}"]
        name = "root"
    sent = sent_of(schema, converter, operation, writing.conversions)
    root = writing.made()[name]
    is_steady = is_alone and writing.is_remembered(schema.query_type, selected[0])
    return Plan(schema, operation, writing.conversions, root, is_async, is_alone, is_steady, sent)


@dataclass(slots=True)
class Writing:
    """The functions of a plan as they are written."""

    schema: GraphQLSchema
    converter: Any
    selections: Selections
    conversions: list[Conversion] = field(default_factory=list[Conversion])
    lines: list[str] = field(default_factory=list[str])
    bound: dict[str, object] = field(
        default_factory=lambda: dict[str, object](
            Waiting=Waiting, WAITS=WAITS, begun=begun, filled=filled, gathered=gathered, Surprise=Surprise
        )
    )
    made_of: dict[Selection, tuple[str, bool]] = field(default_factory=dict[Selection, tuple[str, bool]])
    remembered: set[Selection] = field(default_factory=set[Selection])
    """What is remembered by the functions that answer it."""

    def bind(self, value: object) -> str:
        """A name for a value."""
        name = f"k{len(self.bound)}"
        self.bound[name] = value
        return name

    def made(self) -> dict[str, Any]:
        """The functions, ready to be called."""
        scope = dict(self.bound)
        exec(compile("\n".join(self.lines), "<plan>", "exec"), scope)  # noqa: S102 - validated names and our own only
        return scope

    # ------------------------------------------------------------ objects

    def projection(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> tuple[str, bool]:
        """The name of the function that answers a selection of a type, and whether it may have to wait."""
        chosen = list(sets)
        key = type_.name, _ids(chosen)
        if key not in self.made_of:
            name = f"p{len(self.made_of)}"
            self.made_of[key] = name, True  # of itself it could only be part through a cycle, which is not valid
            selected = self.selections.of(type_, chosen)
            is_async = self._write(name, type_, selected)
            if not is_async and self._is_steady(type_, selected, chosen):
                self._remember(name, type_)
                self.remembered.add(key)
            self.made_of[key] = name, is_async
        return self.made_of[key]

    def is_remembered(self, type_: GraphQLObjectType, selected: Selected) -> bool:
        """Whether all that a field of a type answers is remembered; it is one object, on no condition."""
        definition = type_.fields.get(selected.nodes[0].name.value)
        if definition is None or selected.conditions:
            return False
        sets = [one.selection_set for one in selected.nodes if one.selection_set is not None]
        type_name = str(definition.type).removesuffix("!")
        return (type_name, _ids(sets)) in self.remembered

    def _is_steady(self, type_: GraphQLObjectType, selected: list[Selected], sets: list[SelectionSetNode]) -> bool:
        """Whether what a selection answers may be remembered."""
        steady = _steady(type_)
        names = [one.nodes[0].name.value for one in selected]
        return steady is not None and is_steady(steady, names, sets, self.selections.fragments)

    def _remember(self, name: str, type_: GraphQLObjectType) -> None:
        """Has a function remember what it answers."""
        where, this = self.bind(cast("Steady", _steady(type_)).remembered), self.bind(object())
        self.lines += [
            f"{name}_ = {name}",
            f"def {name}(o, r):",
            f"    if not r.shares: return {name}_(o, r)",
            f"    m = {where}(o, r.info.context)",
            f"    d = m.get({this})",
            f"    if d is None: d = m[{this}] = {name}_(o, r)",
            "    return d",
        ]

    def _write(self, name: str, type_: GraphQLObjectType, selected: list[Selected]) -> bool:
        body: list[str] = []
        last: list[str] = []
        pairs: list[tuple[str, str]] = []
        written = [self._field(f"v{position}", type_, one) for position, one in enumerate(selected)]
        waits = [f"v{position}" for position, (_, awaits) in enumerate(written) if awaits]
        for position, (one, (lines, awaits)) in enumerate(zip(selected, written, strict=True)):
            value = f"v{position}"
            conditions = " and ".join(self._condition(includes, node) for includes, node in one.conditions)
            if conditions:
                lines = [f"{value} = None", f"c{position} = {conditions}", f"if c{position}:", *_indented(lines)]  # noqa: PLW2901 - the same, on conditions
            if awaits and len(waits) == 1:
                last = lines  # what fails at once is found before anything is begun
            else:
                body += lines
            pairs.append((repr(one.key), value))
        body += [*last, *self._answer(selected, pairs)]
        if waits:
            body.append(
                f"if {' or '.join(f'{value}.__class__ is Waiting' for value in waits)}: return begun(filled(d))"
            )
        self.lines += [f"def {name}(o, r):", *_indented([*body, "return d"])]
        return bool(waits)

    @staticmethod
    def _answer(selected: list[Selected], pairs: list[tuple[str, str]]) -> list[str]:
        if not any(one.conditions for one in selected):
            return [f"d = {{{', '.join(f'{key}: {value}' for key, value in pairs)}}}"]
        lines = ["d = {}"]
        for position, (one, (key, value)) in enumerate(zip(selected, pairs, strict=True)):
            lines.append(f"if c{position}: d[{key}] = {value}" if one.conditions else f"d[{key}] = {value}")
        return lines

    def _condition(self, includes: bool, node: object) -> str:
        if not isinstance(node, VariableNode):
            raise NotCompiled("a condition that is neither a constant nor a variable")
        return f"r.holds({node.name.value!r})" if includes else f"(not r.holds({node.name.value!r}))"

    # ------------------------------------------------------------ fields

    def _field(self, value: str, type_: GraphQLObjectType, selected: Selected) -> tuple[list[str], bool]:
        """Lines that leave a field's answer in a name, and whether it may be waiting."""
        node = selected.nodes[0]
        name = node.name.value
        if name == "__typename":
            return [f"{value} = {type_.name!r}"], False
        definition = type_.fields.get(name)
        if definition is None or is_introspection_type(type_):
            raise NotCompiled(f"the field {name} of introspection")
        resolved, is_awaited = self._resolved(value, definition, node)
        sets = [one.selection_set for one in selected.nodes if one.selection_set is not None]
        lines, awaits = self._completed(value, definition.type, sets)
        path = f"{type_.name}.{name}"
        guard = [f"r.require({self.bind(NEEDED[path])})"] if NEEDED.get(path) else []
        if not is_awaited:
            return [*guard, *resolved, *lines], awaits
        later = f"l{len(self.bound)}"
        self.bound[later] = None
        finished = f"return await {value} if {value}.__class__ is Waiting else {value}" if awaits else f"return {value}"
        self.lines += [f"async def {later}({value}, o, r):", *_indented([f"{value} = await {value}", *lines, finished])]
        waits = f"if {value}.__class__ is Waiting: {value} = begun({later}({value}, o, r))"
        return [*guard, *resolved, waits, "else:", *_indented(lines)], True

    def _resolved(self, value: str, definition: GraphQLField, node: FieldNode) -> tuple[list[str], bool]:
        """Lines that leave what a field's resolver gives for `o` in a name, and whether it may be waiting."""
        own: Any = definition.extensions.get(BACKREF)
        if own.__class__ is not StrawberryField or own.extensions:
            raise NotCompiled(f"the field {node.name.value} is not an ordinary one")
        resolver = own.base_resolver
        if resolver is None:
            return [f"{value} = o.{own.python_name}"], False
        called: list[str] = ["o"] if resolver.self_parameter else []
        parents = (resolver.parent_parameter, resolver.root_parameter)
        called += [f"{parameter.name}=o" for parameter in parents if parameter is not None]
        if resolver.info_parameter is not None:
            called.append(f"{resolver.info_parameter.name}=r.info")
        if own.arguments:
            conversion = Conversion(own, definition, node, self.converter)
            if conversion.needs_variables:
                self.conversions.append(conversion)
                called.append(f"**r.arguments({len(self.conversions) - 1})")
            else:
                called.append(f"**{self.bind(conversion.of(VariableValues({}, {})))}")
        wrapped: Any = resolver.wrapped_func
        function = wrapped.__func__ if isinstance(wrapped, staticmethod) else wrapped
        given = ", ".join(called)
        call = f"{self.bind(function)}({given})"
        if not iscoroutinefunction(function):
            return [f"{value} = {call}"], False
        attempt = getattr(function, AT_ONCE, None)
        if attempt is None:
            return [f"{value} = begun({call})"], True
        return [f"{value} = {self.bind(attempt)}({given})", f"if {value} is WAITS: {value} = begun({call})"], True

    # ------------------------------------------------------------ values

    def _completed(self, value: str, type_: Output, sets: list[SelectionSetNode]) -> tuple[list[str], bool]:
        """Lines that turn what a resolver gave, in a name, into its answer, in the same name."""
        if isinstance(type_, GraphQLNonNull):
            expression, awaits = self._expression(value, _within(type_), sets)
            return [f"if {value} is None: raise Surprise", f"{value} = {expression}"], awaits
        expression, awaits = self._expression(value, type_, sets)
        return [f"if {value} is not None: {value} = {expression}"], awaits

    def _expression(self, value: str, type_: Output, sets: list[SelectionSetNode]) -> tuple[str, bool]:
        """An expression of the answer for a value that is not None."""
        if is_leaf_type(type_):
            return written(type_, value, self.bind), False
        if isinstance(type_, GraphQLList):
            return self._list(value, _within(type_), sets)
        if is_object_type(type_):
            name, is_async = self.projection(type_, sets)
            return f"{name}({self._checked(value, type_)}, r)", is_async
        if is_abstract_type(type_):
            return self._abstract(value, type_, sets)
        raise NotCompiled(f"the type {type_}")

    def _list(self, value: str, item: Output, sets: list[SelectionSetNode]) -> tuple[str, bool]:
        inner = _within(item) if isinstance(item, GraphQLNonNull) else item
        expression, awaits = self._expression("x", inner, sets)
        listed = self.bind(_listed)
        refused = f"{self.bind(_missing)}()" if isinstance(item, GraphQLNonNull) else "None"
        items = f"[{refused} if x is None else {expression} for x in {listed}({value})]"
        return (f"gathered({items})" if awaits else items), awaits

    def _checked(self, value: str, type_: GraphQLObjectType) -> str:
        """The value, once it is sure that graphql-core would take it for one of the type."""
        if type_.is_type_of is None:
            return value
        check = _OfType(type_)
        return f"({value} if {value}.__class__ in {self.bind(check.classes)} else {self.bind(check)}({value}))"

    def _abstract(self, value: str, type_: GraphQLAbstractType, sets: list[SelectionSetNode]) -> tuple[str, bool]:
        """A call of the function for the value's own type."""
        made = {one.name: self.projection(one, sets) for one in self.schema.get_possible_types(type_)}
        awaits = any(is_async for _, is_async in made.values())
        name = f"a{len(self.bound)}"
        self.bound[name] = None
        resolve = self.bind(_Concrete(self.schema, type_))
        lines = [f"def {name}(x, r):", f"    t = {resolve}(x)"]
        lines += [f"    if t == {concrete!r}: return {projection}(x, r)" for concrete, (projection, _) in made.items()]
        self.lines += [*lines, "    raise Surprise"]
        return f"{name}({value}, r)", awaits


def _ids(sets: Iterable[SelectionSetNode]) -> tuple[int, ...]:
    return tuple([id(one) for one in sets])


def _steady(type_: GraphQLObjectType) -> Steady | None:
    """What of a type may be remembered."""
    definition: Any = type_.extensions.get(BACKREF)
    return getattr(definition.origin, "steady", None) if definition is not None else None


def _within(wrapping: Any) -> Output:  # noqa: ANN401 - see Output
    return wrapping.of_type


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _listed(value: Any) -> Any:  # noqa: ANN401 - whatever a resolver returned
    if value.__class__ is list or value.__class__ is tuple:
        return value
    raise Surprise


def _missing() -> None:
    raise Surprise


class _OfType:
    """Whether values of a class are of an object type; asked once a class."""

    def __init__(self, type_: GraphQLObjectType) -> None:
        self._is_type_of = type_.is_type_of
        self.classes: set[type] = set()
        """Those that are."""

    def __call__(self, value: Any) -> Any:  # noqa: ANN401 - whatever a resolver returned
        if self._is_type_of is None or self._is_type_of(value, NOWHERE) is not True:
            raise Surprise
        self.classes.add(value.__class__)
        return value


class _Concrete:
    """The object type of values of a class, of an abstract type's; asked once a class."""

    def __init__(self, schema: GraphQLSchema, type_: GraphQLAbstractType) -> None:
        self._schema = schema
        self._type = type_
        self._names: dict[type, str] = {}

    def __call__(self, value: Any) -> str:  # noqa: ANN401 - whatever a resolver returned
        name = self._names.get(value.__class__)
        if name is None:
            resolve = self._type.resolve_type
            name = resolve(value, NOWHERE, self._type) if resolve is not None else None
            if not isinstance(name, str):
                raise Surprise
            type_ = self._schema.get_type(name)
            if not isinstance(type_, GraphQLObjectType):
                raise Surprise
            if type_.is_type_of is not None and type_.is_type_of(value, NOWHERE) is not True:
                raise Surprise
            self._names[value.__class__] = name
        return name
