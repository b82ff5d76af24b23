"""Renewing coverage: the standing of an order date, the last free one, and the term that a renewal gives (R-REN).

Prices and fees are elsewhere; here are dates only.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from entitlements import coverage, lifecycle
from entitlements.clauses import Clause
from entitlements.coverage import Timeline
from entitlements.dates import ONE_DAY, keeps_anchor, last_day_of_term, started_years
from entitlements.facts import License, Milestone, MilestoneKind
from entitlements.guide import Guide
from entitlements.messages import Message, said
from entitlements.parameters import (
    GRACE_DAYS,
    RENEWABLE_MODELS,
    START_AFTER_GRACE,
    START_WITHIN_GRACE,
    StartRule,
)


class RenewalStanding(StrEnum):
    """Early or on the last covered day; within the grace days after it; or late."""

    EARLY = "EARLY"
    CONTINUOUS = "CONTINUOUS"
    LATE = "LATE"


class RefusalCode(StrEnum):
    """Why a renewal is refused."""

    RETIRED = "RETIRED"
    RENEW_THE_BASE = "RENEW_THE_BASE"
    EVALUATION = "EVALUATION"
    NOT_ACTIVATED = "NOT_ACTIVATED"
    NEVER_COVERED = "NEVER_COVERED"
    END_OF_SUPPORT = "END_OF_SUPPORT"
    END_OF_RENEWAL = "END_OF_RENEWAL"
    ALREADY_RENEWED = "ALREADY_RENEWED"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule that stands against a renewal."""

    code: RefusalCode
    message: Message
    clause: Clause


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order date stands; `lapse_days` counts from the last covered day: the day after is 1, early negative."""

    standing: RenewalStanding
    expires_on: date
    order_date: date
    lapse_days: int
    years_late: int
    last_free_order_date: date
    starts_on: date
    anchor: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class RenewedTerm:
    """The term that a renewal gives, both ends inclusive, and the milestone that cuts it, if one does (R-REN-8)."""

    starts_on: date
    expires_on: date
    full_expires_on: date
    anchor: int
    cut_by: Milestone | None


def standing(license: License, order_date: date, guide: Guide) -> Standing | tuple[Refusal, ...]:
    """The standing of a renewal ordered on a day, or every rule that refuses it.

    The last covered day is the effective one, after any cut (R-REN-11).
    """
    line = coverage.timeline(license, guide)
    refusals = tuple(_refusals(license, line, order_date, guide))
    if refusals:
        return refusals
    expires_on = line.periods[-1].expires_on
    grace = guide.entry(GRACE_DAYS, order_date)
    lapse = (order_date - expires_on).days
    if lapse <= 0:
        kind, rule, years = RenewalStanding.EARLY, "R-REN-1", 0
    elif lapse <= grace.value:
        kind, rule, years = RenewalStanding.CONTINUOUS, "R-REN-2", 0
    else:
        kind, rule, years = RenewalStanding.LATE, "R-REN-3", started_years(expires_on, order_date)
    start_rule = guide.value(START_AFTER_GRACE if kind is RenewalStanding.LATE else START_WITHIN_GRACE, order_date)
    starts_on = order_date if start_rule is StartRule.ORDER_DATE else expires_on + ONE_DAY
    return Standing(
        standing=kind,
        expires_on=expires_on,
        order_date=order_date,
        lapse_days=lapse,
        years_late=years,
        last_free_order_date=_last_free(license, expires_on, grace.value, guide),
        starts_on=starts_on,
        anchor=_anchor(line, starts_on),
        clause=guide.clause(rule),
    )


def renewed_term(license: License, found: Standing, months: int, guide: Guide) -> RenewedTerm | Refusal:
    """The term of so many months that a renewal gives, cut at the end of support; refused when it would start later."""
    line = coverage.timeline(license, guide)
    full = last_day_of_term(found.starts_on, months, found.anchor)
    if line.ends_on is None or full <= line.ends_on:
        return RenewedTerm(found.starts_on, full, full, found.anchor, None)
    if line.ends_on < found.starts_on:
        return _support_ended(line, guide)
    return RenewedTerm(found.starts_on, line.ends_on, full, found.anchor, line.end_of_support)


def last_free_order_date(license: License, day: date, guide: Guide) -> date | None:
    """The last order date that renews the coverage held on a day, or held last, without a late fee.

    A dependent's is its base's (R-REN-9). None where no renewal is possible, or another term follows already.
    """
    renewed = license.contract_base
    line = coverage.timeline(renewed, guide)
    held = line.held_last(day)
    if held is None or renewed.model not in guide.value(RENEWABLE_MODELS, day):
        return None
    expires_on = line.unbroken_until(held)
    if renewed.retired_on is not None and renewed.retired_on < max(day, expires_on + ONE_DAY):
        return None
    if line.periods[-1].expires_on != expires_on or (line.ends_on is not None and line.ends_on <= expires_on):
        return None
    own_end = coverage.timeline(license, guide).ends_on
    if own_end is not None and own_end <= expires_on:
        return None
    return _last_free(renewed, expires_on, guide.value(GRACE_DAYS, expires_on), guide)


def last_order_date(license: License, guide: Guide) -> date | None:
    """The last day on which a renewal may be ordered at all; None where none is known (R-COV-6, R-REN-8, R-REN-11)."""
    end_of_renewal = lifecycle.milestone(license.product, license.installed_release, MilestoneKind.END_OF_RENEWAL)
    endings = (end_of_renewal, lifecycle.end_of_support(license, guide))
    caps = [lifecycle.last_day(ending, guide) for ending in endings if ending is not None]
    return min((*caps, license.retired_on) if license.retired_on else caps, default=None)


def _last_free(license: License, expires_on: date, grace: int, guide: Guide) -> date:
    """The grace's last day, or the last on which a renewal may be ordered, where that is earlier."""
    last = last_order_date(license, guide)
    free = expires_on + timedelta(days=grace)
    return free if last is None else min(free, last)


def _refusals(license: License, line: Timeline, order_date: date, guide: Guide) -> list[Refusal]:
    """Every rule that refuses a renewal on a day; those that leave nothing to renew stand alone."""
    retired_on = license.retired_on
    if retired_on is not None and retired_on < order_date:
        message = said("{serial} was retired on {retired_on}", serial=license.serial, retired_on=retired_on)
        return [Refusal(RefusalCode.RETIRED, message, guide.clause("R-COV-6"))]
    if license.base is not None:
        message = said(
            "{serial} ends with its base {base}: renew that licence", serial=license.serial, base=license.base.serial
        )
        return [Refusal(RefusalCode.RENEW_THE_BASE, message, guide.clause("R-REN-9"))]
    if retired_on is not None and line.periods and line.periods[-1].expires_on >= retired_on:
        message = said(
            "{serial} is covered until it retires on {retired_on}", serial=license.serial, retired_on=retired_on
        )
        return [Refusal(RefusalCode.RETIRED, message, guide.clause("R-COV-6"))]
    if license.model not in guide.value(RENEWABLE_MODELS, order_date):
        return [
            Refusal(
                RefusalCode.EVALUATION,
                said("an evaluation is extended or replaced, never renewed"),
                guide.clause("R-REN-9"),
            )
        ]
    if line.activation is None:
        message = said("{serial} has no recorded start", serial=license.serial)
        return [Refusal(RefusalCode.NOT_ACTIVATED, message, guide.clause("R-COV-3"))]
    found: list[Refusal] = []
    if not line.periods:
        message = said("{serial} was never covered", serial=license.serial)
        found.append(Refusal(RefusalCode.NEVER_COVERED, message, guide.clause("R-REN-9")))
    elif order_date < line.periods[0].starts_on:
        message = said("{serial} starts on {starts_on}", serial=license.serial, starts_on=line.periods[0].starts_on)
        found.append(Refusal(RefusalCode.NOT_ACTIVATED, message, guide.clause("R-REN-11")))
    if line.ends_on is not None and (
        order_date > line.ends_on or (line.periods and line.periods[-1].expires_on >= line.ends_on)
    ):
        found.append(_support_ended(line, guide))
    ending = lifecycle.milestone(license.product, license.installed_release, MilestoneKind.END_OF_RENEWAL)
    if ending is not None and order_date > lifecycle.last_day(ending, guide):
        message = said("renewals of {product} ended on {on}", product=license.product.code, on=ending.on)
        found.append(Refusal(RefusalCode.END_OF_RENEWAL, message, guide.clause("R-EOL-4")))
    held, following = line.held_last(order_date), line.next_after(order_date)
    if held is not None and following is not None and held.expires_on < order_date:
        message = said("a term from {starts_on} is recorded already", starts_on=following.starts_on)
        found.append(Refusal(RefusalCode.ALREADY_RENEWED, message, guide.clause("R-REN-11")))
    return found


def _support_ended(line: Timeline, guide: Guide) -> Refusal:
    message = said("support ends on {ends_on}", ends_on=line.ends_on)
    return Refusal(RefusalCode.END_OF_SUPPORT, message, guide.clause("R-REN-8"))


def _anchor(line: Timeline, starts_on: date) -> int:
    """The anchor that a term starting on a day carries: that of the span which expires last, where it continues it."""
    before = [span for span in line.spans if span.expires_on + ONE_DAY == starts_on]
    if before and keeps_anchor(starts_on, before[0].anchor):
        return before[0].anchor
    return starts_on.day
