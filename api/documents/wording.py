"""Words, days and amounts as they are written in one language."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency

from entitlements.messages import said
from schema.languages import translated

WRITTEN_AS = {"en": "en_001"}
"""Languages whose days are not written as in their largest country: of 11 March, English is to say the day first."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a language writes; one of `schema.languages.LANGUAGES`."""

    language: str

    @property
    def locale(self) -> str:
        """By whose customs days and amounts are written."""
        return WRITTEN_AS.get(self.language, self.language)

    @property
    def runs_left(self) -> bool:
        """Whether it is written from right to left."""
        return Locale.parse(self.locale).text_direction == "rtl"

    def told(self, text: str) -> str:
        """A message in the language."""
        return translated(text, self.language)

    def day(self, day: date | str) -> str:
        """A calendar day, also one that is written YYYY-MM-DD."""
        on = date.fromisoformat(day) if isinstance(day, str) else day
        return format_date(on, "long", locale=self.locale)

    def amount(self, amount: Decimal | None, currency: str) -> str:
        """An exact amount, none of its digits rounded away; a word where there is none."""
        if amount is None:
            return self.told(said("not configured"))
        return format_currency(amount, currency, locale=self.locale, decimal_quantization=False)
