"""A canvas for SVG: shapes in black and white whose texts cannot be markup, the same bytes for the same picture.

Everything is placed for text that runs from left to right; where it runs from right to left the whole is mirrored.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

Side = Literal["start", "middle", "end"]

WIDTH = 960
FONT_FAMILY = "'DejaVu Sans Condensed', 'DejaVu Sans', sans-serif"
LETTER = 0.6
"""A letter's width, in heights of the letters: more than most are wide."""
UNHOLDABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""
FROM_THE_RIGHT = "\N{RIGHT-TO-LEFT ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"


class Fill(StrEnum):
    """What an area is filled with; each is told from the others without colour."""

    SOLID = "solid"
    GRID = "grid"
    RISING = "rising"
    FALLING = "falling"
    LINES = "lines"
    DOTS = "dots"
    CROSSES = "crosses"
    EMPTY = "empty"


TILES: dict[Fill, str] = {
    Fill.GRID: "M0 0H8M0 0V8",
    Fill.RISING: "M-2 2L2 -2M0 8L8 0M6 10L10 6",
    Fill.FALLING: "M-2 6L2 10M0 0L8 8M6 -2L10 2",
    Fill.LINES: "M0 4H8",
    Fill.DOTS: "M3 4H5",
    Fill.CROSSES: "M2 2L6 6M2 6L6 2",
}
"""Paths of the patterns, in tiles of 8 by 8."""


@dataclass
class Canvas:
    """A picture in the making, as wide as WIDTH."""

    language: str
    mirrored: bool
    title: str
    description: str
    root: Element = field(init=False)
    used: set[Fill] = field(default_factory=set[Fill], init=False)

    def __post_init__(self) -> None:
        self.root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
        self.root.set("aria-labelledby", "title description")
        self.root.set("lang", self.language)
        self.root.set("font-family", FONT_FAMILY)
        SubElement(self.root, "title", {"id": "title"}).text = _held(self.title)
        SubElement(self.root, "desc", {"id": "description"}).text = _held(self.description)

    def text(self, x: float, y: float, text: str, size: int = 12, side: Side = "start", *, bold: bool = False) -> None:
        """Letters that begin, end or are centred at a place; y is their baseline."""
        anchor = {"start": "end", "end": "start"}.get(side, side) if self.mirrored else side
        placed = {"x": _number(self._x(x)), "y": _number(y), "font-size": str(size), "text-anchor": anchor}
        if bold:
            placed["font-weight"] = "bold"
        # A white edge keeps letters readable on any pattern.
        edge = {"paint-order": "stroke", "stroke": "#fff", "stroke-width": "6", "stroke-linejoin": "round"}
        element = SubElement(self.root, "text", {**placed, "fill": "#000", **edge})
        element.text = FROM_THE_RIGHT.format(_held(text)) if self.mirrored else _held(text)

    def area(self, x: float, y: float, width: float, height: float, fill: Fill, *, dashed: bool = False) -> None:
        """A rectangle."""
        self.used.add(fill)
        left = self._x(x + width) if self.mirrored else x
        placed = {"x": left, "y": y, "width": width, "height": height}
        edge = {"stroke": "#000", "stroke-width": "1", **({"stroke-dasharray": "4 3"} if dashed else {})}
        painted = {Fill.SOLID: "#000", Fill.EMPTY: "#fff"}.get(fill, f"url(#{fill})")
        numbers = {name: _number(value) for name, value in placed.items()}
        SubElement(self.root, "rect", {**numbers, "fill": painted, **edge})

    def line(
        self, start: tuple[float, float], end: tuple[float, float], thickness: float = 1, *, dashed: bool = False
    ) -> None:
        """A straight line."""
        (x1, y1), (x2, y2) = start, end
        placed = {"x1": self._x(x1), "y1": y1, "x2": self._x(x2), "y2": y2, "stroke-width": thickness}
        drawn = {name: _number(value) for name, value in placed.items()}
        if dashed:
            drawn["stroke-dasharray"] = "2 3"
        SubElement(self.root, "line", {**drawn, "stroke": "#000"})

    def svg(self, height: float) -> bytes:
        """The picture, so high."""
        size = {"width": str(WIDTH), "height": _number(height), "viewBox": f"0 0 {WIDTH} {_number(height)}"}
        for name, value in size.items():
            self.root.set(name, value)
        self.root.insert(2, Element("rect", {"width": str(WIDTH), "height": _number(height), "fill": "#fff"}))
        self.root.insert(2, self._patterns())
        indent(self.root)
        return tostring(self.root, encoding="utf-8", xml_declaration=True) + b"\n"

    def _patterns(self) -> Element:
        defined = Element("defs")
        for fill, path in TILES.items():
            if fill in self.used:
                tile = {"id": fill.value, "width": "8", "height": "8", "patternUnits": "userSpaceOnUse"}
                pattern = SubElement(defined, "pattern", tile)
                SubElement(pattern, "rect", {"width": "8", "height": "8", "fill": "#fff"})
                thickness = "2" if fill is Fill.DOTS else "1"
                SubElement(pattern, "path", {"d": path, "stroke": "#000", "stroke-width": thickness, "fill": "none"})
        return defined

    def _x(self, x: float) -> float:
        return WIDTH - x if self.mirrored else x


def fits(text: str, width: float, size: int = 12) -> bool:
    """Whether a text is sure to fit a width."""
    return len(text) * size * LETTER <= width


def _held(text: str) -> str:
    """A text with U+FFFD for each character that a picture cannot hold."""
    return UNHOLDABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _number(value: float) -> str:
    """A number as short as it is exact to a hundredth, so that the same picture is the same bytes everywhere."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
