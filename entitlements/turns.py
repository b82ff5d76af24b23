"""What time brings to a contract: ends of coverage, of free renewal and of support, and charges that are overdue.

All of it follows from the dates that the rules derive; only how long before an end one is told is the operator's own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from entitlements import coverage, events, renewals
from entitlements.charges import first_overdue_day, is_outstanding
from entitlements.coverage import Period, Timeline
from entitlements.dates import ONE_DAY
from entitlements.events import Event, EventType, of_license
from entitlements.events import known as told_of
from entitlements.facts import Facts, License
from entitlements.guide import Guide


@dataclass(frozen=True, slots=True)
class Notice:
    """How many days before an end it is told, each by itself: the operator's choice, no number of the guide."""

    coverage: tuple[int, ...] = ()
    free_renewal: tuple[int, ...] = ()
    support: tuple[int, ...] = ()


def turns(known: Facts, first: date, last: date, notice: Notice, guide: Guide) -> list[Event]:
    """What falls on the days from one to another, both inclusive, of a contract's base and all that depends on it.

    In the order of the days. What was paid, renewed or retired by now has not come to its end.
    """
    base = known.license
    if base is None:
        return []
    found: list[Event] = []
    for license in known.licenses:
        found += _of_coverage(license, notice, guide)
        found += _of_support(license, notice.support, guide)
    found += _of_free_renewal(base, notice.free_renewal, guide)
    found += _of_charges(known, guide)
    return sorted(
        (event for event in found if first <= event.on <= last), key=lambda event: (event.on, event.name or "")
    )


def _of_coverage(license: License, notice: Notice, guide: Guide) -> Iterator[Event]:
    line = coverage.timeline(license, guide)
    for begun, ended in _unbroken(line):
        expires_on = ended.expires_on
        if expires_on == date.max or (license.retired_on is not None and license.retired_on <= expires_on):
            continue
        told = told_of(expires_on=expires_on, plan=ended.plan, cut_by=ended.cut_by.kind if ended.cut_by else None)
        for days, on in _before(expires_on, notice.coverage):
            if on >= begun.starts_on:
                yield of_license(
                    EventType.COVERAGE_EXPIRING, license, on, (*told, *told_of(days_left=days)), ended.clauses,
                    _name(EventType.COVERAGE_EXPIRING, license, expires_on, days),
                )  # fmt: skip
        on = expires_on + ONE_DAY
        state = coverage.coverage_from(license, line, on, guide).state
        yield of_license(
            EventType.COVERAGE_EXPIRED, license, on, (*told, *told_of(state=state)), ended.clauses,
            _name(EventType.COVERAGE_EXPIRED, license, expires_on),
        )  # fmt: skip


def _unbroken(line: Timeline) -> Iterator[tuple[Period, Period]]:
    """The first and the last period of each stretch of days that are covered without a gap."""
    if not line.periods:
        return
    begun = line.periods[0]
    for period, following in pairwise(line.periods):
        if following.starts_on != period.expires_on + ONE_DAY:
            yield begun, period
            begun = following
    yield begun, line.periods[-1]


def _of_free_renewal(base: License, notice: Sequence[int], guide: Guide) -> Iterator[Event]:
    """The last order date that renews a base's coverage without a late fee; where it is still to be renewed."""
    for _, ended in _unbroken(coverage.timeline(base, guide)):
        if ended.expires_on.year == date.max.year:
            continue
        free_until = renewals.last_free_order_date(base, ended.expires_on, guide)
        if free_until is None:
            continue
        told = told_of(expires_on=ended.expires_on, plan=ended.plan, last_free_order_date=free_until)
        for days, on in _before(free_until, notice):
            yield of_license(
                EventType.FREE_RENEWAL_CLOSING, base, on, (*told, *told_of(days_left=days)),
                [guide.clause("R-REN-2"), guide.clause("R-REN-2/no-fee")],
                _name(EventType.FREE_RENEWAL_CLOSING, base, free_until, days),
            )  # fmt: skip
        yield of_license(
            EventType.FREE_RENEWAL_CLOSED, base, free_until + ONE_DAY, told, [guide.clause("R-REN-3")],
            _name(EventType.FREE_RENEWAL_CLOSED, base, free_until),
        )  # fmt: skip


def _of_support(license: License, notice: Sequence[int], guide: Guide) -> Iterator[Event]:
    line = coverage.timeline(license, guide)
    ending, ends_on = line.end_of_support, line.ends_on
    if ending is None or ends_on is None or (license.retired_on is not None and license.retired_on <= ends_on):
        return
    for days, on in _before(ends_on, notice):
        told = told_of(ends_on=ends_on, kind=ending.kind, version=ending.version, days_left=days)
        name = _name(EventType.SUPPORT_ENDING, license, ends_on, days)
        yield of_license(EventType.SUPPORT_ENDING, license, on, told, [guide.clause("R-EOL-2")], name)


def _of_charges(known: Facts, guide: Guide) -> Iterator[Event]:
    by_serial = {license.serial: license for license in known.licenses}
    for charge in known.charges:
        on, license = first_overdue_day(charge), by_serial.get(charge.serial)
        if license is not None and is_outstanding(charge, on):
            yield events.overdue(license, charge, on, guide)


def _before(end: date, notice: Sequence[int]) -> Iterator[tuple[int, date]]:
    """The days of notice before an end, each with its day; those before the calendar's first are none."""
    for days in notice:
        if end.toordinal() > days:
            yield days, end - timedelta(days=days)


def _name(type_: EventType, license: License, end: date, days: int | None = None) -> str:
    """Under which it is told once: another end is another event. From a name follows its day."""
    return "/".join(str(part) for part in (type_, license.id, end, days) if part is not None)
