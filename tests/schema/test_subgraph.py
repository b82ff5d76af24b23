"""The subgraph: as a gateway composes it, and as it asks for what other subgraphs refer to."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from graphql import build_ast_schema, lexicographic_sort_schema, parse, print_schema
from hypothesis import strategies as st

import schema
from schema.errors import BadInput
from schema.root import Schema, sdl, subgraph_sdl
from schema.store import Viewer
from schema.subgraph import KEYS, MOST_ENTITIES, read_reference
from tests.ordering import CUSTOMER
from tests.portfolio import client_of
from tests.strategies import for_all

COMMITTED = Path(schema.__file__).parent / "subgraph.graphql"
ENTITIES = """
query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on License { serial account { reference } coverage { state } }
    ... on Account { name }
    ... on Product { name milestones { kind } }
  }
}
"""
IDS = '{ license(by: {serial: "FAX-1"}) { id account { id } product { id } } }'


@pytest.fixture(scope="module")
def served(portfolio):
    with client_of(portfolio.model_copy(update={"federation": True})) as client:
        yield client


@pytest.fixture(scope="module")
def ask(served):
    def asking(document: str, **variables) -> dict:
        body = json.dumps({"query": document, "variables": variables})
        answer = served.post("/subgraph", content=body, headers={"content-type": "application/json"}).json()
        answer.pop("extensions", None)
        return answer

    return asking


def test_the_committed_sdl_is_the_subgraph_of_the_code():
    text = COMMITTED.read_text(encoding="utf-8")
    assert text == subgraph_sdl(), "run `coverline schema --federation > schema/subgraph.graphql`"


def test_a_gateway_is_given_the_committed_sdl(ask):
    assert ask("{ _service { sdl } }") == {"data": {"_service": {"sdl": COMMITTED.read_text(encoding="utf-8")}}}


def test_what_the_subgraph_says_it_answers_it_answers():
    """But for what only a gateway asks for, and what is said to a gateway alone."""
    for_gateways = ("_service", "_entities", "_Service", "_Entity", "_Any")
    executable = build_ast_schema(parse(Schema(federation=True).as_str()))
    for name in for_gateways:
        executable.type_map.pop(name, None)
        getattr(executable.query_type, "fields", {}).pop(name, None)
    said = build_ast_schema(parse(COMMITTED.read_text(encoding="utf-8")), assume_valid_sdl=True)
    assert plain_text(executable) == plain_text(said)


def plain_text(schema) -> str:
    sections = print_schema(lexicographic_sort_schema(schema)).split("\n\n")
    return "\n\n".join(section for section in sections if not section.startswith("directive @"))


def test_the_plain_api_knows_nothing_of_federation():
    assert all(word not in sdl() for word in ("_entities", "_service", "_Any", "@key", "@shareable", "@link"))


def test_the_subgraph_is_served_only_where_a_setting_says_so(caller, served):
    assert caller.post("/subgraph", json={"query": "{ _service { sdl } }"}).status_code == 404
    assert "_service" not in json.dumps(caller.post("/graphql", json={"query": "{ guide { edition } }"}).json())
    assert "errors" in served.post("/graphql", json={"query": "{ _service { sdl } }"}).json()
    assert "errors" in served.post("/subgraph", json={"query": '{ node(id: "x") { id } }'}).json()


def test_every_entity_is_found_by_each_of_its_keys(ask):
    found = ask(IDS)["data"]["license"]
    license = {"__typename": "License", "serial": "FAX-1", "account": {"reference": "ACME"},
               "coverage": {"state": "COVERED"}}  # fmt: skip
    account = {"__typename": "Account", "name": "Acme"}
    product = {"__typename": "Product", "name": "Digital Fax", "milestones": []}
    asked = [
        ("License", "id", found["id"], license),
        ("License", "serial", "FAX-1", license),
        ("Account", "id", found["account"]["id"], account),
        ("Account", "reference", "ACME", account),
        ("Product", "id", found["product"]["id"], product),
        ("Product", "code", "FAX", product),
    ]
    assert {(type_, key) for type_, key, _, _ in asked} == {(kind, key) for kind, keys in KEYS.items() for key in keys}
    representations = [{"__typename": type_, key: value} for type_, key, value, _ in asked]
    assert ask(ENTITIES, representations=representations) == {"data": {"_entities": [one for *_, one in asked]}}


@pytest.mark.parametrize(
    "representation",
    [
        {"__typename": "License", "serial": "NOPE"},
        {"__typename": "License", "serial": "\0"},
        {"__typename": "License", "serial": "\ud800"},
        {"__typename": "License", "id": ""},
        {"__typename": "Account", "reference": "NOPE"},
        {"__typename": "Account", "reference": "\ud800"},
        {"__typename": "Product", "code": "\0"},
        {"__typename": "Product", "id": "x" * 10_000},
    ],
)
def test_what_is_not_there_is_null_and_spoils_no_other(ask, representation):
    there = {"__typename": "Account", "reference": "ACME"}
    answer = ask(ENTITIES, representations=[representation, there])
    assert answer == {"data": {"_entities": [None, {"__typename": "Account", "name": "Acme"}]}}


def test_what_is_not_the_viewers_to_see_is_as_if_it_were_not_there(ask, monkeypatch):
    ids = ask(IDS)["data"]["license"]

    async def customer(*_, **__) -> Viewer:
        return replace(CUSTOMER, account="BETA")

    monkeypatch.setattr("api.auth.viewer_of", customer)
    foreign = [
        {"__typename": "License", "serial": "FAX-1"},
        {"__typename": "License", "id": ids["id"]},
        {"__typename": "Account", "reference": "ACME"},
        {"__typename": "Account", "id": ids["account"]["id"]},
    ]
    own = {"__typename": "License", "serial": "FAX-3"}
    assert ask(ENTITIES, representations=[*foreign, own])["data"]["_entities"] == [
        *[None] * len(foreign),
        {
            "__typename": "License",
            "serial": "FAX-3",
            "account": {"reference": "BETA"},
            "coverage": {"state": "COVERED"},
        },
    ]


def test_an_id_names_an_object_of_its_own_type_only(ask):
    found = ask(IDS)["data"]["license"]
    asked = [
        {"__typename": "Account", "id": found["id"]},
        {"__typename": "License", "id": found["product"]["id"]},
        {"__typename": "Product", "id": found["account"]["id"]},
    ]
    assert ask(ENTITIES, representations=asked) == {"data": {"_entities": [None] * 3}}


@pytest.mark.parametrize(
    ("representation", "told"),
    [
        ({}, "__typename"),
        ("License", "__typename"),
        (None, "non-null"),
        ([], "__typename"),
        ({"__typename": "Query"}, "__typename"),
        ({"__typename": "RenewalOrder", "id": "x"}, "__typename"),
        ({"__typename": ["License"], "serial": "FAX-1"}, "__typename"),
        ({"__typename": "License"}, "id, serial"),
        ({"__typename": "License", "serial": 7}, "id, serial"),
        ({"__typename": "License", "serial": None, "id": {}}, "id, serial"),
        ({"__typename": "Account", "serial": "FAX-1"}, "id, reference"),
    ],
)
def test_what_refers_to_nothing_is_refused_before_anything_is_read(ask, representation, told):
    answer = ask(ENTITIES, representations=[representation])
    [error] = answer["errors"]
    assert "data" not in answer
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert told in error["message"]


def test_at_most_a_thousand_entities_are_fetched_at_once(ask):
    representation = {"__typename": "Product", "code": "FAX"}
    document = "query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }"
    most = ask(document, representations=[representation] * MOST_ENTITIES)
    assert len(most["data"]["_entities"]) == MOST_ENTITIES
    [error] = ask(document, representations=[representation] * (MOST_ENTITIES + 1))["errors"]
    assert error["extensions"]["code"] == "BATCH_SIZE"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
REPRESENTATIONS = st.fixed_dictionaries(
    {"__typename": st.sampled_from([*KEYS, "Query"]) | JSON},
    optional=dict.fromkeys(("id", "serial", "reference", "code", "other"), JSON),
)


@for_all(200, value=REPRESENTATIONS | JSON)
def test_whatever_is_sent_as_a_reference_names_a_key_or_is_refused(value):
    try:
        reference = read_reference(value)
    except BadInput:
        return
    assert value["__typename"] == reference.kind
    assert value[reference.key] == reference.value
    assert reference.key in KEYS[reference.kind]
