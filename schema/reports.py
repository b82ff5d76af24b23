"""What billing asks of the whole portfolio: figures, and the rows behind each of them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import UNSET

from entitlements import money, problems
from entitlements.hours import within_calendars
from entitlements.messages import said
from entitlements.problems import ProblemCode
from entitlements.reports.figures import Figure, Figures
from entitlements.reports.rows import Grouping
from schema.changes import forbidden
from schema.context import Context, Info
from schema.errors import BadInput
from schema.money import Money
from schema.portfolios import rows
from schema.problems import Problem, known_later
from schema.questions import Question, Scope, portfolio_of, rows_of
from schema.report_rows import ROWS, Asked, ReportRowConnection, RowPages, Wanted, place_of
from schema.store import ViewerKind

ReportGrouping = strawberry.enum(
    Grouping, name="ReportGrouping", description="What a report's rows are added up by; KIND is the report's own."
)


@strawberry.type
class ReportFigure:
    """Rows added up, each currency by itself."""

    key: str | None = strawberry.field(description="What is added up; null for what has none, and for the total.")
    row_count: int
    license_count: int
    day_count: Decimal = strawberry.field(description="The sum of the rows' days; whole, and larger than an Int holds.")
    unpriced_count: int = strawberry.field(
        description="Rows without an amount, since a price or rate is not configured; the amounts are without them."
    )
    figure: strawberry.Private[Figure]
    is_total: strawberry.Private[bool]
    pages: strawberry.Private[RowPages]

    @strawberry.field(graphql_type=list[Money])
    def amounts(self) -> tuple[money.Money, ...]:
        """The amounts, one a currency."""
        return self.figure.amounts

    @strawberry.field
    async def rows(self, first: int | None = UNSET, after: str | None = UNSET) -> ReportRowConnection:
        """The rows behind the figure."""
        page = ROWS.page(first, after)
        place = place_of(page.after) if page.after is not None else None
        return await self.pages.pages.load(Wanted(self.key, self.is_total, page.first or 0, place))

    @classmethod
    def of(cls, key: str | None, figure: Figure, pages: RowPages, *, is_total: bool = False) -> "ReportFigure":
        """A figure as it is answered."""
        return cls(
            key=key,
            row_count=figure.rows,
            license_count=figure.licenses,
            day_count=Decimal(figure.days),
            unpriced_count=figure.unpriced,
            figure=figure,
            is_total=is_total,
            pages=pages,
        )


@strawberry.type
class Report:
    """A report on the contracts that the viewer may see."""

    from_: date = strawberry.field(name="from")
    to: date
    known_at: datetime = strawberry.field(description="What had been recorded by this instant was looked at.")
    edition: str
    group_by: Grouping
    total: ReportFigure
    groups: list[ReportFigure] = strawberry.field(description="In the order of their keys; what has none comes last.")


ReportResult = Annotated[Report | Problem, strawberry.union("ReportResult")]


@strawberry.input
class ReportScope:
    """Which contracts a report is about, and as known when."""

    known_at: datetime | None = strawberry.field(
        default=UNSET, description="Report from what had been recorded by this instant; now when left out."
    )
    account: str | None = strawberry.field(default=UNSET, description="A customer's reference.")
    partner: str | None = strawberry.field(default=UNSET, description="The reference of the customers' partner.")


def refusal(context: Context, of: ReportScope, first: date, last: date) -> problems.Problem | None:
    """Why a report is refused; None when it is not."""
    for name in ("account", "partner"):
        text: str | None = getattr(of, name)
        if text and not text.isprintable():
            raise BadInput(said("{field}: printable characters only.", field=f"of.{name}"))
    later = known_later(context, of.known_at)
    if later is not None:
        return later
    clause = context.guide.clause("R-CHK-15")
    if last < first:
        message = said("give two days in order: {first} to {last} is not", first=first, last=last)
        return problems.Problem(ProblemCode.INVALID_DATE, message, ("to",), clause)
    for name, day in (("from", first), ("to", last)):
        if not within_calendars(context.guide, day):
            message = said(
                "{order_date} lies outside the calendars of {edition}", order_date=day, edition=context.guide.edition
            )
            return problems.Problem(ProblemCode.INVALID_DATE, message, (name,), clause)
    return None


async def _report(context: Context, asked: Asked) -> Report:
    figures = Figures(asked.grouping)
    async for _, row in rows(context, asked.portfolio, asked.rows_of):
        figures.add([row])
    pages = RowPages(context, asked)
    return Report(
        from_=asked.first,
        to=asked.last,
        known_at=asked.portfolio.known_at,
        edition=context.guide.edition,
        group_by=asked.grouping,
        total=ReportFigure.of(None, figures.total, pages, is_total=True),
        groups=[ReportFigure.of(key, figure, pages) for key, figure in figures.ordered],
    )


# ---------------------------------------------------------------- the six questions

From = Annotated[date, strawberry.argument(name="from")]
Of = Annotated[
    ReportScope | None,
    strawberry.argument(description="Everything that the viewer may see, as known now, when left out."),
]


async def renewals_due(
    info: Info, from_: From, to: date, group_by: Grouping = Grouping.MONTH, of: Of = UNSET
) -> ReportResult:
    """Contracts whose last covered day is among some days and that can be renewed, at that day's price.

    A row runs from the last covered day through the last order date without a late fee; KIND is the licence's model.
    """
    return await _answer(info, of, Question.RENEWALS_DUE, group_by, from_, to)


async def late_fee_exposure(info: Info, on: date, group_by: Grouping = Grouping.KIND, of: Of = UNSET) -> ReportResult:
    """Contracts that would be renewed late on a day, and what lateness alone would cost; KIND is the started years."""
    return await _answer(info, of, Question.LATE_FEE_EXPOSURE, group_by, on, on)


async def coverage_gaps(
    info: Info, from_: From, to: date, group_by: Grouping = Grouping.KIND, of: Of = UNSET
) -> ReportResult:
    """Days on which licences that were covered get no support, and what cover would cost.

    KIND is the cause: EXPIRY, END_OF_SUPPORT, BASE (a dependent outlives its base's coverage) or DEBT.
    """
    return await _answer(info, of, Question.COVERAGE_GAPS, group_by, from_, to)


async def end_of_support_schedule(
    info: Info, from_: From, to: date, group_by: Grouping = Grouping.PRODUCT, of: Of = UNSET
) -> ReportResult:
    """Licences whose support ends on one of some days, and the value of the cover that is cut (told, not refunded).

    KIND is the milestone that ends it; days are those lost.
    """
    return await _answer(info, of, Question.END_OF_SUPPORT_SCHEDULE, group_by, from_, to)


async def outstanding_charges(info: Info, on: date, group_by: Grouping = Grouping.KIND, of: Of = UNSET) -> ReportResult:
    """Charges ordered by a day and not paid by its end; KIND is how long they are overdue."""
    return await _answer(info, of, Question.OUTSTANDING_CHARGES, group_by, on, on)


async def revenue_leakage(
    info: Info, from_: From, to: date, group_by: Grouping = Grouping.KIND, of: Of = UNSET
) -> ReportResult:
    """What was given and not paid for, on some days; for the operator alone.

    KIND is SERVED_WITHOUT_COVER, SERVED_PAST_BASE (by recorded decisions that said yes), FEE_NEVER_CHARGED or
    FREE_GAP_DAYS (days before a late but continuous order that its term covers after the fact).
    """
    if info.context.viewer.kind is not ViewerKind.INTERNAL:
        return Problem.of(forbidden(said("{mutation} is for the operator alone", mutation="revenueLeakage")))
    return await _answer(info, of, Question.REVENUE_LEAKAGE, group_by, from_, to)


async def _answer(
    info: Info, of: ReportScope | None, question: Question, grouping: Grouping, first: date, last: date
) -> Report | Problem:
    context, on = info.context, of or ReportScope()
    refused = refusal(context, on, first, last)
    if refused is not None:
        return Problem.of(refused)
    scope = Scope(on.known_at or None, on.account or None, on.partner or None)
    portfolio = portfolio_of(question, first, last, scope, context.now)
    return await _report(context, Asked(first, last, portfolio, grouping, rows_of(question, first, last)))
