"""The reports that are exported, by the names that people use, and the days that they are about when none are given."""

from datetime import date
from enum import StrEnum

from entitlements.dates import ONE_DAY, anniversary
from schema.questions import Question


class Report(StrEnum):
    """A report, as it is named at the command line and in addresses."""

    RENEWALS = "renewals"
    GAPS = "gaps"
    CHARGES = "charges"
    LATE_FEES = "late-fees"
    END_OF_SUPPORT = "end-of-support"
    LEAKAGE = "leakage"


QUESTIONS = {
    Report.RENEWALS: Question.RENEWALS_DUE,
    Report.GAPS: Question.COVERAGE_GAPS,
    Report.CHARGES: Question.OUTSTANDING_CHARGES,
    Report.LATE_FEES: Question.LATE_FEE_EXPOSURE,
    Report.END_OF_SUPPORT: Question.END_OF_SUPPORT_SCHEDULE,
    Report.LEAKAGE: Question.REVENUE_LEAKAGE,
}
WITHOUT_CALENDAR = {Report.LATE_FEES, Report.LEAKAGE}
LOOK_AHEAD = {Report.RENEWALS, Report.END_OF_SUPPORT}
"""Asked of the year to come when no days are given; the others of the calendar year."""


def days_of(report: Report, first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """The first and the last day to report on, both inclusive; a report about one day is given it as the last."""
    if QUESTIONS[report].is_of_one_day:
        return last or today, last or today
    if report in LOOK_AHEAD:
        first = first or today
        return first, last or _a_year_from(first)
    first = first or (last or today).replace(month=1, day=1)
    return first, last or first.replace(month=12, day=31)


def _a_year_from(first: date) -> date:
    try:
        return anniversary(first, 1) - ONE_DAY
    except ValueError:  # at the end of the calendar, which is refused as any day outside the guide's
        return date.max
