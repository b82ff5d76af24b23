"""Who may ask: a valid key, or in a demonstration this machine itself."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from api.auth import INTERNAL
from api.deployment import deployed
from schema.scopes import READ_SCOPES
from tests.portfolio import NOW, client_of

QUERY = {"query": '{ license(by: {serial: "FAX-1"}) { serial } }'}
ANSWER = {"data": {"license": {"serial": "FAX-1"}}, "extensions": {"cost": {"asked": 1, "used": 1, "limit": 25_000}}}


def key_of(
    portfolio, *, expires_on: date | None = None, revoked: bool = False, viewer=INTERNAL, scopes=READ_SCOPES
) -> str:
    async def make() -> str:
        async with deployed(portfolio, lambda: NOW - timedelta(days=1)) as deployment:
            key, text = await deployment.keys.create(viewer, scopes, deployment.clock(), expires_on)
            if revoked:
                await deployment.keys.revoke(key.id, deployment.clock())
            return text

    return asyncio.run(make())


def refusal(response) -> tuple[int, str]:
    [error] = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


@pytest.fixture
def served(portfolio):
    """A caller of what is no demonstration."""
    with client_of(portfolio, demo=False) as client:
        yield client


@pytest.mark.parametrize(
    "header", [("Authorization", "Bearer {}"), ("authorization", "bearer  {}"), ("X-API-Key", "{}")]
)
def test_a_valid_key_is_let_in(served, portfolio, header):
    name, form = header
    response = served.post("/graphql", json=QUERY, headers={name: form.format(key_of(portfolio))})
    assert response.json() == ANSWER


def test_a_key_is_valid_through_its_last_day(served, portfolio):
    for last_day, status in ((NOW.date(), 200), (NOW.date() - timedelta(days=1), 401)):
        key = key_of(portfolio, expires_on=last_day)
        assert served.post("/graphql", json=QUERY, headers={"x-api-key": key}).status_code == status


def test_a_revoked_key_is_refused(served, portfolio):
    key = key_of(portfolio, revoked=True)
    assert refusal(served.post("/graphql", json=QUERY, headers={"x-api-key": key})) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer  "},
        {"authorization": "Basic dXNlcjpwYXNz"},
        {"x-api-key": ""},
        {"x-api-key": "cvl_000000000000_x"},
        {"x-api-key": str(uuid4())},
        {"authorization": b"Bearer \xff\xfe"},
        {"x-api-key": "_" * 1_000},
    ],
)
def test_without_a_valid_key_the_answer_is_401_in_json(served, headers):
    response = served.post("/graphql", json=QUERY, headers=headers)
    assert refusal(response) == (401, "UNAUTHENTICATED")
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert "data" not in response.json()


def test_a_demonstration_needs_no_key_from_this_machine(caller):
    assert caller.post("/graphql", json=QUERY).json() == ANSWER


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_every_address_of_this_machine_is_its_own(portfolio, address):
    with client_of(portfolio, client=address) as caller:
        assert caller.post("/graphql", json=QUERY).json() == ANSWER


@pytest.mark.parametrize("address", ["10.0.0.7", "192.168.1.1", "::ffff:10.0.0.7", "fe80::1", "testclient", ""])
def test_a_demonstration_asks_other_machines_for_a_key(portfolio, address):
    with client_of(portfolio, client=address) as caller:
        assert refusal(caller.post("/graphql", json=QUERY)) == (401, "UNAUTHENTICATED")
        assert caller.post("/graphql", json=QUERY, headers={"x-api-key": key_of(portfolio)}).json() == ANSWER


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"x-forwarded-for": "10.0.0.7"},
        {"x-forwarded-for": "127.0.0.1"},
        {"forwarded": "for=10.0.0.7"},
    ],
)
def test_what_only_passes_through_this_machine_is_not_its_own(caller, headers):
    assert refusal(caller.post("/graphql", json=QUERY, headers=headers)) == (401, "UNAUTHENTICATED")


def test_a_wrong_key_is_refused_even_from_this_machine(caller):
    assert refusal(caller.post("/graphql", json=QUERY, headers={"x-api-key": "x"})) == (401, "UNAUTHENTICATED")


def test_health_needs_no_key(served):
    for path in ("/healthz", "/readyz", "/metrics"):
        assert served.get(path).status_code == 200
