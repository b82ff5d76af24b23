"""Where a quote can be fetched as a document. Who serves it, and where, is told by the context alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class DocumentFormat(StrEnum):
    """The forms that a quote can be shown in."""

    JSON = "json"
    TEXT = "text"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a document shows: a quote for a licence as it was asked for, or what was kept with an order."""

    of: str
    """renewal, attachment, plan-change; or order."""
    by: str
    """The licence's serial, or the order's id."""
    asked: Mapping[str, str]
    """The fields of the quote's input, by their GraphQL names."""


DocumentPath = Callable[[Shown, Mapping[str, str]], str]
"""The path of what is shown, in a format and a language."""
