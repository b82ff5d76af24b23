"""`coverline import`: all or nothing, every bad row named."""

import json

from tests.api.commands.conftest import data_of


def test_files_are_loaded_into_a_database_that_is_made_for_them(coverline, files):
    result = coverline("import", files)
    assert result.exit_code == 0
    assert "licenses.csv" in result.stdout
    assert coverline("check", "FAX-1", "--at", "2026-03-11T10:00:00Z").exit_code == 0


def test_programs_read_what_was_loaded(coverline, files):
    told = data_of(coverline("import", files, "--json"))
    assert (told["loaded"], told["errorCount"]) == (True, 0)
    assert told["files"]["licenses.csv"]["added"] == 5


def test_a_rehearsal_loads_nothing(coverline, files):
    assert data_of(coverline("import", files, "--dry-run", "--json"))["loaded"] is False
    assert coverline("check", "FAX-1").exit_code == 10


def test_every_bad_row_is_named_and_nothing_is_loaded(coverline, files):
    accounts = files / "accounts.csv"
    accounts.write_text(accounts.read_text().replace(",EUROPE,", ",ATLANTIS,"))
    result = coverline("import", files)
    assert result.exit_code == 2
    assert result.stdout == ""
    for line in (2, 3, 4):
        assert f"accounts.csv, line {line}, theater" in result.stderr
    assert coverline("check", "FAX-1").exit_code == 10


def test_programs_read_every_bad_row(coverline, files):
    (files / "coverage.csv").write_text("order_reference,serial,nothing\n")
    result = coverline("import", files, "--json")
    assert result.exit_code == 2
    told = json.loads(result.stdout)
    assert told["loaded"] is False
    assert {error["file"] for error in told["errors"]} == {"coverage.csv"}


def test_a_folder_that_is_not_there_is_named(coverline, tmp_path):
    result = coverline("import", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
