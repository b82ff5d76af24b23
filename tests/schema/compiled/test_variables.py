"""Variables that are read at once are what graphql-core and strawberry make of them; they say what is refused."""

from dataclasses import is_dataclass
from random import Random

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    OperationDefinitionNode,
    get_variable_values,
    is_required_input_field,
    parse,
    type_from_ast,
)
from strawberry import Some

from api.operations import operations
from schema.compiled.plans import plan_of
from schema.compiled.surprises import Surprise
from schema.root import Schema

SCHEMA = Schema()
TEXTS = {
    **{name: text for name, text in operations().items() if "mutation " not in text and "($" in text},
    "defaults": """query ($n: Int = 3, $order: LicenseOrder = EXPIRES_ON, $after: String = null, $yes: Boolean = true) {
        licenses(first: $n, orderBy: $order, after: $after) { totalCount @include(if: $yes) } }""",
    "arguments": "query ($s: String, $l: String) { accounts(first: 1, search: $s) { totalCount } a: license("
    'by: {serial: "FAX-1"}) { serial } entitlementCheck(input: {license: {serial: "x"}}) { '
    "reasons { message(language: $l) } } }",
    "node": "query ($id: ID!, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id } }",
}
ODD = [None, True, 0, 7, 2**31, -(2**31), 2**40, 1.0, 0.5, "", "x", [], ["x"], {}, {"x": 1}]
ONE_OF = {"LicenseRef", "HypotheticalChange"}
SCALARS = {
    "String": ["", "x", "FAX-1", "it"],
    "ID": ["", "x"],
    "Boolean": [True, False],
    "Int": [-1, 0, 1, 36, 2**31 - 1],
    "Date": ["2026-03-11", "2024-02-29", "0001-01-01", "2026-02-30"],
    "DateTime": ["2026-03-11T10:00:00Z", "2026-03-11t10:00:00.123+01:00", "0001-01-05T00:00:00Z", "2026-03-11T10:00"],
    "Decimal": ["1.50", "-3", "0", "1e5"],
}


def value(type_, dice: Random):
    """What may be sent for a type: most of it right, and some of it odd."""
    if dice.random() < 0.02:
        return dice.choice(ODD)
    if isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    elif dice.random() < 0.1:
        return None
    if isinstance(type_, GraphQLList):
        return [value(type_.of_type, dice) for _ in range(dice.randint(0, 2))]
    if isinstance(type_, GraphQLEnumType):
        return dice.choice(sorted(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        chosen = [name for name, field in type_.fields.items() if is_required_input_field(field) or dice.random() < 0.2]
        if type_.name in ONE_OF and dice.random() < 0.9:
            chosen = [dice.choice(sorted(type_.fields))]
        return {name: value(type_.fields[name].type, dice) for name in chosen}
    return dice.choice(SCALARS[type_.name])


def plain_of(given):
    """A value with the classes of everything in it, so that 1 and True are not the same."""
    if isinstance(given, Some):
        return Some, plain_of(given.value)
    if is_dataclass(given) and not isinstance(given, type):
        return type(given), {name: plain_of(one) for name, one in vars(given).items()}
    if isinstance(given, list | tuple):
        return type(given), [plain_of(one) for one in given]
    return type(given), given


@pytest.mark.parametrize("examples", [100, pytest.param(3_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", sorted(TEXTS))
def test_variables_are_read_as_the_libraries_make_them(name, examples):
    document = parse(TEXTS[name])
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    plan = plan_of(SCHEMA._schema, SCHEMA.schema_converter, document, operation)
    reading, declared = plan.sent, operation.variable_definitions or ()
    assert reading is not None
    types = {node.variable.name.value: type_from_ast(SCHEMA._schema, node.type) for node in declared}
    right = [0]

    def check(variables):
        theirs = get_variable_values(SCHEMA._schema, declared, variables)
        try:
            read = reading.read(variables)
            ours = [conversion.of_read(read) for conversion in plan.conversions]
        except Surprise:
            return
        assert not isinstance(theirs, list), "what is refused is read"
        right[0] += 1
        for conversion, arguments in zip(plan.conversions, ours, strict=True):
            expected = conversion.of(theirs)
            assert {one: plain_of(given) for one, given in arguments.items()} == {
                one: plain_of(given) for one, given in expected.items()
            }

    for seed in range(examples):
        dice = Random(f"{name} {seed}")  # noqa: S311 - the same in each run
        chosen = [one for one, type_ in types.items() if isinstance(type_, GraphQLNonNull) or dice.random() < 0.7]
        check({one: value(types[one], dice) for one in chosen})
    assert right[0] > examples / 10


@pytest.mark.parametrize(
    "text",
    [
        "query ($serial: String) { license(by: {serial: $serial}) { serial } }",
        'query ($by: LicenseRef! = {serial: "FAX-1"}) { license(by: $by) { serial } }',
    ],
)
def test_variables_within_values_and_defaults_that_are_objects_are_left_to_graphql_core(text):
    document = parse(text)
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    assert plan_of(SCHEMA._schema, SCHEMA.schema_converter, document, operation).sent is None
