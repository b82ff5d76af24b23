"""What each plan covers (R-PLAN)."""

from dataclasses import dataclass
from datetime import date

from entitlements.clauses import Clause
from entitlements.guide import Entry, Guide
from entitlements.parameters import FEATURE, PLAN, Availability, Feature


@dataclass(frozen=True, slots=True)
class PlanFeature:
    """A feature as a plan has it on a day, and the clause that says so."""

    code: str
    name: str
    availability: Availability
    clause: Clause


def feature(guide: Guide, code: str, day: date) -> Entry[Feature]:
    """A feature's terms on a day. Raises LookupError for a feature that the guide does not have then."""
    entry = guide.find(FEATURE, code, day)
    if entry is None:
        raise LookupError(f"{guide.edition} has no feature {code} on {day}")
    return entry


def availability(guide: Guide, plan: str, code: str, day: date) -> Availability:
    """Whether a plan grants a feature by the terms of a day, whatever the feature's own first day.

    A plan that was not offered yet by those terms grants nothing.
    """
    return feature(guide, code, day).value.plans.get(plan, Availability.NOT_INCLUDED)


def features(guide: Guide, plan: str, on: date) -> tuple[PlanFeature, ...]:
    """Every feature as a plan has it on a day; one whose own first day is still to come is not included."""
    found: list[PlanFeature] = []
    for code in guide.codes(FEATURE):
        entry = guide.find(FEATURE, code, on)
        if entry is None:
            continue
        offered_from = entry.value.offered_from
        offered = offered_from is None or offered_from <= on
        granted = entry.value.plans.get(plan, Availability.NOT_INCLUDED) if offered else Availability.NOT_INCLUDED
        found.append(PlanFeature(code, entry.value.name, granted, entry.clause))
    return tuple(found)


def ranked(guide: Guide, day: date) -> tuple[str, ...]:
    """The plans of a day, the lowest first."""
    ranks = {code: entry.value.rank for code in guide.codes(PLAN) if (entry := guide.find(PLAN, code, day)) is not None}
    return tuple(sorted(ranks, key=lambda code: ranks[code]))
