"""The command line and the API over HTTP give one answer, for every licence of the portfolio."""

import csv
import json

import pytest
import time_machine
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.commands import app
from api.demonstrations import PORTFOLIO
from api.operations import operations
from api.settings import Settings, embedded_url

AT = "2026-11-24T10:00:00+01:00"
KNOWN_AT = "2026-11-23T08:00:00+01:00"
NOW = "2026-11-24T10:00:00+01:00"
EXIT_CODES = {"ENTITLED": 0, "CONDITIONAL": 0, "NOT_ENTITLED": 10, "UNKNOWN": 11}


def serials() -> list[str]:
    with (PORTFOLIO / "licenses.csv").open(encoding="utf-8", newline="") as file:
        return sorted({row["serial"] for row in csv.DictReader(file)})


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.long, id="every"), pytest.param(10, id="tenth")])
def test_the_command_prints_what_graphql_answers_for_every_licence(every, tmp_path, monkeypatch):
    monkeypatch.setenv("COVERLINE_DATABASE_URL", embedded_url(tmp_path / "coverline.db"))
    runner = CliRunner()
    with time_machine.travel(NOW):
        assert runner.invoke(app, ["import", str(PORTFOLIO)]).exit_code == 0
        assert len(serials()) == 250
        with TestClient(
            create_app(Settings(), demo=True), base_url="http://localhost", client=("127.0.0.1", 1)
        ) as http:
            for serial in serials()[::every]:
                question = {"license": {"serial": serial}, "at": AT, "knownAt": KNOWN_AT}
                body = {"query": operations()["check"], "variables": {"input": question}}
                answered = http.post("/graphql", json=body).json()["data"]["entitlementCheck"]
                printed = runner.invoke(app, ["check", serial, "--at", AT, "--known-at", KNOWN_AT, "--json"])
                assert json.loads(printed.stdout) == answered, serial
                assert printed.exit_code == EXIT_CODES[answered["verdict"]]
