"""The command line over a database of its own."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.commands import app
from api.settings import embedded_url
from tests.portfolio import write_files


@pytest.fixture
def database(tmp_path, monkeypatch) -> str:
    """The environment's database: a file that does not exist yet."""
    url = embedded_url(tmp_path / "data" / "coverline.db")
    monkeypatch.setenv("COVERLINE_DATABASE_URL", url)
    return url


@pytest.fixture
def coverline(database, logging_restored):
    """Runs a command and answers with its result."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def files(tmp_path):
    return write_files(tmp_path / "files")


@pytest.fixture
def loaded(coverline, files):
    """A database that holds the portfolio."""
    assert coverline("import", files).exit_code == 0


def data_of(result: Result) -> Any:
    assert result.stderr == ""
    return json.loads(result.stdout)
