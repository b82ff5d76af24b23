"""A body is strict UTF-8 JSON of a bearable depth, with each member once; else it is refused unused."""

import json

import pytest

from api.bodies import DEEPEST

QUERY = json.dumps({"query": "{ guide { edition } }"})


def nested(levels: int, opening: str = '{"a":', closing: str = "}") -> str:
    return opening * levels + "1" + closing * levels


def posted(caller, body: str | bytes):
    return caller.post("/graphql", content=body, headers={"content-type": "application/json"})


def with_variables(text: str) -> str:
    return f'{{"query": "{{ guide {{ edition }} }}", "variables": {text}}}'


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (with_variables(nested(DEEPEST)), "more than 32 levels"),
        (with_variables('{"a": ' + nested(DEEPEST - 1, "[", "]") + "}"), "more than 32 levels"),
        (nested(500), "more than 32 levels"),
        (nested(40_000, "[", "]"), "not JSON"),
        (nested(100_000, "[", "]"), "50,000 opening brackets"),
        (with_variables('{"a": [' + "{}," * 60_000 + "1]}"), "50,000 opening brackets"),
        (with_variables('{"a": 1, "a": 1}'), '"a" twice'),
        (with_variables('{"b": [{"a": 1, "\\u0061": 2}]}'), '"a" twice'),
        ('{"query": "{ a }", "query": "{ b }"}', '"query" twice'),
        (with_variables('{"a": 1e999}'), "not JSON"),
        (with_variables('{"a": -1e999}'), "not JSON"),
        (with_variables('{"a": Infinity}'), "not JSON"),
        (with_variables('{"a": ' + "9" * 5_000 + "}"), "not JSON"),
        ("\ufeff" + QUERY, "not JSON"),
        (QUERY.encode("utf-16"), "not JSON"),
        (QUERY + "x", "not JSON"),
        (QUERY.replace("edition", "\udcff").encode("utf-8", "surrogateescape"), "not JSON"),
        (QUERY.replace("edition", "\x01"), "not JSON"),
    ],
)
def test_json_that_readers_may_take_differently_or_not_at_all_is_refused(caller, body, says):
    response = posted(caller, body)
    [error] = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (400, "BAD_JSON")
    assert says in error["message"]


def test_the_deepest_body_is_read(caller):
    assert "data" in posted(caller, with_variables(nested(DEEPEST - 1))).json()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity, gzip", "x"])
def test_an_encoded_body_is_refused_whatever_it_holds(caller, encoding):
    headers = {"content-type": "application/json", "content-encoding": encoding}
    assert caller.post("/graphql", content=QUERY.encode(), headers=headers).status_code == 415


def test_a_parameter_of_the_address_is_given_once(caller):
    url = "/graphql?query={guide{edition}}&query={guide{title}}"
    response = caller.get(url, headers={"x-requested-with": "a test"})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "variables",
    ['{"a": [%s]}', '{"a": {"b": [[%s]]}}', '{"a": [[], [%s]]}'],
    ids=["a list", "in an object", "in a list"],
)
def test_a_list_holds_up_to_a_thousand_items(caller, variables):
    assert "data" in posted(caller, with_variables(variables % ", ".join(["1"] * 1_000))).json()
    response = posted(caller, with_variables(variables % ", ".join(["1"] * 1_001)))
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BATCH_SIZE")
