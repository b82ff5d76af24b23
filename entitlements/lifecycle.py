"""Milestones of a product's end, and which of them ends coverage or a service (R-EOL)."""

from datetime import date

from entitlements.dates import ONE_DAY
from entitlements.facts import License, Milestone, MilestoneKind, Product
from entitlements.guide import Guide
from entitlements.parameters import ENDS_COVERAGE, MILESTONE_DAY_IS_COVERED


def milestone(product: Product, release: str | None, kind: MilestoneKind) -> Milestone | None:
    """The earlier of the product's and its recorded release's milestone of a kind (R-EOL-6)."""
    return min(_of_kind(product, release, kind), key=_day, default=None)


def end_of_support(license: License, guide: Guide) -> Milestone | None:
    """The milestone that ends a licence's coverage: the earlier of its product's and its recorded release's.

    Where a product, or a release, has several that end coverage, the one the guide prefers acts: end of life only where
    no end of support is given (R-EOL-3).
    """
    milestones = license.product.milestones
    if not milestones:
        return None
    kinds = guide.value(ENDS_COVERAGE, guide.in_force_from)
    candidates: list[Milestone] = []
    for version in dict.fromkeys((None, license.installed_release)):
        for kind in kinds:
            found = min((m for m in milestones if m.kind is kind and m.version == version), key=_day, default=None)
            if found is not None:
                candidates.append(found)
                break
    return min(candidates, key=_day, default=None)


def last_day(ending: Milestone, guide: Guide) -> date:
    """The last day that a milestone leaves open: its own day, by the guide's data (R-EOL-2)."""
    covered = guide.value(MILESTONE_DAY_IS_COVERED, ending.on)
    return ending.on if covered else ending.on - ONE_DAY


def _of_kind(product: Product, release: str | None, kind: MilestoneKind) -> list[Milestone]:
    return [m for m in product.milestones if m.kind is kind and m.version in {None, release}]


def _day(found: Milestone) -> date:
    return found.on
