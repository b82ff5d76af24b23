"""The same facts give the same decision in every process: whatever its time zone, its locale and its hash seed."""

import os
import pickle
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from entitlements.decisions import decide
from tests.builders import GUIDE
from tests.entitlements.properties.canonical import canonical
from tests.strategies import Question, any_questions, examples_of, questions, served_questions

ROOT = Path(__file__).parents[3]
MODULE = "tests.entitlements.properties.canonical"


@cache
def generated(count: int) -> tuple[Question, ...]:
    """The same questions every time: of every sort, and half of them about hours."""
    found = [*examples_of(any_questions(), count), *examples_of(questions(), count)]
    return (*found, *examples_of(served_questions(), count))


@cache
def locales() -> tuple[str, ...]:
    """The machine's locales: Turkish ones, whose letters i are the usual trap, then any others."""
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()  # noqa: S607
    return (*(name for name in listed if name.startswith("tr_")), *listed, "C")


def answers_of_another_process(asked: tuple[Question, ...], environment: dict[str, str]) -> list[str]:
    """The canonical answers of a process with an environment of its own."""
    return (
        subprocess.run(  # noqa: S603 - this very interpreter
            [sys.executable, "-m", MODULE],
            input=pickle.dumps(asked),
            env={**os.environ, **environment},
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        .stdout.decode()
        .splitlines()
    )


@cache
def expected(count: int) -> list[str]:
    """What this process answers."""
    return [canonical(decide(*question, GUIDE)) for question in generated(count)]


@pytest.mark.parametrize("count", [25, pytest.param(250, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    ("zone", "seed"), [("Asia/Kolkata", "1"), ("America/Los_Angeles", "2"), ("Pacific/Kiritimati", "3")]
)
def test_decisions_do_not_depend_on_the_time_zone_the_locale_or_the_hash_seed_of_the_process(zone, seed, count):
    environment = {"TZ": zone, "LC_ALL": locales()[0], "PYTHONHASHSEED": seed}
    assert answers_of_another_process(generated(count), environment) == expected(count)
