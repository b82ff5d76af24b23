"""The rows of a report, a page at a time."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from entitlements import money
from entitlements.messages import said
from entitlements.reports import rows as reported
from entitlements.reports.rows import Grouping, key_of
from schema.charges import Charge
from schema.clauses import Clause
from schema.context import Context, Info
from schema.errors import BadInput
from schema.licenses import License
from schema.money import Money
from schema.paging import Listing, PageInfo, is_text
from schema.plans import Plan
from schema.portfolios import Place, RowsOf, rows
from schema.problems import Problem
from schema.store import Page, Portfolio, SortKey


@dataclass(frozen=True, slots=True)
class Asked:
    """A report as it is asked for: its days, both inclusive, the contracts it reads and what it finds in one."""

    first: date
    last: date
    portfolio: Portfolio
    grouping: Grouping
    rows_of: RowsOf


@strawberry.type
class ReportRow:
    """What a report found of one licence."""

    kind: str = strawberry.field(description="What the report tells apart: a cause, an age, started years.")
    from_: date = strawberry.field(name="from")
    to: date = strawberry.field(description="Inclusive, as the first day is.")
    days: int = strawberry.field(description="What the report counts: days uncovered, overdue, lost.")
    license_count: int = strawberry.field(description="How many licences the amount is for.")
    decision_count: int = strawberry.field(description="How many recorded decisions it is about.")
    row: strawberry.Private[reported.Row]
    known_at: strawberry.Private[datetime]

    @strawberry.field
    async def license(self, info: Info) -> License:
        """The licence, as known at the report's known time."""
        known = await info.context.loaders.facts_by_id(self.row.license.id, self.known_at)
        assert known is not None  # noqa: S101 - it was reported of
        return License.of(known.license or self.row.license, known, self.known_at)

    @strawberry.field
    def plan(self, info: Info) -> Plan | None:
        """The plan that is priced; null for a charge."""
        return Plan.of(info.context.guide, self.row.plan, self.from_) if self.row.plan else None

    @strawberry.field(graphql_type=Money | None)
    def amount(self) -> money.Money | None:
        """Null while a price or rate is not configured; `missing` says which."""
        return self.row.amount

    @strawberry.field
    def missing(self) -> Problem | None:
        """What the amount lacks; null for a row that has one."""
        return Problem.missing(self.row.missing) if self.row.missing else None

    @strawberry.field(graphql_type=Charge | None)
    def charge(self) -> object:
        """The charge that the row is about, if it is about one."""
        return self.row.charge

    @strawberry.field(graphql_type=Clause)
    def clause(self) -> object:
        """The clause that the row rests on."""
        return self.row.clause

    @classmethod
    def of(cls, row: reported.Row, known_at: datetime) -> "ReportRow":
        """A row as it is answered."""
        return cls(
            kind=row.kind,
            from_=row.from_on,
            to=row.through_on,
            days=row.days,
            license_count=row.licenses,
            decision_count=row.decisions,
            row=row,
            known_at=known_at,
        )


@strawberry.type
class ReportRowEdge:
    """A row in a list."""

    node: ReportRow
    cursor: str


@strawberry.type
class ReportRowConnection:
    """A page of rows, in the order in which their contracts were registered."""

    edges: list[ReportRowEdge]
    page_info: PageInfo


# ---------------------------------------------------------------- pages of rows


@dataclass(frozen=True, slots=True)
class Wanted:
    """The next rows of a group after a place; of every group where `of_all`."""

    group: str | None
    of_all: bool
    first: int
    after: Place | None


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.isdecimal() and len(value) < len(str(1 << 31))


ROWS = Listing("report rows", (is_text, _is_number))


def place_of(key: SortKey) -> Place:
    """The place that a cursor names; a cursor that no report gave is refused."""
    try:
        return UUID(key[0] or ""), int(key[1] or "")
    except ValueError:
        message = said("after: not a cursor of a report's rows. Pass one that the same figure gave.")
        raise BadInput(message) from None


class RowPages:
    """The pages of one report: those that figures ask for at once are filled in one pass."""

    def __init__(self, context: Context, asked: Asked) -> None:
        self.context = context
        self.asked = asked
        self.pages = DataLoader[Wanted, ReportRowConnection](self._load)

    async def _load(self, wanted: list[Wanted]) -> list[ReportRowConnection]:
        found: dict[Wanted, list[tuple[Place, reported.Row]]] = {one: [] for one in wanted}
        for after in dict.fromkeys(one.after for one in wanted):
            await self._fill({one: found[one] for one in found if one.after == after}, after)
        return [self._connection(one, found[one]) for one in wanted]

    async def _fill(self, open_: dict[Wanted, list[tuple[Place, reported.Row]]], after: Place | None) -> None:
        """One pass from a place on, until every page has one row more than it shows."""
        async with aclosing(rows(self.context, self.asked.portfolio, self.asked.rows_of, after)) as found:
            async for place, row in found:
                key = key_of(row, self.asked.grouping)
                for one in [one for one in open_ if one.of_all or one.group == key]:
                    open_[one].append((place, row))
                    if len(open_[one]) > one.first:
                        del open_[one]
                if not open_:
                    return

    def _connection(self, wanted: Wanted, found: Sequence[tuple[Place, reported.Row]]) -> ReportRowConnection:
        kept = tuple(((str(base), str(number)), row) for (base, number), row in found[: wanted.first])
        page = Page(kept, has_next=len(found) > wanted.first, has_previous=wanted.after is not None)
        edges = [
            ReportRowEdge(node=ReportRow.of(row, self.asked.portfolio.known_at), cursor=ROWS.cursor(key))
            for key, row in kept
        ]
        return ReportRowConnection(edges=edges, page_info=PageInfo.of(page, [edge.cursor for edge in edges]))
