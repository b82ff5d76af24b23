"""What an operation may answer is known beforehand, by a formula of its variables; what it did answer is counted."""

import pytest
from graphql import is_composite_type
from hypothesis import given
from hypothesis import strategies as st

from api.operations import operation
from schema.costs import MOST_NODES, is_list_of_objects
from schema.root import Schema
from schema.sizes import COUNTED, MOST_CHECKS, PAGED, SIZES
from tests import strategies
from tests.queries import SCHEMA, selections

SUBGRAPH = Schema(federation=True)
CHECKS = {"license": {"serial": "FAX-1"}}


def asked(text: str, **variables) -> int:
    bill = SCHEMA.documents.read(text).bill(None)
    assert bill
    return bill.asked(variables)


# ---------------------------------------------------------------- declared sizes


def lists_of_objects() -> set[str]:
    return {
        f"{name}.{field}"
        for schema in (SCHEMA, SUBGRAPH)
        for name, type_ in schema._schema.type_map.items()
        if hasattr(type_, "fields") and not name.startswith("__") and is_composite_type(type_)
        for field, defined in type_.fields.items()  # type: ignore[attr-defined]
        if is_list_of_objects(defined.type)
    }


def test_every_list_of_objects_declares_its_size_once():
    declared = [*SIZES, *COUNTED, *PAGED]
    assert sorted(declared) == sorted(lists_of_objects()), "declare the size of each list in schema/sizes.py"


# ---------------------------------------------------------------- the formula


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("{ guide { edition } }", {}, 1),
        ("{ licenses(first: 10) { totalCount } }", {}, 1),
        ("{ licenses(first: 10) { edges { cursor } } }", {}, 1 + 10),
        ("{ licenses(last: 10) { edges { node { serial } } } }", {}, 1 + 10),
        ("query ($n: Int) { licenses(first: $n) { edges { cursor } } }", {"n": 7}, 1 + 7),
        ("query ($n: Int = 9) { licenses(first: $n) { edges { cursor } } }", {}, 1 + 9),
        ("query ($n: Int = 9) { licenses(first: $n) { edges { cursor } } }", {"n": None}, 1 + 100),
        ("query ($n: Int = 9) { licenses(first: $n) { edges { cursor } } }", {"n": "many"}, 1 + 100),
        ("{ licenses(first: 1000) { edges { cursor } } }", {}, 1 + 100),
        ("{ licenses { edges { cursor } } }", {}, 1 + 100),
        ("{ a: licenses(first: 2) { edges { cursor } } b: licenses(first: 3) { edges { cursor } } }", {}, 2 + 2 + 3),
        (
            "{ licenses(first: 10) { edges { node { dependents { serial } } } } }",
            {},
            1 + 10 * (1 + SIZES["License.dependents"]),
        ),
        (
            "{ accounts(first: 10) { edges { node { licenses(first: 20) { edges { cursor } } } } } }",
            {},
            1 + 10 * (1 + 20),
        ),
        ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["x"] * 4}, 4),
        ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": "x"}, 1),
        ('{ nodes(ids: ["x", "y"]) { id } }', {}, 2),
        ("{ ...f guide { title } } fragment f on Query { guide { theaters { code } } }", {}, 11),
        ("{ ... @skip(if: true) { guide { edition } } }", {}, 1),
    ],
)  # fmt: skip
def test_the_size_of_a_list_multiplies_everything_inside_of_it(text, variables, expected):
    assert asked(text, **variables) == expected


def test_fields_that_answer_in_one_place_are_counted_once():
    one = "licenses(first: 5) { edges { node { dependents { serial } } } }"
    assert asked(f"{{ {one} {one} }}") == asked(f"{{ {one} }}")


def test_of_two_types_fields_in_one_place_the_larger_list_counts():
    text = """{ nodes(ids: ["x"]) {
      ... on License { them: dependents { serial } }
      ... on RenewalOrder { them: licenses { serial } }
    } }"""
    assert asked(text) == 1 + max(SIZES["License.dependents"], SIZES["RenewalOrder.licenses"])


def test_a_formula_is_worked_out_for_each_requests_own_variables():
    bill = SCHEMA.documents.read(operation("portal_licenses")).bill("PortalLicenses")
    assert bill
    assert bill.asked({"first": 10}) < bill.asked(None) < bill.asked({"first": 100}) < MOST_NODES


def test_a_thousand_checks_of_the_portal_fit():
    assert asked(operation("checks"), inputs=[CHECKS] * MOST_CHECKS) <= MOST_NODES


# ---------------------------------------------------------------- over HTTP


def test_an_answer_tells_what_was_asked_for_and_what_was_used(ask):
    answer = ask("{ licenses(first: 50) { edges { node { dependents { serial } } } } }")
    declared = 1 + 50 * (1 + SIZES["License.dependents"])
    assert answer["extensions"]["cost"] == {"asked": declared, "used": 1 + 5 + 1, "limit": MOST_NODES}


def test_what_asks_for_too_many_nodes_is_not_run(ask):
    three = """query ($n: Int!) { licenses(first: $n) { edges { node { account { licenses(first: $n) { edges { node {
        account { licenses(first: $n) { edges { node { serial } } } } } } } } } } } }"""
    answer = ask(three, n=100)
    [error] = answer["errors"]
    assert "data" not in answer
    assert error["extensions"] == {"code": "QUERY_TOO_COMPLEX", "limit": "nodes", "asked": 1_010_101, "most": 25_000}
    assert "1,010,101" in error["message"]
    assert "25,000" in error["message"]
    assert "errors" not in ask(three, n=20)


def test_a_list_that_is_longer_than_declared_is_answered_and_was_asked_for(ask, monkeypatch):
    monkeypatch.setitem(SIZES, "Guide.conflicts", 1)
    answer = ask("{ guide { conflicts { id } } } # measured anew")
    cost = answer["extensions"]["cost"]
    assert cost["asked"] == cost["used"] == 1 + len(answer["data"]["guide"]["conflicts"])


def test_an_account_with_more_licences_than_a_batch_is_asked_for_in_parts(refusal_of, monkeypatch):
    monkeypatch.setattr("schema.checks.MOST_CHECKS", 2)
    error = refusal_of('{ accountChecks(account: "ACME", check: {}) { verdict } }')
    assert error["extensions"]["code"] == "BATCH_SIZE"
    assert "3 licences" in error["message"]


# ---------------------------------------------------------------- asked ≥ used


@pytest.mark.parametrize("examples", [50, pytest.param(1_500, marks=pytest.mark.long)])
def test_no_answer_uses_more_than_was_asked_for(examples, caller):
    def check(levels, data):
        text = "{ " + data.draw(selections(SCHEMA._schema.query_type, levels)) + " }"
        bill = SCHEMA.documents.read(text).bill(None)
        assert bill, text
        answer = caller.post("/graphql", json={"query": text}).json()
        if bill.asked({}) > MOST_NODES:
            assert answer["errors"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX"
        else:
            assert "data" in answer, answer
            assert bill.used(answer["data"]) == answer["extensions"]["cost"]["used"] <= bill.asked({})
            assert answer["extensions"]["cost"]["asked"] == bill.asked({})

    run = given(levels=st.integers(2, 7), data=st.data())(check)
    strategies.settings(strategies.settings.get_profile("short"), max_examples=examples)(run)()
