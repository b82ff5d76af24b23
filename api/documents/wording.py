"""Words, days and amounts as they are written in one language."""

import re
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
LONGEST = 160
"""Characters of a name or a sentence of somebody else's; what is longer is cut, with an ellipsis."""
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
"""What may not stand in the name of a file."""


def cut(text: str, longest: int = LONGEST) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def named(name: str, code: str) -> str:
    """A name and what it is known by."""
    return f"{cut(name)} ({cut(code)})"


def file_name(*parts: str) -> str:
    """The name of a file without its suffix, of letters that any system can bear."""
    return "-".join(UNSAFE.sub("-", part).strip(".-")[:60] for part in parts)


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
