"""Traces: one tree for a request, within the caller's own, without anything that it sent."""

import asyncio
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode, format_span_id, format_trace_id

from api.deployment import deployed
from api.interchange.importing import import_folder
from api.operations import operation
from api.settings import Settings
from api.store.revisions import migrate
from api.store.watching import watch_statements
from api.traces import ExtraMissing, traces_of
from tests.portfolio import NOW, client_of, write_files

CALLERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CHECK = {"query": operation("check"), "variables": {"input": {"license": {"serial": "FAX-3"}}}}


@pytest.fixture
def spans(monkeypatch):
    """What is exported, in the order in which it ended, once the server has closed."""
    kept = InMemorySpanExporter()
    monkeypatch.setattr("api.spans.exporter", lambda: kept)
    return kept.get_finished_spans


@pytest.fixture(scope="module")
def traced(portfolio) -> Settings:
    return portfolio.model_copy(update={"traces": True})


def tree(finished) -> dict[str, list[str]]:
    """The names of spans under the name of the one that they are within."""
    names = {span.context.span_id: span.name for span in finished}
    under: dict[str, list[str]] = {}
    for span in finished:
        under.setdefault(names.get(span.parent.span_id, "caller") if span.parent else "none", []).append(span.name)
    return under


async def filled(url: str, folder) -> Settings:
    settings = Settings(database_url=url, traces=True)
    await migrate(url)
    async with deployed(settings, lambda: NOW) as deployment:
        await import_folder(deployment.database, write_files(folder), now=NOW, guide=deployment.guide)
    return settings


def test_a_request_is_a_tree_of_http_operation_and_statements(database_url, tmp_path, spans):
    settings = asyncio.run(filled(database_url, tmp_path / "files"))
    with client_of(settings) as caller:
        caller.post("/graphql", json=CHECK, headers={"x-request-id": "abc-123"})
    finished = spans()
    under = tree(finished)
    assert under["none"] == ["POST /graphql"]
    assert under["POST /graphql"] == ["query Check"]
    assert "SELECT" in under["query Check"]
    assert set(under) == {"none", "POST /graphql", "query Check"}
    assert len({span.context.trace_id for span in finished}) == 1
    told = {span.name: dict(span.attributes) for span in finished}
    assert told["POST /graphql"] == {
        "http.request.method": "POST",
        "http.route": "/graphql",
        "http.response.status_code": 200,
        "coverline.request_id": "abc-123",
    }
    assert told["query Check"] == {"graphql.operation.type": "query", "graphql.operation.name": "Check"}
    assert told["SELECT"]["db.system.name"] == database_url.partition(":")[0]
    assert "FROM" in told["SELECT"]["db.query.text"]


def test_a_request_continues_the_trace_of_its_caller(traced, spans, log):
    with client_of(traced) as caller:
        caller.post("/graphql", json=CHECK, headers={"traceparent": CALLERS})
        caller.post("/graphql", json=CHECK, headers={"traceparent": "00-nonsense"})
    first, second = [span for span in spans() if span.name == "POST /graphql"]
    assert format_trace_id(first.context.trace_id) == CALLERS.split("-")[1]
    assert format_span_id(first.parent.span_id) == CALLERS.split("-")[2]
    assert second.parent is None
    told = [line["trace_id"] for line in log.events("request")]
    assert told == [format_trace_id(span.context.trace_id) for span in (first, second)]


def test_requests_at_the_same_time_keep_to_their_own_trees(traced, spans):
    async def many(app):
        async def ask(number: int) -> None:
            body = b'{"query": "query Q%d { licenses(first: 1) { totalCount } }"}' % number
            headers = [(b"content-type", b"application/json"), (b"host", b"localhost")]
            scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "query_string": b""}

            async def receive():
                return {"type": "http.request", "body": body}

            async def send(_message):
                await asyncio.sleep(0)

            await app({**scope, "client": ("127.0.0.1", 1), "scheme": "http"}, receive, send)

        await asyncio.gather(*(ask(number) for number in range(8)))

    with client_of(traced) as caller:
        assert caller.portal is not None
        caller.portal.call(many, caller.app)
    finished = spans()
    by_id = {span.context.span_id: span for span in finished}
    statements = [span for span in finished if "db.system.name" in span.attributes]
    assert len({span.context.trace_id for span in finished}) == 8
    assert {by_id[span.parent.span_id].name for span in statements} == {f"query Q{number}" for number in range(8)}
    assert all(by_id[span.parent.span_id].context.trace_id == span.context.trace_id for span in statements)


def test_nothing_that_a_caller_sent_is_in_a_trace(traced, spans):
    planted = "Pl4nted"
    with client_of(traced) as caller:
        asked = {"query": operation("check"), "variables": {"input": {"license": {"serial": planted}}}}
        headers = {"baggage": f"token={planted}", "cookie": planted, "authorization": f"Bearer {planted}"}
        caller.post("/graphql", params={"token": planted}, json=asked, headers={"baggage": f"token={planted}"})
        caller.post("/graphql", params={"token": planted}, json=asked, headers=headers)
        caller.get(
            "/graphql", params={"query": f'{{ node(id: "{planted}") {{ id }} }}'}, headers={"x-requested-with": "x"}
        )
        caller.get(f"/{planted}")
        caller.request(planted.upper(), "/healthz")
        search = {"query": f'{{ licenses(filter: {{search: "{planted}"}}) {{ totalCount }} }}'}
        caller.post("/graphql", json=search)
    finished = spans()
    assert len(finished) > 10
    assert planted.lower() not in "".join(span.to_json() for span in finished).lower()


def test_a_fault_marks_the_request_and_not_its_words(traced, spans, monkeypatch):
    async def broken(*_, **__):
        raise RuntimeError("Pl4nted")

    monkeypatch.setattr("api.auth.viewer_of", broken)
    with client_of(traced) as caller:
        caller.post("/graphql", json=CHECK)
    [span] = spans()
    assert (span.status.status_code, span.attributes["http.response.status_code"]) == (StatusCode.ERROR, 500)
    assert "Pl4nted" not in span.to_json()


def test_a_statement_that_fails_ends_with_the_kind_of_its_failure(traced):
    ended = []

    async def fail() -> None:
        async with deployed(traced) as deployment:
            watch_statements(deployment.database, lambda statement: statement, lambda *told: ended.append(told))
            async with deployment.database.reading() as connection:
                await connection.exec_driver_sql("SELECT 1")
                with pytest.raises(Exception, match="no_such_table"):
                    await connection.exec_driver_sql("SELECT * FROM no_such_table")

    asyncio.run(fail())
    assert ended == [("BEGIN", None), ("SELECT 1", None), ("SELECT * FROM no_such_table", "OperationalError")]


def test_traces_arrive_at_a_collector_over_http(traced, monkeypatch):
    received = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Nothing is said of it."""

    with HTTPServer(("127.0.0.1", 0), Collector) as collector:
        threading.Thread(target=collector.serve_forever, daemon=True).start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        with client_of(traced) as caller:
            caller.post("/graphql", json=CHECK)
        collector.shutdown()
    [(path, body)] = received
    assert path == "/v1/traces"
    assert b"query Check" in body


def test_nothing_is_traced_unless_it_is_asked_for(portfolio, spans):
    with client_of(portfolio) as caller:
        caller.post("/graphql", json=CHECK)
    assert spans() == ()


def test_without_the_extra_the_server_says_what_to_install(traced, monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("opentelemetry", "api.spans"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(ExtraMissing, match=r"pip install 'coverline\[telemetry\]'"):
        traces_of(traced)
