"""A licence's coverage over the whole calendar, as stretches of days on which it stands the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from entitlements import coverage
from entitlements.coverage import CoverageState
from entitlements.dates import ONE_DAY
from entitlements.facts import License
from entitlements.guide import Guide
from entitlements.parameters import GRACE_DAYS


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days, both ends inclusive, on which a licence's coverage stands the same.

    `plan` is set while covered; `expires_on` is the last day of the unbroken coverage that holds or held last, and None
    before any.
    """

    from_on: date
    through_on: date
    state: CoverageState
    plan: str | None
    expires_on: date | None


def stretches(license: License, guide: Guide) -> list[Stretch]:
    """A licence's coverage from the first day of the calendar to its last, by the rules."""
    line = coverage.timeline(license, guide)
    found: list[Stretch] = []
    for day in sorted(_turning_days(license, line, guide)):
        standing = coverage.coverage_from(license, line, day, guide)
        plan = standing.period.plan if standing.period else None
        here = Stretch(day, date.max, standing.state, plan, standing.expires_on)
        if found:
            last = found[-1]
            if (last.state, last.plan, last.expires_on) == (here.state, here.plan, here.expires_on):
                continue
            found[-1] = Stretch(last.from_on, day - ONE_DAY, last.state, last.plan, last.expires_on)
        found.append(here)
    return found


def within(license: License, first: date, last: date, guide: Guide) -> Iterator[Stretch]:
    """The stretches between two days, both inclusive, cut to them."""
    for one in stretches(license, guide):
        if one.from_on <= last and one.through_on >= first:
            yield Stretch(max(one.from_on, first), min(one.through_on, last), one.state, one.plan, one.expires_on)


def _turning_days(license: License, line: coverage.Timeline, guide: Guide) -> set[date]:
    """Every day on which the coverage can begin to stand differently from the day before."""
    graces = guide.values[GRACE_DAYS.name].entries
    days = {date.min, *(entry.effective for entry in graces)}
    if line.activation is not None:
        days.add(line.activation.on)
    for period in line.periods:
        days |= {period.starts_on, period.expires_on + ONE_DAY}
        days |= {period.expires_on + timedelta(days=entry.value + 1) for entry in graces if not entry.ended}
    if line.ends_on is not None:
        days.add(line.ends_on + ONE_DAY)
    if license.retired_on is not None:
        days.add(license.retired_on + ONE_DAY)
    return days
