"""A report as a calendar (iCalendar, RFC 5545), for those who subscribe to it.

An event keeps its identifier for as long as it is the same event: a calendar that reads the file again moves it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO
from uuid import uuid5

from icalendar import TRANSP, Calendar, Event

from api.interchange.exports.columns import Rows, Title
from entitlements.dates import ONE_DAY
from entitlements.reports.rows import Row
from schema.questions import Question

END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True, slots=True)
class Dated:
    """An event of whole days, both inclusive; `what` tells it from the licence's others, for good."""

    what: str
    first: date
    last: date
    summary: str


def _renewal(row: Row) -> Iterator[Dated]:
    # A contract has one of each, whatever its days: when it is renewed, both move on.
    serial = row.license.serial
    yield Dated("expiry", row.from_on, row.from_on, f"{serial}: last covered day")
    yield Dated("last free order", row.through_on, row.through_on, f"{serial}: last day to renew without a fee")


def _gap(row: Row) -> Iterator[Dated]:
    what = f"gap {row.kind} {row.from_on}"
    yield Dated(what, row.from_on, row.through_on, f"{row.license.serial}: no support, {row.kind}")


def _charge(row: Row) -> Iterator[Dated]:
    if row.charge is not None:
        due = row.charge.due_on
        yield Dated(f"charge {row.charge.reference}", due, due, f"{row.license.serial}: {row.charge.reference} is due")


def _ending(row: Row) -> Iterator[Dated]:
    yield Dated("end of support", row.from_on, row.from_on, f"{row.license.serial}: last day of support, {row.kind}")


EVENTS = {
    Question.RENEWALS_DUE: _renewal,
    Question.COVERAGE_GAPS: _gap,
    Question.OUTSTANDING_CHARGES: _charge,
    Question.END_OF_SUPPORT_SCHEDULE: _ending,
}
"""The questions whose rows have days for a calendar."""


class CalendarFile:
    """Writes events as they come: a calendar is its head, one event after another, and its end."""

    def __init__(self, file: BinaryIO, title: Title, _scratch: Path) -> None:
        self._file = file
        self._events = EVENTS[title.question]
        self._known_at = title.known_at
        name = f"coverline {title.report}"
        head = Calendar.new(prodid="-//coverline//export//EN", name=name, last_modified=title.known_at)
        del head["UID"]  # made up by the library, and another each time
        self._file.write(head.to_ical().removesuffix(END))

    def write(self, rows: Rows) -> None:
        """The events of some rows more."""
        for row in rows:
            self._file.writelines(self._event(row, dated) for dated in self._events(row))

    def _event(self, row: Row, dated: Dated) -> bytes:
        event = Event.new(
            uid=str(uuid5(row.license.id, dated.what)),
            stamp=self._known_at,
            start=dated.first,
            end=dated.last + ONE_DAY,
            summary=dated.summary,
            description=_description(row),
            transparency=TRANSP.TRANSPARENT,
        )
        return event.to_ical()

    def finish(self) -> None:
        """The end of the calendar."""
        self._file.write(END)


def _description(row: Row) -> str:
    """Whose it is, what it amounts to, and the clause."""
    account = row.license.account
    lines = [f"{account.name} ({account.reference})", f"{row.license.product.name} ({row.license.product.code})"]
    if row.plan is not None:
        lines.append(row.plan)
    if row.amount is not None:
        lines.append(f"{row.amount.amount:f} {row.amount.currency}")
    if row.missing is not None:
        lines.append(row.missing[1])
    return "\n".join([*lines, row.clause.rule])
