"""Figures for Prometheus: what is counted, under labels that no caller can multiply, over all workers."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from api.bodies import LARGEST_BODY
from api.metrics import FOLDER, shared_figures
from api.operations import operation
from api.store.revisions import migrate
from entitlements.reasons import ReasonCode
from tests.portfolio import client_of
from tests.serving import free_port

JSON = {"content-type": "application/json"}


def figures(text: str) -> dict[tuple, float]:
    """Every sample by its name and the values of its labels, in the order of their names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def asked(caller, *serials: str):
    inputs = [{"license": {"serial": serial}} for serial in serials]
    return caller.post("/graphql", json={"query": operation("checks"), "variables": {"inputs": inputs}})


def test_answers_are_counted_by_path_and_status(portfolio):
    with client_of(portfolio) as caller:
        caller.post("/graphql", json={"query": "{ guide { edition } }"})
        caller.post("/graphql", content="x")
        caller.get("/nowhere")
        response = caller.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    found = figures(response.text)
    assert found["coverline_http_requests_total", "/graphql", "200"] == 1
    assert found["coverline_http_requests_total", "/graphql", "415"] == 1
    assert found["coverline_http_requests_total", "other", "404"] == 1


def test_checks_are_counted_by_verdict_and_gravest_reason_and_every_reason_by_itself(portfolio):
    with client_of(portfolio) as caller:
        given = asked(caller, "FAX-1", "FAX-2", "FAX-3", "FAX-3", "NOTHING").json()["data"]["entitlementChecks"]
        found = figures(caller.get("/metrics").text)
    expected, reasons = Counter(), Counter()
    for decision in given:
        codes = [reason["code"] for reason in decision["reasons"]]
        key = ("coverline_checks_total", codes[0] if codes else "NONE", decision["verdict"])
        expected[key] += 1
        reasons.update(("coverline_check_reasons_total", code) for code in codes)
    assert len(expected) > 2
    assert {key: value for key, value in found.items() if key[0] == "coverline_checks_total"} == expected
    assert {key: value for key, value in found.items() if key[0] == "coverline_check_reasons_total"} == reasons


def test_the_time_of_an_answer_is_told_by_operation_and_of_unknown_ones_together(portfolio):
    with client_of(portfolio) as caller:
        asked(caller, "FAX-1")
        for number in range(30):
            caller.post("/graphql", json={"query": f"query Mine{number} {{ guide {{ edition }} }}"})
        caller.post("/graphql", json={"query": "{"})
        found = figures(caller.get("/metrics").text)
    counts = {key[1]: value for key, value in found.items() if key[0] == "coverline_operation_seconds_count"}
    assert counts == {"Checks": 1, "other": 30}
    assert 0 < found["coverline_operation_seconds_sum", "Checks"] < 10
    assert found["coverline_operation_seconds_bucket", "+Inf", "other"] == 30


def test_errors_are_counted_by_code_and_what_a_limit_refused_by_the_limit(portfolio):
    with client_of(portfolio) as caller:
        caller.post("/graphql", content=b" " * (LARGEST_BODY + 1), headers=JSON)
        asked(caller)
        caller.post("/graphql", json={"query": "{ nothing }"})
        found = figures(caller.get("/metrics").text)
    assert {key: value for key, value in found.items() if key[0] == "coverline_refused_total"} == {
        ("coverline_refused_total", "BODY_TOO_LARGE"): 1,
        ("coverline_refused_total", "BATCH_SIZE"): 1,
    }
    assert found["coverline_errors_total", "GRAPHQL_VALIDATION_FAILED"] == 1


def test_no_word_of_a_caller_becomes_a_label(portfolio):
    planted = "Pl4nted"
    with client_of(portfolio) as caller:
        asked(caller, planted)
        caller.get(f"/{planted}", headers={"x-request-id": planted})
        caller.post("/graphql", json={"query": f"query {planted} {{ {planted}: guide {{ edition }} }}"})
        caller.post("/graphql", json={"query": f"query {planted} {{ {planted} }}", "operationName": planted})
        caller.request(planted.upper(), "/healthz")
        text = caller.get("/metrics").text
    assert planted.lower() not in text.lower()
    reasons = {key[1] for key in figures(text) if key[0] == "coverline_check_reasons_total"}
    assert reasons <= {code.value for code in ReasonCode}


def test_the_version_the_edition_and_the_connections_are_told(portfolio):
    with client_of(portfolio) as caller:
        asked(caller, "FAX-1")
        found = figures(caller.get("/metrics").text)
    [build] = [key for key in found if key[0] == "coverline_build_info"]
    assert "imagicle-care-4.1" in build
    assert found[("coverline_database_connections_in_use",)] == 0
    assert found[("process_resident_memory_bytes",)] > 0


def test_a_connection_is_counted_while_it_is_in_use(portfolio):
    with client_of(portfolio) as caller:
        app: dict = caller.app.state._state  # type: ignore[reportAttributeAccessIssue]
        gauge = app["metrics"].connections

        async def within() -> list[float]:
            seen = []
            async with app["deployment"].database.reading():
                seen.append(gauge._value.get())
            return [*seen, gauge._value.get()]

        assert caller.portal is not None
        assert caller.portal.call(within) == [1, 0]


def test_a_fault_is_counted_as_an_answer(portfolio, monkeypatch):
    async def broken(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("api.auth.viewer_of", broken)
    with client_of(portfolio) as caller:
        assert asked(caller, "FAX-1").headers["x-request-id"]
        found = figures(caller.get("/metrics").text)
    assert found["coverline_http_requests_total", "/graphql", "500"] == 1
    assert found["coverline_errors_total", "INTERNAL_ERROR"] == 1


# ---------------------------------------------------------------- several workers


def get(address: str) -> str:
    with urlopen(address, timeout=10) as response:  # noqa: S310 - of this machine
        return response.read().decode()


@contextmanager
def served(environment: dict[str, str]):
    """`coverline serve` as an operator runs it, and where it answers."""
    port = free_port()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", "from api.commands import main; main()", "serve", "--port", str(port)],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                get(f"{address}/healthz")
                break
            except (URLError, ConnectionError):
                assert process.poll() is None, process.communicate()
                time.sleep(0.1)
        yield process, address
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def test_several_workers_answer_with_the_sum_of_their_figures_whoever_is_asked(sqlite_url, tmp_path):
    asyncio.run(migrate(sqlite_url))
    folder = tmp_path / "tmp"
    folder.mkdir()
    environment = {"COVERLINE_DATABASE_URL": sqlite_url, "COVERLINE_WORKERS": "2", "TMPDIR": str(folder)}
    with served(environment) as (_, address):
        for _ in range(100):
            with ThreadPoolExecutor(16) as callers:  # one by one, the same worker might take them all
                list(callers.map(get, [f"{address}/healthz"] * 32))
            writers = {re.sub(r"\D", "", file.name) for file in folder.glob("coverline-metrics-*/counter_*.db")}
            if len(writers) == 2:
                break
        assert len(writers) == 2
        before = figures(get(f"{address}/metrics"))["coverline_http_requests_total", "/healthz", "200"]
        for _ in range(20):
            get(f"{address}/healthz")
        after = {
            figures(get(f"{address}/metrics"))["coverline_http_requests_total", "/healthz", "200"] for _ in range(8)
        }
        assert after == {before + 20}
        assert get(f"{address}/metrics").count("\ncoverline_build_info{") == 1
    assert list(folder.glob("coverline-metrics-*")) == []


def test_what_a_dead_worker_had_in_use_is_forgotten_and_what_it_counted_is_kept(tmp_path):
    script = """
import os, sys
from api.metrics import Metrics
metrics = Metrics("edition")
metrics.connections.inc()
metrics.answered({("/graphql", 200): 1})
if os.fork() == 0:
    metrics = Metrics("edition")
    metrics.connections.inc()
    metrics.answered({("/graphql", 200): 1})
    os._exit(0)
os.wait()
sys.stdout.write(metrics.exposition().decode())
"""
    written = subprocess.run(  # noqa: S603 - the script above
        [sys.executable, "-c", script],
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = figures(written.stdout)
    assert found["coverline_http_requests_total", "/graphql", "200"] == 2
    assert found[("coverline_database_connections_in_use",)] == 1


def test_an_operators_own_folder_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with shared_figures():
        assert os.environ[FOLDER] == str(tmp_path)
    assert os.environ[FOLDER] == str(tmp_path)


def test_a_folder_of_ours_is_gone_at_the_end(monkeypatch):
    monkeypatch.delenv(FOLDER, raising=False)
    with shared_figures():
        made = Path(os.environ[FOLDER])
        assert made.is_dir()
    assert FOLDER not in os.environ
    assert not made.exists()
