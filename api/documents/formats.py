"""The forms that a quote can be shown in."""

import json
from dataclasses import dataclass
from enum import StrEnum

from api.documents.asked import Answer
from api.documents.pdf import pdf_of
from api.documents.text import text_of


class Format(StrEnum):
    """A form, by the suffix of its files."""

    JSON = "json"
    TEXT = "text"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        """The media type of its bytes; text is UTF-8."""
        return {Format.JSON: "application/json", Format.TEXT: "text/plain", Format.PDF: "application/pdf"}[self]

    @property
    def suffix(self) -> str:
        """What its files' names end with."""
        return {Format.JSON: ".json", Format.TEXT: ".txt", Format.PDF: ".pdf"}[self]


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
            content = json_of(answer).encode()
        case Format.TEXT:
            content = text_of(document).encode()
        case Format.PDF:
            content = pdf_of(document)
    return File(f"{document.name}{form.suffix}", content)


def json_of(answer: Answer) -> str:
    """What GraphQL answers, the quote or the problem."""
    return json.dumps(answer.told, indent=2, ensure_ascii=False) + "\n"
