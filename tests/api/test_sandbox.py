"""A sandbox is a world of its own: its keys see and write nothing else, nobody else sees it, and they set its clock."""

import asyncio
import json
import re
from datetime import timedelta

import pytest
from sqlmodel import select
from starlette.routing import Route
from starlette.testclient import TestClient

from api.app import create_app
from api.auth import INTERNAL
from api.auth import NOW as CLOCK
from api.deployment import deployed
from api.documents.asked import Quoted
from api.operations import document_id, operation
from api.signatures import SigningKeys
from api.store import tables
from api.store.audit import faults_in
from schema.permissions import MAY_HOLD
from schema.scopes import READ_SCOPES, Scope
from schema.store import Viewer, ViewerKind
from tests import issuing
from tests.ordering import ORDER, PAY, order
from tests.portfolio import NOW, client_of, load, settings_in
from tests.sandboxes import rows_of, sandbox_at, sandbox_key

OPEN = {"/healthz", "/readyz", "/metrics", "/.well-known/jwks.json"}
"""Paths that ask nobody who they are, and look at no clock."""
GIVEN = {"plan": "GOLD", "months": "12", "product": "FAX-HA"}
NOVEMBER = {CLOCK: "2026-11-22T10:00:00+01:00"}
CHECK = {
    "query": '{ entitlementCheck(input: {license: {serial: "SANDBOX-1"}}) { at verdict reasons { code } } }',
}
TOKEN = " fragment R on DecisionRecord { id token }"
CHARGES = {"query": '{ license(by: {serial: "SANDBOX-1"}) { charges { reference paidOn } } }'}
LISTED = {"query": "{ licenses(first: 9) { totalCount edges { node { serial account { reference } } } } }"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("worlds")
    file = folder / "keys.json"
    file.write_bytes(issuing.key_set(issuing.RSA))
    oidc = {"oidc_issuer": issuing.ISSUER, "oidc_audience": issuing.AUDIENCE, "oidc_jwks": str(file)}
    signing = {"signing_keys": folder / "signing"}
    chosen = settings_in(folder).model_copy(update={"federation": True, **oidc, **signing})
    SigningKeys(folder / "signing").create(NOW)
    asyncio.run(load(chosen, folder / "files"))
    sandbox_at(chosen, folder / "sandbox")
    return chosen


@pytest.fixture(scope="module")
def key(settings):
    return {"x-api-key": sandbox_key(settings, [Scope.ADMIN])}


@pytest.fixture(scope="module")
def served(settings):
    with client_of(settings, demo=False) as client:
        yield client


def key_for(settings, viewer: Viewer, scopes=READ_SCOPES) -> dict[str, str]:
    async def making() -> str:
        async with deployed(settings, lambda: NOW) as deployment:
            return (await deployment.keys.create(viewer, scopes, NOW))[1]

    return {"x-api-key": asyncio.run(making())}


def refusal(response) -> tuple[int, str]:
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


def checked(response) -> tuple[str, str, list[str]]:
    told = response.json()["data"]["entitlementCheck"]
    return told["at"], told["verdict"], [reason["code"] for reason in told["reasons"]]


# ---------------------------------------------------------------- two worlds


def test_each_key_sees_its_own_world_and_one_serial_may_stand_in_both(settings, served, key):
    sandboxed = served.post("/graphql", json=LISTED, headers=key).json()["data"]["licenses"]
    assert [edge["node"]["serial"] for edge in sandboxed["edges"]] == ["FAX-1", "SANDBOX-1"]
    real = served.post("/graphql", json=LISTED, headers=key_for(settings, INTERNAL)).json()["data"]["licenses"]
    assert real["totalCount"] == 5
    [fax_1] = [edge["node"]["account"] for edge in real["edges"] if edge["node"]["serial"] == "FAX-1"]
    assert fax_1 == {"reference": "ACME"}


def test_a_key_of_one_world_is_unknown_in_the_other_however_it_is_written(settings, served, key):
    ours, theirs = key_for(settings, INTERNAL)["x-api-key"], key["x-api-key"]
    for text in ("cvs" + ours.removeprefix("cvl"), "cvl" + theirs.removeprefix("cvs")):
        assert refusal(served.post("/graphql", json=LISTED, headers={"x-api-key": text})) == (401, "UNAUTHENTICATED")


def test_not_even_a_key_that_is_copied_into_the_other_database_holds_there(settings, served):
    async def copied() -> list[str]:
        async with deployed(settings, lambda: NOW) as deployment:
            sandbox = deployment.sandbox
            assert sandbox
            _, ours = await deployment.keys.create(INTERNAL, READ_SCOPES, NOW)
            _, theirs = await sandbox.keys.create(INTERNAL, READ_SCOPES, NOW)
            for text, of, to in ((ours, deployment, sandbox), (theirs, sandbox, deployment)):
                async with of.database.session() as session:
                    rows = (await session.exec(select(tables.ApiKey))).all()
                [row] = [one for one in rows if one.prefix == text.split("_")[1]]
                async with to.database.session(writes=True) as session:
                    session.add(tables.ApiKey(**row.model_dump()))
            return [ours, theirs, "cvs" + ours[3:], "cvl" + theirs[3:]]

    statuses = [
        served.post("/graphql", json=LISTED, headers={"x-api-key": text}).status_code for text in asyncio.run(copied())
    ]
    assert statuses == [200, 200, 401, 401]


def test_what_is_written_in_the_sandbox_stays_there_and_goes_with_a_reset(settings, served, key, tmp_path):
    real = rows_of(settings)
    before = rows_of(sandbox := sandbox_at(settings, tmp_path / "files"))
    placed = {"query": ORDER, "variables": {"input": order(serial="SANDBOX-1", reference="SANDBOX-PO")}}
    answer = served.post("/graphql", json=placed, headers={**key, **NOVEMBER}).json()
    assert answer["data"]["orderRenewal"]["__typename"] == "RenewalOrder", answer
    charge = answer["data"]["orderRenewal"]["charge"]["reference"]
    paying = {"charge": charge, "paidOn": "2026-11-22", "idempotencyKey": "k-2"}
    paid = {"query": PAY, "variables": {"input": paying}}
    answer = served.post("/graphql", json=paid, headers={**key, **NOVEMBER}).json()
    assert answer["data"]["recordPayment"]["paidOn"] == "2026-11-22", answer
    # Whoever asks at the same instant again is told of both, and so is who asks later.
    later = {CLOCK: "2026-11-23T10:00:00+01:00"}
    for clock in (NOVEMBER, later):
        assert checked(served.post("/graphql", json=CHECK, headers={**key, **clock}))[1] == "ENTITLED"
        charges = served.post("/graphql", json=CHARGES, headers={**key, **clock}).json()["data"]["license"]["charges"]
        assert [one["paidOn"] for one in charges if one["reference"] == charge] == ["2026-11-22"]
    assert rows_of(settings) == real
    assert rows_of(sandbox) != before

    sandbox_at(settings, tmp_path / "files")
    assert checked(served.post("/graphql", json=CHECK, headers={**key, **later}))[1] == "NOT_ENTITLED"
    assert rows_of(sandbox)["api_keys"] == before["api_keys"]
    assert rows_of(settings) == real

    async def faults() -> list[str]:
        async with deployed(sandbox) as deployment, deployment.database.reading() as connection:
            return (await faults_in(connection))[1]

    assert asyncio.run(faults()) == []


def test_what_a_sandbox_decides_is_signed_by_nobody(settings, served, key):
    recording = {"query": "mutation ($input: RecordDecisionInput!) { recordDecision(input: $input) { ...R } }" + TOKEN}
    signed = {}
    for name, headers in (("sandbox", key), ("real", key_for(settings, INTERNAL, MAY_HOLD[ViewerKind.INTERNAL]))):
        check = {"license": {"serial": "FAX-1"}}
        variables = {"input": {"check": check, "idempotencyKey": "k", "ticket": "T"}}
        answer = served.post("/graphql", json={**recording, "variables": variables}, headers=headers).json()
        signed[name] = answer["data"]["recordDecision"]["token"] is not None
    assert signed == {"sandbox": False, "real": True}


# ---------------------------------------------------------------- the clock


def test_the_header_is_what_a_sandbox_s_caller_calls_now(served, key):
    # Gold to 30 September 2026.
    assert checked(served.post("/graphql", json=CHECK, headers=key)) == ("2026-03-11T10:00:00Z", "ENTITLED", [])
    expired = ("2026-11-22T09:00:00Z", "NOT_ENTITLED", ["EXPIRED_RENEWABLE"])
    for path in ("/graphql", "/subgraph"):
        assert checked(served.post(path, json=CHECK, headers={**key, **NOVEMBER})) == expired
    asked = {
        "documentId": document_id(operation("check")),
        "variables": json.dumps({"input": {"license": {"serial": "SANDBOX-1"}}}),
    }
    assert checked(served.get("/graphql", params=asked, headers={**key, **NOVEMBER})) == expired
    quote = "/quotes/renewal/SANDBOX-1?plan=GOLD&months=12"
    assert served.get(quote, headers=key).json()["orderDate"] == "2026-03-11"
    assert served.get(quote, headers={**key, **NOVEMBER}).json()["orderDate"] == "2026-11-22"


def test_a_pack_tells_what_is_known_at_the_instant_that_is_set(served, key):
    check = {"license": {"serial": "SANDBOX-1"}}
    variables = {"input": {"check": check, "idempotencyKey": "pack", "ticket": "T-1"}}
    kept = served.post(
        "/graphql", json={"query": operation("record_decision"), "variables": variables}, headers={**key, **NOVEMBER}
    ).json()["data"]["recordDecision"]
    packed = served.get(f"/records/{kept['id']}/pack", headers={**key, CLOCK: "2026-12-24T10:00:00Z"})
    assert packed.status_code == 200
    assert "2026-12-24T10:00:00Z" in packed.text


@pytest.mark.parametrize(
    "given",
    [
        "", "now", "2026-11-22", "2026-11-22T10:00:00", "2026-11-22 10:00:00Z", "1795000000", "2026-02-30T10:00:00Z",
        "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
        "2026-11-22T10:00:00Z, 2026-11-22T10:00:00Z",
    ],
)  # fmt: skip
def test_an_instant_that_cannot_be_read_is_refused(served, key, given):
    response = served.post("/graphql", json=CHECK, headers={**key, CLOCK: given})
    assert refusal(response) == (400, "BAD_CLOCK")
    assert "2026-11-22T10:00:00+01:00" in response.json()["errors"][0]["message"]


def test_two_instants_are_refused(served, key):
    headers = [*key.items(), *NOVEMBER.items(), *NOVEMBER.items()]
    assert refusal(served.post("/graphql", json=CHECK, headers=headers)) == (400, "BAD_CLOCK")


def paths(settings) -> list[str]:
    """Every path of the application that asks who asks, its parameters filled in."""
    routes = [route.path for route in create_app(settings).routes if isinstance(route, Route)]
    asking = [path for path in routes if path not in OPEN and not path.startswith("/console")]
    return [re.sub(r"\{\w+(:path)?\}", "FAX-1", path) for path in asking]


def needed(path: str) -> dict[str, str]:
    """The parameters without which a path answers nobody."""
    if path.startswith("/quotes/"):
        return {name: GIVEN[name] for name in Quoted(path.split("/")[2]).needed}
    if path.startswith("/pictures/cost-of-delay/"):
        return {"plan": "GOLD"}
    return {"documentId": document_id(operation("plans"))} if path in {"/graphql", "/subgraph"} else {}


def callers(settings) -> dict[str, dict[str, str]]:
    return {
        "internal": key_for(settings, INTERNAL, MAY_HOLD[ViewerKind.INTERNAL]),
        "partner": key_for(settings, Viewer(ViewerKind.PARTNER, "NORTH")),
        "customer": key_for(settings, Viewer(ViewerKind.CUSTOMER, "ACME")),
        "token": {"authorization": f"Bearer {issuing.token()}"},
    }


def test_nobody_else_may_set_a_clock_on_any_path_by_any_method(settings, served):
    asked = paths(settings)
    assert len(asked) >= 7
    for caller, headers in callers(settings).items():
        for path in asked:
            answers = [served.get(path, params=needed(path), headers={**headers, **NOVEMBER})]
            if path in {"/graphql", "/subgraph"}:
                answers.append(served.post(path, json=CHECK, headers={**headers, **NOVEMBER}))
            told = {refusal(answer) for answer in answers}
            assert told == {(403, "CLOCK_FORBIDDEN")}, (caller, path)
            assert "x-coverline-now" in answers[0].json()["errors"][0]["message"]
        page = served.get("/console", headers={**headers, **NOVEMBER})
        assert (page.status_code, "x-coverline-now" in page.text) == (403, True)


def test_neither_may_a_demonstration_s_caller(settings):
    with client_of(settings) as caller:
        assert caller.post("/graphql", json=CHECK).status_code == 200
        assert refusal(caller.post("/graphql", json=CHECK, headers=NOVEMBER)) == (403, "CLOCK_FORBIDDEN")


def test_who_has_no_valid_key_hears_nothing_of_clocks(served):
    for headers in ({}, {"x-api-key": "cvl_0_x"}, {"x-api-key": "cvs_0_x"}):
        assert refusal(served.post("/graphql", json=CHECK, headers={**headers, **NOVEMBER})) == (401, "UNAUTHENTICATED")


def test_a_key_ends_by_the_real_clock_whatever_it_sets(settings, served):
    over = {"x-api-key": sandbox_key(settings, expires_on=NOW.date())}
    assert served.post("/graphql", json=CHECK, headers={**over, **NOVEMBER}).status_code == 200

    def tomorrow():
        return NOW + timedelta(days=1)

    with TestClient(create_app(settings, clock=tomorrow)) as later:
        past = {CLOCK: "2026-03-01T10:00:00Z"}
        assert later.post("/graphql", json=CHECK, headers={**over, **past}).status_code == 401


# ---------------------------------------------------------------- seen from outside


def test_checks_of_a_sandbox_are_not_counted_and_its_lines_in_the_log_say_what_it_is(settings, key, log):
    with client_of(settings, demo=False) as caller:
        caller.post("/graphql", json=CHECK, headers={**key, **NOVEMBER})
        assert "coverline_checks_total{" not in caller.get("/metrics").text
        caller.post("/graphql", json=CHECK, headers=key_for(settings, INTERNAL))
        assert "coverline_checks_total{" in caller.get("/metrics").text
    viewers = [line.get("viewer") for line in log.events("request") if line["path"] == "/graphql"]
    assert viewers == ["sandbox", "internal"]


def test_readiness_tells_of_the_sandbox_and_does_not_depend_on_it(settings, tmp_path):
    with client_of(settings, demo=False) as caller:
        assert caller.get("/readyz").json()["sandbox"] == "ok"
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database" * 100)
    for url, told in ((f"sqlite:///{broken}", "unavailable"), (f"sqlite:///{tmp_path / 'none.db'}", None)):
        with client_of(settings.model_copy(update={"sandbox_url": url}), demo=False) as caller:
            response = caller.get("/readyz")
            assert (response.status_code, response.json().get("sandbox")) == (200, told)
    assert not (tmp_path / "none.db").exists()


def test_without_a_sandbox_its_keys_are_unknown(settings, key, tmp_path):
    for url in ("", f"sqlite:///{tmp_path / 'none.db'}"):
        with client_of(settings.model_copy(update={"sandbox_url": url}), demo=False) as caller:
            assert refusal(caller.post("/graphql", json=CHECK, headers=key)) == (401, "UNAUTHENTICATED")
