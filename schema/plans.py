"""Support plans and what each covers on a day."""

from datetime import date
from functools import lru_cache

import strawberry

from entitlements import plans
from entitlements.guide import Guide
from entitlements.parameters import PLAN, Availability, PlanTerms
from schema.clauses import Clause
from schema.context import Info


@strawberry.type
class PlanFeature:
    """A right, and whether a plan grants it."""

    code: str
    name: str
    availability: Availability
    clause: Clause


@strawberry.type
class Plan:
    """A support plan of the guide."""

    code: str
    name: str
    rank: int = strawberry.field(description="On a day covered by several terms the plan of the highest rank applies.")

    @strawberry.field(graphql_type=list[PlanFeature])
    def features(self, info: Info, on: date | None = strawberry.UNSET) -> tuple[plans.PlanFeature, ...]:
        """Every feature as the plan has it on a day; today when left out."""
        return plans.features(info.context.guide, self.code, on or info.context.today)

    @classmethod
    def of(cls, guide: Guide, code: str, day: date) -> "Plan":
        """A plan as it is named on a day."""
        return _named(guide, code, day)


@lru_cache(maxsize=1024)
def _named(guide: Guide, code: str, day: date) -> Plan:
    terms = _terms(guide, code, day)
    return Plan(code=code, name=terms.name, rank=terms.rank)


def _terms(guide: Guide, code: str, day: date) -> PlanTerms:
    """A plan's terms on a day; a plan bought and since withdrawn keeps its last ones."""
    entry = guide.find(PLAN, code, day)
    if entry is not None:
        return entry.value
    return next(entry.value for entry in reversed(guide.series(PLAN, code).entries) if not entry.ended)


def all_plans(info: Info, on: date | None = strawberry.UNSET) -> list[Plan]:
    """The plans of a day, the lowest first; today when left out."""
    guide, day = info.context.guide, on or info.context.today
    return [Plan.of(guide, code, day) for code in plans.ranked(guide, day)]
