"""Column types that mean the same on SQLite and PostgreSQL: instants, amounts, keys, and lists as one parameter."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Dialect, Numeric, Text, Uuid
from sqlalchemy.types import TypeDecorator, TypeEngine

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""The known time of what counts as always known."""
LATEST = datetime.max.replace(tzinfo=UTC)
"""An instant by which everything recorded is known."""


class Instant(TypeDecorator[datetime]):
    """An instant: given aware in any zone, kept as UTC, and aware UTC again when read, on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive instant: nobody could say which one it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; give an aware instant, such as datetime.now(UTC)")
        instant = value.astimezone(UTC)
        return instant if dialect.name == "postgresql" else instant.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """SQLite answers naive instants; they are UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Amount(TypeDecorator[Decimal]):
    """An exact decimal: NUMERIC on PostgreSQL, its text on SQLite, which knows no decimals."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, so that no float ever stands between."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric(asdecimal=True))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """The text on SQLite, the decimal itself elsewhere."""
        return str(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ANN401, ARG002
        """Always a decimal."""
        return None if value is None else Decimal(value)


class KeyText(TypeDecorator[str]):
    """Text that lists are ordered by: by its bytes on both engines, whatever the database's locale."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL's own collation depends on the server; SQLite's is the bytes already."""
        return Text(collation="C") if dialect.name == "postgresql" else Text()


class Items(TypeDecorator[Sequence[Any]]):
    """A list as one parameter, so that a statement's text does not grow with it: an array, or JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, of: type[Uuid[UUID]] | type[Text]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array of the items' own type on PostgreSQL."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(self.of()))

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """JSON on SQLite, with UUIDs as its columns hold them."""
        if value is None or dialect.name != "sqlite":
            return value
        return json.dumps([item.hex if isinstance(item, UUID) else item for item in value])
