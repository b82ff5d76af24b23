"""A licence's coverage over time, with those of its contract under their base, drawn from what GraphQL answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from api.documents.wording import Wording, cut, file_name, named
from api.drawings.canvas import WIDTH, Canvas, Fill, fits
from api.drawings.picture import (
    LABELS,
    MARGIN,
    TOP,
    Days,
    Mark,
    Picture,
    Row,
    draw_legend,
    draw_marks,
    plain,
    widened,
)
from entitlements.messages import Message, said

LEAST_MARGIN = timedelta(days=45)
FURTHEST = timedelta(days=5 * 365)
"""Days that lie further from the asked one and from all coverage are told, and not drawn."""
MOST_LANES = 40
BAR, LANE = 18, 44
"""Heights of a bar and of its lane."""

PLAN_FILLS = (Fill.RISING, Fill.GRID, Fill.SOLID, Fill.LINES)
"""By the rank of plans."""
STATE_FILLS = {
    "EXPIRED_RENEWABLE": (Fill.EMPTY, True),
    "EXPIRED_LATE": (Fill.DOTS, False),
    "END_OF_SUPPORT": (Fill.CROSSES, False),
    "BASE_NOT_COVERED": (Fill.FALLING, True),
}
"""Of what is drawn while there is no coverage, and whether its edge is dashed."""
STATES = {
    "NOT_STARTED": said("not started"),
    "NOT_ACTIVATED": said("not activated"),
    "EXPIRED_RENEWABLE": said("not covered, within the days of grace"),
    "EXPIRED_LATE": said("not covered, a renewal is late"),
    "END_OF_SUPPORT": said("support has ended"),
    "BASE_NOT_COVERED": said("the base is not covered"),
    "RETIRED": said("retired"),
}
COLUMNS = (said("Licence"), said("Days"), said("Coverage"))


@dataclass(frozen=True, slots=True)
class Bar:
    """Days, both inclusive, on which one thing is shown of a licence; None where they have no end."""

    serial: str
    first: date | None
    last: date | None
    what: str
    """In full."""
    label: str
    """As the legend has it."""
    fill: Fill | None
    """None where nothing is drawn."""
    dashed: bool = False


def timeline_of(told: dict[str, Any], language: str, on: date, window: tuple[date | None, date | None]) -> Picture:
    """The timeline of a licence as answered, with a mark on a day, between days or around all that there is."""
    wording = Wording(language)
    lanes = [told, *told["dependents"]] if told["base"] is None else [told["base"], told]
    bars = [list(_bars(lane, wording)) for lane in lanes]
    days = _days(bars, on, window)
    account, product = told["account"], told["product"]
    holder, name = named(plain(account["name"]), account["reference"]), named(plain(product["name"]), product["code"])

    def draw(canvas: Canvas) -> float:
        shown = list(zip(lanes[:MOST_LANES], bars, strict=False))
        return _draw(canvas, wording, days, shown, list(_marks(told, on, wording, days)), told["serial"], len(lanes))

    return Picture(
        wording=wording,
        name=file_name("timeline", told["serial"], on.isoformat()),
        title=wording.told(said("Coverage of {serial}", serial=told["serial"])),
        subtitle=f"{name}, {holder}",
        columns=tuple(wording.told(column) for column in COLUMNS),
        rows=tuple(_row(bar, wording) for lane in bars for bar in lane),
        draw=draw,
    )


def _bars(license: dict[str, Any], wording: Wording) -> Iterator[Bar]:
    """The stretches of a licence, those that are covered by period."""
    for stretch in license["timeline"]:
        first, last = _day(stretch["from"]), _day(stretch["to"])
        if not stretch["periods"]:
            yield _uncovered(license, stretch, wording)
        for period in stretch["periods"]:
            starts_on, expires_on = _day(period["startsOn"]), _day(period["expiresOn"])
            plan, included = period["plan"], period["source"] == "INCLUDED_FIRST_YEAR"
            rank: int = plan["rank"]
            what = said("{plan}, included first term", plan=plan["name"]) if included else plan["name"]
            label, fill = wording.told(what), PLAN_FILLS[(rank - 1) % len(PLAN_FILLS)]
            yield Bar(license["serial"], max(starts_on, first), min(expires_on, last), label, label, fill, included)


def _uncovered(license: dict[str, Any], stretch: dict[str, Any], wording: Wording) -> Bar:
    state, free = stretch["state"], stretch["lastFreeOrderDate"]
    label = wording.told(STATES[state])
    what = label
    if state == "EXPIRED_RENEWABLE" and free:
        day = wording.day(free)
        what = wording.told(said("not covered; a renewal ordered by {day} is without a late fee", day=day))
    fill, dashed = STATE_FILLS.get(state, (None, False))
    first, last = _day(stretch["from"]), _day(stretch["to"])
    begins, ends = None if first == date.min else first, None if last == date.max else last
    return Bar(license["serial"], begins, ends, what, label, fill, dashed)


def _days(lanes: list[list[Bar]], on: date, window: tuple[date | None, date | None]) -> Days:
    """The days that are drawn: those asked for, or all on which something begins or ends, with some around them."""
    bars = [bar for lane in lanes for bar in lane]
    covered = [day for bar in bars if bar.fill in PLAN_FILLS for day in (bar.first, bar.last) if day]
    near = [on, *covered]
    edges = [day for bar in bars for day in (bar.first, bar.last) if day]
    drawn = [on, *(day for day in edges if min(near) - FURTHEST <= day <= max(near) + FURTHEST)]
    first, last = widened(min(drawn), max(drawn), LEAST_MARGIN)
    from_, to = window
    return Days(from_ or min(first, to or first), to or max(last, from_ or last))


def _marks(told: dict[str, Any], on: date, wording: Wording, days: Days) -> Iterator[Mark]:
    yield from _mark(days, on, said("Asked day"), wording, 2)
    if free := told["coverage"]["lastFreeOrderDate"]:
        yield from _mark(days, _day(free), said("Last order date without a late fee"), wording, 1, dashed=True)
    if ending := told["endOfSupport"]:
        yield from _mark(days, _day(ending["on"]), said("End of support"), wording, 3)


def _mark(
    days: Days, day: date, label: Message, wording: Wording, thickness: float, *, dashed: bool = False
) -> Iterator[Mark]:
    if days.holds(day):
        yield Mark(day, f"{wording.told(label)}: {wording.day(day)}", thickness, dashed)


def _draw(
    canvas: Canvas,
    wording: Wording,
    days: Days,
    shown: list[tuple[dict[str, Any], list[Bar]]],
    marks: list[Mark],
    asked: str,
    count: int,
) -> float:
    axis = TOP + len(marks) * LABELS + 20
    bottom = axis + 6 + len(shown) * LANE
    days.draw(canvas, axis, bottom, wording)
    legend: dict[tuple[Fill, bool, str], None] = {}
    for number, (lane, own) in enumerate(shown):
        y, inset = axis + 6 + number * LANE, 0 if number == 0 else 12
        heading = f"{lane['serial']}  {cut(plain(lane['product']['name']), 80)}"
        canvas.text(MARGIN + inset, y + 14, heading, 11, bold=lane["serial"] == asked)
        _draw_bars(canvas, days, own, y + 20, legend)
    draw_marks(canvas, days, marks, TOP, bottom)
    if more := count - len(shown):
        bottom += 18
        canvas.text(MARGIN, bottom - 4, wording.told(said("and {count} more", count=more)), 11)
    return draw_legend(canvas, bottom + 16, list(legend)) + MARGIN - 8


def _draw_bars(
    canvas: Canvas, days: Days, bars: list[Bar], y: float, legend: dict[tuple[Fill, bool, str], None]
) -> None:
    canvas.line((MARGIN, y + BAR / 2), (WIDTH - MARGIN, y + BAR / 2))
    for bar in bars:
        first, last = bar.first or days.first, bar.last or days.last
        if bar.fill is None or last < days.first or first > days.last:
            continue
        legend[bar.fill, bar.dashed, bar.label] = None
        x, width = days.span(max(first, days.first), min(last, days.last))
        canvas.area(x, y, width, BAR, bar.fill, dashed=bar.dashed)
        if fits(bar.label, width - 8, 11):
            canvas.text(x + width / 2, y + 13, bar.label, 11, "middle")


def _row(bar: Bar, wording: Wording) -> Row:
    if bar.first and bar.last:
        days = said("{first} to {last}", first=wording.day(bar.first), last=wording.day(bar.last))
    elif bar.first:
        days = said("from {first}", first=wording.day(bar.first))
    elif bar.last:
        days = said("to {last}", last=wording.day(bar.last))
    else:
        days = said("always")
    return bar.serial, wording.told(days), bar.what


def _day(written: str) -> date:
    return date.fromisoformat(written)
