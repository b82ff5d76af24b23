"""Ten thousand requests that schemathesis makes up from the SDL, against a real server."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.serving import Served, serving

ROOT = Path(__file__).parents[2]
TOOL = ROOT / ".tools" / "schemathesis" / "bin" / "schemathesis"
HOOKS = "tests.hostile.schemathesis_hooks"
CASES = 10_000


def answered(served: Served) -> dict[int, int]:
    """How many requests of the endpoint were answered with each status."""
    told = served.ask(served.connect(), b"", method="GET", url="/metrics").body.decode()
    found = re.findall(
        r'^coverline_http_requests_total\{path="/graphql",status="(\d+)"\} ([\d.]+)$', told, re.MULTILINE
    )
    return {int(status): int(float(count)) for status, count in found}


def operations() -> int:
    """Fields of the roots."""
    text = (ROOT / "schema" / "schema.graphql").read_text(encoding="utf-8")
    roots = re.findall(r"^type (?:Query|Mutation) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    return sum(len(re.findall(r"^  \w+(?:\(.*\))?: ", root, re.MULTILINE)) for root in roots)


@pytest.mark.long
def test_ten_thousand_generated_requests_meet_no_fault_of_ours(tmp_path):
    if not TOOL.exists():
        pytest.fail("schemathesis has an environment of its own: run `make test-long`, which installs it")
    each = -(-CASES // operations())
    with serving(tmp_path, COVERLINE_RATE="") as served:
        before = sum(answered(served).values())
        run = subprocess.run(  # noqa: S603 - the pinned tool
            [
                *(TOOL, "run", ROOT / "schema" / "schema.graphql", "--url", f"http://127.0.0.1:{served.port}/graphql"),
                *("--header", f"x-api-key: {served.key}", "--phases", "fuzzing", "--max-examples", str(each)),
                *("--checks", "meets_no_fault_of_ours", "--suppress-health-check", "all", "--workers", "2"),
            ],
            env={
                "PATH": os.environ["PATH"],
                "SCHEMATHESIS_HOOKS": HOOKS,
                "PYTHONPATH": str(ROOT),
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        statuses = answered(served)
    assert run.returncode == 0, run.stdout[-5_000:] + run.stderr[-2_000:]
    assert sum(statuses.values()) - before >= CASES, run.stdout[-2_000:]
    assert max(statuses) < 500, statuses
