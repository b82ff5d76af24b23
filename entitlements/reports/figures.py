"""Figures of a report: rows added up by what they are grouped by, one currency beside another, never converted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from entitlements.money import Money
from entitlements.reports.rows import Grouping, Row, key_of


@dataclass(slots=True)
class Figure:
    """How many rows and licences, what they amount to in each currency, and how many rows have no amount."""

    rows: int = 0
    licenses: int = 0
    days: int = 0
    unpriced: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict[str, Decimal])

    def add(self, row: Row) -> None:
        """Counts a row in."""
        self.rows += 1
        self.licenses += row.licenses
        self.days += row.days
        if row.amount is None:
            self.unpriced += 1
        else:
            self.totals[row.amount.currency] = self.totals.get(row.amount.currency, Decimal(0)) + row.amount.amount

    @property
    def amounts(self) -> tuple[Money, ...]:
        """The amounts by currency."""
        return tuple(Money(amount, currency) for currency, amount in sorted(self.totals.items()))


@dataclass(slots=True)
class Figures:
    """The figures of a report. It holds one figure a group and no row, however many rows it is given."""

    grouping: Grouping
    total: Figure = field(default_factory=Figure)
    groups: dict[str | None, Figure] = field(default_factory=dict[str | None, Figure])

    def add(self, rows: Iterable[Row]) -> None:
        """Counts rows in."""
        for row in rows:
            self.total.add(row)
            self.groups.setdefault(key_of(row, self.grouping), Figure()).add(row)

    @property
    def ordered(self) -> list[tuple[str | None, Figure]]:
        """The groups by their keys; what has none comes last."""
        return sorted(self.groups.items(), key=lambda group: (group[0] is None, group[0] or ""))
