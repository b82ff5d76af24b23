"""Conflicts and gaps of the guide: the readings, the one chosen, and what another one would change."""

import strawberry

from entitlements.reasons import Verdict
from schema.clauses import Clause
from schema.commitments import Commitment


@strawberry.type
class Reading:
    """One way to read what contradicts itself or is silent."""

    id: strawberry.ID
    text: str
    clauses: list[Clause]


@strawberry.type
class Conflict:
    """A conflict or gap of the guide."""

    id: strawberry.ID
    summary: str
    readings: list[Reading]
    chosen: Reading
    why: str
    executable: bool = strawberry.field(description="False for a conflict that no check can turn on; `why` says so.")


@strawberry.type
class ConflictEffect:
    """A reading under which the verdict or the commitment would be another."""

    conflict: Conflict
    reading: Reading
    verdict_otherwise: Verdict
    commitment_otherwise: Commitment | None
