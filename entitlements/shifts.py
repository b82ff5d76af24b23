"""What moved milestones do to a licence: its end of support and its last covered day, before and after."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from entitlements import coverage, lifecycle
from entitlements.facts import License, Milestone
from entitlements.guide import Guide

Milestones = Mapping[UUID, tuple[Milestone, ...]]
"""Milestones by product."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A licence whose end moves: days before and after, inclusive; None where there is no end, or no coverage."""

    serial: str
    account: str
    support_before: date | None
    support_after: date | None
    covered_before: date | None
    covered_after: date | None


def shift(license: License, before: Milestones, guide: Guide) -> Shift | None:
    """What the milestones of a licence change for it, where its and its base's product had others before; else None."""
    former = _with(license, before)
    ends = [_end_of_support(one, guide) for one in (former, license)]
    covered = [_last_covered(one, guide) for one in (former, license)]
    if ends[0] == ends[1] and covered[0] == covered[1]:
        return None
    return Shift(license.serial, license.account.reference, ends[0], ends[1], covered[0], covered[1])


def _with(license: License, milestones: Milestones) -> License:
    own = milestones.get(license.product.id, license.product.milestones)
    base = _with(license.base, milestones) if license.base else None
    return replace(license, product=replace(license.product, milestones=own), base=base)


def _end_of_support(license: License, guide: Guide) -> date | None:
    ending = lifecycle.end_of_support(license, guide)
    return lifecycle.last_day(ending, guide) if ending else None


def _last_covered(license: License, guide: Guide) -> date | None:
    periods = coverage.timeline(license, guide).periods
    return periods[-1].expires_on if periods else None
