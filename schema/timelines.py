"""Timelines: how a licence stands over many days, as stretches that leave no day out."""

from datetime import date

import strawberry

from entitlements import coverage, renewals, stretches
from entitlements.coverage import CoverageState
from entitlements.facts import License
from entitlements.messages import said
from schema.context import Info
from schema.coverage import CoveragePeriod
from schema.errors import BadInput


@strawberry.type
class CoverageStretch:
    """Days, both inclusive, on which a licence's coverage stands the same."""

    from_: date = strawberry.field(name="from")
    to: date
    state: CoverageState
    expires_on: date | None = strawberry.field(
        description="The last covered day of the unbroken coverage that holds, or held last; null before any."
    )
    license: strawberry.Private[License]

    @strawberry.field
    def last_free_order_date(self, info: Info) -> date | None:
        """The last order date that renews that coverage without a late fee; null where another term follows."""
        return renewals.last_free_order_date(self.license, self.from_, info.context.guide)

    @strawberry.field(graphql_type=list[CoveragePeriod])
    def periods(self, info: Info) -> list[coverage.Period]:
        """The periods that cover these days, whole, in order; empty where none does."""
        line = coverage.timeline(self.license, info.context.guide)
        return [period for period in line.periods if period.starts_on <= self.to and period.expires_on >= self.from_]


def timeline(info: Info, license: License, first: date | None, last: date | None) -> list[CoverageStretch]:
    """The stretches between two days, both inclusive; those of the whole calendar where they are left out."""
    from_, to = first or date.min, last or date.max
    if to < from_:
        raise BadInput(said("give two days in order: {first} to {last} is not", first=from_, last=to))
    found = stretches.within(license, from_, to, info.context.guide)
    return [
        CoverageStretch(
            from_=one.from_on, to=one.through_on, state=one.state, expires_on=one.expires_on, license=license
        )
        for one in found
    ]
