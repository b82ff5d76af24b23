"""Until when a verdict holds by itself: the first of the rules' own boundaries at which it becomes another.

Days matter to every rule, hours only to channels that are answered in a window. So the boundary days are found from the
facts and the guide; between two of them a verdict takes one value inside the window and one outside.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from entitlements import coverage, hours
from entitlements.cases import Case
from entitlements.checks import judge
from entitlements.dates import ONE_DAY, start_of_day
from entitlements.facts import Facts, License
from entitlements.guide import Guide
from entitlements.parameters import CALENDAR_FIRST_DAY, CALENDAR_LAST_DAY, CHANNEL, GRACE_DAYS, POLICY_ZONE, WEEK
from entitlements.reasons import Verdict
from entitlements.requests import CheckRequest
from entitlements.validity import invalid


def stable_until(facts: Facts, request: CheckRequest, guide: Guide, verdict: Verdict) -> datetime | None:
    """The first instant, UTC, at which a check would answer another verdict from the same facts.

    None where no such instant lies within the calendars. What is recorded later may of course change the answer.
    """
    begins = guide.value(CALENDAR_FIRST_DAY, guide.in_force_from)
    at = max(request.at, start_of_day(begins, guide.value(POLICY_ZONE, guide.in_force_from)).astimezone(UTC))
    if at > request.at and _verdict_at(facts, request, guide, at) is not verdict:
        return at
    request = replace(request, at=at)
    if facts.license is None or invalid(facts, request, guide):
        return None
    for boundary in _boundaries(facts, facts.license, request, guide):
        found = _first_change_of_hours(facts, request, guide, verdict, at, boundary)
        if found is not None:
            return found
        if boundary is None:
            return None
        at = boundary
        if _verdict_at(facts, request, guide, at) is not verdict:
            return at
    return None


def _verdict_at(facts: Facts, request: CheckRequest, guide: Guide, at: datetime) -> Verdict:
    return judge(facts, replace(request, at=at), guide).verdict


def _first_change_of_hours(
    facts: Facts, request: CheckRequest, guide: Guide, verdict: Verdict, at: datetime, until: datetime | None
) -> datetime | None:
    """The first opening or closing in a stretch that changes the verdict.

    Within a stretch there are two verdicts at most, so where the next change does not bring another, none does.
    """
    if facts.license is None or guide.series(CHANNEL, request.channel).on(guide.in_force_from).value.any_hour:
        return None
    case = Case(facts, facts.license, replace(request, at=at), guide)
    if case.plan is None:
        return None
    change = case.window_hours.next_change(at)
    if change is None or (until is not None and change >= until):
        return None
    if not hours.within_calendars(guide, case.window_hours.day_of(change)):
        return None
    return change if _verdict_at(facts, request, guide, change) is not verdict else None


def _boundaries(facts: Facts, license: License, request: CheckRequest, guide: Guide) -> Iterator[datetime | None]:
    """The instants after `at` at which a rule may answer otherwise, in order; then None, for the stretch after them."""
    zone = guide.value(POLICY_ZONE, guide.in_force_from)
    last = guide.value(CALENDAR_LAST_DAY, guide.in_force_from)
    days = {day for day in _days(facts, license, guide) if day <= last}
    instants = {start_of_day(day, zone).astimezone(UTC) for day in days}
    instants.update(_week_changes(license, request, guide))
    yield from sorted(instant for instant in instants if instant > request.at)
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


def _guide_days(guide: Guide) -> Iterator[date]:
    for series in (
        *guide.values.values(),
        *(one for codes in guide.families.values() for one in codes.values()),
    ):
        for entry in series.entries:
            yield entry.effective
            offered_from = getattr(entry.value, "offered_from", None)
            if offered_from is not None:
                yield offered_from


def _week_changes(license: License, request: CheckRequest, guide: Guide) -> Iterator[datetime]:
    """The instants, in the theater's own zone, from which its week is another."""
    theater = request.theater or license.account.theater
    zone = hours.hours_of(guide, theater, guide.in_force_from, on_extended_days=False, on_holidays=False).terms.zone
    for entry in guide.series(WEEK, theater).entries:
        yield start_of_day(entry.effective, zone).astimezone(UTC)
