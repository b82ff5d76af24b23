"""JSON as it is answered and logged: compact, in UTF-8."""

import json
from collections.abc import Callable
from typing import Any

import orjson

Default = Callable[[Any], Any]
"""Gives a value of JSON for one that is none."""


def json_of(value: object, default: Default | None = None) -> bytes:
    """A value as JSON. What no UTF-8 can hold, such as half of a surrogate pair, is escaped with the rest of it."""
    try:
        return orjson.dumps(value, default)
    except TypeError:
        return json.dumps(value, default=default, separators=(",", ":")).encode()
