"""Trusted documents: the operations of the callers, each named by the sha256 of its text."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from pydantic import ValidationError

import schema
from api.operations import operations
from api.settings import Settings
from schema.scopes import Scope
from schema.store import Viewer, ViewerKind
from tests.portfolio import client_of

FOLDER = Path(schema.__file__).parent / "operations"
IDS = {path.stem: sha256(path.read_bytes()).hexdigest() for path in sorted(FOLDER.glob("*.graphql"))}
ACCOUNTS = {ViewerKind.INTERNAL: None, ViewerKind.PARTNER: "NORTH", ViewerKind.CUSTOMER: "ACME"}
CHECK = {"input": {"license": {"serial": "FAX-1"}, "at": "2026-03-11T10:00:00Z"}}


def code(response) -> str:
    return response.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize("name", sorted(IDS))
def test_the_id_of_an_operation_is_the_digest_of_its_file(caller, name):
    response = caller.post("/graphql", json={"documentId": IDS[name], "variables": {}})
    assert "errors" not in response.json() or code(response) == "BAD_USER_INPUT"
    assert set(IDS) == set(operations())


def test_a_document_is_answered_by_its_id_as_by_its_text(caller):
    by_text = caller.post("/graphql", json={"query": operations()["check"], "variables": CHECK})
    for written in (IDS["check"], f"sha256:{IDS['check']}", IDS["check"].upper()):
        by_id = caller.post("/graphql", json={"documentId": written, "variables": CHECK})
        assert by_id.content == by_text.content
        assert "data" in by_id.json()


@pytest.mark.parametrize("unknown", ["x", "0" * 64, "../check", "check", "md5:" + "0" * 32])
def test_an_id_of_nothing_is_refused(caller, unknown):
    response = caller.post("/graphql", json={"documentId": unknown})
    assert (response.status_code, code(response)) == (400, "UNKNOWN_DOCUMENT")


@pytest.mark.parametrize(
    "body",
    [{}, {"documentId": ""}, {"documentId": 7}, {"documentId": None}, {"query": "{ a }", "documentId": IDS["plans"]}],
)
def test_a_request_has_a_text_or_an_id(caller, body):
    response = caller.post("/graphql", json=body)
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


def test_a_trusted_document_may_be_read_by_a_plain_get(caller):
    params = {"documentId": IDS["check"], "variables": json.dumps(CHECK)}
    response = caller.get("/graphql", params=params)
    assert response.json()["data"]["entitlementCheck"]["verdict"] == "ENTITLED"


def test_a_mutation_cannot_be_sent_by_get_even_when_it_is_trusted(caller):
    response = caller.get("/graphql", params={"documentId": IDS["record_payment"], "variables": "{}"})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_a_text_beside_an_id_needs_the_header_as_any_text_does(caller):
    response = caller.get("/graphql", params={"documentId": IDS["plans"], "query": "{ guide { edition } }"})
    assert (response.status_code, code(response)) == (403, "PREFLIGHT_REQUIRED")


@pytest.mark.parametrize("kind", ViewerKind)
def test_chosen_viewers_may_send_trusted_documents_only(portfolio, monkeypatch, kind):
    async def viewer_of(*_, **__):
        return Viewer(kind, ACCOUNTS[kind])

    monkeypatch.setattr("api.auth.viewer_of", viewer_of)
    settings = portfolio.model_copy(update={"trusted_only": frozenset({ViewerKind.PARTNER, ViewerKind.CUSTOMER})})
    query = {"query": "{ guide { edition } }"}
    with client_of(settings, demo=False) as caller:
        by_text = caller.post("/graphql", json=query)
        by_get = caller.get("/graphql", params=query, headers={"x-requested-with": "a test"})
        assert "data" in caller.post("/graphql", json={"documentId": IDS["plans"]}).json()
    if kind is ViewerKind.INTERNAL:
        assert "data" in by_text.json()
        assert "data" in by_get.json()
    else:
        assert {(each.status_code, code(each)) for each in (by_text, by_get)} == {(403, "TRUSTED_DOCUMENT_REQUIRED")}


def test_holders_of_chosen_scopes_may_send_trusted_documents_only(portfolio, monkeypatch):
    held = {Scope.LICENSES_READ}

    async def viewer_of(*_, **__):
        return Viewer(ViewerKind.INTERNAL, scopes=frozenset(held))

    monkeypatch.setattr("api.auth.viewer_of", viewer_of)
    settings = portfolio.model_copy(update={"trusted_only": frozenset({Scope.LICENSES_WRITE})})
    with client_of(settings, demo=False) as caller:
        assert "data" in caller.post("/graphql", json={"query": "{ guide { edition } }"}).json()
        held.add(Scope.LICENSES_WRITE)
        refused = caller.post("/graphql", json={"query": "{ guide { edition } }"})
        assert (refused.status_code, code(refused)) == (403, "TRUSTED_DOCUMENT_REQUIRED")
        assert "data" in caller.post("/graphql", json={"documentId": IDS["plans"]}).json()


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("", []),
        ("partner", [ViewerKind.PARTNER]),
        (" Partner , customer,", [ViewerKind.PARTNER, ViewerKind.CUSTOMER]),
        ("internal, licenses:write", [ViewerKind.INTERNAL, Scope.LICENSES_WRITE]),
    ],
)
def test_the_chosen_viewers_are_a_setting(monkeypatch, written, kinds):
    monkeypatch.setenv("COVERLINE_TRUSTED_ONLY", written)
    assert Settings().trusted_only == frozenset(kinds)


def test_a_kind_of_viewer_that_there_is_not_is_refused_at_the_start(monkeypatch):
    monkeypatch.setenv("COVERLINE_TRUSTED_ONLY", "everybody")
    with pytest.raises(ValidationError):
        Settings()
