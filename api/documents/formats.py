"""The forms that a quote can be shown in."""

import json
from dataclasses import dataclass
from typing import Any

from api.documents.asked import Answer
from api.documents.pdf import pdf_of
from api.documents.text import text_of
from schema.shown import DocumentFormat as Format

MEDIA_TYPES = {Format.JSON: "application/json", Format.TEXT: "text/plain", Format.PDF: "application/pdf"}
"""Of the bytes of each; text is UTF-8."""
SUFFIXES = {Format.JSON: ".json", Format.TEXT: ".txt", Format.PDF: ".pdf"}


@dataclass(frozen=True, slots=True)
class File:
    """A quote in a form, and what a file of it is called."""

    name: str
    content: bytes


def file_of(answer: Answer, form: Format) -> File | None:
    """A quote in a form; None for a problem, which has no document."""
    document = answer.document
    if document is None:
        return None
    match form:
        case Format.JSON:
            content = json_of(answer.told).encode()
        case Format.TEXT:
            content = text_of(document).encode()
        case Format.PDF:
            content = pdf_of(document)
    return File(f"{document.name}{SUFFIXES[form]}", content)


def json_of(told: dict[str, Any]) -> str:
    """What GraphQL answers, the quote or the problem."""
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
