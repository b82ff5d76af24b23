"""What is worked out once has the same answer as what is worked out again."""

from dataclasses import replace

import pytest

from entitlements import remembering
from entitlements.coverage import timeline
from entitlements.remembering import remembered
from tests.builders import GUIDE, covered_by


@pytest.fixture
def asked():
    return []


@pytest.fixture
def together(asked):
    @remembered
    def together(first, second):
        asked.append((first, second))
        return [*first, *second]

    return together


def test_the_same_two_arguments_are_worked_out_once(together, asked):
    first, second = [1], [2]
    assert together(first, second) is together(first, second)
    assert asked == [([1], [2])]


def test_arguments_that_are_only_equal_are_worked_out_anew(together, asked):
    second = [2]
    assert together([1], second) == together([1], second)
    assert len(asked) == 2


def test_no_identity_is_taken_for_that_of_an_object_that_is_gone(together):
    # Short-lived arguments whose identities would be used again if nothing held them.
    for number in range(10 * remembering.KEPT):
        assert together([number], [-number]) == [number, -number]


def test_it_keeps_no_more_than_it_says(together, asked):
    one, others = [1], [[number] for number in range(remembering.KEPT + 1)]
    for other in (*others, others[0]):
        together(one, other)
    assert len(asked) == remembering.KEPT + 2


def test_a_licence_that_is_supposed_otherwise_has_its_own_timeline():
    license = covered_by("GOLD")
    line = timeline(license, GUIDE)
    assert timeline(license, GUIDE) is line
    assert timeline(replace(license, terms=()), GUIDE).periods != line.periods
