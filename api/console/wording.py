"""How a language writes what only pages show: instants, short days, counts, and its own name."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from api.documents.wording import Wording


@dataclass(frozen=True, slots=True)
class ConsoleWording(Wording):
    """How a language writes on pages."""

    @property
    def own_name(self) -> str:
        """What the language calls itself."""
        return (Locale.parse(self.language).get_language_name(self.language) or self.language).capitalize()

    def short_day(self, day: date | str | None) -> str:
        """A calendar day for tables; a dash where there is none."""
        if day is None:
            return "–"
        on = date.fromisoformat(day) if isinstance(day, str) else day
        return format_date(on, "medium", locale=self.locale)

    def moment(self, at: datetime | str | None, zone: str = "UTC") -> str:
        """An instant by the clocks of a zone, which is named after it; a dash where there is none."""
        if at is None:
            return "–"
        instant = datetime.fromisoformat(at) if isinstance(at, str) else at
        there = instant.astimezone(ZoneInfo(zone))
        time = format_time(there, "HH:mm", locale=self.locale)
        return f"{format_date(there, 'medium', locale=self.locale)} {time} {zone}"

    def count(self, number: int | str) -> str:
        """A whole number."""
        return format_decimal(Decimal(number), locale=self.locale)

    def money(self, money: dict[str, Any] | None) -> str:
        """An amount as GraphQL answers it; words where there is none."""
        return self.amount(Decimal(money["amount"]) if money else None, money["currency"] if money else "")
