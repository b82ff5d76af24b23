"""Coverage: the state of a licence on a day, and the periods that make it."""

from datetime import date

import strawberry

from entitlements import coverage, renewals
from entitlements.coverage import CoverageSource, CoverageState
from entitlements.facts import License
from entitlements.guide import Guide
from schema.clauses import Clause
from schema.context import Info
from schema.plans import Plan
from schema.products import Milestone


@strawberry.type
class CoveragePeriod:
    """Days covered by one plan, both ends inclusive."""

    starts_on: date
    expires_on: date = strawberry.field(description="The last covered day.")
    source: CoverageSource
    order_reference: str | None
    cut_by: Milestone | None = strawberry.field(description="The milestone that ended the period early, if one did.")
    clauses: list[Clause]

    @strawberry.field
    @staticmethod
    def plan(info: Info, period: strawberry.Parent[coverage.Period]) -> Plan:
        """The plan of these days."""
        return Plan.of(info.context.guide, period.plan, period.starts_on)


@strawberry.type
class Coverage:
    """A licence's coverage on a day."""

    state: CoverageState
    expires_on: date | None = strawberry.field(
        description="The last covered day of the unbroken coverage that holds, or held last."
    )
    found: strawberry.Private[coverage.Coverage]
    license: strawberry.Private[License | None]
    day: strawberry.Private[date]

    @strawberry.field(graphql_type=CoveragePeriod | None)
    def period(self) -> coverage.Period | None:
        """The period that covers the day; null when none does."""
        return self.found.period

    @strawberry.field
    def last_free_order_date(self, info: Info) -> date | None:
        """The last order date that renews without a late fee; a dependent's is its base's."""
        if self.license is None:
            return None
        return renewals.last_free_order_date(self.license, self.day, info.context.guide)

    @classmethod
    def of(cls, license: License | None, day: date, guide: Guide) -> "Coverage":
        """The coverage of a licence on a day; one not known at the time was not activated either."""
        found = (
            coverage.coverage_listed(license, day, guide)
            if license
            else coverage.Coverage(CoverageState.NOT_ACTIVATED, None, None)
        )
        return cls(state=found.state, expires_on=found.expires_on, found=found, license=license, day=day)
