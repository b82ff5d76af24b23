"""GraphQL over HTTP, as the audit suite of graphql-http sees it."""

from api.graphql import PREFLIGHT
from tests.clients.running import node


def test_every_audit_of_graphql_over_http_passes(endpoint):
    # A GET is answered to whoever sends a header that a page of another site cannot.
    headers = {**endpoint["headers"], PREFLIGHT[0]: "audits"}
    outcomes = node("audits.mjs", {**endpoint, "headers": headers})
    assert [one for one in outcomes if one["status"] != "ok"] == []
    assert len(outcomes) == 61


def test_the_audits_that_send_a_get_are_refused_it_without_such_a_header(endpoint):
    outcomes = node("audits.mjs", endpoint)
    assert {one["id"]: one["status"] for one in outcomes if one["status"] != "ok"} == dict.fromkeys(
        ("5A70", "D6D5", "6A70"), "notice"
    )
