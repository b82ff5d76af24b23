"""The reading's rules once more, day by day and minute by minute: slow, and as simple as they are written.

Nothing here uses the code under test; of the guide's data only the public holidays are taken from the edition.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from entitlements.facts import Charge, License, LicenseModel, Milestone, MilestoneKind
from entitlements.parameters import HOLIDAYS
from entitlements.requests import Pause
from tests.builders import GUIDE

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
RANKS = {"BASIC": 0, "GOLD": 1, "PLATINUM": 2}
LAST_DAY = date(2050, 12, 31)

# ---------------------------------------------------------------- calendar


def months_after(day: date, months: int, anchor: int | None = None) -> date:
    """The anchor day (the day's own when left out) so many months later, or that month's last day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(anchor or day.day, monthrange(year, month)[1]))


def days_between(first: date, last: date) -> Iterable[date]:
    """Every day from one to another, both included."""
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


# ---------------------------------------------------------------- coverage of a day (R-COV, R-COT, R-EOL)


def activation(license: License) -> date | None:
    """The day that starts coverage (R-COV-2)."""
    executed = license.executed_on if license.model is LicenseModel.SUBSCRIPTION else None
    first_row = min((term.starts_on for term in license.terms), default=None)
    return license.effective_on or executed or license.registered_on or first_row


def support_ends(license: License) -> date | None:
    """The last day that the product's milestones and the release's own leave open (R-EOL-2, R-EOL-3, R-EOL-6)."""
    ends: list[date] = []
    for version in (None, license.installed_release or None):
        of_version = [m for m in license.product.milestones if m.version == version]
        supports = [m.on for m in of_version if m.kind is MilestoneKind.END_OF_SUPPORT]
        lives = [m.on for m in of_version if m.kind is MilestoneKind.END_OF_LIFE]
        ends += [min(supports or lives)] if supports or lives else []
    return min(ends, default=None)


def plan_on(license: License, day: date) -> str | None:
    """The plan that covers a licence on a day, if one does."""
    ends, begins = support_ends(license), activation(license)
    if (ends and day > ends) or (license.retired_on and day > license.retired_on):
        return None
    if license.base is not None:
        return plan_on(license.base, day) if begins and begins <= day else None
    covering = [term.plan for term in license.terms if term.starts_on <= day <= term.expires_on]
    if begins:
        evaluation = license.model is LicenseModel.EVALUATION
        included_until = begins + timedelta(days=29) if evaluation else months_after(begins, 12) - ONE_DAY
        covering += ["BASIC"] if begins <= day <= included_until else []
    return max(covering, key=lambda plan: RANKS[plan], default=None)


def plans_by_day(license: License) -> dict[date, str]:
    """Every covered day with its plan."""
    rows = license.contract_base.terms
    begins = activation(license.contract_base)
    marks = [term.starts_on for term in rows] + [term.expires_on for term in rows]
    marks += [begins, months_after(begins, 12)] if begins else []
    if not marks:
        return {}
    plans = ((day, plan_on(license, day)) for day in days_between(min(marks), max(marks)))
    return {day: plan for day, plan in plans if plan}


def state_on(license: License, day: date) -> str:
    """Where a licence stands on a day (R-CHK-2, R-CHK-3)."""
    begins, ends = activation(license), support_ends(license)
    if license.retired_on and license.retired_on < day:
        return "RETIRED"
    if begins is None:
        return "NOT_ACTIVATED"
    if plan_on(license, day):
        return "COVERED"
    after_the_end = ends is not None and ends < day
    if license.base is not None:
        return "NOT_STARTED" if day < begins else "END_OF_SUPPORT" if after_the_end else "BASE_NOT_COVERED"
    covered = plans_by_day(license)
    before = [one for one in covered if one < day]
    if not before and (covered or not after_the_end):
        return "NOT_STARTED"
    if after_the_end:
        return "END_OF_SUPPORT"
    return "EXPIRED_RENEWABLE" if (day - max(before)).days <= 120 else "EXPIRED_LATE"


def reasons_of_the_dates(license: License, day: date) -> set[str]:
    """The reasons that the dates give on a day (R-CHK-2, R-CHK-3)."""
    own = state_on(license, day)
    if license.base is None or own == "RETIRED":
        return {own} - {"COVERED"}
    base = {"BASE_NOT_COVERED"} if state_on(license.base, day) != "COVERED" else set()
    return {own} - {"COVERED"} | base


def ends_coverage(milestone: Milestone) -> bool:
    """Whether a milestone is of a kind that may end coverage."""
    return milestone.kind in {MilestoneKind.END_OF_SUPPORT, MilestoneKind.END_OF_LIFE}


def holds(charge: Charge, day: date) -> bool:
    """Whether a charge holds support on a day (R-CHK-4)."""
    return charge.due_on < day and (charge.paid_on is None or charge.paid_on > day)


def started_years(expires_on: date, order_date: date) -> int:
    """Started years from an expiry to an order (R-FEE-1)."""
    years = 1
    while order_date > months_after(expires_on, 12 * years):
        years += 1
    return years


# ---------------------------------------------------------------- hours (§8)

MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6
MON_FRI = {0, 1, 2, 3, 4}
SUN_THU = {6, 0, 1, 2, 3}
EXTENDED_PLANS = {"GOLD", "PLATINUM"}
UAE_CHANGED = date(2022, 1, 1)
ZONES = {
    "AMERICAS": ZoneInfo("America/New_York"),
    "EUROPE": ZoneInfo("Europe/Rome"),
    "MIDDLE_EAST": ZoneInfo("Asia/Dubai"),
    "MIDDLE_EAST_UAE": ZoneInfo("Asia/Dubai"),
}
NORMAL_HOURS = {theater: (time(9), time(18)) for theater in ZONES} | {"AMERICAS": (time(7), time(17))}
OTHER_HOURS = {
    "AMERICAS": (time(7), time(12)),
    "EUROPE": (time(9), time(18)),
    "MIDDLE_EAST": (time(12), time(18)),
    "MIDDLE_EAST_UAE": (time(12), time(18)),
}
CALENDARS = {"AMERICAS": "US", "EUROPE": "IT", "MIDDLE_EAST": "AE", "MIDDLE_EAST_UAE": "AE"}


@cache
def holidays(theater: str) -> Collection[date]:
    return GUIDE.series(HOLIDAYS, CALENDARS[theater]).entries[0].value


def is_business_day(theater: str, day: date) -> bool:
    """A normal day that is not a public holiday."""
    sunday_first = theater == "MIDDLE_EAST" or (theater == "MIDDLE_EAST_UAE" and day < UAE_CHANGED)
    return day.weekday() in (SUN_THU if sunday_first else MON_FRI) and day not in holidays(theater)


def is_open(theater: str, at: datetime, *, extended: bool) -> bool:
    """Whether a theater is open at an instant, with or without its Saturdays and holidays."""
    local = at.astimezone(ZONES[theater])
    day, clock = local.date(), local.time()
    if is_business_day(theater, day):
        opens, closes = NORMAL_HOURS[theater]
        return opens <= clock < closes
    opens, closes = OTHER_HOURS[theater]
    return extended and (day in holidays(theater) or day.weekday() == SATURDAY) and opens <= clock < closes


# ---------------------------------------------------------------- clocks (§7)


def is_paused(pauses: Sequence[Pause], at: datetime) -> bool:
    return any(pause.starts_at <= at < pause.ends_at for pause in pauses)


def next_opening(theater: str, at: datetime, *, extended: bool) -> datetime:
    """The instant itself when open, else the first open minute after it."""
    while not is_open(theater, at, extended=extended):
        at += ONE_MINUTE
    return at


def after_open_minutes(
    theater: str, at: datetime, counts: Collection[int], pauses: Sequence[Pause], *, extended: bool
) -> dict[int, datetime | None]:
    """For each count the instant by which so many open, unpaused minutes have run; None beyond the calendars."""
    found: dict[int, datetime | None] = dict.fromkeys(counts)
    run, most = 0, max(counts)
    while run < most and at.astimezone(ZONES[theater]).date() <= LAST_DAY:
        if is_open(theater, at, extended=extended) and not is_paused(pauses, at):
            run += 1
            if run in found:
                found[run] = at + ONE_MINUTE
        at += ONE_MINUTE
    return found


def after_minutes(at: datetime, count: int, pauses: Sequence[Pause]) -> datetime:
    """The instant by which so many unpaused minutes have run, open or not."""
    while count:
        count -= not is_paused(pauses, at)
        at += ONE_MINUTE
    return at


def close_of_business_day(theater: str, start: datetime, count: int, pauses: Sequence[Pause]) -> datetime | None:
    """The close of business of the n-th business day after the start's own, days wholly paused not counted."""
    day = start.astimezone(ZONES[theater]).date()
    while day < LAST_DAY:
        day += ONE_DAY
        if not is_business_day(theater, day):
            continue
        opens, closes = (datetime.combine(day, clock, ZONES[theater]) for clock in NORMAL_HOURS[theater])
        minutes = range((closes - opens) // ONE_MINUTE)
        if all(is_paused(pauses, opens + minute * ONE_MINUTE) for minute in minutes):
            continue
        count -= 1
        if count == 0:
            return closes
    return None
