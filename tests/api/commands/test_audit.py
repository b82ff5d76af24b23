"""`coverline audit` and `coverline erase`."""

import json
import sqlite3

import pytest

from tests.api.commands.conftest import data_of


@pytest.fixture
def changed(coverline, loaded):
    """A database with a few entries, the last one a key's."""
    for _ in range(3):
        assert coverline("keys", "create", "--for", "internal").exit_code == 0


def execute(database: str, *statements: str) -> None:
    with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_log_that_is_as_written_is_said_to_be(coverline, changed):
    told = coverline("audit", "verify")
    assert told.exit_code == 0
    assert "All 4 entries" in told.stdout
    assert "coverline audit heads" in told.stdout


def test_what_was_tampered_with_is_named_and_the_exit_code_is_10(coverline, changed, database):
    execute(database, "UPDATE audit_entries SET actor = 'nobody' WHERE seq = 2")
    told = coverline("audit", "verify")
    assert told.exit_code == 10
    assert "entry 2: is not what was written" in told.stdout


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_cut_end_is_found_by_heads_that_were_kept(coverline, changed, database, tmp_path, monkeypatch, is_signed):
    if is_signed:
        monkeypatch.setenv("COVERLINE_SIGNING_KEYS", str(tmp_path / "keys"))
        coverline("signing-keys", "create")
    heads = tmp_path / "heads.json"
    heads.write_text(coverline("audit", "heads").stdout)
    assert coverline("audit", "verify", "--heads", heads).exit_code == 0
    execute(
        database,
        "UPDATE audit_heads SET seq = 3, hash = (SELECT previous FROM audit_entries WHERE seq = 4)",
        "DELETE FROM audit_entries WHERE seq = 4",
    )
    assert coverline("audit", "verify").exit_code == 0
    told = coverline("audit", "verify", "--heads", heads)
    assert (told.exit_code, "entry 4: was noted as the chain's head, and is missing" in told.stdout) == (10, True)


def test_heads_that_were_signed_are_believed_from_their_signature_alone(coverline, changed, tmp_path, monkeypatch):
    monkeypatch.setenv("COVERLINE_SIGNING_KEYS", str(tmp_path / "keys"))
    coverline("signing-keys", "create")
    heads = tmp_path / "heads.json"
    printed = data_of(coverline("audit", "heads"))
    heads.write_text(json.dumps(printed | {"heads": []}))
    assert coverline("audit", "verify", "--heads", heads).exit_code == 0
    heads.write_text(json.dumps(printed | {"token": printed["token"][:-4] + "AAAA"}))
    assert coverline("audit", "verify", "--heads", heads).exit_code == 10


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"heads": [1]}', '{"heads": [{"chain": "x", "seq": 1, "hash": ""}]}']
)
def test_a_file_without_heads_is_bad_input(coverline, changed, tmp_path, text):
    (tmp_path / "heads.json").write_text(text)
    assert coverline("audit", "verify", "--heads", tmp_path / "heads.json").exit_code == 2
    assert coverline("audit", "verify", "--heads", tmp_path / "none.json").exit_code == 2


def test_a_person_is_erased_once_it_is_confirmed(coverline, loaded, database):
    assert coverline("erase", "ACME").exit_code == 1
    told = coverline("erase", "ACME", "--yes")
    assert told.exit_code == 0
    assert "1 rows held" in told.stdout
    assert coverline("audit", "verify").exit_code == 0
    assert coverline("erase", "NOBODY", "--yes").exit_code == 2
