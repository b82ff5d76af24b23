"""What coverline is made of: the bill of materials, and an audit that cannot pass without having audited."""

import json
import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts.audit import everywhere, faults, pinned

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.txt"
SHORT = """# two packages, one of them for another platform
anyio==4.16.0 \\
    --hash=sha256:59bb03251907983d1603d27c3087ddb1e93299ea2163adcdba37899a4fb12ffb
    # via starlette
colorama==0.4.6 ; sys_platform == 'never' \\
    --hash=sha256:4f1d9991f5acc0ca119f9d443620b77f9d6b33703e51011c16baf57afb285fc6
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def audited(lock: Path, url: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "scripts/audit.py", str(lock), "--osv-url", url)


@contextmanager
def service(vulnerable: str = ""):
    """A service that answers as osv.dev does, with one vulnerable package; its address and who was asked for."""
    asked: list[str] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self):
            question = json.loads(self.rfile.read(int(self.headers["content-length"])))
            name = question["package"]["name"]
            asked.append(name)
            known = {
                "id": "PYSEC-1",
                "summary": "made up",
                "affected": [{"package": question["package"], "ranges": []}],
            }
            body = json.dumps({"vulns": [known]} if name == vulnerable else {}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Nothing is said of it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query", asked
        server.shutdown()


@pytest.fixture
def lock(tmp_path) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text(SHORT)
    return file


def test_an_audit_whose_service_is_unreachable_fails_and_says_that_nothing_was_audited(lock):
    result = audited(lock, "http://127.0.0.1:9/v1/query")
    assert result.returncode == 1
    assert "requirements.txt: none of 2 packages was audited: " in result.stdout
    assert "ConnectionError" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_every_package_of_the_lock_is_asked_for_whatever_the_platform(lock):
    with service() as (url, asked):
        result = audited(lock, url)
    assert (result.returncode, result.stdout) == (0, "requirements.txt: 2 packages, none with a known fault\n")
    assert sorted(asked) == ["anyio", "colorama"]


def test_a_known_vulnerability_fails_the_audit_by_its_name(lock):
    with service(vulnerable="anyio") as (url, _):
        result = audited(lock, url)
    assert (result.returncode, result.stdout) == (
        1,
        "requirements.txt: anyio==4.16.0 has PYSEC-1, mended in no version yet\n",
    )


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ({}, ["a==1 was not audited"]),
        ({"dependencies": []}, ["a==1 was not audited"]),
        ({"dependencies": [{"name": "a", "skip_reason": "not found"}]}, ["a==1 was not audited"]),
        ({"dependencies": [{"name": "a", "version": "2", "vulns": []}]}, ["a==1 was not audited"]),
        ({"dependencies": [{"name": "A", "version": "1", "vulns": []}]}, []),
    ],
)
def test_a_package_that_was_left_out_fails_the_audit(report, expected):
    assert faults(report, {"a==1"}) == expected


def test_an_empty_lock_is_no_audit():
    assert faults({"dependencies": []}, set()) == ["nothing was audited"]


def test_every_line_of_the_locks_is_read():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        lines = [line for line in text.splitlines() if re.match(r"[a-zA-Z]", line)]
        assert len(pinned(text)) == len(lines) > 30
        assert ";" not in "".join(line.partition("#")[0] for line in everywhere(text).splitlines())


def test_the_bill_of_materials_names_every_package_of_the_lock_with_its_hashes(tmp_path):
    file = tmp_path / "bill.json"
    result = run("make", "--assume-old=install", "sbom", f"BIN={Path(sys.executable).parent}", f"SBOM={file}")
    assert result.returncode == 0, result.stderr
    bill = json.loads(file.read_text())
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "coverline")
    assert bill["metadata"]["component"]["licenses"][0]["license"]["id"] == "Apache-2.0"
    assert {f"{part['name']}=={part['version']}" for part in bill["components"]} == pinned(LOCK.read_text())
    assert all(part["externalReferences"][0]["hashes"] for part in bill["components"])
