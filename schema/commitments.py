"""Commitments: what is promised if a ticket is opened now."""

from datetime import datetime

import strawberry

from entitlements import commitments
from entitlements.parameters import CommitmentStrength
from schema.context import Info, Language
from schema.theaters import Theater


@strawberry.type
class Escalation:
    """A step of escalation: who is reached, and when."""

    step: int
    level: str
    at: datetime


@strawberry.type
class Commitment:
    """What is promised. A deadline is null where the guide gives none, or where it lies beyond the calendars."""

    strength: CommitmentStrength
    clock_starts_at: datetime = strawberry.field(description="The instant asked about, or the next opening.")
    react_by: datetime | None
    notify_by: datetime | None
    escalations: list[Escalation]
    queue_rank: int = strawberry.field(description="A higher rank is served first.")
    phone: str | None
    on_call: bool

    @strawberry.field
    @staticmethod
    def restrictions(
        info: Info, commitment: strawberry.Parent[commitments.Commitment], language: Language = strawberry.UNSET
    ) -> list[str]:
        """What is not available meanwhile."""
        return [info.context.told(restriction, language) for restriction in commitment.restrictions]

    @strawberry.field
    @staticmethod
    def theater(info: Info, commitment: strawberry.Parent[commitments.Commitment]) -> Theater:
        """The service region whose hours count."""
        return Theater.of(info.context.guide, commitment.theater)
