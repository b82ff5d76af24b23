"""Exact amounts: decimal, one currency, rounded half up once, to the currency's minor unit."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

MINOR_UNITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0),
    **dict.fromkeys(("UYI", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""Decimal places by ISO 4217 code, where they are not two."""
USUAL_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency, by ISO 4217."""

    amount: Decimal
    currency: str


def nothing(currency: str) -> Money:
    """No amount at all, to the currency's minor unit."""
    return Money(rounded(Fraction(0), currency), currency)


def rounded(amount: Fraction, currency: str) -> Decimal:
    """An exact amount rounded half up, away from zero, to the currency's minor unit."""
    digits = MINOR_UNITS.get(currency, USUAL_DIGITS)
    numerator, denominator = amount.as_integer_ratio()
    units = (2 * abs(numerator) * 10**digits + denominator) // (2 * denominator)
    return Decimal(-units if numerator < 0 else units).scaleb(-digits)
