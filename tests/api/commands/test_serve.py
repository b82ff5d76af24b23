"""`coverline serve`: what is prepared before it listens, and the demonstration."""

import re
import sys

import pytest
from starlette.testclient import TestClient

from api.front.wire import Wire
from api.settings import Settings
from tests.api.commands.test_database import current


@pytest.fixture
def listening(monkeypatch):
    """What would be served, asked in place of listening."""
    asked: list[dict] = []

    def serve(app, **options) -> None:
        answers = {}
        with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50_000)) as caller:
            for path in ("/", "/readyz"):
                answers[path] = caller.get(path)
            answers["/graphql"] = caller.post("/graphql", json={"query": "{ licenses(first: 1) { totalCount } }"})
            answers["/examples/overdue"] = caller.get("/examples/overdue", follow_redirects=False)
            answers["/examples/nothing"] = caller.get("/examples/nothing")
        asked.append({"options": options, "answers": answers})

    monkeypatch.setattr("uvicorn.run", serve)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return asked


def test_an_embedded_database_is_made_before_the_server_listens(coverline, database, listening):
    result = coverline("serve", "--host", "127.0.0.2", "--port", "0")
    assert result.exit_code == 0, result.stderr
    [served] = listening
    assert current(database)
    assert (served["options"]["host"], served["options"]["port"]) == ("127.0.0.2", 0)
    assert served["options"]["http"] is Wire
    assert served["options"]["limit_concurrency"] == Settings().clients
    assert served["answers"]["/readyz"].status_code == 200
    assert served["answers"]["/graphql"].status_code == 401
    assert served["answers"]["/"].status_code == 404


def test_several_workers_are_started_by_the_name_of_the_application(coverline, monkeypatch):
    monkeypatch.setenv("COVERLINE_WORKERS", "3")
    started = []
    monkeypatch.setattr(
        "uvicorn.run", lambda app, **options: started.append((app, options["workers"], options["factory"]))
    )
    assert coverline("serve").exit_code == 0
    assert started == [("api.commands.serve:worker", 3, True)]


def test_a_demonstration_tells_its_stories_and_serves_them_without_a_key(coverline, listening, database):
    result = coverline("serve", "--demo")
    assert result.exit_code == 0, result.stderr
    for part in ("NOT_ENTITLED", "ENTITLED", "UNKNOWN", "PAYMENT_HOLD", "/graphql", "need no key"):
        assert part in result.stdout
    assert re.search(r"COVERLINE_DATABASE_URL=sqlite:///\S+ coverline keys create --for partner=\S+\n", result.stdout)
    [served] = listening
    assert served["answers"]["/graphql"].json()["data"]["licenses"]["totalCount"] > 0
    page = served["answers"]["/"].text
    for example in ("portal_licenses", "account_checks", "overdue"):
        assert f'href="/examples/{example}"' in page
    opened = served["answers"]["/examples/overdue"]
    assert opened.status_code == 303
    assert opened.headers["location"].startswith("/graphql?query=")
    assert served["answers"]["/examples/nothing"].status_code == 404


def test_a_demonstration_leaves_the_database_of_the_environment_alone(coverline, listening, database, tmp_path):
    assert coverline("serve", "--demo").exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_traces_without_their_extra_are_refused_in_a_sentence(coverline, listening, monkeypatch):
    monkeypatch.setenv("COVERLINE_TRACES", "true")
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.delitem(sys.modules, "api.spans", raising=False)
    for name in [name for name in sys.modules if name.startswith("opentelemetry.")]:
        monkeypatch.delitem(sys.modules, name)
    result = coverline("serve")
    assert result.exit_code == 1
    assert "pip install 'coverline[telemetry]'" in result.stderr
    assert listening == []
