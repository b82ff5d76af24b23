"""Scalars: strict where they are read, one form where they are written."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from graphql import GraphQLError, GraphQLScalarType, is_specified_scalar_type

from schema.root import Schema
from schema.scalars import (
    SCALARS,
    read_date,
    read_date_time,
    read_decimal,
    write_date,
    write_date_time,
    write_decimal,
)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2020-03-01T09:30:00Z", datetime(2020, 3, 1, 9, 30, tzinfo=UTC)),
        ("2020-03-01t09:30:00z", datetime(2020, 3, 1, 9, 30, tzinfo=UTC)),
        ("2020-03-01T10:30:00+01:00", datetime(2020, 3, 1, 9, 30, tzinfo=UTC)),
        ("2020-02-29T23:30:00.5-00:30", datetime(2020, 3, 1, 0, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_utc(text, instant):
    assert read_date_time(text) == instant
    assert read_date_time(text).tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2020-03-01",
        "2020-03-01T09:30:00",
        "2020-03-01 09:30:00Z",
        "2020-03-01T09:30Z",
        "2020-02-30T09:30:00Z",
        "2020-03-01T24:00:00Z",
        "2020-03-01T09:30:60Z",
        "2020-03-01T09:30:00+25:00",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59Z",
        "٢٠٢٠-03-01T09:30:00Z",
        1583055000,
        None,
        True,
    ],
)
def test_what_is_no_instant_is_refused(value):
    with pytest.raises(GraphQLError, match="RFC 3339 with an offset"):
        read_date_time(value)


def test_an_instant_is_written_in_utc_with_a_z():
    rome = timezone(timedelta(hours=1))
    assert write_date_time(datetime(2020, 3, 1, 10, 30, tzinfo=rome)) == "2020-03-01T09:30:00Z"
    assert write_date_time(datetime(2020, 3, 1, 9, 30, 0, 500_000, tzinfo=UTC)) == "2020-03-01T09:30:00.500000Z"
    with pytest.raises(TypeError):
        write_date_time(datetime(2020, 3, 1, 9, 30))  # noqa: DTZ001 - an instant without a zone is what is refused


def test_a_day_is_read_and_written_as_rfc_3339_has_it():
    assert read_date("2020-02-29") == date(2020, 2, 29)
    assert write_date(date(2020, 2, 29)) == "2020-02-29"
    for value in ("", "2021-02-29", "2020-3-1", "20200301", "2020-03-01T00:00:00Z", "2020-W09-7", 20200301, None):
        with pytest.raises(GraphQLError, match="YYYY-MM-DD"):
            read_date(value)
    with pytest.raises(TypeError):
        write_date(datetime(2020, 3, 1, tzinfo=UTC))


def test_an_exact_number_keeps_its_digits():
    assert read_decimal("1234.50") == Decimal("1234.50")
    assert write_decimal(Decimal("1234.50")) == "1234.50"
    assert write_decimal(Decimal("1E+3")) == "1000"
    for value in ("", "1e3", "NaN", "Infinity", "1,5", " 1", "1.", 1, 1.5, True, None):
        with pytest.raises(GraphQLError, match="sent as a string"):
            read_decimal(value)
    with pytest.raises(TypeError):
        write_decimal(1.5)


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ('query ($at: DateTime) { license(by: {serial: "X"}) { coverage(knownAt: $at) { state } } }', {"at": "today"}),
        ('{ license(by: {serial: "X"}) { coverage(knownAt: "today") { state } } }', {}),
        ("query ($on: Date) { plans(on: $on) { code } }", {"on": "2020-02-30"}),
        ("{ plans(on: 20200301) { code } }", {}),
    ],
)
def test_a_malformed_scalar_is_an_error_of_the_request_with_a_code(refusal_of, document, variables):
    error = refusal_of(document, **variables)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "is written" in error["message"] or "is RFC 3339" in error["message"]


def test_every_scalar_says_where_it_is_specified():
    types = Schema()._schema.type_map.values()
    own = [type_ for type_ in types if isinstance(type_, GraphQLScalarType) and not is_specified_scalar_type(type_)]
    assert {type_.name for type_ in own} == {scalar.name for scalar in SCALARS.values()}
    assert [type_.name for type_ in own if not (type_.specified_by_url or "").startswith("https://")] == []
