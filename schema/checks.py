"""The check: one decision for each question, with everything that it rests on."""

from asyncio import gather
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

import strawberry

from entitlements import commitments, coverage, decisions, reasons
from entitlements.clauses import Clause as CitedClause
from entitlements.decisions import Decision, decide
from entitlements.facts import Facts
from entitlements.late_fees import LateFeePolicies
from entitlements.messages import said
from entitlements.prices import PriceBook
from entitlements.reasons import ReasonCode, Verdict
from entitlements.records import Decided
from entitlements.remedy_costs import CostedRemedy, costed, needs_prices
from entitlements.requests import CheckRequest
from schema.clauses import Clause
from schema.commitments import Commitment
from schema.compiled.steady import Remembered, Steady
from schema.conflicts import ConflictEffect
from schema.context import Context, Info, Language
from schema.coverage import CoveragePeriod
from schema.errors import BATCH_SIZE, BadInput
from schema.licenses import License, facts_of, facts_of_each
from schema.plans import Plan
from schema.prices import pricing_of
from schema.redactions import REDACTIONS, Redaction, amounts, hides_amounts, of_others
from schema.remedies import Remedy, RemedyAct
from schema.requests import AccountCheckInput, EntitlementCheckInput, request_of, request_of_account
from schema.sizes import MOST_CHECKS

AT_A_TIME = 100
"""Checks of a batch whose outcomes are known, before other requests have their turn."""
EVER = datetime.max.replace(tzinfo=UTC)
WORK = 5
"""What a check whose outcome is worked out counts for among them, at least."""


@strawberry.type
class Fact:
    """A fact that a reason was decided on; dates and numbers as text."""

    name: str
    value: str


@strawberry.type
class Reason:
    """A rule that stands in the way (blocking) or attaches a condition (not blocking)."""

    code: ReasonCode
    blocking: bool
    clause: Clause | None
    facts: list[Fact]

    @strawberry.field
    @staticmethod
    def message(info: Info, reason: strawberry.Parent[reasons.Reason], language: Language = strawberry.UNSET) -> str:
        """The rule's outcome in words."""
        return info.context.told(reason.message, language)

    @strawberry.field(description=REDACTIONS)
    @staticmethod
    def redactions(info: Info, reason: strawberry.Parent[reasons.Reason]) -> list[Redaction]:  # noqa: D102 - described as every such field is
        return amounts(info.context.viewer, "message", "facts") if tells_amounts(reason) else []


def _remembered(answer: "EntitlementDecision", context: Context) -> Remembered:
    """What was answered of an outcome in a language, to viewers of the same scopes."""
    decision = answer.decision
    if isinstance(decision, Decided):
        return {}
    return decision.outcome.remembered((context.language, context.viewer.scopes))


@strawberry.type
class EntitlementDecision:
    """The answer to one question. A denial is an answer."""

    steady: ClassVar = Steady(
        fields=frozenset({"entitled", "verdict", "plan", "coverage", "reasons", "stableUntil"}),
        but_for=frozenset({"features"}),
        remembered=_remembered,
    )
    entitled: bool = strawberry.field(description="True exactly when the verdict is ENTITLED or CONDITIONAL.")
    verdict: Verdict
    at: datetime
    known_at: datetime
    decision: strawberry.Private[Decision | Decided]

    @strawberry.field
    def license(self) -> License | None:
        """The licence as known then; null when it does not exist or is not the viewer's to see, which look the same."""
        found = self.decision.license
        return License.of(found, self.decision.facts, self.decision.request.known_at) if found else None

    @strawberry.field
    def plan(self, info: Info) -> Plan | None:
        """The plan in force on the day; null when not covered."""
        code = self.decision.plan
        return Plan.of(self.decision.guide, code, info.context.day_of(self.at)) if code else None

    @strawberry.field(graphql_type=CoveragePeriod | None)
    def coverage(self) -> coverage.Period | None:
        """The coverage that decided; null when there is none."""
        return self.decision.coverage

    @strawberry.field(graphql_type=list[Reason])
    def reasons(self, info: Info) -> tuple[reasons.Reason, ...]:
        """Every rule that stands in the way or attaches a condition, the gravest first; empty for a clean yes."""
        found = self.decision.reasons
        if not found or not hides_amounts(info.context.viewer):
            return found
        return tuple(_without_amounts(one) if tells_amounts(one) else one for one in found)

    @strawberry.field(graphql_type=Commitment | None)
    def commitment(self) -> commitments.Commitment | None:
        """What is promised if the ticket is opened now; null when not entitled or no plan is in force."""
        return self.decision.commitment

    @strawberry.field
    async def remedies(self, info: Info) -> list[Remedy]:
        """The acts that would turn a no into a yes, the cheapest sufficient set first; empty for a yes."""
        decision, known_at = self.decision, self.decision.request.known_at
        await info.context.turn()
        return [
            Remedy(acts=[RemedyAct.of(one, decision.facts, self.at, known_at, info) for one in remedy.acts])
            for remedy in await _costed(info.context, decision)
        ]

    @strawberry.field(graphql_type=list[ConflictEffect])
    async def conflicts(self, info: Info) -> tuple[decisions.ConflictEffect, ...]:
        """Readings of the guide under which the verdict or the commitment would differ."""
        await info.context.turn()
        return self.decision.conflicts

    @strawberry.field
    def stable_until(self) -> datetime | None:
        """Until when the verdict holds unless a fact is recorded; null when it never changes by itself."""
        return self.decision.stable_until

    @strawberry.field(graphql_type=list[Clause])
    def clauses(self) -> tuple[CitedClause, ...]:
        """Every clause that was applied, whatever the outcome."""
        return self.decision.clauses

    @strawberry.field(description=REDACTIONS)
    def redactions(self, info: Info) -> list[Redaction]:  # noqa: D102 - described as every such field is
        if self.decision.request.known_at == info.context.now:
            return []
        instead = said(
            "Where the holder of then is not yours to see, all is decided for the present one, with its theater."
        )
        return of_others(info.context.viewer, "license", instead)

    @classmethod
    def of(cls, decision: Decision | Decided) -> "EntitlementDecision":
        """A decision's answer; what is not selected is not worked out."""
        return cls(
            entitled=decision.entitled,
            verdict=decision.verdict,
            at=decision.at,
            known_at=decision.known_at,
            decision=decision,
        )


OF_CHARGES = {"amount", "currency", "due_on", "paid_on"}
"""Facts of a charge that only those see who may see charges."""


def tells_amounts(reason: reasons.Reason) -> bool:
    """Whether a reason tells of a charge's amount."""
    return reason.code is ReasonCode.PAYMENT_HOLD


def _without_amounts(reason: reasons.Reason) -> reasons.Reason:
    """A reason that says which charge stands in the way, and nothing else of it."""
    kept = tuple(fact for fact in reason.facts if fact.name not in OF_CHARGES)
    charge = next((fact.value for fact in kept if fact.name == "charge"), said("of the contract"))
    return replace(reason, message=said("charge {charge} holds support", charge=charge), facts=kept)


async def entitlement_check(info: Info, input: EntitlementCheckInput) -> EntitlementDecision:
    """One check. A denial is an answer, never a GraphQL error."""
    [answer] = await _checked(info.context, [input])
    info.context.lasts_until = _lasts_until(info.context, input, answer.decision)
    return answer


def _lasts_until(context: Context, asked: EntitlementCheckInput, decision: Decision | Decided) -> datetime | None:
    """Until when a question has the same outcome if nothing is committed, exclusive.

    An outcome that was there before is that of a whole day, and of facts that are the same at any instant from now on:
    facts that were read for an instant alone are nobody's but this request's.
    """
    if isinstance(decision, Decided) or decision.is_worked_out:
        return None
    return EVER if asked.at else context.tomorrow


async def entitlement_checks(info: Info, inputs: list[EntitlementCheckInput]) -> list[EntitlementDecision]:
    """1 to 1,000 checks, answered in order; one invalid item spoils no other."""
    if not 1 <= len(inputs) <= MOST_CHECKS:
        info.context.observer.refused(BATCH_SIZE)
        message = said(
            "inputs: a batch holds 1 to {most:,} checks, not {asked:,}.", most=MOST_CHECKS, asked=len(inputs)
        )
        raise BadInput(message, BATCH_SIZE)
    return await _checked(info.context, inputs)


async def account_checks(info: Info, account: str, check: AccountCheckInput) -> list[EntitlementDecision]:
    """One answer for each licence of the account that is not retired on the day, by serial; never the best of them.

    An account with over 1,000 licences is asked for in parts: by pages of its licences, and by `entitlementChecks`.
    """
    context = info.context
    at, known_at = check.at or context.now, check.known_at or context.now
    if not account.isprintable():
        return []
    ids = await context.store.account_license_ids(context.viewer, account, known_at, context.day_of(at))
    if len(ids) > MOST_CHECKS:
        message = said(
            "account: {account} has {asked:,} licences, and {most:,} are checked at once. "
            "Page through its licenses and ask entitlementChecks.",
            account=account,
            asked=len(ids),
            most=MOST_CHECKS,
        )
        raise BadInput(message, BATCH_SIZE)
    found = await gather(*(context.loaders.facts_by_id(id_, known_at) for id_ in ids))
    return [
        EntitlementDecision.of(_decided(context, known, request_of_account(check, known.license.serial, context)))
        for known in found
        if known and known.license
    ]


async def _costed(context: Context, decision: Decision | Decided) -> tuple[CostedRemedy, ...]:
    """What the remedies of a decision cost, by prices and policies as known then; they are read only for an order."""
    if isinstance(decision, Decided):
        return decision.costed_remedies
    found, known, request = decision.remedies, decision.facts, decision.request
    book, policies = PriceBook("", "", {}), LateFeePolicies()
    if known.license is not None and needs_prices(found):
        book, policies = await pricing_of(context, known, known.license, request.known_at)
    return costed(found, known, request, book, policies, context.guide)


async def _checked(context: Context, inputs: list[EntitlementCheckInput]) -> list[EntitlementDecision]:
    """Decisions in the order of their questions; the facts of all of them are read together."""
    asked = [request_of(item, context) for item in inputs]
    refs = [(item.license, request.known_at) for item, request in zip(inputs, asked, strict=True)]
    found = [await facts_of(context, *refs[0])] if len(refs) == 1 else await facts_of_each(context, refs)
    decided: list[EntitlementDecision] = []
    done = 0
    for known, request in zip(found, asked, strict=True):
        if done >= AT_A_TIME:
            await context.turn()
            done = 0
        known_then = known or await context.loaders.facts_of_nothing(request.known_at)
        decision = _decided(context, known_then, request)
        done += WORK if decision.is_worked_out else 1
        decided.append(EntitlementDecision.of(decision))
    return decided


def _decided(context: Context, known: Facts, request: CheckRequest) -> Decision:
    """A decision, of which the observer is told; what is merely supposed is not counted among them."""
    decision = decide(known, request, context.guide)
    context.observer.decided(decision)
    return decision
