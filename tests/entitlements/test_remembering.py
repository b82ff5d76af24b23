"""Results are remembered by identity: never mixed up, and never more than a bound."""

from entitlements import remembering
from entitlements.coverage import timeline
from entitlements.remembering import remembered
from tests.builders import GUIDE, a_license
from tests.pricing import edition_with_grace


def test_a_result_is_worked_out_once_for_the_same_two_things():
    calls: list[tuple[list[int], str]] = []

    @remembered
    def joined(numbers: list[int], separator: str) -> str:
        calls.append((numbers, separator))
        return separator.join(map(str, numbers))

    numbers = [1, 2]
    assert [joined(numbers, "-"), joined(numbers, "-"), joined(numbers, "+")] == ["1-2", "1-2", "1+2"]
    assert len(calls) == 2


def test_what_is_equal_and_not_the_same_is_worked_out_by_itself():
    one, other = a_license(), a_license()
    assert one == other
    assert timeline(one, GUIDE) is timeline(one, GUIDE)
    assert timeline(one, GUIDE) is not timeline(other, GUIDE)
    assert timeline(one, GUIDE) == timeline(other, GUIDE) == timeline(one, edition_with_grace(30))


def test_a_result_that_is_known_already_is_not_worked_out():
    @remembered
    def product(one: list[int], other: list[int]) -> int:
        raise AssertionError((one, other))

    one, other = [2], [3]
    assert product.remember(one, other, 6) == 6
    assert product(one, other) == 6


def test_a_thing_that_is_gone_never_lends_its_result_to_another(monkeypatch):
    """A thousand short-lived things, whose identities are used again and again."""
    monkeypatch.setattr(remembering, "MOST", 8)

    @remembered
    def first(items: list[int], _: None) -> int:
        return items[0]

    assert [first([number], None) for number in range(1000)] == list(range(1000))
