"""What a licence gains and loses where one edition of a guide takes the place of another, and by which of its values.

Both editions are asked the same: every service and channel, the promises of a ticket by priority, the end of coverage,
the last order date without a fee, and what a renewal costs. Whatever is answered otherwise is a difference.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from entitlements import coverage, renewals
from entitlements.clauses import Clause
from entitlements.dates import day_of
from entitlements.decisions import Decision
from entitlements.facts import Facts, License
from entitlements.guide import Dated, Guide
from entitlements.late_fees import LateFeePolicies
from entitlements.parameters import PLAN, POLICY_ZONE, THEATER, USUAL_MONTHS, Priority
from entitlements.prices import PriceBook
from entitlements.problems import Problem
from entitlements.quotes import RenewalAsked, renewal_quote
from entitlements.reasons import Verdict
from entitlements.requests import Channel, CheckRequest, Requester, Service


class Direction(StrEnum):
    """Whether a difference is to the customer's good: a gain, a loss, or neither that could be told."""

    GAIN = "GAIN"
    LOSS = "LOSS"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Because:
    """A value that was looked at and differs: its name, and the clauses that state it; None where it is not stated."""

    value: str
    before: Clause | None
    after: Clause | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What one licence is answered otherwise: what was asked, both answers in words, and the values that made it so."""

    serial: str
    account: str
    asked: str
    before: str | None
    after: str | None
    direction: Direction
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer in words, and by what it is compared: more is better for the customer; None compares with nothing."""

    told: str | None
    worth: Any = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What both editions are asked, as known and priced: checks at an instant, terms on its day."""

    facts: Facts
    at: datetime
    known_at: datetime
    book: PriceBook
    policies: LateFeePolicies

    @property
    def license(self) -> License:
        """The licence that is asked about."""
        assert self.facts.license is not None  # noqa: S101 - only licences that exist are compared
        return self.facts.license

    def check(self, guide: Guide, service: Service, channel: Channel, **more: Any) -> Decision:  # noqa: ANN401
        """The decision on one question."""
        asked = CheckRequest(self.at, self.known_at, max(self.at, self.known_at), service=service, channel=channel)
        return Decision(self.facts, replace(asked, **more), guide)

    def day(self, guide: Guide) -> date:
        """The day of the instant, in an edition's policy zone."""
        return day_of(self.at, guide.value(POLICY_ZONE, guide.in_force_from))


Question = Callable[[Asking, Guide], Answered]


@dataclass(frozen=True)
class Comparison:
    """Two editions, one in place of the other."""

    before: Guide
    after: Guide

    def of(self, asking: Asking) -> Iterator[Difference]:
        """Every difference for one licence; one alone where an edition lacks what is recorded of it."""
        for asked, question in {"EDITION": _stated_at_all}.items() if self._lacks(asking) else QUESTIONS.items():
            before, after = question(asking, self.before), question(asking, self.after)
            if before.told != after.told:
                yield Difference(
                    asking.license.serial,
                    asking.license.account.reference,
                    asked,
                    before.told,
                    after.told,
                    _direction(before.worth, after.worth),
                    tuple(self._because(asking, question)),
                )

    def _lacks(self, asking: Asking) -> bool:
        return any(_missing(asking.license, guide) for guide in (self.before, self.after))

    def _because(self, asking: Asking, question: Question) -> Iterator[Because]:
        """The values that either edition looked at to answer, and that differ between the two."""
        names: set[str] = set()
        for guide in (self.before, self.after):
            question(asking, guide.watched(names))
        # A value that both state alike may still be another on the day that each edition comes into force.
        for name in sorted(names & self.differing or names & self._begun_otherwise):
            yield Because(name, _clause(self.before, name), _clause(self.after, name))

    @cached_property
    def differing(self) -> frozenset[str]:
        """The names of the values that the editions state otherwise."""
        return self._names_where(_entries)

    @cached_property
    def _begun_otherwise(self) -> frozenset[str]:
        return self._names_where(_begun)

    def _names_where(self, told: Callable[[Dated[Any] | None, Guide], object]) -> frozenset[str]:
        """The names of the values of which something else is told in either edition."""
        before, after = _series(self.before), _series(self.after)
        names = before.keys() | after.keys()
        return frozenset(
            name for name in names if told(before.get(name), self.before) != told(after.get(name), self.after)
        )


# ---------------------------------------------------------------- what is asked


def _checked(service: Service, channel: Channel, requester: Requester) -> Question:
    def question(asking: Asking, guide: Guide) -> Answered:
        decision = asking.check(guide, service, channel, requester=requester)
        reasons = "; ".join(reason.code.value for reason in decision.reasons)
        told = f"{decision.verdict} ({reasons})" if reasons else decision.verdict.value
        return Answered(told, VERDICTS[decision.verdict])

    return question


VERDICTS = {Verdict.NOT_ENTITLED: 0, Verdict.UNKNOWN: 0, Verdict.CONDITIONAL: 1, Verdict.ENTITLED: 2}
"""What verdicts are worth."""


def _promised(priority: Priority) -> Question:
    def question(asking: Asking, guide: Guide) -> Answered:
        promised = asking.check(guide, Service.TICKET, Channel.ONLINE, priority=priority).commitment
        if promised is None:
            return Answered(None)
        react_by, notify_by = promised.react_by, promised.notify_by
        told = f"{promised.strength}, react by {_instant(react_by)}, notify by {_instant(notify_by)}"
        # Sooner is better, and any deadline better than none.
        worth = -react_by.timestamp() if react_by else None
        return Answered(told, worth)

    return question


def _covered_until(asking: Asking, guide: Guide) -> Answered:
    found = coverage.coverage_on(asking.license, asking.day(guide), guide)
    return Answered(f"{found.state}, {found.expires_on}" if found.expires_on else found.state.value, found.expires_on)


def _free_until(asking: Asking, guide: Guide) -> Answered:
    last = renewals.last_free_order_date(asking.license, asking.day(guide), guide)
    return Answered(str(last) if last else None, last)


def _renewal(asking: Asking, guide: Guide) -> Answered:
    """What renewing the plan held last would cost, ordered on the day for the usual term; nothing of a dependent."""
    license, day = asking.license, asking.day(guide)
    held = coverage.timeline(license, guide).held_last(day)
    if license.base is not None or held is None:
        return Answered(None)
    asked = RenewalAsked(held.plan, guide.value(USUAL_MONTHS, day), day)
    quote = renewal_quote(asking.facts, asked, asking.book, asking.policies, guide)
    if isinstance(quote, Problem):
        return Answered(quote.code.value)
    fee = f", late by {quote.standing.years_late} started year(s)" if quote.standing.years_late else ""
    price = f"{quote.total.amount} {quote.total.currency}" if quote.total else "no total"
    return Answered(f"{price}{fee}", -quote.total.amount if quote.total else None)


def _stated_at_all(asking: Asking, guide: Guide) -> Answered:
    missing = _missing(asking.license, guide)
    told = f"has no {', '.join(missing)}" if missing else "has what is recorded"
    return Answered(told, 0 if missing else 1)


def _missing(license: License, guide: Guide) -> list[str]:
    """The plans and the theater that are recorded of a licence and that an edition does not have."""
    plans = sorted({term.plan for term in license.contract_base.terms} - set(guide.codes(PLAN)))
    theaters = {license.account.theater} - set(guide.codes(THEATER))
    return [*(f"plan {plan}" for plan in plans), *(f"theater {theater}" for theater in sorted(theaters))]


QUESTIONS: dict[str, Question] = {
    **{
        f"CHECK {Service.TICKET} {channel} {Requester.ADMINISTRATOR}": _checked(
            Service.TICKET, channel, Requester.ADMINISTRATOR
        )
        for channel in Channel
    },
    **{
        f"CHECK {service} {Channel.ONLINE} {Requester.ADMINISTRATOR}": _checked(
            service, Channel.ONLINE, Requester.ADMINISTRATOR
        )
        for service in Service
    },
    f"CHECK {Service.TICKET} {Channel.ONLINE} {Requester.END_USER}": _checked(
        Service.TICKET, Channel.ONLINE, Requester.END_USER
    ),
    **{f"COMMITMENT {priority}": _promised(priority) for priority in Priority},
    "COVERAGE": _covered_until,
    "LAST_FREE_ORDER_DATE": _free_until,
    "RENEWAL": _renewal,
}
"""What both editions are asked of every licence, by its name."""


# ---------------------------------------------------------------- how answers and values are compared


def _direction(before: Any, after: Any) -> Direction:  # noqa: ANN401 - what questions compare by
    if before == after:
        return Direction.OTHER
    if before is None or after is None:
        return Direction.OTHER if before is after else Direction.GAIN if before is None else Direction.LOSS
    return Direction.GAIN if after > before else Direction.LOSS


def _instant(at: datetime | None) -> str:
    return at.isoformat(timespec="minutes") if at else "no deadline"


def _series(guide: Guide) -> dict[str, Dated[Any]]:
    """Every value of an edition by its full name."""
    families = {f"{group}.{code}": series for group, codes in guide.families.items() for code, series in codes.items()}
    return {**guide.values, **families}


def _entries(series: Dated[Any] | None, _guide: Guide) -> object:
    """What a series states, whatever clauses it cites."""
    return [(entry.effective, entry.value, entry.ended) for entry in series.entries] if series else None


def _begun(series: Dated[Any] | None, guide: Guide) -> object:
    """Which entry of a series holds when an edition comes into force."""
    return sum(entry.effective <= guide.in_force_from for entry in series.entries) if series else None


def _clause(guide: Guide, name: str) -> Clause | None:
    series = _series(guide).get(name)
    return series.entries[-1].clause if series else None
