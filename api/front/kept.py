"""What is kept of requests that are sent again: variables, answers to them, and the texts of documents."""

from collections.abc import Callable
from dataclasses import dataclass

from api.front.answered import Kept
from api.front.bodies import text_of
from schema.compiled.plans import Plan, Values
from schema.documents import KEPT, Document
from schema.root import Schema

MOST_KEPT = 4096
"""Variables that are kept, so that they are read once where the same are sent again."""
LONGEST_KEPT = 1024
"""Bytes of such variables."""


@dataclass(slots=True)
class Sent:
    """Variables that a plan was sent."""

    nodes: int
    """That they ask for."""
    values: Values
    answer: Kept | None = None
    """The last answer to them that is the same for some time."""


class Variables:
    """Variables that plans keep, of all plans together so many; then all begin anew."""

    def __init__(self) -> None:
        self._count = 0
        self._of_plans: list[dict[bytes, Sent]] = []

    def keep(self, plan: Plan, written: bytes, sent: Sent) -> None:
        """Keep what variables were read as, for as long as their plan is there."""
        if self._count >= MOST_KEPT:
            for one in self._of_plans:
                one.clear()
            self._of_plans.clear()
            self._count = 0
        if not plan.kept:
            self._of_plans.append(plan.kept)
        plan.kept[written] = sent
        self._count += 1


class Texts:
    """The texts of a schema's documents, as they are written in JSON."""

    def __init__(self, schema: Schema) -> None:
        self.kept: Callable[[str], Document | None] = schema.documents.kept
        self._texts: dict[bytes, str] = {}

    def document(self, written: bytes) -> Document | None:
        """The document of a text as it is written, if it is kept."""
        text = self._texts.get(written)
        if text is not None:
            return self.kept(text)
        text = text_of(written)
        document = self.kept(text) if text is not None else None
        if text is not None and document is not None:
            if len(self._texts) >= KEPT:
                self._texts.clear()
            self._texts[written] = text
        return document
