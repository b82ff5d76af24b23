"""One text for one value, and the value again from the text; whatever else it holds is refused, with where and why."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest

from entitlements import canonical
from entitlements.canonical import Unreadable, differences, read, told_in, written


class Colour(StrEnum):
    RED = "RED"


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    of: "Part | None" = None


@dataclass(frozen=True, slots=True)
class Whole:
    colour: Colour
    on: date
    at: datetime
    amount: Decimal
    id: UUID
    parts: tuple[Part, ...] = ()
    count: int = 1
    sure: bool | None = None


ID = UUID(int=7)
AT = datetime(2026, 3, 11, 10, 0, 0, 5, tzinfo=UTC)
WHOLE = Whole(Colour.RED, date(2026, 3, 11), AT, Decimal("1.50"), ID, (Part("a"), Part("b", Part("a"))))
TABLES: canonical.Tables = {Part: "parts"}


def test_the_text_of_a_value_is_sorted_exact_and_without_defaults():
    assert written(WHOLE) == (
        '{"amount":"1.50","at":"2026-03-11T10:00:00.000005Z","colour":"RED",'
        '"id":"00000000-0000-0000-0000-000000000007","on":"2026-03-11",'
        '"parts":[{"name":"a"},{"name":"b","of":{"name":"a"}}]}'
    )


def test_a_value_of_a_table_stands_there_once_and_is_named_by_its_place():
    text = written(WHOLE, TABLES)
    assert told_in(text)["parts"] == [{"name": "a"}, {"name": "b", "of": 0}]
    assert told_in(text)["value"]["parts"] == [0, 1]
    assert read(Whole, text, TABLES) == WHOLE


def test_a_value_comes_back_from_its_text():
    assert read(Whole, written(WHOLE)) == WHOLE


def test_one_instant_has_one_text_in_every_zone_and_one_number_keeps_its_digits():
    elsewhere = AT.astimezone(timezone(timedelta(hours=-7, minutes=-30)))
    assert written(elsewhere) == written(AT)
    assert written(Decimal("1E+3")) == '"1000"'
    assert written(Decimal("0.10")) == '"0.10"'


def test_what_no_text_can_hold_is_escaped():
    assert written("\0\ud800é") == '"\\u0000\\ud800\\u00e9"'


def test_a_float_has_no_text():
    with pytest.raises(TypeError, match="a float has no canonical text"):
        written(1.5)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not JSON"),
        ('{"name": 1.5}', "not a whole number"),
        ('{"name": NaN}', "not a whole number"),
        ("1" + "0" * 200, "so many digits"),
        ('{"name": "a", "name": "b"}', "stands twice"),
        ("[" * 100_000, "not JSON"),
        ("[]", "value is not an object"),
        ("{}", "lacks the field name"),
        ('{"name": 1}', "value.name is not text"),
        ('{"name": "a", "more": 1}', "unknown field more"),
        ('{"name": "a", "of": {"name": null}}', "value.of.name is not text"),
    ],
)
def test_a_text_that_is_no_such_value_is_refused(text, why):
    with pytest.raises(Unreadable, match=why):
        read(Part, text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[]", "holds no tables"),
        ('{"value": 0}', "names no row of parts"),
        ('{"value": 1, "parts": [{"name": "a"}]}', "names no row of parts"),
        ('{"value": true, "parts": [{"name": "a"}, {"name": "b"}]}', "names no row of parts"),
        ('{"value": 0, "parts": [{"name": "a", "of": 0}]}', "leads to itself"),
    ],
)
def test_a_table_that_does_not_hold_the_value_is_refused(text, why):
    with pytest.raises(Unreadable, match=why):
        read(Part, text, TABLES)


@pytest.mark.parametrize(
    ("field", "told", "why"),
    [
        ("colour", '"BLUE"', "value.colour is not a Colour"),
        ("on", '"2026-02-30"', "value.on is not a date"),
        ("at", '"2026-03-11T10:00:00"', "it has no offset"),
        ("amount", '"much"', "value.amount is not a Decimal"),
        ("id", '"me"', "value.id is not a UUID"),
        ("count", "true", "value.count is not a int"),
        ("sure", "1", "value.sure is not a bool"),
        ("parts", '"all"', "value.parts is not a list"),
    ],
)
def test_a_field_that_does_not_fit_is_named(field, told, why):
    changed = told_in(written(WHOLE)) | {field: told_in(told)}
    with pytest.raises(Unreadable, match=why):
        read(Whole, canonical.text_of(changed))


def test_differences_name_the_place_and_both_values():
    kept = {"a": [1, {"b": "x"}, 3], "c": None, "d": True}
    found = {"a": [1, {"b": "y"}], "c": None, "d": 1, "e": []}
    assert differences(kept, found) == [
        'a[1].b: "x", now "y"',
        "a[2]: 3, now nothing",
        "d: true, now 1",
        "e: nothing, now []",
    ]
    assert differences(kept, kept) == []
