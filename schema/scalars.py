"""Days, instants and exact numbers as they travel: text, read strictly and written in one form."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import strawberry
from strawberry.types.scalar import ScalarDefinition

from entitlements.messages import said
from schema.errors import BadInput

FULL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})", re.IGNORECASE
)
DECIMAL = re.compile(r"-?[0-9]{1,28}(\.[0-9]{1,28})?")
LONGEST_DATE_TIME = len("2020-03-01T10:30:00.123456789+01:00")
EARLIEST = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
LATEST = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
"""Instants nearer to the ends of the calendar have no day in some of the zones."""
REMEMBERED = 1024
"""Instants that are kept as they were read and written: a batch asks of one again and again."""


def read_date(value: object) -> date:
    """A calendar day."""
    if isinstance(value, str) and FULL_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise BadInput(said("A Date is written YYYY-MM-DD, such as 2020-03-01."))


def read_date_time(value: object) -> datetime:
    """An instant with an offset, in UTC."""
    instant = _instant(value) if isinstance(value, str) and len(value) <= LONGEST_DATE_TIME else None
    if instant is None:
        raise BadInput(
            said("A DateTime is RFC 3339 with an offset, such as 2020-03-01T09:30:00Z or 2020-03-01T10:30:00+01:00.")
        )
    return instant


@lru_cache(maxsize=REMEMBERED)
def _instant(text: str) -> datetime | None:
    if not DATE_TIME.fullmatch(text):
        return None
    try:
        instant = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if EARLIEST <= instant <= LATEST else None


def read_decimal(value: object) -> Decimal:
    """An exact number, from text only: a JSON number may have lost digits on its way."""
    if isinstance(value, str) and DECIMAL.fullmatch(value):
        try:
            return Decimal(value)
        except InvalidOperation:
            pass
    raise BadInput(said('A Decimal is exact and sent as a string, such as "1234.50".'))


def write_date(value: object) -> str:
    """The day as YYYY-MM-DD."""
    if type(value) is not date:
        raise TypeError(f"{value!r} is not a calendar day")
    return value.isoformat()


def write_date_time(value: object) -> str:
    """The instant in UTC, with a Z."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"{value!r} is not an aware instant")
    return _written(value)


@lru_cache(maxsize=REMEMBERED)
def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def write_decimal(value: object) -> str:
    """The number with all its digits and no exponent."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{value!r} is not an exact number")
    return format(value, "f")


RFC_3339 = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
XSD_DECIMAL = "https://www.w3.org/TR/xmlschema11-2/#decimal"
SCALARS: dict[object, ScalarDefinition] = {
    date: strawberry.scalar(
        name="Date",
        description="A calendar day, as an RFC 3339 full-date: 2020-03-01.",
        specified_by_url=RFC_3339,
        serialize=write_date,
        parse_value=read_date,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, as an RFC 3339 date-time with an offset; answered in UTC: 2020-03-01T09:30:00Z.",
        specified_by_url=RFC_3339,
        serialize=write_date_time,
        parse_value=read_date_time,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact number, sent as a string: "1234.50".',
        specified_by_url=XSD_DECIMAL,
        serialize=write_decimal,
        parse_value=read_decimal,
    ),
}
