"""GraphQL over HTTP: methods, media types, statuses, bodies, and errors that tell nothing they should not."""

import json

import pytest

from api import graphql
from api.bodies import LARGEST_BODY
from api.negotiation import GRAPHQL_RESPONSE, JSON
from api.operations import operation
from tests.portfolio import client_of

QUERY = {"query": "{ guide { edition } }"}
JSON_BODY = {"content-type": "application/json"}


def media_type(response) -> str:
    return response.headers["content-type"].partition(";")[0]


def code(response) -> str:
    [error] = response.json()["errors"]
    return error["extensions"]["code"]


def test_a_query_is_answered(caller):
    response = caller.post("/graphql", json=QUERY)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["vary"] == "Accept, Accept-Language"
    assert response.json()["data"] == {"guide": {"edition": "imagicle-care-4.1"}}


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (f"{JSON}; charset=utf-8", JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}, {JSON}", GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.8, {JSON};q=0.9", JSON),
        (f"{GRAPHQL_RESPONSE}; charset=utf-8; q=0.9, {JSON};q=0.1", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0, */*", JSON),
        (f"{JSON}, */*;q=0.1", JSON),
        (f"{JSON};q=nan, {GRAPHQL_RESPONSE};q=0.001", GRAPHQL_RESPONSE),
        (f"{JSON};q=0, application/*", GRAPHQL_RESPONSE),
        (f"text/event-stream, multipart/mixed, {GRAPHQL_RESPONSE}, {JSON}", GRAPHQL_RESPONSE),
        ("", JSON),
    ],
)
def test_the_answer_has_the_media_type_that_the_caller_prefers(caller, accept, answered):
    response = caller.post("/graphql", json=QUERY, headers={"accept": accept})
    assert (response.status_code, media_type(response)) == (200, answered)


def test_what_is_accepted_may_stand_on_several_lines(caller):
    lines = [("accept", "text/html"), ("accept", f"{JSON};q=0.1"), ("accept", f"{GRAPHQL_RESPONSE};q=0.2")]
    assert media_type(caller.post("/graphql", json=QUERY, headers=lines)) == GRAPHQL_RESPONSE


@pytest.mark.parametrize("accept", ["text/html", "image/png", f"{JSON};q=0", f"{JSON};q=2", "application/xml, text/*"])
def test_what_cannot_be_answered_acceptably_is_refused(caller, accept):
    response = caller.post("/graphql", json=QUERY, headers={"accept": accept})
    assert response.status_code == 406
    assert (media_type(response), code(response)) == (JSON, "NOT_ACCEPTABLE")


REQUEST_ERRORS = [
    ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "query ($on: Date) { plans(on: $on) { code } }", "variables": {"on": "x"}}, "BAD_USER_INPUT"),
    ({"query": "query ($id: ID!) { node(id: $id) { id } }"}, "BAD_USER_INPUT"),
    ({"query": "query A { guide { edition } }", "operationName": "B"}, "UNKNOWN_OPERATION"),
    ({"query": "query A { guide { edition } } query B { guide { edition } }"}, "UNKNOWN_OPERATION"),
    ({"query": "mutation { nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "{ a" * 5_000}, None),
]


@pytest.mark.parametrize(("body", "expected"), REQUEST_ERRORS)
@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL_RESPONSE, 400)])
def test_a_request_that_is_not_executed_has_errors_and_no_data(caller, body, expected, accept, status):
    response = caller.post("/graphql", json=body, headers={"accept": accept})
    assert response.status_code == status
    assert "data" not in response.json()
    assert response.json()["errors"]
    assert expected is None or code(response) == expected


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_RESPONSE])
def test_a_partial_result_is_answered_with_200(caller, accept):
    body = {"query": '{ guide(edition: "x") { edition } }'}
    response = caller.post("/graphql", json=body, headers={"accept": accept})
    assert response.status_code == 200
    assert response.json()["data"] is None
    assert code(response) == "UNKNOWN_EDITION"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_another_method_is_refused_and_told_which_are_allowed(caller, method):
    response = caller.request(method, "/graphql")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx",
     "application/json; charset=latin-1", ""],
)  # fmt: skip
def test_another_content_type_is_refused(caller, content_type):
    response = caller.post("/graphql", content=json.dumps(QUERY), headers={"content-type": content_type})
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_compressed_body_is_refused(caller):
    headers = {**JSON_BODY, "content-encoding": "gzip"}
    assert caller.post("/graphql", content=b"x", headers=headers).status_code == 415


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"7", b'"{ a }"', b"[" * 100_000, b"\xff", b'{"query": "\xff"}', b'{"query": NaN}',
     b"9" * 5_000, b'{"query": null}', b'{"query": ""}', b'{"query": 7}', b'{"query": ["{a}"]}', b'{"variables": {}}',
     b'{"query": "{ a }", "variables": []}', b'{"query": "{ a }", "operationName": 7}',
     b'{"query": "{ a }", "extensions": "x"}', b"[]", b'[{"query": "{ guide { edition } }"}]'],
)  # fmt: skip
def test_a_body_that_is_no_request_is_refused_in_json(caller, body):
    response = caller.post("/graphql", content=body, headers=JSON_BODY)
    assert response.status_code == 400
    assert media_type(response) == JSON
    assert code(response).startswith("BA")
    assert "data" not in response.json()


def test_a_body_is_read_up_to_a_mebibyte(caller):
    def sent(size: int):
        text = json.dumps(QUERY)
        return caller.post("/graphql", content=text + " " * (size - len(text)), headers=JSON_BODY)

    assert sent(LARGEST_BODY).status_code == 200
    assert (sent(LARGEST_BODY + 1).status_code, code(sent(LARGEST_BODY + 1))) == (413, "BODY_TOO_LARGE")


def test_a_body_of_unknown_length_is_read_as_far(caller):
    chunks = (b" " * 65_536 for _ in range(20))
    assert caller.post("/graphql", content=chunks, headers=JSON_BODY).status_code == 413


def test_a_thousand_full_checks_fit(caller):
    asked = {
        "license": {"serial": "FAX-1"}, "at": "2026-03-11T10:00:00.000Z", "service": "BUG_FIX", "channel": "PHONE",
        "priority": "P2", "requester": "ADMINISTRATOR", "language": "fr", "theater": "EUROPE",
        "installedRelease": "Winter '26", "causes": ["PRODUCT_DEFECT"], "unmetDuties": [], "pinVerified": False,
        "pauses": [{"from": "2026-03-11T10:00:00Z", "to": "2026-03-11T10:30:00Z"}],
    }  # fmt: skip
    document = "query ($inputs: [EntitlementCheckInput!]!) { entitlementChecks(inputs: $inputs) { verdict } }"
    response = caller.post("/graphql", json={"query": document, "variables": {"inputs": [asked] * 1_000}})
    assert len(response.json()["data"]["entitlementChecks"]) == 1_000


# ---------------------------------------------------------------- GET


def test_a_get_needs_a_header_that_other_sites_cannot_send(caller):
    response = caller.get("/graphql", params=QUERY)
    assert (response.status_code, code(response)) == (403, "PREFLIGHT_REQUIRED")
    for header in graphql.PREFLIGHT:
        response = caller.get("/graphql", params=QUERY, headers={header: "1"})
        assert response.json()["data"] == {"guide": {"edition": "imagicle-care-4.1"}}


def test_a_get_carries_its_variables_as_json(caller):
    params = {
        "query": "query Plans($on: Date) { plans(on: $on) { code } }",
        "variables": '{"on": "2020-03-01"}',
        "operationName": "Plans",
    }
    headers = {"x-requested-with": "a test"}
    assert len(caller.get("/graphql", params=params, headers=headers).json()["data"]["plans"]) == 3
    response = caller.get("/graphql", params={**params, "variables": "{"}, headers=headers)
    assert (response.status_code, code(response)) == (400, "BAD_JSON")


def test_a_mutation_cannot_be_sent_by_get(caller):
    headers = {"x-requested-with": "a test"}
    response = caller.get("/graphql", params={"query": "mutation { nothing }"}, headers=headers)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


# ---------------------------------------------------------------- what is told of errors


def test_an_unexpected_error_is_masked_and_named_by_the_requests_id(caller, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("secret: password=hunter2")

    monkeypatch.setattr("schema.plans.plans.ranked", broken)
    response = caller.post("/graphql", json={"query": "{ plans { code } }"}, headers={"x-request-id": "abc-123"})
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL_ERROR", "requestId": "abc-123"}
    assert response.headers["x-request-id"] == "abc-123"
    assert "hunter2" not in response.text
    assert "RuntimeError" not in response.text
    assert "abc-123" in caplog.text
    assert "hunter2" in caplog.text


def test_a_fault_outside_of_graphql_is_masked_as_well(portfolio, monkeypatch):
    async def broken(*_, **__):
        raise RuntimeError("secret")

    monkeypatch.setattr("api.auth.viewer_of", broken)
    with client_of(portfolio, raise_server_exceptions=False) as caller:
        response = caller.post("/graphql", json=QUERY)
    assert (response.status_code, code(response)) == (500, "INTERNAL_ERROR")
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "query",
    [
        "{ guid { edition } }",
        '{ license(bye: {serial: "X"}) { id } }',
        '{ license(by: {seriall: "X"}) { id } }',
        "{ licenses(first: 1, orderBy: SERIALL) { totalCount } }",
        "query ($x: Dat) { plans(on: $x) { code } }",
    ],
)
def test_nothing_is_suggested(caller, query):
    response = caller.post("/graphql", json={"query": query})
    assert "Did you mean" not in response.text


def test_nothing_is_suggested_about_variables(caller):
    query = operation("portal_licenses")
    for wrong in ({"orderBy": "SERIALL"}, {"filter": {"acount": "X"}}):
        response = caller.post("/graphql", json={"query": query, "variables": wrong})
        assert code(response) == "BAD_USER_INPUT"
        assert "Did you mean" not in response.text


def test_the_request_id_is_the_callers_own_only_when_it_is_plain(caller):
    assert caller.post("/graphql", json=QUERY, headers={"x-request-id": "a b"}).headers["x-request-id"] != "a b"
    assert caller.post("/graphql", json=QUERY, headers={"x-request-id": "x" * 65}).headers["x-request-id"] != "x" * 65


# ---------------------------------------------------------------- GraphiQL and introspection


def test_graphiql_and_introspection_are_the_demonstrations(portfolio, caller):
    page = caller.get("/graphql?query=x", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (page.status_code, media_type(page)) == (200, "text/html")
    introspection = {"query": "{ __schema { queryType { name } } }"}
    assert "data" in caller.post("/graphql", json=introspection).json()
    with client_of(portfolio, demo=False) as other:
        assert other.get("/graphql", headers={"accept": "text/html"}).status_code == 406
        assert other.get("/").status_code == 404


def test_graphiql_and_introspection_may_be_switched_on(portfolio):
    settings = portfolio.model_copy(update={"graphiql": True})
    with client_of(settings, demo=False) as caller:
        assert caller.get("/graphql", headers={"accept": "text/html"}).status_code == 200
