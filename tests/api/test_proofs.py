"""What proves a decision, over HTTP."""

import json
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.signatures import SigningKeys, SigningKeysRefused, read_keys

NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)


def client_of(settings, **more) -> TestClient:
    return TestClient(create_app(settings, **more), base_url="http://localhost", client=("127.0.0.1", 50_000))


def test_the_public_keys_are_served_to_anyone(portfolio, tmp_path):
    keys = SigningKeys(tmp_path)
    first = keys.create(NOW)
    with client_of(portfolio.model_copy(update={"signing_keys": tmp_path})) as client:
        answer = client.get("/.well-known/jwks.json")
        assert answer.headers["content-type"] == "application/jwk-set+json"
        assert [one.thumbprint() for one in read_keys(answer.text)] == [first.thumbprint()]
        assert set(json.loads(answer.text)["keys"][0]) == {"kty", "crv", "x", "kid", "use", "alg"}
        second = keys.rotate(NOW.replace(day=12))
        served = read_keys(client.get("/.well-known/jwks.json").text)
        assert [one.thumbprint() for one in served] == [first.thumbprint(), second.thumbprint()]


def test_a_deployment_without_keys_publishes_none_and_a_demonstration_one_of_its_own(portfolio):
    with client_of(portfolio) as client:
        assert client.get("/.well-known/jwks.json").json() == {"keys": []}
    with client_of(portfolio, demo=True) as client:
        assert len(client.get("/.well-known/jwks.json").json()["keys"]) == 1


def test_a_deployment_does_not_start_with_a_key_that_cannot_be_used(portfolio, tmp_path):
    (tmp_path / "bad.jwk").write_text("{}")
    with (
        pytest.raises(SigningKeysRefused, match=r"bad\.jwk"),
        client_of(portfolio.model_copy(update={"signing_keys": tmp_path})),
    ):
        pass
