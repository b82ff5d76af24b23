"""The guide as the product reads it: clauses, conflicts, theaters, monitored events."""

from datetime import date

import strawberry

from entitlements import clauses
from entitlements import guide as editions
from entitlements.messages import said
from entitlements.parameters import PROACTIVE_EVENT, THEATER, Priority, ProactiveEventTerms
from schema.clauses import Clause
from schema.conflicts import Conflict
from schema.context import Info
from schema.errors import UNKNOWN_EDITION, BadInput
from schema.theaters import Theater


@strawberry.type
class ProactiveEvent:
    """A monitored event; disputed where the guide's own priority looks wrong."""

    code: str
    name: str
    priority: Priority
    react_within_hours: int
    disputed: bool
    entry: strawberry.Private[editions.Entry[ProactiveEventTerms]]

    @strawberry.field(graphql_type=Clause)
    def clause(self) -> clauses.Clause:
        """The clause that lists it."""
        return self.entry.clause

    @classmethod
    def of(cls, code: str, entry: editions.Entry[ProactiveEventTerms]) -> "ProactiveEvent":
        """An event by its code."""
        terms = entry.value
        return cls(
            code=code,
            name=terms.name,
            priority=terms.priority,
            react_within_hours=terms.react_within_hours,
            disputed=terms.disputed,
            entry=entry,
        )


@strawberry.type
class Guide:
    """An edition of the guide, as the product reads it; none of the guide's own sentences."""

    edition: str
    title: str
    in_force_from: date
    source_digest: str = strawberry.field(description="The sha256 of the whole white-space-folded text.")
    found: strawberry.Private[editions.Guide]

    @strawberry.field(graphql_type=list[Clause])
    def clauses(self) -> list[clauses.Clause]:
        """Every clause that the rules cite."""
        return list(self.found.clauses.values())

    @strawberry.field(graphql_type=list[Conflict])
    def conflicts(self) -> tuple[editions.Conflict, ...]:
        """Where the guide contradicts itself or is silent, and how it is read."""
        return self.found.conflicts

    @strawberry.field
    def theaters(self) -> list[Theater]:
        """The service regions."""
        return [Theater.of(self.found, code) for code in self.found.codes(THEATER)]

    @strawberry.field
    def proactive_events(self, info: Info) -> list[ProactiveEvent]:
        """The events that proactive support watches for."""
        found = [(code, self.found.find(PROACTIVE_EVENT, code, info.context.today)) for code in self._events()]
        return [ProactiveEvent.of(code, entry) for code, entry in found if entry is not None]

    def _events(self) -> tuple[str, ...]:
        return self.found.codes(PROACTIVE_EVENT)

    @classmethod
    def of(cls, found: editions.Guide) -> "Guide":
        """An edition."""
        return cls(
            edition=found.edition,
            title=found.title,
            in_force_from=found.in_force_from,
            source_digest=found.source_digest,
            found=found,
        )


def the_guide(info: Info, edition: str | None = strawberry.UNSET) -> Guide:
    """The edition that this deployment runs; naming another one is refused."""
    running = info.context.guide
    if edition is not None and edition is not strawberry.UNSET and edition != running.edition:
        message = said("edition: this deployment runs {edition}, and no other edition.", edition=running.edition)
        raise BadInput(message, UNKNOWN_EDITION)
    return Guide.of(running)
