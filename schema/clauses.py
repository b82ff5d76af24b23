"""Clauses: what an answer rests on."""

from typing import Annotated

import strawberry

from entitlements.clauses import ClauseBasis


@strawberry.type
class Clause:
    """What an answer rests on. GUIDE: anyone who holds the guide's text can prove the citation."""

    id: strawberry.ID = strawberry.field(description="The edition and the clause's name in it.")
    edition: str
    rule: str = strawberry.field(description="The rule's or conflict's id, or the name of an operator's policy.")
    basis: ClauseBasis
    summary: str = strawberry.field(description="The rule in this product's own words.")
    section: str | None = strawberry.field(
        description="Section, locator and digest are set exactly when the basis is GUIDE."
    )
    locator: str | None = strawberry.field(
        description="Where the passage stands: offset+length in characters of the guide's white-space-folded text."
    )
    digest: str | None = strawberry.field(description="The passage's sha256, in lower-case hex.")
    reads: list[Annotated["Clause", strawberry.lazy("schema.clauses")]] = strawberry.field(
        description="The clauses that a READING reads."
    )
