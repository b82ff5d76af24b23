"""What the acts of a remedy cost, each quoted as it would be ordered; and remedies, the cheapest first.

Beside `remedies.remedies`, which knows no price: an act is priced on the facts that the acts before it leave.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from entitlements.attachments import TermQuote, plan_change_quote
from entitlements.dates import day_of
from entitlements.delays import Delays, delay_points
from entitlements.facts import Facts
from entitlements.guide import Guide
from entitlements.late_fees import LateFeePolicies
from entitlements.money import Money
from entitlements.parameters import POLICY_ZONE
from entitlements.prices import PriceBook
from entitlements.problems import Problem
from entitlements.quotes import RenewalAsked, RenewalQuote
from entitlements.remedies import Act, Remedy, RemedyKind, applied
from entitlements.requests import CheckRequest

QUOTED = {RemedyKind.RENEW, RemedyKind.UPGRADE_PLAN}
"""Acts that are ordered, and so need a price book."""
NOT_FREE = {*QUOTED, RemedyKind.PAY, RemedyKind.AGREE_OPTION}
"""Acts that somebody pays for; what is agreed case by case has no price that is known beforehand."""


@dataclass(frozen=True, slots=True)
class CostedAct:
    """An act and what it costs; None where it costs nothing, or where that is not known."""

    act: Act
    cost: Money | None

    @property
    def is_known(self) -> bool:
        """Whether it is known what the act costs, be it nothing."""
        return self.cost is not None or self.act.kind not in NOT_FREE


@dataclass(frozen=True, slots=True)
class CostedRemedy:
    """Acts that together suffice, each with its cost."""

    acts: tuple[CostedAct, ...]


def needs_prices(remedies: Sequence[Remedy]) -> bool:
    """Whether any act is ordered by a price book."""
    return any(act.kind in QUOTED for remedy in remedies for act in remedy.acts)


def costed(
    remedies: Sequence[Remedy],
    facts: Facts,
    request: CheckRequest,
    book: PriceBook,
    policies: LateFeePolicies,
    guide: Guide,
) -> tuple[CostedRemedy, ...]:
    """Remedies with what their acts cost: the cheapest first, those of an unknown cost last, equal ones as they were.

    Costs in several currencies are not compared: then the order stays as it was.
    """
    found = [CostedRemedy(tuple(_acts(remedy, facts, request, book, policies, guide))) for remedy in remedies]
    paid = {one.cost.currency for remedy in found for one in remedy.acts if one.cost is not None}
    return tuple(found if len(paid) > 1 else sorted(found, key=_dearness))


def _dearness(remedy: CostedRemedy) -> tuple[bool, Decimal]:
    known = all(one.is_known for one in remedy.acts)
    amounts = (one.cost.amount for one in remedy.acts if one.cost is not None)
    return not known, sum(amounts, Decimal(0)) if known else Decimal(0)


def _acts(
    remedy: Remedy, facts: Facts, request: CheckRequest, book: PriceBook, policies: LateFeePolicies, guide: Guide
) -> Iterator[CostedAct]:
    before: Act | None = None
    for act in remedy.acts:
        after = applied(before, facts, request, guide) if before is not None else None
        facts, request = after or (facts, request)
        day = day_of(request.at, guide.value(POLICY_ZONE, guide.in_force_from))
        yield _costed(act, facts, day, book, policies, guide)
        before = act


def _costed(act: Act, facts: Facts, day: date, book: PriceBook, policies: LateFeePolicies, guide: Guide) -> CostedAct:
    """An act with its cost on a day; the base and its dependents are ordered together (R-REN-7, R-REN-12)."""
    contract = replace(facts, license=facts.license.contract_base) if facts.license else facts
    match act.kind:
        case RemedyKind.PAY:
            due = next((charge for charge in facts.charges if charge.reference == act.charge), None)
            return CostedAct(act, Money(due.amount, due.currency) if due else None)
        case RemedyKind.RENEW if act.plan and act.months:
            return _renewal(act, Delays(contract, RenewalAsked(act.plan, act.months, day), book, policies, guide))
        case RemedyKind.UPGRADE_PLAN if act.plan:
            raised = plan_change_quote(contract, act.plan, day, book, guide)
            return CostedAct(act, raised.total if isinstance(raised, TermQuote) else None)
        case _:
            return CostedAct(act, None)


def _renewal(act: Act, delays: Delays) -> CostedAct:
    """A renewal with its total where it can be ordered; `by` is then the last date with that very total."""
    day = delays.asked.order_date
    quote = delays.quote(day)
    if isinstance(quote, Problem) or not quote.orderable:
        return CostedAct(act, None)
    if act.by is None or act.by <= day:
        return CostedAct(act, quote.total)
    last = delays.quote(act.by)
    if isinstance(last, RenewalQuote) and last.total == quote.total:
        return CostedAct(act, quote.total)
    stretch = next(delay_points(delays, day, act.by), None)
    return CostedAct(replace(act, by=stretch.last) if stretch else act, quote.total)
