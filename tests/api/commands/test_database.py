"""`coverline migrate` and `doctor`, and a database that is behind."""

import asyncio
from pathlib import Path

import pytest

from api.store.engine import open_database
from api.store.revisions import is_current
from tests.issuing import AUDIENCE, ISSUER, RSA, key_set
from tests.portfolio import FILES, PRICING, write_files


def current(url: str) -> bool:
    async def ask() -> bool:
        database = open_database(url)
        try:
            return await is_current(database)
        finally:
            await database.close()

    return asyncio.run(ask())


def test_an_embedded_database_is_made_and_brought_up(coverline, database):
    assert coverline("migrate").exit_code == 0
    assert current(database)
    assert coverline("migrate").exit_code == 0


def test_a_postgresql_that_is_behind_is_refused_with_the_command_that_helps(coverline, postgres_url, monkeypatch):
    monkeypatch.setenv("COVERLINE_DATABASE_URL", postgres_url)
    for command in (["check", "FAX-1"], ["serve"]):
        result = coverline(*command)
        assert result.exit_code == 1
        assert "coverline migrate" in result.stderr
    assert coverline("migrate").exit_code == 0
    assert current(postgres_url)
    assert coverline("check", "FAX-1").exit_code == 10


def test_the_doctor_finds_a_sound_installation(coverline):
    coverline("migrate")
    result = coverline("doctor")
    assert result.exit_code == 0
    assert "not well" not in result.stdout
    for part in ("installation", "configuration", "guide", "database"):
        assert part in result.stdout
    assert "LIST has no prices in EUR" in result.stdout


def test_the_doctor_says_what_quotes_are_priced_from(coverline, tmp_path):
    coverline("migrate")
    assert coverline("import", str(write_files(tmp_path / "files", {**FILES, **PRICING}))).exit_code == 0
    assert "LIST has 8 prices in EUR, with late-fee policies" in coverline("doctor").stdout.replace("\n", " ")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("COVERLINE_EDITION", "imagicle-care-9.9", "imagicle-care-4.1"),
        ("COVERLINE_DATABASE_URL", "mysql://x/y", "postgresql://"),
        ("COVERLINE_PORT", "many", "COVERLINE_PORT"),
    ],
)
def test_the_doctor_says_what_is_not_well_and_what_to_do(coverline, monkeypatch, name, value, told):
    monkeypatch.setenv(name, value)
    result = coverline("doctor")
    assert result.exit_code == 1
    assert told in " ".join(result.stdout.split())


def test_the_doctor_finds_a_database_that_is_behind(coverline, database):
    Path(database.removeprefix("sqlite:///")).parent.mkdir()
    result = coverline("doctor")
    assert result.exit_code == 1
    assert "coverline migrate" in result.stdout


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("COVERLINE_EDITION", "imagicle-care-9.9", "COVERLINE_EDITION"),
        ("COVERLINE_DATABASE_URL", "mysql://x/y", "COVERLINE_DATABASE_URL"),
        ("COVERLINE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "COVERLINE_DATABASE_URL"),
        ("COVERLINE_PORT", "many", "COVERLINE_PORT"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_without_a_traceback(coverline, monkeypatch, name, value, told):
    monkeypatch.setenv(name, value)
    result = coverline("check", "FAX-1")
    assert result.exit_code in {1, 2}
    assert told in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_the_doctor_looks_at_the_keys_of_the_tokens_issuer(coverline, monkeypatch, tmp_path):
    coverline("migrate")
    file = tmp_path / "keys.json"
    for name, value in (("ISSUER", ISSUER), ("AUDIENCE", AUDIENCE), ("JWKS", str(file))):
        monkeypatch.setenv(f"COVERLINE_OIDC_{name}", value)
    assert "COVERLINE_OIDC_JWKS" in coverline("doctor").stdout
    file.write_bytes(key_set(RSA))
    assert "RS256 by 1 key" in coverline("doctor").stdout
    monkeypatch.setenv("COVERLINE_OIDC_ALGORITHM", "ES256")
    result = coverline("doctor")
    assert (result.exit_code, "COVERLINE_OIDC_ALGORITHM" in result.stdout) == (1, True)
