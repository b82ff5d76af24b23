"""What tells times apart tells them apart, and no others, however much else the machine does."""

import random

import pytest

from tests.timing import MARGIN, Verdict, verdict

USUAL = 1_000_000


def differences(count: int, by: float) -> list[float]:
    """Of pairs that differ by a share of the usual time, with a tenth of it as noise and now and then much more."""
    chance = random.Random(count)  # noqa: S311 - nobody need not guess it

    def one() -> float:
        return chance.gauss(USUAL, USUAL / 10) + (chance.random() < 0.1) * chance.random() * 20 * USUAL

    return [one() + by * USUAL - one() for _ in range(count)]


@pytest.mark.parametrize("count", [2_000, 4_000])
@pytest.mark.parametrize(
    ("by", "expected"), [(0.0, Verdict.SAME), (0.001, Verdict.SAME), (0.05, Verdict.TOLD), (-0.05, Verdict.TOLD)]
)
def test_a_difference_beyond_the_margin_is_told_and_none_within_it(count, by, expected):
    assert verdict(differences(count, by), MARGIN * USUAL) is expected


def test_with_a_few_pairs_nothing_is_sure():
    assert verdict(differences(10, 0.0), MARGIN * USUAL) is Verdict.UNSURE
    assert verdict(differences(250, 0.02), MARGIN * USUAL) is Verdict.UNSURE
