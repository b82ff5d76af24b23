"""Health, readiness and counts; and what is answered where nothing is."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from api.settings import embedded_url
from tests.portfolio import client_of


def test_a_process_that_answers_is_alive(caller):
    assert caller.get("/healthz").json() == {"status": "ok"}


def test_a_current_database_is_ready(caller):
    response = caller.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "edition": "imagicle-care-4.1"})


def test_a_database_without_tables_is_not_ready_and_says_what_to_do(portfolio, tmp_path):
    settings = portfolio.model_copy(update={"database_url": embedded_url(tmp_path / "empty.db")})
    with client_of(settings) as caller:
        response = caller.get("/readyz")
        assert response.status_code == 503
        assert response.json()["wrong"] == "migrations"
        assert "coverline migrate" in response.json()["reason"]
        assert caller.get("/healthz").status_code == 200


@contextmanager
def silent_server() -> Iterator[int]:
    """A port on which connections are taken and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened.getsockname()[1]


def test_a_database_that_never_answers_is_told_in_time(portfolio, monkeypatch):
    monkeypatch.setattr("api.health.PATIENCE", 0.2)
    with silent_server() as port:
        settings = portfolio.model_copy(update={"database_url": f"postgresql://someone@127.0.0.1:{port}/name"})
        with client_of(settings) as caller:
            began = time.monotonic()
            response = caller.get("/readyz")
            assert time.monotonic() - began < 2
            assert caller.get("/healthz").status_code == 200
    assert response.status_code == 503
    assert response.json()["wrong"] == "database"


def test_why_a_database_does_not_answer_is_told_to_the_log_alone_and_its_password_to_nobody(portfolio, log):
    url = "postgresql://someone:Pl4nted@127.0.0.1:1/name"
    with client_of(portfolio.model_copy(update={"database_url": url})) as caller:
        response = caller.get("/readyz")
    assert (response.status_code, response.headers["cache-control"]) == (503, "no-store")
    assert response.json() == {
        "status": "unavailable",
        "wrong": "database",
        "reason": "The database does not answer. The log says why.",
    }
    [line] = log.events("the database does not answer")
    assert "ConnectionRefusedError" in line["exception"]
    assert line["request_id"] == response.headers["x-request-id"]
    assert "Pl4nted" not in log.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_may_ask_by_head(caller, path):
    response = caller.head(path)
    assert (response.status_code, response.content) == (200, b"")


def test_an_unknown_path_is_an_error_in_json(caller):
    response = caller.get("/nowhere")
    assert response.status_code == 404
    assert response.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_a_method_that_a_path_lacks_is_an_error_in_json(caller):
    response = caller.post("/healthz")
    assert response.status_code == 405
    assert response.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    assert "GET" in response.headers["allow"]
