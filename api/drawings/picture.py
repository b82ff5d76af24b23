"""A picture: what it shows in rows of words, and how it is drawn. Both are made from the same answer."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_skeleton

from api.documents.text import GAP, left, width_of
from api.documents.wording import Wording
from api.drawings.canvas import WIDTH, Canvas, Fill
from entitlements.messages import said

MARGIN = 24
TOP = 62
"""Where the headings end."""
MOST_ROWS = 60
"""Rows that a picture tells beside itself; the text form has them all."""
TICKS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
"""Months from one tick to the next."""
MOST_TICKS = 10
TURNING = re.compile(
    "[\N{LEFT-TO-RIGHT EMBEDDING}-\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT ISOLATE}-\N{POP DIRECTIONAL ISOLATE}]"
)
"""What would turn the direction of the text around a name."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown: `draw` fills a canvas and gives its height."""

    wording: Wording
    name: str
    """What a file of it is called, without its suffix."""
    title: str
    subtitle: str
    columns: Row
    rows: tuple[Row, ...]
    draw: Callable[[Canvas], float]

    @property
    def text(self) -> str:
        """All of it in words, in aligned columns, each line ended."""
        table = [self.columns, *self.rows]
        widths = [max(width_of(row[column]) for row in table) for column in range(len(self.columns))]
        lines = [GAP.join(left(*cell) for cell in zip(row, widths, strict=True)).rstrip() for row in table]
        return "\n".join([self.title, self.subtitle, "", *lines]) + "\n"

    @property
    def svg(self) -> bytes:
        """The picture, with its title and its rows as the text alternative."""
        more = len(self.rows) - MOST_ROWS
        told = [", ".join(row) for row in self.rows[:MOST_ROWS]]
        if more > 0:
            told.append(self.wording.told(said("and {count} more", count=more)))
        description = "\n".join([self.subtitle, *told])
        canvas = Canvas(self.wording.language, self.wording.runs_left, self.title, description)
        canvas.text(MARGIN, 30, self.title, 18, bold=True)
        canvas.text(MARGIN, 50, self.subtitle)
        return canvas.svg(self.draw(canvas))


@dataclass(frozen=True, slots=True)
class Days:
    """An axis of days, both inclusive, along the width of a picture."""

    first: date
    last: date

    def x(self, day: date) -> float:
        """Where a day begins; the margin's edge for one outside."""
        within = min(max((day - self.first).days, 0), self._count)
        return MARGIN + within * (WIDTH - 2 * MARGIN) / self._count

    def holds(self, day: date) -> bool:
        """Whether a day is on the axis."""
        return self.first <= day <= self.last

    def span(self, first: date, last: date) -> tuple[float, float]:
        """Where days, both inclusive, begin, and how wide they are."""
        start = self.x(first)
        end = MARGIN + min((last - self.first).days + 1, self._count) * (WIDTH - 2 * MARGIN) / self._count
        return start, end - start

    def draw(self, canvas: Canvas, y: float, bottom: float, wording: Wording) -> None:
        """Ticks at the beginnings of months, with lines down to a height."""
        canvas.line((MARGIN, y), (WIDTH - MARGIN, y))
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        step = next((step for step in TICKS if months // step < MOST_TICKS), TICKS[-1])
        for day in self._beginnings(step):
            x = self.x(day)
            canvas.line((x, y - 4), (x, y))
            canvas.line((x, y), (x, bottom), 0.5, dashed=True)
            if x < WIDTH - MARGIN - 40:
                canvas.text(x, y - 7, str(format_skeleton("yMMM", day, locale=wording.locale)), 10)

    def _beginnings(self, step: int) -> Iterator[date]:
        month = self.first.year * 12 + self.first.month - 1
        month += -month % step
        while month < self.last.year * 12 + self.last.month:
            day = date(month // 12, month % 12 + 1, 1)
            if day >= self.first:
                yield day
            month += step

    @property
    def _count(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Mark:
    """A day that stands out, with a line across the picture."""

    day: date
    label: str
    thickness: float
    dashed: bool = False


LABELS = 16
"""The height of a mark's label."""


def draw_marks(canvas: Canvas, days: Days, marks: list[Mark], y: float, bottom: float) -> None:
    """Marks, each label in a line of its own so that none covers another."""
    for number, mark in enumerate(marks):
        x, baseline = days.x(mark.day), y + (number + 1) * LABELS - 4
        canvas.line((x, baseline), (x, bottom), mark.thickness, dashed=mark.dashed)
        if x < WIDTH / 2:
            canvas.text(x + 4, baseline, mark.label, 11)
        else:
            canvas.text(x - 4, baseline, mark.label, 11, "end")


def draw_legend(canvas: Canvas, y: float, entries: list[tuple[Fill, bool, str]]) -> float:
    """What each pattern means, in two columns; gives where it ends."""
    for number, (fill, dashed, label) in enumerate(entries):
        x, line = MARGIN + number % 2 * (WIDTH - 2 * MARGIN) / 2, y + number // 2 * 20
        canvas.area(x, line, 24, 12, fill, dashed=dashed)
        canvas.text(x + 32, line + 10, label, 11)
    return y + (len(entries) + 1) // 2 * 20


def widened(first: date, last: date, least: timedelta) -> tuple[date, date]:
    """Two days with a twentieth of the time between them on either side, or `least` where that is more."""
    pad = max((last - first) / 20, least)
    return _shifted(first, -pad), _shifted(last, pad)


def plain(text: str) -> str:
    """A name of somebody else's, without what would turn the direction of the text around it."""
    return TURNING.sub("\N{REPLACEMENT CHARACTER}", text)


def _shifted(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return day
