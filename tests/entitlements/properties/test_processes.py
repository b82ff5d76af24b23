"""The same facts give the same decision in every process: whatever its time zone, its locale and its hash seed."""

import json
import pickle
from functools import cache

import pytest

from entitlements.decisions import decide
from tests.builders import GUIDE
from tests.entitlements.properties.canonical import canonical
from tests.entitlements.properties.elsewhere import Elsewhere
from tests.strategies import Question, any_questions, examples_of, questions, served_questions

MODULE = "tests.entitlements.properties.canonical"


@cache
def generated(count: int) -> tuple[Question, ...]:
    """The same questions every time: of every sort, and half of them about hours."""
    found = [*examples_of(any_questions(), count), *examples_of(questions(), count)]
    return (*found, *examples_of(served_questions(), count))


def answers_of_another_process(asked: tuple[Question, ...], elsewhere: Elsewhere) -> list[str]:
    """The canonical answers of a process elsewhere, after where that is."""
    with elsewhere.process(MODULE) as process:
        return process.communicate(pickle.dumps(asked))[0].decode("ascii").splitlines()


@cache
def expected(count: int) -> list[str]:
    """What this process answers."""
    return [canonical(decide(*question, GUIDE)) for question in generated(count)]


@pytest.mark.parametrize("count", [25, pytest.param(250, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "place",
    [
        ("Asia/Kolkata", "tr_TR", "UTF-8", "1"),
        ("America/Los_Angeles", "C", "", "2"),
        ("Pacific/Kiritimati", "C", "", "3"),
    ],
)
def test_decisions_do_not_depend_on_the_time_zone_the_locale_or_the_hash_seed_of_the_process(place, count, tmp_path):
    elsewhere = Elsewhere(tmp_path, *place)
    where, *answers = answers_of_another_process(generated(count), elsewhere)
    assert json.loads(where) == elsewhere.expected
    assert answers == expected(count)
