"""Decisions that are recorded, so that they can be cited on a ticket, and made again when somebody doubts them."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated
from uuid import UUID

import strawberry

from entitlements import canonical, problems, records
from entitlements.decisions import Decision, decide
from entitlements.editing.building import guide_from
from entitlements.facts import Account, Facts
from entitlements.guide import Guide
from entitlements.messages import said
from entitlements.problems import ProblemCode
from entitlements.records import Decided, Policy
from entitlements.remedy_costs import needs_prices
from schema.changes import changed, key_field, locked
from schema.checks import EntitlementDecision
from schema.context import Context, Info
from schema.errors import BadInput
from schema.licenses import facts_of
from schema.nodes import Kind, Node, read_id_of, write_id
from schema.prices import book_of
from schema.problems import Problem
from schema.requests import EntitlementCheckInput, request_of
from schema.writing import DecisionKept, Subject, Writing

LONGEST_TICKET = 255
UNSIGNED = (
    "No key was there to sign with when this was recorded. `coverline signing-keys create` makes one in the folder "
    "that COVERLINE_SIGNING_KEYS names; what is recorded from then on is signed."
)


@strawberry.type
class Replay:
    """What deciding again came to, from the kept facts and under the kept policy."""

    identical: bool = strawberry.field(description="Whether the result is the same bytes.")
    differences: list[str] = strawberry.field(
        description="Each place where the result, or a text that was kept, is another: its path and both values."
    )
    policy_differences: list[str] = strawberry.field(
        description="How edition, software and time zones of today differ from those of the record; the record's own "
        "edition is what was decided by."
    )


@strawberry.type
class DecisionRecord(Node):
    """A decision as it was made: what was asked, what was known, under which policy, and what was answered."""

    decided_at: datetime
    ticket: str | None
    request_hash: str = strawberry.field(description="The sha256 of the canonical request, in lower-case hex.")
    facts_hash: str = strawberry.field(description="The sha256 of the canonical facts.")
    policy_hash: str = strawberry.field(description="The sha256 of the canonical policy: edition, prices, time zones.")
    result_hash: str = strawberry.field(description="The sha256 of the canonical result.")
    token: str | None = strawberry.field(
        description="The decision as a compact JWS (EdDSA): verdict, clauses and hashes. /.well-known/jwks.json has "
        "the public keys, which are all that a verifier needs."
    )
    kept: strawberry.Private[DecisionKept]
    decided: strawberry.Private[Decided]

    @strawberry.field
    def token_missing(self) -> str | None:
        """Why there is no token, and what to do; null where there is one."""
        return None if self.token else UNSIGNED

    @strawberry.field
    def decision(self) -> EntitlementDecision:
        """What was answered, from what was known then."""
        return EntitlementDecision.of(self.decided)

    @strawberry.field
    def replay(self, info: Info) -> Replay:
        """Evaluates again from the kept facts and policy, and says whether the result is the same bytes."""
        today = Policy.of(info.context.guide, info.context.engine)
        found = records.replay(self.kept.record, self.kept.hashes, self.decided.guide, today)
        return Replay(
            identical=found.identical,
            differences=list(found.differences),
            policy_differences=list(found.policy_differences),
        )


RecordDecisionResult = Annotated[DecisionRecord | Problem, strawberry.union("RecordDecisionResult")]


@strawberry.input
class RecordDecisionInput:
    """A check whose answer is to be kept."""

    idempotency_key: str = key_field()
    check: EntitlementCheckInput
    ticket: str | None = strawberry.field(
        default=strawberry.UNSET, description="The ticket that the decision is for, as the caller names it."
    )


async def record_decision(info: Info, input: RecordDecisionInput) -> RecordDecisionResult:
    """Evaluates and keeps the decision, so that it can be cited on the ticket and replayed."""
    context = info.context
    ticket = _ticket(input.ticket)
    before = await facts_of(context, input.check.license, context.arrived)
    license_id = before.license.id if before and before.license else None

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        now = around if license_id is None else (await locked(around, writing, license_id))[0]
        decision = await _decided(now, input.check)
        kept = records.record(decision, await _policy(now, decision))
        found = decision.license.id if decision.license else license_id
        id_, hashes = writing.new_id(), kept.hashes
        said = records.claims(write_id(Kind.DECISION_RECORD, id_), writing.at, ticket, decision, hashes)
        recorded = DecisionKept(id_, found, writing.at, ticket, kept, hashes, now.sign(said))
        await writing.keep_decision(now.viewer, recorded, decision, now.day_of(decision.at))
        return (str(recorded.id),)

    done = await changed(context, "recordDecision", input, doing, reason=f"ticket {ticket}" if ticket else None)
    if isinstance(done, problems.Problem):
        return Problem.of(done)
    return await record_of(context, UUID(done.subject[0])) or Problem.of(_gone(context.guide))


async def decision_record(info: Info, id: strawberry.ID) -> DecisionRecord | None:
    """A decision that was recorded; null when it does not exist or is not the viewer's to see."""
    id_ = read_id_of(Kind.DECISION_RECORD, id)
    return await record_of(info.context, id_) if id_ else None


async def record_of(context: Context, id_: UUID) -> DecisionRecord | None:
    """A record as it is shown; its accounts bear the names that they were known by."""
    kept = await context.store.decision_record(context.viewer, id_)
    if kept is None:
        return None
    decided = Decided(kept.record, await edition_of(context, kept))
    if kept.license_id is not None:
        known = await context.loaders.facts_by_id(kept.license_id, decided.request.known_at)
        decided.name_accounts(_names(known))
    return DecisionRecord(
        id=write_id(Kind.DECISION_RECORD, kept.id),
        decided_at=kept.recorded_at,
        ticket=kept.ticket,
        request_hash=kept.hashes.request,
        facts_hash=kept.hashes.facts,
        policy_hash=kept.hashes.policy,
        result_hash=kept.hashes.result,
        token=kept.token,
        kept=kept,
        decided=decided,
    )


async def edition_of(context: Context, kept: DecisionKept) -> Guide:
    """The edition that a decision was made under: the deployed one, or another as it was kept."""
    digest = records.policy_read(kept.record.policy).edition_digest
    if digest == context.guide.digest:
        return context.guide
    sources = await context.store.edition_sources(digest)
    if sources is None:
        raise LookupError(f"the edition {digest} of record {kept.id} was not kept")
    return _edition(canonical.text_of(sources))


@lru_cache(maxsize=4)
def _edition(sources: str) -> Guide:
    return guide_from(canonical.told_in(sources))


def _names(known: Facts | None) -> dict[UUID, str]:
    """The names of every account that facts tell of, by its id."""
    every = () if known is None or known.license is None else (known.license, *known.dependents)
    found: dict[UUID, str] = {}
    for license in every:
        account: Account | None = license.account
        while account is not None:
            found[account.id] = account.name
            account = account.partner
    return found


async def _decided(now: Context, check: EntitlementCheckInput) -> Decision:
    request = request_of(check, now)
    known = await facts_of(now, check.license, request.known_at)
    return decide(known or await now.loaders.facts_of_nothing(request.known_at), request, now.guide)


async def _policy(now: Context, decision: Decision) -> Policy:
    """What the decision followed; prices and late fees only where a remedy is ordered by them."""
    known, known_at = decision.facts, decision.request.known_at
    if known.license is None or not needs_prices(decision.remedies):
        return Policy.of(now.guide, now.engine)
    book = await book_of(now, known, known.license, known_at)
    return Policy.of(now.guide, now.engine, book, await now.loaders.late_fee_policies.load(known_at))


def _ticket(text: str | None) -> str | None:
    if not isinstance(text, str):
        return None
    if not 1 <= len(text) <= LONGEST_TICKET or not text.isprintable():
        raise BadInput(said("{field}: 1 to {longest} printable characters.", field="ticket", longest=LONGEST_TICKET))
    return text


def _gone(guide: Guide) -> problems.Problem:
    """A decision was recorded with this key, and its licence is no longer the viewer's to see."""
    message = said("what came of this key belongs to a licence that is no longer yours to see")
    return problems.Problem(ProblemCode.UNKNOWN_LICENSE, message, ("check", "license"), guide.clause("R-CHK-11"))
