"""Pictures of what was measured, as SVG: a few shapes and words, which follow a light or a dark page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from tests.benchmarks.printing import figured

WIDTH = 760
LEFT, RIGHT = 210, 64
LINE = 22
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 15px; }
.small { font-size: 11px; fill: #59636e; }
.grid { stroke: #d1d9e0; }
.even { stroke: #59636e; stroke-dasharray: 3 3; }
.bar { fill: #8c959f; stroke: #8c959f; stroke-width: 2; } .ours { fill: #0969da; }
.line { fill: none; stroke-width: 2; }
.c0 { stroke: #0969da; fill: #0969da; } .c1 { stroke: #bc4c00; fill: #bc4c00; }
.c2 { stroke: #1a7f37; fill: #1a7f37; } .c3 { stroke: #8250df; fill: #8250df; }
.line.c0, .line.c1, .line.c2, .line.c3 { fill: none; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; } .small { fill: #9198a1; } .grid { stroke: #3d444d; } .even { stroke: #9198a1; }
  .bar { fill: #656c76; stroke: #656c76; } .ours { fill: #4493f8; }
  .c0 { stroke: #4493f8; fill: #4493f8; } .c1 { stroke: #f0883e; fill: #f0883e; }
  .c2 { stroke: #3fb950; fill: #3fb950; } .c3 { stroke: #ab7df8; fill: #ab7df8; }
  .line.c0, .line.c1, .line.c2, .line.c3 { fill: none; }
}
"""


@dataclass(frozen=True, slots=True)
class Ratios:
    """Some ratios under a heading."""

    heading: str
    ratios: Sequence[tuple[str, float]]
    """A name and how many times it is 1; 1 itself is ours."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Figures over sizes."""

    name: str
    points: Sequence[tuple[float, float]]


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Words at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def picture(title: str, height: float, shapes: Sequence[str]) -> str:
    """A whole file."""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            text(0, 18, title, "title"),
            *shapes,
            "</svg>\n",
        )
    )


def scale(least: float, most: float, begin: float, end: float) -> tuple[float, float]:
    """Factor and offset by which decimal logarithms become places."""
    factor = (end - begin) / (most - least)
    return factor, begin - least * factor


def ratios(title: str, groups: Sequence[Ratios]) -> str:
    """Distances from 1 on a logarithmic scale, where a tenth is as far as ten times."""
    values = [ratio for group in groups for _, ratio in group.ratios]
    least, most = floor(min(0, *map(log10, values))), ceil(max(1, *map(log10, values)))
    factor, offset = scale(least, most, LEFT, WIDTH - RIGHT)
    even = offset
    shapes, y = list[str](), 34.0
    height = y + sum(LINE * (len(group.ratios) + 1) + 12 for group in groups) + 24
    for power in range(least, most + 1):
        x = offset + factor * power
        kind = "even" if power == 0 else "grid"
        shapes.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x:.1f}" y2="{height - 22:.1f}" class="{kind}"/>')
        shapes.append(text(x, height - 6, f"{10.0**power:g}×", "small", "middle"))
    for group in groups:
        y += LINE
        shapes.append(text(0, y - 6, group.heading, "small"))
        for name, ratio in group.ratios:
            end, level = offset + factor * log10(ratio), y + 9
            kind = "ours" if ratio == 1 else "bar"
            shapes.append(f'<line x1="{even:.1f}" y1="{level}" x2="{end:.1f}" y2="{level}" class="{kind}"/>')
            shapes.append(f'<circle cx="{end:.1f}" cy="{level}" r="4.5" class="{kind}"/>')
            shapes.append(text(LEFT - 8, y + 13, name, anchor="end"))
            shapes.append(text(max(even, end) + 9, y + 13, figured(ratio), "small"))
            y += LINE
        y += 12
    return picture(title, height, shapes)


def growth(title: str, curves: Sequence[Curve], unit: str) -> str:
    """Lines, both ways on logarithmic scales: what does not grow with its portfolio is level."""
    points = [point for curve in curves for point in curve.points]
    across = [log10(x) for x, _ in points]
    up = [log10(y) for _, y in points]
    top, bottom, right = 44, 300, WIDTH - LEFT
    along, begin = scale(min(across), max(*across, min(across) + 1), 60, right)
    upward, ground = scale(floor(min(up)), ceil(max(up) + 1e-9), bottom, top)
    return picture(
        title,
        340,
        list(_growth(curves, unit, (along, begin), (upward, ground), range(floor(min(up)), ceil(max(up)) + 1))),
    )


def _growth(
    curves: Sequence[Curve], unit: str, across: tuple[float, float], up: tuple[float, float], powers: Sequence[int]
) -> Iterator[str]:
    (along, begin), (upward, ground) = across, up
    right = WIDTH - LEFT
    for power in powers:
        y = ground + upward * power
        yield f'<line x1="60" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" class="grid"/>'
        yield text(54, y + 4, f"{10**power:,}", "small", "end")
    yield text(60, 36, unit, "small")
    for size in sorted({x for curve in curves for x, _ in curve.points}):
        yield text(begin + along * log10(size), 320, f"{size:,.0f}", "small", "middle")
    ends: list[tuple[float, str]] = []
    for number, curve in enumerate(curves):
        places = [(begin + along * log10(x), ground + upward * log10(y)) for x, y in curve.points]
        kind = f"c{number % 4}"
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline points="{drawn}" class="line {kind}"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="{kind}"/>' for x, y in places)
        ends.append((places[-1][1] + 4, curve.name))
    yield from (text(right + 10, level, name) for level, name in apart(ends))


def apart(levels: Sequence[tuple[float, str]]) -> Iterator[tuple[float, str]]:
    """Words beside their levels, each at least a line below the one above."""
    above = 0.0
    for level, name in sorted(levels):
        above = max(level, above + 16)
        yield above, name
