"""The subgraph beside another team's: composed, and resolved through a gateway over real HTTP."""

import pytest

from api.app import create_app
from tests.clients import tickets
from tests.clients.running import node, served
from tests.portfolio import NOW

OUTWARD = """
{
  tickets(first: 3) {
    edges {
      node {
        id
        license { serial installedRelease account { name } coverage { state } }
        payer { name licenses(first: 1) { totalCount pageInfo { hasNextPage } } }
      }
    }
    pageInfo { hasNextPage }
  }
}
"""
INWARD = '{ license(by: {serial: "FAX-1"}) { product { code } tickets { id } } }'
REFUSED = '{ license(by: {serial: "FAX-1", id: "x"}) { serial } }'
BY_ID = '{ node(id: "T-1") { id ... on Ticket { payer { reference name } } } }'


@pytest.fixture(scope="module")
def answers(portfolio, headers):
    settings = portfolio.model_copy(update={"federation": True})
    with served(create_app(settings, clock=lambda: NOW)) as ours, served(tickets.app) as theirs:
        subgraphs = {"coverline": f"{ours}/subgraph", "tickets": f"{theirs}/graphql"}
        given = {"subgraphs": subgraphs, "headers": headers, "documents": [OUTWARD, INWARD, REFUSED, BY_ID]}
        composed = node("gateway.mjs", given)
    assert composed["hints"] == []
    return composed["answers"]


def test_what_another_subgraph_refers_to_is_resolved_by_this_one(answers):
    acme = {"name": "Acme", "licenses": {"totalCount": 3, "pageInfo": {"hasNextPage": True}}}
    beta = {"name": "Beta", "licenses": {"totalCount": 2, "pageInfo": {"hasNextPage": True}}}
    covered = {"serial": "FAX-1", "installedRelease": "Winter '26", "account": {"name": "Acme"},
               "coverage": {"state": "COVERED"}}  # fmt: skip
    unknown = {"serial": "CALL-1", "installedRelease": None, "account": {"name": "Beta"},
               "coverage": {"state": "NOT_ACTIVATED"}}  # fmt: skip
    edges = answers[0]["data"]["tickets"]["edges"]
    assert [edge["node"] for edge in edges] == [
        {"id": "T-1", "license": covered, "payer": acme},
        {"id": "T-2", "license": None, "payer": acme},
        {"id": "T-3", "license": unknown, "payer": beta},
    ]
    assert answers[0]["data"]["tickets"]["pageInfo"] == {"hasNextPage": True}


def test_another_subgraph_adds_to_what_this_one_answers(answers):
    assert answers[1] == {"data": {"license": {"product": {"code": "FAX"}, "tickets": [{"id": "T-1"}, {"id": "T-4"}]}}}


def test_a_refusal_comes_through_with_its_code(answers):
    [error] = answers[2]["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_fetching_by_id_is_left_to_whom_the_id_belongs(answers):
    assert answers[3] == {"data": {"node": {"id": "T-1", "payer": {"reference": "ACME", "name": "Acme"}}}}
