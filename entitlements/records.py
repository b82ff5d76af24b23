"""Decisions as they are kept: what was asked, what was known, under which policy, and what was answered.

Each of the four is a canonical text with its digest. They are enough to decide again years later, with no database and
under the very edition that was in force; `replayed` does, and gives the same bytes or something has changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from uuid import UUID

from entitlements import canonical
from entitlements.canonical import Unreadable
from entitlements.clauses import Clause, digest_of
from entitlements.commitments import Commitment
from entitlements.coverage import Period
from entitlements.decisions import ConflictEffect, Decision, decide
from entitlements.editing.policies import build_policies
from entitlements.facts import Account, Facts, License, Product
from entitlements.guide import Guide, GuideRefused
from entitlements.late_fees import LateFeePolicies
from entitlements.prices import Price, PriceBook, price_book
from entitlements.reasons import Reason, Verdict
from entitlements.remedy_costs import CostedRemedy, costed
from entitlements.requests import CheckRequest

FACTS: canonical.Tables = {License: "licenses", Account: "accounts", Product: "products"}


UNDECIDABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    GuideRefused,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What deciding on texts may come to that were not written by a record."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Engine:
    """What evaluates: the version of this software, and of the time zone database."""

    software: str = "unknown"
    tzdata: str = "unknown"


@dataclass(frozen=True, slots=True)
class Prices:
    """The price book that remedies' costs are taken from; empty where none of them is ordered."""

    book: str = ""
    currency: str = ""
    prices: tuple[Price, ...] = ()

    @classmethod
    def of(cls, book: PriceBook) -> "Prices":
        """A book's prices, in one order."""
        return cls(book.name, book.currency, tuple(price for key in sorted(book.prices) for price in book.prices[key]))

    @property
    def price_book(self) -> PriceBook:
        """The book again."""
        return price_book(self.book, self.currency, self.prices)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a decision followed besides the facts: the edition by its files' digest, prices, late fees, the engine.

    The calendars of public holidays are part of the edition. `late_fees` is the text of the operator's policies.
    """

    edition: str
    edition_digest: str
    engine: Engine
    prices: Prices = Prices()
    late_fees: str | None = None

    @classmethod
    def of(cls, guide: Guide, engine: Engine, book: PriceBook | None = None, late_fees: str | None = None) -> "Policy":
        """What a guide, an engine and the operator's pricing come to."""
        return cls(guide.edition, guide.digest, engine, Prices() if book is None else Prices.of(book), late_fees)


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A reading of a conflict, by their ids, under which the verdict or the commitment would be another."""

    conflict: str
    reading: str
    verdict: Verdict
    commitment: Commitment | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that a decision says."""

    verdict: Verdict
    entitled: bool
    at: datetime
    known_at: datetime
    plan: str | None = None
    coverage: Period | None = None
    reasons: tuple[Reason, ...] = ()
    commitment: Commitment | None = None
    remedies: tuple[CostedRemedy, ...] = ()
    conflicts: tuple[Otherwise, ...] = ()
    stable_until: datetime | None = None
    clauses: tuple[Clause, ...] = ()

    @classmethod
    def of(cls, decision: Decision, policy: Policy) -> "Result":
        """What a decision says, its remedies with what they cost by a policy's prices."""
        facts, request, guide = decision.facts, decision.request, decision.guide
        late_fees = build_policies(policy.late_fees, guide) if policy.late_fees is not None else LateFeePolicies()
        book = policy.prices.price_book
        return cls(
            verdict=decision.verdict,
            entitled=decision.entitled,
            at=decision.at,
            known_at=decision.known_at,
            plan=decision.plan,
            coverage=decision.coverage,
            reasons=decision.reasons,
            commitment=decision.commitment,
            remedies=costed(decision.remedies, facts, request, book, late_fees, guide),
            conflicts=tuple(
                Otherwise(each.conflict.id, each.reading.id, each.verdict_otherwise, each.commitment_otherwise)
                for each in decision.conflicts
            ),
            stable_until=decision.stable_until,
            clauses=decision.clauses,
        )


@dataclass(frozen=True, slots=True)
class Record:
    """A decision's four canonical texts. The facts hold no names of accounts: no rule reads them."""

    request: str
    facts: str
    policy: str
    result: str

    @property
    def hashes(self) -> "Hashes":
        """The sha256 of each text."""
        return Hashes(*(digest_of(text) for text in (self.request, self.facts, self.policy, self.result)))


@dataclass(frozen=True, slots=True)
class Hashes:
    """The lower-case hex sha256 of each of a record's texts."""

    request: str
    facts: str
    policy: str
    result: str


def record(decision: Decision, policy: Policy) -> Record:
    """A decision as it is kept."""
    return Record(
        request=canonical.written(decision.request),
        facts=facts_written(decision.facts),
        policy=canonical.written(policy),
        result=_result_written(Result.of(decision, policy)),
    )


def claims(
    id_: str, decided_at: datetime, ticket: str | None, decision: "Decision | Decided", hashes: Hashes
) -> dict[str, object]:
    """What a token says of a record: the answer, what it rests on, and the digests that bind everything else."""
    said = {
        "jti": id_,
        "iat": (decided_at - EPOCH) // timedelta(seconds=1),
        "ticket": ticket,
        "license": decision.license.serial if decision.license else None,
        "verdict": decision.verdict.value,
        "entitled": decision.entitled,
        "at": decision.at,
        "known_at": decision.known_at,
        "stable_until": decision.stable_until,
        "clauses": [clause.id for clause in decision.clauses],
        "edition": decision.guide.edition,
        "request_hash": hashes.request,
        "facts_hash": hashes.facts,
        "policy_hash": hashes.policy,
        "result_hash": hashes.result,
    }
    return {name: canonical.told_in(canonical.written(value)) for name, value in said.items()}


# ---------------------------------------------------------------- facts


def facts_written(facts: Facts) -> str:
    """Facts as canonical text, without names."""
    return canonical.written(without_names(facts), FACTS)


def facts_read(text: str) -> Facts:
    """Facts from their text. Raises Unreadable."""
    return canonical.read(Facts, text, FACTS)


def without_names(facts: Facts) -> Facts:
    """The same facts of accounts that have no names."""
    return named(facts, lambda _: "")


def named(facts: Facts, name: Callable[[Account], str]) -> Facts:
    """The same facts of accounts that are named so."""

    def account(one: Account) -> Account:
        return replace(one, name=name(one), partner=account(one.partner) if one.partner else None)

    def license(one: License) -> License:
        return replace(one, account=account(one.account), base=license(one.base) if one.base else None)

    return replace(
        facts,
        license=license(facts.license) if facts.license else None,
        dependents=tuple(license(one) for one in facts.dependents),
    )


# ---------------------------------------------------------------- what was decided, and deciding again


class Decided:
    """A decision as it was made: what its result says, whatever rules and editions have become since."""

    def __init__(self, kept: Record, guide: Guide) -> None:
        self.kept = kept
        self.guide = guide
        self.facts = facts_read(kept.facts)
        self.request = request_read(kept.request)

    def name_accounts(self, names: Mapping[UUID, str]) -> None:
        """Names the accounts of the facts by their ids; those that are not among them stay without a name."""
        self.facts = named(self.facts, lambda account: names.get(account.id, ""))

    @cached_property
    def result(self) -> Result:
        """Everything that was said."""
        return _result_read(self.kept.result, self.facts, self.guide)

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return self.result.verdict

    @property
    def entitled(self) -> bool:
        """Whether it was a yes."""
        return self.result.entitled

    @property
    def at(self) -> datetime:
        """The instant asked about, UTC."""
        return self.result.at

    @property
    def known_at(self) -> datetime:
        """The instant whose knowledge was used, UTC."""
        return self.result.known_at

    @property
    def license(self) -> License | None:
        """The licence as known then."""
        return self.facts.license

    @property
    def plan(self) -> str | None:
        """The plan in force on the day."""
        return self.result.plan

    @property
    def coverage(self) -> Period | None:
        """The period in force on the day, else the last one before it."""
        return self.result.coverage

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every reason."""
        return self.result.reasons

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Every clause that was applied."""
        return self.result.clauses

    @property
    def commitment(self) -> Commitment | None:
        """What was promised."""
        return self.result.commitment

    @property
    def costed_remedies(self) -> tuple[CostedRemedy, ...]:
        """The ways to a yes, with what they cost then."""
        return self.result.remedies

    @property
    def conflicts(self) -> tuple[ConflictEffect, ...]:
        """The readings under which it would have been another."""
        conflicts = {conflict.id: conflict for conflict in self.guide.conflicts}
        found: list[ConflictEffect] = []
        for each in self.result.conflicts:
            conflict = conflicts[each.conflict]
            reading = next(one for one in conflict.readings if one.id == each.reading)
            found.append(ConflictEffect(conflict, reading, each.verdict, each.commitment))
        return tuple(found)

    @property
    def stable_until(self) -> datetime | None:
        """Until when it held."""
        return self.result.stable_until


def request_read(text: str) -> CheckRequest:
    """A request from its text. Raises Unreadable."""
    return canonical.read(CheckRequest, text)


def policy_read(text: str) -> Policy:
    """A policy from its text. Raises Unreadable."""
    return canonical.read(Policy, text)


def _result_written(result: Result) -> str:
    """A result as text; licences stand there by their serials, clauses by their ids, which the edition binds."""
    return canonical.written(result, named={License: attrgetter("serial"), Clause: attrgetter("id")})


def _result_read(text: str, facts: Facts, guide: Guide) -> Result:
    license = facts.license
    every = (license.contract_base, license, *facts.dependents) if license else ()
    licenses = {one.serial: one for one in every}
    clauses = {clause.id: clause for clause in guide.clauses.values()}
    return canonical.read(Result, text, named={License: licenses.__getitem__, Clause: clauses.__getitem__})


@dataclass(frozen=True, slots=True)
class Replay:
    """What deciding again came to: where the result differs, and how the policy of today differs from the kept one.

    The kept policy is what is decided by; only the engine is that of today.
    """

    differences: tuple[str, ...]
    policy_differences: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether the result is the same bytes."""
        return not self.differences


def replayed(kept: Record, guide: Guide) -> str:
    """The result of deciding again from what is kept, under the kept edition. Raises Unreadable."""
    policy = policy_read(kept.policy)
    if guide.digest != policy.edition_digest:
        raise Unreadable(f"the edition at hand has the digest {guide.digest}, the record's {policy.edition_digest}")
    decision = decide(facts_read(kept.facts), request_read(kept.request), guide)
    return _result_written(Result.of(decision, policy))


def replay(kept: Record, hashes: Hashes, guide: Guide, today: Policy) -> Replay:
    """Decides again, and names every difference; `guide` is the kept edition, `today` what is deployed now."""
    tampered = [
        f"{name}: the kept text has the sha256 {found}, not the {noted} that was noted with it"
        for name in ("request", "facts", "policy", "result")
        if (found := getattr(kept.hashes, name)) != (noted := getattr(hashes, name))
    ]
    try:
        again = replayed(kept, guide)
        if again != kept.result:
            tampered += canonical.differences(canonical.told_in(kept.result), canonical.told_in(again))
    except UNDECIDABLE as fault:
        tampered.append(f"what is kept cannot be decided on: {fault}")
    policy = policy_read(kept.policy)
    standing = [
        (f"policy.{name}", getattr(policy, name), getattr(today, name)) for name in ("edition", "edition_digest")
    ]
    standing += [
        (f"policy.engine.{name}", getattr(policy.engine, name), getattr(today.engine, name))
        for name in ("software", "tzdata")
    ]
    changed = [one for place, then, now in standing for one in canonical.differences(then, now, place)]
    return Replay(tuple(tampered), tuple(changed))
