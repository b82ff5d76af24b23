"""The columns of an exported report: a row's fields as GraphQL names them, in snake_case, each after its object."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from entitlements.reports.rows import Row
from schema.questions import Question

Cell = str | date | int | Decimal | None


class Kind(Enum):
    """What a column holds."""

    TEXT = "TEXT"
    DAY = "DAY"
    COUNT = "COUNT"
    AMOUNT = "AMOUNT"


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and its cell of a row; None where the row has nothing of the kind."""

    name: str
    kind: Kind
    of: Callable[[Row], Cell]


def _partner(row: Row) -> str | None:
    partner = row.license.account.partner
    return partner.reference if partner else None


COLUMNS = (
    Column("license_serial", Kind.TEXT, lambda row: row.license.serial),
    Column("product_code", Kind.TEXT, lambda row: row.license.product.code),
    Column("account_reference", Kind.TEXT, lambda row: row.license.account.reference),
    Column("account_name", Kind.TEXT, lambda row: row.license.account.name),
    Column("theater_code", Kind.TEXT, lambda row: row.license.account.theater),
    Column("partner_reference", Kind.TEXT, _partner),
    Column("kind", Kind.TEXT, lambda row: str(row.kind)),
    Column("from", Kind.DAY, lambda row: row.from_on),
    Column("to", Kind.DAY, lambda row: row.through_on),
    Column("days", Kind.COUNT, lambda row: row.days),
    Column("plan_code", Kind.TEXT, lambda row: row.plan),
    Column("amount", Kind.AMOUNT, lambda row: row.amount.amount if row.amount else None),
    Column("currency", Kind.TEXT, lambda row: row.amount.currency if row.amount else None),
    Column("missing_code", Kind.TEXT, lambda row: row.missing[0].value if row.missing else None),
    Column("missing_message", Kind.TEXT, lambda row: row.missing[1] if row.missing else None),
    Column("license_count", Kind.COUNT, lambda row: row.licenses),
    Column("decision_count", Kind.COUNT, lambda row: row.decisions),
    Column("charge_reference", Kind.TEXT, lambda row: row.charge.reference if row.charge else None),
    Column("charge_due_on", Kind.DAY, lambda row: row.charge.due_on if row.charge else None),
    Column("clause_rule", Kind.TEXT, lambda row: row.clause.rule),
)


def cells(row: Row) -> tuple[Cell, ...]:
    """A row's cells, in the order of the columns."""
    return tuple(column.of(row) for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class Title:
    """What an export is of: the question and the report's name, its days, both inclusive, and as known when."""

    question: Question
    report: str
    first: date
    last: date
    known_at: datetime
    edition: str

    @property
    def days(self) -> str:
        """The days in words."""
        return f"on {self.last}" if self.first == self.last else f"{self.first} to {self.last}"

    def __str__(self) -> str:
        """A line that says it all."""
        return f"{self.report}, {self.days}, as known at {self.known_at:%Y-%m-%dT%H:%M:%SZ}"


Rows = Sequence[Row]
