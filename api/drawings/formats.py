"""The forms that a picture can be shown in."""

from enum import StrEnum

from resvg_py import svg_to_bytes

from api.documents.pdf import BOLD, REGULAR
from api.drawings.picture import Picture

SCALE = 2
"""Dots of a PNG for each unit of the picture."""


class Format(StrEnum):
    """The forms of a picture."""

    SVG = "svg"
    PNG = "png"
    TEXT = "text"


MEDIA_TYPES = {Format.SVG: "image/svg+xml", Format.PNG: "image/png", Format.TEXT: "text/plain"}
"""Of the bytes of each; SVG and text are UTF-8."""
SUFFIXES = {Format.SVG: ".svg", Format.PNG: ".png", Format.TEXT: ".txt"}


def bytes_of(picture: Picture, form: Format) -> bytes:
    """A picture in a form; the same picture gives the same bytes."""
    match form:
        case Format.SVG:
            return picture.svg
        case Format.PNG:
            fonts = [str(REGULAR), str(BOLD)]
            svg = picture.svg.decode()
            return svg_to_bytes(svg_string=svg, zoom=SCALE, skip_system_fonts=True, font_files=fonts)
        case Format.TEXT:
            return picture.text.encode()
