"""What waiting costs, drawn from what GraphQL answers: a step for each stretch of order dates that quote the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from api.documents.quotes import STANDINGS
from api.documents.wording import Wording, file_name, named
from api.drawings.canvas import WIDTH, Canvas, Fill
from api.drawings.picture import LABELS, MARGIN, TOP, Days, Mark, Picture, Row, draw_legend, draw_marks, plain
from entitlements.dates import ONE_DAY
from entitlements.messages import said

CHART = 220
"""The height of the tallest step."""
UNPRICED = 60
"""That of a step whose price is not configured."""
MOST_LINES = 24
NARROWEST = 16
"""The width of a step that has room for its number."""

FILLS = {"EARLY": Fill.LINES, "CONTINUOUS": Fill.RISING, "LATE": Fill.GRID}
COLUMNS = (said("Ordered on"), said("Standing"), said("Total"))


@dataclass(frozen=True, slots=True)
class Step:
    """Order dates, both inclusive, that quote the same; without a standing where no renewal can be ordered."""

    first: date
    last: date
    standing: str | None
    years_late: int
    total: Decimal | None
    currency: str

    def told(self, wording: Wording) -> str:
        """Its standing in words."""
        if self.standing is None:
            return wording.told(said("no renewal can be ordered"))
        if self.years_late:
            return wording.told(said("late, started years: {years}", years=self.years_late))
        return wording.told(STANDINGS[self.standing])

    def row(self, wording: Wording) -> Row:
        """The step in words."""
        days = said("{first} to {last}", first=wording.day(self.first), last=wording.day(self.last))
        amount = "" if self.standing is None else wording.amount(self.total, self.currency)
        return wording.told(days), self.told(wording), amount


def cost_of_delay_of(told: dict[str, Any], language: str, on: date, first: date, last: date) -> Picture:
    """The cost of delay as answered for order dates from a first to a last, with a mark on a day."""
    wording = Wording(language)
    license, plan = told["license"], told["plan"]
    account, product = license["account"], license["product"]
    steps = list(_steps(told["points"], first, last))
    days = Days(first, last)
    holder, name = named(plain(account["name"]), account["reference"]), named(plain(product["name"]), product["code"])
    asked = wording.told(said("{plan}, {months} months", plan=plan["name"], months=told["months"]))

    def draw(canvas: Canvas) -> float:
        label = f"{wording.told(said('Asked day'))}: {wording.day(on)}"
        return _draw(canvas, wording, days, steps, [Mark(on, label, 2)] if days.holds(on) else [])

    return Picture(
        wording=wording,
        name=file_name("cost-of-delay", license["serial"], first.isoformat()),
        title=wording.told(said("Cost of delay for {serial}", serial=license["serial"])),
        subtitle=f"{asked}, {name}, {holder}",
        columns=tuple(wording.told(column) for column in COLUMNS),
        rows=tuple(step.row(wording) for step in steps),
        draw=draw,
    )


def _steps(points: list[dict[str, Any]], first: date, last: date) -> Iterator[Step]:
    """The stretches that are quoted, and those between them that are refused."""
    following = first
    for point in points:
        from_, to, total = date.fromisoformat(point["from"]), date.fromisoformat(point["to"]), point["total"]
        if following < from_:
            yield Step(following, from_ - ONE_DAY, None, 0, None, "")
        amount, currency = (Decimal(total["amount"]), total["currency"]) if total else (None, "")
        yield Step(from_, to, point["standing"], point["yearsLate"], amount, currency)
        following = to + ONE_DAY
    if following <= last:
        yield Step(following, last, None, 0, None, "")


def _draw(canvas: Canvas, wording: Wording, days: Days, steps: list[Step], marks: list[Mark]) -> float:
    top = TOP + len(marks) * LABELS + 36
    floor = top + CHART
    highest = max((step.total for step in steps if step.total is not None), default=Decimal(0))
    days.draw(canvas, floor + 24, floor + 24, wording)
    canvas.line((MARGIN, floor), (WIDTH - MARGIN, floor))
    legend: dict[tuple[Fill, bool, str], None] = {}
    for number, step in enumerate(steps, start=1):
        if step.standing is None:
            continue
        x, width = days.span(step.first, step.last)
        fill = Fill.EMPTY if step.total is None else FILLS[step.standing]
        height = UNPRICED if step.total is None else _height(step.total, highest)
        canvas.area(x, floor - height, width, height, fill, dashed=step.total is None)
        what = wording.amount(None, "") if step.total is None else wording.told(STANDINGS[step.standing])
        legend[fill, step.total is None, what] = None
        if width >= NARROWEST:
            canvas.text(x + width / 2, floor - height - 5, str(number), 12, "middle", bold=True)
    draw_marks(canvas, days, marks, TOP, floor)
    y = draw_legend(canvas, floor + 40, list(legend)) + 18
    for number, step in enumerate(steps[:MOST_LINES], start=1):
        canvas.text(MARGIN + 20, y, str(number), 12, "end", bold=True)
        canvas.text(MARGIN + 30, y, ", ".join(part for part in step.row(wording) if part))
        y += 18
    if len(steps) > MOST_LINES:
        canvas.text(MARGIN + 30, y, wording.told(said("and {count} more", count=len(steps) - MOST_LINES)))
        y += 18
    return y + 4


def _height(total: Decimal, highest: Decimal) -> float:
    return float(total / highest) * CHART if highest else 0
