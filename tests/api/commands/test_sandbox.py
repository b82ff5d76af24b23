"""`coverline sandbox` and keys for it: made with the first key, put back on demand, and never a database of others."""

from pathlib import Path

import pytest

from api.settings import Settings
from tests.api.commands.conftest import data_of
from tests.api.commands.test_database import current
from tests.portfolio import client_of, settings_in, write_files
from tests.sandboxes import FILES, rows_of

QUESTION = {
    "query": '{ entitlementCheck(input: {license: {serial: "ORI-10103"}}) { verdict reasons { code } } }',
}


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A sandbox begins with a few files, and not with the demonstration."""
    monkeypatch.setattr("api.sandboxes.PORTFOLIO", write_files(tmp_path / "small", FILES))


def file_of(database: str) -> Path:
    return Path(database.removeprefix("sqlite:///")).with_name("coverline-sandbox.db")


def test_the_first_key_for_the_sandbox_makes_it_with_the_demonstration_portfolio(coverline, database):
    key = data_of(coverline("keys", "create", "--for", "sandbox", "--json"))
    assert current(f"sqlite:///{file_of(database)}")
    with client_of(Settings(), demo=False) as caller:
        headers = {"x-api-key": key["key"], "x-coverline-now": "2026-11-22T10:00:00+01:00"}
        told = caller.post("/graphql", json=QUESTION, headers=headers).json()["data"]["entitlementCheck"]
    # Covered through 26 July, 119 days before.
    assert told == {"verdict": "NOT_ENTITLED", "reasons": [{"code": "EXPIRED_RENEWABLE"}]}


def test_keys_of_both_worlds_are_listed_revoked_and_replaced_alike(coverline, small):
    coverline("keys", "create", "--for", "internal")
    first = data_of(coverline("keys", "create", "--for", "sandbox", "--scope", "admin", "--json"))
    told = data_of(coverline("keys", "rotate", first["id"], "--json"))
    assert coverline("keys", "revoke", first["id"]).exit_code == 0
    listed = data_of(coverline("keys", "list", "--json"))
    assert [key["for"] for key in listed] == ["internal", "sandbox", "sandbox"]
    assert [key["prefix"][:4] for key in listed] == ["cvl_", "cvs_", "cvs_"]
    assert {key["id"]: key["revokedAt"] is not None for key in listed if key["for"] == "sandbox"} == {
        first["id"]: True,
        told["id"]: False,
    }


def test_a_reset_leaves_the_keys_and_says_so(coverline, small, database):
    coverline("keys", "create", "--for", "sandbox")
    sandbox = Settings(database_url=f"sqlite:///{file_of(database)}", sandbox_url="")
    before = rows_of(sandbox)
    result = coverline("sandbox", "reset")
    assert result.exit_code == 0
    assert "Its keys stay" in result.stdout
    after = rows_of(sandbox)
    assert after["api_keys"] == before["api_keys"]
    assert after["licenses"] != before["licenses"]  # they are others, with ids of their own
    assert len(after["licenses"]) == len(before["licenses"])


def test_a_database_that_holds_anything_else_is_never_made_a_sandbox(coverline, small, files, tmp_path, monkeypatch):
    other = settings_in(tmp_path)
    monkeypatch.setenv("COVERLINE_DATABASE_URL", other.database_url)
    assert coverline("import", files).exit_code == 0
    before = rows_of(other)
    monkeypatch.setenv("COVERLINE_DATABASE_URL", f"sqlite:///{tmp_path / 'real.db'}")
    monkeypatch.setenv("COVERLINE_SANDBOX_URL", other.database_url)
    for command in (["keys", "create", "--for", "sandbox"], ["sandbox", "reset"], ["migrate"]):
        result = coverline(*command)
        assert result.exit_code == 2
        assert "COVERLINE_SANDBOX_URL" in result.stderr
    assert rows_of(other) == before
    found = coverline("doctor")
    assert (found.exit_code, "no sandbox's" in " ".join(found.stdout.split())) == (1, True)


def test_one_database_is_not_both_worlds(coverline, small, database, monkeypatch):
    monkeypatch.setenv("COVERLINE_SANDBOX_URL", database)
    result = coverline("sandbox", "reset")
    assert (result.exit_code, "one of its own" in result.stderr) == (2, True)
    monkeypatch.delenv("COVERLINE_SANDBOX_URL")
    coverline("sandbox", "reset")
    monkeypatch.setenv("COVERLINE_DATABASE_URL", f"sqlite:///{file_of(database)}")
    result = coverline("check", "FAX-1")
    assert (result.exit_code, "a sandbox's database" in result.stderr) == (1, True)


@pytest.mark.parametrize("url", ["", "mysql://x/y"])
def test_without_a_sandbox_it_is_said_what_to_set(coverline, monkeypatch, url):
    monkeypatch.setenv("COVERLINE_SANDBOX_URL", url)
    result = coverline("keys", "create", "--for", "sandbox")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "COVERLINE_SANDBOX_URL" in result.stderr


def test_a_sandbox_that_is_not_well_keeps_nobody_from_being_served(coverline, small, database, monkeypatch):
    coverline("sandbox", "reset")
    file_of(database).write_bytes(b"this is no database" * 100)
    served = []
    monkeypatch.setattr("uvicorn.run", lambda app, **_: served.append(app))
    result = coverline("serve", "--port", "0")
    assert (result.exit_code, len(served)) == (0, 1)
    assert "The sandbox cannot be asked" in result.stderr


def test_migrate_brings_up_the_sandbox_too(coverline, small, postgres_url, postgres_server, monkeypatch):
    monkeypatch.setenv("COVERLINE_SANDBOX_URL", postgres_url)
    assert "sandbox" not in coverline("migrate").stdout
    assert "not made yet" in " ".join(coverline("doctor").stdout.split())
    assert coverline("sandbox", "reset").exit_code == 0
    assert "the sandbox, is at the newest revision" in " ".join(coverline("migrate").stdout.split())
    found = coverline("doctor")
    assert (found.exit_code, "ready" in found.stdout) == (0, True)
