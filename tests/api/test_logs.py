"""The log: one line a request, one form for all, faults with their stack, and nothing that a caller sent."""

import asyncio
import logging
import re
from typing import Any

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from api.app import create_app
from api.deployment import deployed
from api.interchange.importing import import_folder
from api.logs import logger
from api.operations import operation
from api.settings import Settings
from api.store.revisions import migrate
from schema.scopes import READ_SCOPES
from schema.store import Viewer, ViewerKind
from tests.api.databases import *  # noqa: F403 - fixtures are found by their names
from tests.api.logged import Log
from tests.api.test_auth import key_of
from tests.portfolio import FILES, NOW, client_of, write_files

CHECK = {"query": operation("check"), "variables": {"input": {"license": {"serial": "FAX-3"}}}}


def test_a_request_is_one_line_with_its_id_who_asked_what_was_run_and_what_was_decided(portfolio, log):
    with client_of(portfolio) as caller:
        caller.post("/graphql", json=CHECK, headers={"x-request-id": "abc-123"})
    [line] = log.events("request")
    assert line.pop("ms") > 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "api.telemetry",
        "request_id": "abc-123",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "operation": "Check",
        "viewer": "internal",
        "verdicts": {"NOT_ENTITLED": 1},
    }


def test_a_line_that_is_written_at_once_is_the_one_that_the_logger_would_write(portfolio, log, monkeypatch):
    headers = {"x-request-id": "abc-123", "x-api-key": key_of(portfolio)}
    with time_machine.travel(NOW, tick=False), client_of(portfolio, demo=False) as caller:
        for written in (True, False):
            if not written:
                monkeypatch.setattr("api.logs._only", lambda _: None)
            caller.post("/graphql", json=CHECK, headers=headers)
            caller.post("/graphql", json={"query": "{"}, headers=headers)
            caller.get("/healthz", headers=headers)
    lines = [re.sub(r'"ms":[\d.]+', '"ms":0', line) for line in log.text.splitlines()]
    assert len(lines) == 6
    assert lines[:3] == lines[3:]
    assert lines[0].startswith('{"method":"POST","path":"/graphql","status":200,"ms":0,"operation":"Check","viewer":')


def test_a_batch_says_how_many_checks_had_which_verdict(portfolio, log):
    inputs = [{"license": {"serial": serial}} for serial in ("FAX-1", "FAX-2", "FAX-3", "NOTHING")]
    with client_of(portfolio) as caller:
        caller.post("/graphql", json={"query": operation("checks"), "variables": {"inputs": inputs}})
    [line] = log.events("request")
    assert line["verdicts"] == {"ENTITLED": 1, "NOT_ENTITLED": 3}


def test_a_supposed_check_is_not_counted_as_one(portfolio, log):
    asked = {"changes": [], "check": {"license": {"serial": "FAX-1"}}}
    with client_of(portfolio) as caller:
        answer = caller.post("/graphql", json={"query": operation("what_if"), "variables": asked}).json()
    [line] = log.events("request")
    assert answer["data"]["whatIf"]
    assert (line["operation"], "verdicts" in line) == ("WhatIf", False)


@pytest.mark.parametrize(
    ("body", "errors", "operation"),
    [
        ({"query": "{"}, {"GRAPHQL_PARSE_FAILED": 1}, None),
        ({"query": "query Planted { nothing }"}, {"GRAPHQL_VALIDATION_FAILED": 1}, None),
        ({"query": "query A { guide { edition } }", "operationName": "planted"}, {"UNKNOWN_OPERATION": 1}, None),
        ({"query": "query A { guide { edition } }"}, None, "A"),
        ({"query": f"query {'a' * 500} {{ guide {{ edition }} }}"}, None, "a" * 64),
        ({"query": "query A { entitlementChecks(inputs: []) { verdict } }"}, {"BATCH_SIZE": 1}, "A"),
    ],
)
def test_errors_are_told_by_their_codes_and_an_operation_only_once_it_is_run(portfolio, log, body, errors, operation):
    with client_of(portfolio) as caller:
        caller.post("/graphql", json=body)
    [line] = log.events("request")
    assert (line.get("errors"), line.get("operation")) == (errors, operation)


def test_what_probes_ask_is_logged_for_debugging_only(portfolio, logging_restored):
    log = Log(log_format="json")
    with client_of(portfolio) as caller:
        for path in ("/healthz", "/readyz", "/metrics"):
            caller.get(path)
        caller.get("/nowhere/planted")
    assert [(line["path"], line["status"]) for line in log.lines] == [("other", 404)]


def test_a_fault_is_logged_with_its_stack_under_the_id_that_the_caller_was_given(portfolio, log, monkeypatch):
    async def broken(*_, **__):
        planted = "s3cret"
        raise RuntimeError(f"broken {len(planted)}")

    monkeypatch.setattr("api.auth.viewer_of", broken)
    with client_of(portfolio) as caller:
        response = caller.post("/graphql", json=CHECK)
    request_id = response.headers["x-request-id"]
    assert response.json()["errors"][0]["extensions"]["requestId"] == request_id
    [fault] = log.events("fault")
    assert (fault["request_id"], fault["level"]) == (request_id, "error")
    assert "in broken" in fault["exception"]
    assert fault["exception"].endswith("RuntimeError: broken 6")
    assert "s3cret" not in log.text.replace('planted = "s3cret"', "")
    assert [line["status"] for line in log.events("request")] == [500]


def test_a_masked_fault_is_logged_under_the_same_id(portfolio, log, monkeypatch):
    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr("schema.plans.plans.ranked", broken)
    with client_of(portfolio) as caller:
        response = caller.post("/graphql", json={"query": "{ plans { code } }"})
    [fault] = [line for line in log.lines if line["level"] == "error"]
    assert fault["request_id"] == response.json()["errors"][0]["extensions"]["requestId"]
    assert "RuntimeError: broken" in fault["exception"]
    assert [line["errors"] for line in log.events("request")] == [{"INTERNAL_ERROR": 1}]


def test_libraries_log_in_the_same_form(log):
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    logging.getLogger("alembic.runtime.migration").info("Running %s", "upgrade")
    logging.getLogger("alembic.runtime.migration").info("Context impl %s.", "SQLiteImpl")
    assert [(line["logger"], line["event"]) for line in log.lines] == [
        ("uvicorn.error", "Started server process [7]"),
        ("alembic.runtime.migration", "Running upgrade"),
    ]


def test_a_migration_is_logged(log, sqlite_url):
    asyncio.run(migrate(sqlite_url))
    assert any(line["event"].startswith("Running upgrade") for line in log.lines)


def test_the_console_shows_the_same_to_people(logging_restored):
    log = Log(log_format="console")
    logger("api.telemetry").info("request", status=200)
    assert "request" in log.text
    assert "status=200" in log.text
    assert not log.text.startswith("{")


def test_the_level_is_a_setting(logging_restored):
    log = Log(log_format="json", log_level="error")
    logger("api.telemetry").warning("request")
    logger("api.telemetry").error("fault")
    assert [line["event"] for line in log.lines] == ["fault"]


# ---------------------------------------------------------------- what no log may hold

PLANTED = "Pl4nted"


async def _prepare(settings: Settings, folder) -> str:
    await migrate(settings.database_url)
    files = {name: text.replace("FAX-1", f"{PLANTED}-FAX") for name, text in FILES.items()}
    async with deployed(settings, lambda: NOW) as deployment:
        report = await import_folder(deployment.database, write_files(folder, files), now=NOW, guide=deployment.guide)
        assert report.is_loaded, report.errors
        _, text = await deployment.keys.create(Viewer(ViewerKind.INTERNAL), READ_SCOPES, NOW)
    return text


def _plant(settings: Settings, key: str, monkeypatch) -> int:
    """Ask in every way in which a caller may send a word; how many requests that were."""
    known = {"authorization": f"Bearer {key}"}
    variables = {"input": {"license": {"serial": f"{PLANTED}-FAX"}}}
    body = {"query": operation("check"), "variables": variables}
    asked = 0
    send: dict[str, Any]
    with TestClient(create_app(settings, clock=lambda: NOW), base_url="http://localhost") as caller:
        for send in (
            {"json": body, "headers": known},
            {"json": body, "headers": {"x-api-key": key}},
            {"json": body, "headers": {"authorization": f"Bearer cvl_0123456789ab_{PLANTED}"}},
            {"json": body, "headers": {"authorization": f"Basic {PLANTED}"}},
            {"json": body, "headers": {**known, "x-request-id": f"{PLANTED} {PLANTED}", "cookie": PLANTED}},
            {"json": {**body, "operationName": PLANTED}, "headers": known},
            {"json": {"query": f'{{ node(id: "{PLANTED}") {{ id }} }}'}, "headers": known},
            {"json": {"query": f"{{ {PLANTED} }}"}, "headers": known},
            {"json": {"query": f"{{ {PLANTED}"}, "headers": known},
            {"content": f'{{"{PLANTED}', "headers": {**known, "content-type": "application/json"}},
            {"content": PLANTED, "headers": {**known, "content-type": PLANTED}},
            {"json": body, "headers": {**known, "accept": PLANTED}},
        ):
            caller.post("/graphql", params={"token": PLANTED}, **send)
            asked += 1
        in_query = {"query": f'{{ license(by: {{serial: "{PLANTED}-FAX"}}) {{ id }} }}'}
        caller.get("/graphql", params=in_query, headers={**known, "x-requested-with": "x"})
        caller.get(f"/reset/{PLANTED}", params={"token": PLANTED})
        caller.request(PLANTED.upper(), "/healthz")

        def quoting(*_):
            raise IntegrityError("INSERT", {}, ValueError(f"duplicate key\nDETAIL:  Key (serial)=({PLANTED})"))

        monkeypatch.setattr("schema.checks.decide", quoting)
        answer = caller.post("/graphql", json=body, headers=known)
        assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL_ERROR"
    return asked + 4


def test_nothing_that_a_caller_sent_and_nothing_recorded_is_in_the_log(database_url, tmp_path, log, monkeypatch):
    settings = Settings(database_url=database_url)
    key = asyncio.run(_prepare(settings, tmp_path / "files"))
    asked = _plant(settings, key, monkeypatch)
    lines = log.events("request")
    assert len(lines) == asked
    assert {line.get("key") for line in lines} > {None}
    assert any("IntegrityError" in line.get("exception", "") for line in log.lines)
    for secret in (PLANTED, PLANTED.upper(), *key.split("_", 2)[1:], "password"):
        assert secret not in log.text


def test_the_search_finds_what_a_library_would_tell_if_it_were_let(sqlite_url, tmp_path, log, monkeypatch):
    logging.getLogger().setLevel(logging.DEBUG)
    settings = Settings(database_url=sqlite_url)
    _plant(settings, asyncio.run(_prepare(settings, tmp_path / "files")), monkeypatch)
    assert PLANTED in log.text


def test_a_refusal_is_told_by_its_code(portfolio, log):
    with client_of(portfolio, demo=False) as caller:
        caller.post("/graphql", json=CHECK)
    [line] = log.events("request")
    assert (line["status"], line["errors"], line.get("viewer")) == (401, {"UNAUTHENTICATED": 1}, None)
