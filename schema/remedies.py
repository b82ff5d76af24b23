"""Remedies: the acts that would turn a no into a yes."""

from datetime import date, datetime

import strawberry

from entitlements import money
from entitlements.facts import Facts
from entitlements.messages import said
from entitlements.remedies import RemedyKind
from entitlements.remedy_costs import CostedAct
from entitlements.requests import Channel
from schema.context import Info, Language
from schema.licenses import License
from schema.money import Money
from schema.plans import Plan
from schema.redactions import REDACTIONS, Redaction, amounts, hides_amounts


@strawberry.type
class RemedyAct:
    """An act with its operands: enough to do it, or to try it in another check."""

    kind: RemedyKind
    by: date | None = strawberry.field(description="The last date on which the act has this effect at this cost.")
    at: datetime | None = strawberry.field(description="WAIT: until when.")
    license: License | None
    plan: Plan | None
    months: int | None
    charge: str | None = strawberry.field(description="A charge's reference.")
    feature: str | None
    release: str | None
    channel: Channel | None
    language: str | None
    facts: list[str] = strawberry.field(description="SUPPLY_FACTS: what is missing.")
    costed: strawberry.Private[CostedAct]

    @strawberry.field
    def message(self, info: Info, language: Language = strawberry.UNSET) -> str:
        """The act in words; without the amount for a viewer without the scope billing:read."""
        act, message = self.costed.act, self.costed.act.message
        if act.kind is RemedyKind.PAY and hides_amounts(info.context.viewer):
            message = said("pay charge {charge}", charge=act.charge)
        return info.context.told(message, language)

    @strawberry.field(graphql_type=Money | None)
    def cost(self, info: Info) -> money.Money | None:
        """What the act costs on the day asked about; null where that is not configured, or the act costs nothing.

        Null, with an entry in `redactions`, for a viewer without the scope billing:read.
        """
        return None if hides_amounts(info.context.viewer) else self.costed.cost

    @strawberry.field(description=REDACTIONS)
    def redactions(self, info: Info) -> list[Redaction]:  # noqa: D102 - described as every such field is
        return amounts(info.context.viewer, "cost", *(["message"] if self.kind is RemedyKind.PAY else []))

    @classmethod
    def of(cls, costed: CostedAct, known: Facts, asked_at: datetime, known_at: datetime, info: Info) -> "RemedyAct":
        """An act on the contract that these facts are of."""
        context, act = info.context, costed.act
        return cls(
            costed=costed,
            kind=act.kind,
            by=act.by,
            at=act.at,
            license=License.of(act.license, known, known_at) if act.license else None,
            plan=Plan.of(context.guide, act.plan, context.day_of(asked_at)) if act.plan else None,
            months=act.months,
            charge=act.charge,
            feature=act.feature,
            release=act.release,
            channel=act.channel,
            language=act.language,
            facts=list(act.facts),
        )


@strawberry.type
class Remedy:
    """Acts that together suffice, none of which can be left out."""

    acts: list[RemedyAct]
