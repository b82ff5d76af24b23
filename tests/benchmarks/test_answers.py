"""What is measured beside coverline gives coverline's own answers; else its figures would be of something else."""

import asyncio
import json

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from tests.benchmarks.answers import cursor_after
from tests.benchmarks.questions import QUESTIONS
from tests.portfolio import PRICING, load, load_more, settings_in
from tests.serving import key_of

AT = "2026-09-15T10:00:00Z"
SERIALS = ("FAX-1", "FAX-1-HA", "FAX-2", "FAX-3", "CALL-1")
INPUTS = [{"license": {"serial": serial}, "at": AT} for serial in SERIALS]
ASKED = [
    *(("check", {"input": each}) for each in INPUTS),
    ("batch", {"inputs": INPUTS}),
    ("list", {"first": 2, "after": None, "on": "2026-11-23"}),
    ("list", {"first": 50, "after": cursor_after("CALL-1"), "on": "2026-09-30"}),
    *(
        ("quote", {"input": {"license": {"serial": serial}, "plan": "GOLD", "months": 12, "orderDate": "2026-10-10"}})
        for serial in SERIALS
    ),
]


@pytest.fixture(scope="module")
def priced(tmp_path_factory):
    """The portfolio and what prices it."""
    folder = tmp_path_factory.mktemp("priced")
    settings = settings_in(folder)
    asyncio.run(load(settings, folder / "files"))
    asyncio.run(load_more(settings, folder / "prices", PRICING))
    return settings


@pytest.fixture(scope="module")
def ours(priced):
    """What coverline answers, by question and variables."""
    with TestClient(create_app(priced, demo=True), base_url="http://localhost", client=("127.0.0.1", 50_000)) as caller:
        return [posted(caller, "/graphql", name, variables) for name, variables in ASKED]


@pytest.fixture
def environment(priced, monkeypatch):
    """Where the others find the database."""
    monkeypatch.setenv("COVERLINE_DATABASE_URL", priced.database_url)


def posted(caller: TestClient, path: str, name: str, variables: dict, **headers: str):
    body = {"query": QUESTIONS[name].document, "variables": variables}
    told = caller.post(path, content=json.dumps(body), headers={"content-type": "application/json", **headers}).json()
    assert "errors" not in told, told
    return told["data"]


def test_the_questions_tell_decisions_quotes_and_refusals_apart(ours):
    decisions = [each["entitlementCheck"] for each in ours if "entitlementCheck" in each]
    assert {each["verdict"] for each in decisions} == {"ENTITLED", "NOT_ENTITLED"}
    quotes = [each["renewalQuote"]["__typename"] for each in ours if "renewalQuote" in each]
    assert set(quotes) == {"RenewalQuote", "Problem"}
    assert [len(each["licenses"]["edges"]) for each in ours if "licenses" in each] == [2, 4]


def test_the_same_work_without_graphql_answers_what_coverline_answers(priced, ours, environment):
    from tests.benchmarks.peers.same_work import application  # noqa: PLC0415

    key = asyncio.run(key_of(priced))
    with TestClient(application) as caller:
        found = [posted(caller, f"/{name}", name, variables, **{"x-api-key": key}) for name, variables in ASKED]
    assert found == ours


def test_the_same_work_without_graphql_lets_nobody_in_without_a_key(environment):
    from tests.benchmarks.peers.same_work import application  # noqa: PLC0415

    with TestClient(application) as caller, pytest.raises(PermissionError):
        posted(caller, "/check", *ASKED[0], **{"x-api-key": "cov_0_0"})


def test_graphql_core_answers_what_coverline_answers(ours, environment):
    from tests.benchmarks.peers.graphql_core_cached import application  # noqa: PLC0415

    with TestClient(application) as caller:
        assert [posted(caller, "/graphql", name, variables) for name, variables in ASKED] == ours


def test_strawberry_as_it_comes_answers_what_coverline_answers(ours, environment):
    from tests.benchmarks.peers.strawberry_stock import application  # noqa: PLC0415

    with TestClient(application) as caller:
        assert [posted(caller, "/graphql", name, variables) for name, variables in ASKED] == ours
