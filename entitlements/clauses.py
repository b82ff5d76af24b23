"""What an answer rests on: citations of the guide, readings of it, and an operator's own policies."""

import hashlib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class ClauseBasis(StrEnum):
    """Where a clause comes from."""

    GUIDE = "GUIDE"
    READING = "READING"
    OPERATOR = "OPERATOR"


@dataclass(frozen=True, slots=True)
class Clause:
    """One citation. Section, locator and digest are set exactly when the basis is GUIDE.

    The locator is `offset+length` in characters of the white-space-folded text; the digest is the lower-case hex
    sha256 of that passage's UTF-8. A READING names the clauses that it reads.
    """

    id: str
    edition: str
    rule: str
    basis: ClauseBasis
    summary: str
    section: str | None = None
    locator: str | None = None
    digest: str | None = None
    reads: tuple["Clause", ...] = ()

    def __hash__(self) -> int:
        """The id's: it is nearly always enough, and what is read need not be gone through."""
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A citation that the text at hand does not bear out, and why."""

    clause: Clause | None
    problem: str


def fold(text: str) -> str:
    """A text as citations count it: Unicode NFC, every run of white space one space, ends trimmed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def digest_of(passage: str) -> str:
    """The lower-case hex sha256 of a passage's UTF-8."""
    return hashlib.sha256(passage.encode()).hexdigest()


def passage_at(folded: str, locator: str) -> str:
    """The passage that a locator (`offset+length`) names in a folded text; shorter where the text ends before it."""
    offset, length = (int(part) for part in locator.split("+"))
    return folded[offset : offset + length]


def verify(clauses: tuple[Clause, ...], source_digest: str, text: str) -> list[Mismatch]:
    """Every citation that the guide's text does not prove; empty when all of them hold."""
    folded = fold(text)
    mismatches: list[Mismatch] = []
    if digest_of(folded) != source_digest:
        mismatches.append(Mismatch(None, "the text as a whole is not the edition's: its digest differs"))
    for clause in clauses:
        if clause.basis is not ClauseBasis.GUIDE or clause.locator is None:
            continue
        passage = passage_at(folded, clause.locator)
        if digest_of(passage) != clause.digest:
            mismatches.append(
                Mismatch(clause, f"the {len(passage)} characters at {clause.locator} have another digest")
            )
    return mismatches
