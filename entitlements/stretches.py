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
    return list(within(license, date.min, date.max, guide))


def within(license: License, first: date, last: date, guide: Guide) -> Iterator[Stretch]:
    """The stretches between two days, both inclusive, cut to them."""
    line = coverage.timeline(license, guide)
    turning = {day for day in _turning_days(license, line, guide) if first < day <= last}
    open_: Stretch | None = None
    for day in sorted({first, *turning}):
        standing = coverage.coverage_from(license, line, day, guide)
        plan = standing.period.plan if standing.period else None
        here = Stretch(day, last, standing.state, plan, standing.expires_on)
        if open_ is not None:
            if (open_.state, open_.plan, open_.expires_on) == (here.state, here.plan, here.expires_on):
                continue
            yield Stretch(open_.from_on, day - ONE_DAY, open_.state, open_.plan, open_.expires_on)
        open_ = here
    if open_ is not None:
        yield open_


def _turning_days(license: License, line: coverage.Timeline, guide: Guide) -> set[date]:
    """Every day on which the coverage can begin to stand differently from the day before."""
    graces = guide.values[GRACE_DAYS.name].entries
    days = {entry.effective for entry in graces}
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
