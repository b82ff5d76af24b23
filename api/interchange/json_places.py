"""Where a value of a JSON text stands: the line of what a path leads to, so that a fault is told where it is."""

import json
import re
from collections.abc import Sequence

SPACE = re.compile(r"[ \t\n\r]*")
DECODER = json.JSONDecoder()


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line, from 1, of the value that keys and positions lead to in a text that is JSON.

    Where the path leads to nothing, it is the line of the last object or list on the way.
    """
    index = _past_space(text, 0)
    for step in path:
        found = _item(text, index, step) if text[index] == "[" else _member(text, index, step)
        if found is None:
            break
        index = found
    return text.count("\n", 0, index) + 1


def _member(text: str, index: int, name: str | int) -> int | None:
    """Where the value of an object's member begins."""
    if text[index] != "{":
        return None
    index = _past_space(text, index + 1)
    while text[index] != "}":
        key, index = DECODER.raw_decode(text, index)
        value = _past_space(text, _past_space(text, index) + 1)
        if key == name:
            return value
        index = _past_comma(text, value)
    return None


def _item(text: str, index: int, position: str | int) -> int | None:
    """Where a list's item begins."""
    index, number = _past_space(text, index + 1), 0
    while text[index] != "]":
        if number == position:
            return index
        index, number = _past_comma(text, index), number + 1
    return None


def _past_comma(text: str, index: int) -> int:
    """What follows a value: the next one, or the end of what holds it."""
    _, index = DECODER.raw_decode(text, index)
    index = _past_space(text, index)
    return _past_space(text, index + 1) if text[index] == "," else index


def _past_space(text: str, index: int) -> int:
    found = SPACE.match(text, index)
    return found.end() if found else index
