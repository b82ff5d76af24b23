"""The whole of `make bench`, shortly and over a small portfolio: every server starts and answers as coverline does."""

import subprocess
import sys

import pytest

from tests.benchmarks.databases import ENGINES
from tests.benchmarks.results import FILE
from tests.benchmarks.servers import IN_PYTHON, KINDS, PEERS, ROOT


@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
def test_every_server_answers_every_question_as_coverline_does(engine, tmp_path):
    assert IN_PYTHON.exists(), "the servers in Python are not installed: run `make peers`"
    assert (PEERS / "node_modules").is_dir(), "the servers in Node are not installed: run `make peers`"
    options = "--size 1000 --sizes 1000 --rounds 1 --seconds 0.1 --connections 2"
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.comparison", *options.split()]
    run = subprocess.run(  # noqa: S603 - this project's
        [*command, "--engines", engine, "--into", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    told = (tmp_path / FILE).read_text(encoding="utf-8")
    assert [kind.title for kind in KINDS.values() if f"| {kind.title} |" not in told] == []
