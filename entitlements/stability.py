"""Until when a verdict holds by itself: the first of the rules' own boundaries at which it becomes another.

Days matter to every rule, hours only to channels that are answered in a window. So the boundary days are found from the
facts and the guide; between two of them a verdict takes one value inside the window and one outside.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from entitlements import coverage, hours
from entitlements.cases import Case
from entitlements.checks import judge, judged
from entitlements.dates import ONE_DAY, day_of, start_of_day
from entitlements.facts import Facts, License
from entitlements.guide import Guide
from entitlements.parameters import (
    CALENDAR_FIRST_DAY,
    CALENDAR_LAST_DAY,
    CHANNEL,
    GRACE_DAYS,
    POLICY_ZONE,
    THEATER,
    WEEK,
)
from entitlements.reasons import Verdict
from entitlements.requests import CheckRequest
from entitlements.validity import invalid


def stable_until(facts: Facts, request: CheckRequest, guide: Guide, verdict: Verdict) -> datetime | None:
    """The first instant, UTC, at which a check would answer another verdict from the same facts.

    None where no such instant lies within the calendars. What is recorded later may of course change the answer.
    """
    begins = guide.value(CALENDAR_FIRST_DAY, guide.in_force_from)
    at = max(request.at, start_of_day(begins, guide.value(POLICY_ZONE, guide.in_force_from)).astimezone(UTC))
    if at > request.at:
        request = replace(request, at=at)
        if judge(facts, request, guide).verdict is not verdict:
            return at
    if facts.license is None or invalid(facts, request, guide):
        return None
    for boundary in _boundaries(facts, facts.license, request, guide):
        found = _first_change_of_hours(facts, facts.license, request, guide, verdict, at, boundary)
        if found is not None:
            return found
        if boundary is None:
            return None
        at = boundary
        if _verdict(Case(facts, facts.license, request, guide, at)) is not verdict:
            return at
    return None


def _verdict(case: Case) -> Verdict:
    """The verdict at another instant on a request that can be judged at its own."""
    return judged(case).verdict if hours.within_calendars(case.guide, case.day) else Verdict.UNKNOWN


def _first_change_of_hours(
    facts: Facts,
    license: License,
    request: CheckRequest,
    guide: Guide,
    verdict: Verdict,
    at: datetime,
    until: datetime | None,
) -> datetime | None:
    """The first opening or closing in a stretch that changes the verdict.

    Within a stretch there are two verdicts at most, so where the next change does not bring another, none does.
    """
    if guide.series(CHANNEL, request.channel).on(guide.in_force_from).value.any_hour:
        return None
    case = Case(facts, license, request, guide, at)
    if case.plan is None:
        return None
    change = case.window_hours.next_change(at)
    if change is None or (until is not None and change >= until):
        return None
    if not hours.within_calendars(guide, case.window_hours.day_of(change)):
        return None
    return change if _verdict(Case(facts, license, request, guide, change)) is not verdict else None


def _boundaries(facts: Facts, license: License, request: CheckRequest, guide: Guide) -> Iterator[datetime | None]:
    """The instants after `at` at which a rule may answer otherwise, in order; then None, for the stretch after them."""
    zone = guide.value(POLICY_ZONE, guide.in_force_from)
    last = guide.value(CALENDAR_LAST_DAY, guide.in_force_from)
    asked_on = day_of(request.at, zone)
    days = {day for day in _days(facts, license, guide) if asked_on < day <= last}
    instants = {start_of_day(day, zone).astimezone(UTC) for day in days}
    instants.update(_week_changes(license, request, guide))
    yield from sorted(instants)
    yield None


def _days(facts: Facts, license: License, guide: Guide) -> Iterator[date]:
    """Every day from which a rule may answer otherwise."""
    for one in {license.id: license, license.contract_base.id: license.contract_base}.values():
        line = coverage.timeline(one, guide)
        grace = guide.value(GRACE_DAYS, guide.in_force_from)
        for period in line.periods:
            yield from (
                period.starts_on,
                period.expires_on + ONE_DAY,
                period.expires_on + timedelta(days=grace + 1),
            )
        if line.activation is not None:
            yield line.activation.on
        if one.retired_on is not None:
            yield one.retired_on + ONE_DAY
        for option in one.options:
            yield option.starts_on
            if option.expires_on is not None:
                yield option.expires_on + ONE_DAY
        for milestone in one.product.milestones:
            yield from (milestone.on, milestone.on + ONE_DAY)
        if one.warranty is not None:
            yield one.warranty.expires_on + ONE_DAY
    for charge in facts.charges:
        yield charge.due_on + ONE_DAY
        yield from (day for day in (charge.paid_on, charge.order_date) if day is not None)
    yield from (release.released_on for release in facts.releases)
    yield from _guide_days(guide)


@lru_cache(maxsize=128)
def _guide_days(guide: Guide) -> tuple[date, ...]:
    """The days from which an edition's own values are others; of its features, also the first that they are offered."""
    families = (series for codes in guide.families.values() for series in codes.values())
    entries = [entry for series in (*guide.values.values(), *families) for entry in series.entries]
    offered = (getattr(entry.value, "offered_from", None) for entry in entries)
    return tuple({*(entry.effective for entry in entries), *(day for day in offered if day is not None)})


def _week_changes(license: License, request: CheckRequest, guide: Guide) -> Iterator[datetime]:
    """The instants after `at`, in the theater's own zone, from which its week is another."""
    theater = request.theater or license.account.theater
    zone = guide.series(THEATER, theater).on(guide.in_force_from).value.zone
    asked_on = day_of(request.at, zone)
    for entry in guide.series(WEEK, theater).entries:
        if entry.effective > asked_on:
            yield start_of_day(entry.effective, zone).astimezone(UTC)
