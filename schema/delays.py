"""The cost of delay: stretches of order dates that quote the same."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from entitlements import delays, money, problems
from entitlements.quotes import RenewalAsked
from entitlements.renewals import RenewalStanding
from schema.context import Info
from schema.licenses import License, LicenseRef
from schema.money import Money
from schema.plans import Plan
from schema.prices import pricing_of
from schema.problems import Problem
from schema.quotes import UNSET, Asked, asked


@strawberry.type
class DelayPoint:
    """Order dates, both inclusive, that share standing, years late and total."""

    from_: date = strawberry.field(name="from")
    to: date
    standing: RenewalStanding
    years_late: int
    starts_on: date = strawberry.field(description="Of the stretch's first date, as the last covered day is.")
    expires_on: date
    point: strawberry.Private[delays.DelayPoint]

    @strawberry.field(graphql_type=Money | None)
    def total(self) -> money.Money | None:
        """Null while any price is not configured."""
        return self.point.total

    @classmethod
    def of(cls, point: delays.DelayPoint) -> "DelayPoint":
        """A stretch as it is answered."""
        return cls(
            from_=point.first,
            to=point.last,
            standing=point.standing,
            years_late=point.years_late,
            starts_on=point.starts_on,
            expires_on=point.expires_on,
            point=point,
        )


@strawberry.type
class CostOfDelay:
    """What waiting costs. Refused dates have no point; when all are refused the answer is a Problem."""

    points: list[DelayPoint] = strawberry.field(description="One for each stretch, in order; not one for each day.")
    months: int = strawberry.field(description="The length of the whole term that was asked for.")
    known_at: datetime = strawberry.field(description="It is worked out from what had been recorded by this instant.")
    asked: strawberry.Private[Asked]
    plan_code: strawberry.Private[str]

    @strawberry.field
    def license(self) -> License:
        """The licence that would be renewed."""
        return License.of(self.asked.license, self.asked.known, self.asked.known_at)

    @strawberry.field
    def plan(self, info: Info) -> Plan:
        """The plan that it would be renewed with, as it is named on the first order date."""
        return Plan.of(info.context.guide, self.plan_code, self.asked.order_date)


CostOfDelayResult = Annotated[CostOfDelay | Problem, strawberry.union("CostOfDelayResult")]


@strawberry.input
class CostOfDelayInput:
    """A renewal, and the order dates to look at: at most 1,100 days at once."""

    license: LicenseRef
    plan: str
    months: int
    from_: date = strawberry.field(name="from")
    to: date
    known_at: datetime | None = strawberry.field(
        default=UNSET, description="Work it out from what had been recorded by this instant; now when left out."
    )


async def cost_of_delay(info: Info, input: CostOfDelayInput) -> CostOfDelayResult:
    """What a renewal would cost on each of many order dates, as known now or at an earlier instant."""
    context = info.context
    found = await asked(context, input.license, input.from_, input.known_at or None)
    if isinstance(found, problems.Problem):
        return Problem.of(found)
    book, policies = await pricing_of(context, found.known, found.license, found.known_at)
    renewal = RenewalAsked(input.plan, input.months, input.from_)
    quoted = delays.Delays(found.known, renewal, book, policies, context.guide)
    points = delays.cost_of_delay(quoted, input.from_, input.to)
    if isinstance(points, problems.Problem):
        return Problem.of(points)
    return CostOfDelay(
        points=[DelayPoint.of(point) for point in points],
        months=input.months,
        known_at=found.known_at,
        asked=found,
        plan_code=input.plan,
    )
