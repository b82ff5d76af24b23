"""Global ids: what was given out is found again, and whatever else is asked for is null."""

import base64
from uuid import UUID

import pytest

from schema.nodes import Kind, read_id, read_id_of, write_id

SOME = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


def test_an_id_is_read_as_it_was_written():
    assert read_id(write_id(Kind.LICENSE, SOME)) == (Kind.LICENSE, SOME)
    assert read_id_of(Kind.LICENSE, write_id(Kind.LICENSE, SOME)) == SOME
    assert read_id_of(Kind.ACCOUNT, write_id(Kind.LICENSE, SOME)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=",
        "a",
        "é",
        "\0",
        "License:1",
        base64.b64encode(b"License:1").decode(),
        base64.b64encode(f"Query:{SOME.hex}".encode()).decode(),
        base64.urlsafe_b64encode(f"License:{SOME}".encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(f"License:{SOME.hex}".encode()).decode(),
        write_id(Kind.LICENSE, SOME) + "\n",
        "x" * 10_000,
    ],
)
def test_a_text_that_was_never_given_out_names_nothing(text, data_of):
    assert read_id(text) is None or read_id(text) == (Kind.LICENSE, SOME)
    assert data_of(NODE, id=text) == {"node": None}


def test_every_kind_of_node_is_found_again_by_its_id(data_of):
    found = data_of('{ license(by: {serial: "FAX-1"}) { id account { id } product { id } } }')["license"]
    ids = {"License": found["id"], "Account": found["account"]["id"], "Product": found["product"]["id"]}
    for kind, id_ in ids.items():
        assert data_of(NODE, id=id_)["node"] == {"__typename": kind, "id": id_}
    nodes = data_of("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }", ids=[*ids.values(), "nothing"])["nodes"]
    assert nodes == [{"__typename": "License"}, {"__typename": "Account"}, {"__typename": "Product"}, None]


def test_at_most_a_hundred_nodes_are_fetched_at_once(refusal_of):
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert refusal_of(document, ids=["x"] * 101)["extensions"]["code"] == "BAD_USER_INPUT"
