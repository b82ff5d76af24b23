"""Clients that applications are written with, each on the same journey over the documents of the callers."""

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXTransport

from api.operations import operations
from tests.clients.running import node

OUTCOME = {
    "pages": [["CALL-1", "FAX-1"], ["FAX-1-HA", "FAX-2"]],
    "total": 5,
    "verdict": "NOT_ENTITLED",
    "refusedInExecution": ["BAD_CURSOR"],
    "refusedBefore": ["BAD_USER_INPUT"],
}


@pytest.mark.parametrize("client", ["apollo", "urql", "graphql_request"])
def test_a_client_of_javascript_reads_answers_and_refusals(client, endpoint):
    assert node(f"{client}.mjs", {**endpoint, "documents": operations()}) == OUTCOME


def test_gql_reads_answers_and_refusals(endpoint):
    documents = {name: gql(text) for name, text in operations().items()}

    with Client(transport=HTTPXTransport(**endpoint)) as client:

        def page(**variables) -> dict:
            request = documents["portal_licenses"]
            request.variable_values = {"first": 2, **variables}
            return client.execute(request)["licenses"]

        def codes(**variables) -> list[str]:
            with pytest.raises(TransportQueryError) as refused:
                page(**variables)
            return [error["extensions"]["code"] for error in refused.value.errors or []]

        def serials(licenses: dict) -> list[str]:
            return [edge["node"]["serial"] for edge in licenses["edges"]]

        first = page()
        second = page(after=first["pageInfo"]["endCursor"])
        documents["check"].variable_values = {"input": {"license": {"serial": "FAX-2"}}}
        assert {
            "pages": [serials(first), serials(second)],
            "total": second["totalCount"],
            "verdict": client.execute(documents["check"])["entitlementCheck"]["verdict"],
            "refusedInExecution": codes(after="nowhere"),
            "refusedBefore": codes(on="someday"),
        } == OUTCOME
