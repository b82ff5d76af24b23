"""A document: what a quote shows, in words of one language, whatever it is shown on."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from api.documents.wording import Wording
from entitlements.messages import said


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a quote: its kind, its words, and what it comes to; `paid` is None where that is not configured."""

    kind: str
    what: str
    quantity: str
    base: str
    factor: str
    amount: str
    rule: str
    paid: Decimal | None

    @property
    def figures(self) -> tuple[str, str, str, str, str]:
        """What stands in the columns after its words."""
        return self.quantity, self.base, self.factor, self.amount, self.rule


@dataclass(frozen=True, slots=True)
class Document:
    """A quote as it is shown. Everything but lines and gaps is a handful, and short."""

    wording: Wording
    title: str
    name: str
    """What a file of it is called, without its suffix."""
    dated: date
    """The day as of which it is quoted."""
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    """Headings of what, quantity, base, factor, amount and rule."""
    lines: tuple[Line, ...]
    currency: str
    total: tuple[str, str]
    gaps: tuple[str, ...]
    """Every price or rate that is not configured."""
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        """All that it says in one."""
        lines = (text for line in self.lines for text in (line.what, *line.figures))
        facts = (text for fact in self.facts for text in fact)
        return "\n".join((self.title, *facts, *self.columns, *lines, *self.total, *self.gaps, *self.notes))

    def shortened(self, most: int) -> "Document":
        """The document with at most so many lines of each kind and so many gaps, the others in one line of a sum."""
        kept: list[Line] = []
        seen: Counter[str] = Counter()
        of_kind = Counter(line.kind for line in self.lines)
        for line in self.lines:
            seen[line.kind] += 1
            if seen[line.kind] < most or of_kind[line.kind] <= most:
                kept.append(line)
            elif seen[line.kind] == most:
                others = [one for one in self.lines if one.kind == line.kind][most - 1 :]
                kept.append(self._sum(others))
        gaps = self.gaps
        if len(gaps) > most:
            gaps = (*gaps[: most - 1], self._more(len(gaps) - most + 1))
        return replace(self, lines=tuple(kept), gaps=gaps)

    def _sum(self, lines: list[Line]) -> Line:
        amounts = [line.paid for line in lines if line.paid is not None]
        paid = sum(amounts, Decimal(0)) if len(amounts) == len(lines) else None
        amount = self.wording.amount(paid, self.currency)
        return Line(lines[0].kind, self._more(len(lines)), "", "", "", amount, lines[0].rule, paid)

    def _more(self, count: int) -> str:
        return self.wording.told(said("and {count} more", count=count))
