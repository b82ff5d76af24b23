"""What clients that keep a store of objects count on: nodes, connections, and ids that name one object each."""

from collections import defaultdict

from graphql import GraphQLInterfaceType, GraphQLNonNull, GraphQLObjectType, get_named_type

from schema.nodes import Kind
from schema.root import Schema

TYPES = Schema()._schema.type_map
OBJECTS = [type_ for type_ in TYPES.values() if isinstance(type_, GraphQLObjectType)]
CONNECTIONS = [type_ for type_ in OBJECTS if type_.name.endswith("Connection")]
FIELDS_OF_CONNECTIONS = [
    (f"{owner.name}.{name}", field)
    for owner in OBJECTS
    for name, field in owner.fields.items()
    if get_named_type(field.type) in CONNECTIONS
]
GUIDE = "{ guide { clauses { __typename id } conflicts { __typename id readings { __typename id } } } }"
LICENSES = """
{ licenses(first: 100) { edges { node { __typename id account { __typename id } product { __typename id } } } } }
"""


def written(fields) -> dict[str, str]:
    return {name: str(field.type) for name, field in fields.items()}


def test_a_node_has_an_id_and_nothing_else():
    node = TYPES["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    assert written(node.fields) == {"id": "ID!"}


def test_a_node_that_is_not_there_is_null_and_spoils_no_other():
    query = TYPES["Query"]
    assert isinstance(query, GraphQLObjectType)
    assert (str(query.fields["node"].type), written(query.fields["node"].args)) == ("Node", {"id": "ID!"})
    assert (str(query.fields["nodes"].type), written(query.fields["nodes"].args)) == ("[Node]!", {"ids": "[ID!]!"})


def test_every_node_is_of_a_kind_that_an_id_may_name():
    assert {type_.name for type_ in OBJECTS if TYPES["Node"] in type_.interfaces} == set(Kind)


def test_every_connection_has_edges_with_cursors_and_says_where_its_page_stands():
    assert CONNECTIONS
    for connection in CONNECTIONS:
        item = connection.name.removesuffix("Connection")
        of_edge = TYPES[f"{item}Edge"]
        assert isinstance(of_edge, GraphQLObjectType)
        assert written(of_edge.fields).items() >= {"node": f"{item}!", "cursor": "String!"}.items()
        shape = {"edges": f"[{item}Edge!]!", "pageInfo": "PageInfo!"}
        assert written(connection.fields).items() >= shape.items()
    info = TYPES["PageInfo"]
    assert isinstance(info, GraphQLObjectType)
    assert written(info.fields) == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    }


ONE_WAY = {"ReportFigure.rows"}
"""Rows are found while a portfolio is gone through, and that only forwards."""


def test_every_list_is_paged_both_ways():
    assert FIELDS_OF_CONNECTIONS
    for name, field in FIELDS_OF_CONNECTIONS:
        if name in ONE_WAY:
            continue
        assert isinstance(field.type, GraphQLNonNull), name
        arguments = {"first": "Int", "after": "String", "last": "Int", "before": "String"}
        assert written(field.args).items() >= arguments.items(), name


def test_no_id_names_two_objects_of_different_types(ask):
    """A store of objects knows them by their ids alone."""
    types = defaultdict(set)

    def note(value) -> None:
        if isinstance(value, list):
            for item in value:
                note(item)
        elif isinstance(value, dict):
            if "id" in value:
                types[value["id"]].add(value["__typename"])
            note(list(value.values()))

    note([ask(GUIDE), ask(LICENSES)])
    assert set().union(*types.values()) == {"Clause", "Conflict", "Reading", "License", "Account", "Product"}
    assert {id_: names for id_, names in types.items() if len(names) > 1} == {}
