"""What is worth telling of a licence, a charge or a product: events, each with its facts and the clauses it rests on.

Some come of changes; those that time brings are in `entitlements.turns`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from uuid import UUID

from entitlements import coverage
from entitlements.clauses import Clause
from entitlements.facts import Charge, License, MilestoneKind, Product, Term
from entitlements.guide import Guide
from entitlements.orders import RenewalOrdered
from entitlements.parameters import HELD_FROM
from entitlements.reasons import Fact, Told, facts
from entitlements.renewals import Standing


class EventType(StrEnum):
    """What an event tells, by the name that receivers know it by. Codes are stable."""

    LICENSE_REGISTERED = "license.registered"
    LICENSE_ATTACHED = "license.attached"
    LICENSE_CORRECTED = "license.corrected"
    LICENSE_RETIRED = "license.retired"
    RENEWAL_ORDERED = "renewal.ordered"
    PLAN_CHANGED = "plan.changed"
    COVERAGE_CANCELLED = "coverage.cancelled"
    COVERAGE_CORRECTED = "coverage.corrected"
    CHARGE_CORRECTED = "charge.corrected"
    PAYMENT_RECORDED = "payment.recorded"
    PAYMENT_OVERDUE = "payment.overdue"
    MILESTONE_SET = "milestone.set"
    COVERAGE_EXPIRING = "coverage.expiring"
    COVERAGE_EXPIRED = "coverage.expired"
    FREE_RENEWAL_CLOSING = "free_renewal.closing"
    FREE_RENEWAL_CLOSED = "free_renewal.closed"
    SUPPORT_ENDING = "support.ending"


OF_LICENSE = (
    "quantity", "effective_on", "executed_on", "registered_on", "license_expires_on", "retired_on", "installed_release",
)  # fmt: skip
"""What may be recorded wrongly of a licence."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell, on the day that it came about in the policy zone.

    It is about a licence, or about a product as a whole where `license` is None. `name` is set for what time brings,
    which is told once under it; `order_id` for an order that can be looked at.
    """

    type: EventType
    product: Product
    license: License | None
    on: date
    facts: tuple[Fact, ...]
    clauses: tuple[Clause, ...]
    name: str | None = None
    order_id: UUID | None = None

    @property
    def stream(self) -> UUID:
        """Within what events are told in order: the licence, or the product."""
        return self.license.id if self.license is not None else self.product.id


def registered(license: License, on: date, guide: Guide) -> Event:
    """A licence was recorded for the first time."""
    covered, clauses = _covered(license, guide)
    told = known(
        model=license.model,
        quantity=license.quantity,
        base=license.base.serial if license.base else None,
        **covered,
    )
    return of_license(EventType.LICENSE_REGISTERED, license, on, told, clauses)


def license_corrected(before: License, license: License, on: date, guide: Guide) -> Event:
    """What was recorded wrongly of a licence was put right; it may be covered on other days by it."""
    covered, clauses = _covered(license, guide)
    recorded = {name: getattr(license, name) for name in OF_LICENSE}
    told = (_changed(before, license), *known(**recorded, **covered))
    return of_license(EventType.LICENSE_CORRECTED, license, on, told, clauses)


def attached(license: License, charge: Charge, on: date, guide: Guide) -> Event:
    """A dependent licence was ordered for a base."""
    told = (
        *known(base=license.base.serial if license.base else None, quantity=license.quantity),
        *known(order_reference=charge.order_reference),
        *_due(charge),
    )
    return of_license(EventType.LICENSE_ATTACHED, license, on, told, [guide.clause("R-COT-1"), guide.clause("R-COT-6")])


def retired(license: License, on: date, guide: Guide) -> Event:
    """A licence's last day was recorded; it may be still to come."""
    told = known(retired_on=license.retired_on)
    return of_license(EventType.LICENSE_RETIRED, license, on, told, [guide.clause("R-COV-6")])


def renewal_ordered(license: License, order: RenewalOrdered, standing: Standing, on: date, order_id: UUID) -> Event:
    """A base was renewed, its dependents with it."""
    term = order.term
    told = (
        *_term(term),
        *known(renewed_from=order.renewed_from, standing=standing.standing),
        *_due(order.charge),
    )
    return of_license(EventType.RENEWAL_ORDERED, license, on, told, [standing.clause], order_id=order_id)


def plan_changed(license: License, term: Term, charge: Charge, on: date, clauses: Iterable[Clause]) -> Event:
    """A higher plan was ordered for the rest of a term, for the dependents as well."""
    return of_license(EventType.PLAN_CHANGED, license, on, (*_term(term), *_due(charge)), clauses)


def coverage_cancelled(license: License, term: Term, unpaid: Iterable[Charge], on: date, guide: Guide) -> Event:
    """A term of coverage was withdrawn, with what was not paid of its order; `license` is without it."""
    covered, clauses = _covered(license, guide)
    charges = ", ".join(charge.reference for charge in unpaid) or None
    told = (*_term(term), *known(covered_through=covered["expires_on"], charges_withdrawn=charges))
    return of_license(EventType.COVERAGE_CANCELLED, license, on, told, clauses)


def coverage_corrected(license: License, before: Term, term: Term, on: date, guide: Guide) -> Event:
    """What was recorded wrongly of a term of coverage was put right; `license` is with what is right."""
    covered, clauses = _covered(license, guide)
    told = (_changed(before, term), *_term(term), *known(covered_through=covered["expires_on"]))
    return of_license(EventType.COVERAGE_CORRECTED, license, on, told, clauses)


def charge_corrected(license: License, before: Charge, charge: Charge, on: date, guide: Guide) -> Event:
    """What was recorded wrongly of a charge was put right, its payment too; it may hold support by it, or no more."""
    told = (_changed(before, charge), *_due(charge), *known(paid_on=charge.paid_on))
    return of_license(EventType.CHARGE_CORRECTED, license, on, told, _paid(guide))


def payment_recorded(license: License, charge: Charge, on: date, guide: Guide) -> Event:
    """A charge was paid."""
    return of_license(
        EventType.PAYMENT_RECORDED, license, on, (*_due(charge), *known(paid_on=charge.paid_on)), _paid(guide)
    )


def milestone_set(
    product: Product, kind: MilestoneKind, version: str | None, ends: date | None, on: date, guide: Guide
) -> Event:
    """A step of a product's end, or of one version's, was set or moved; withdrawn where it has no day any more."""
    told = known(kind=kind, version=version, on=ends, withdrawn=ends is None)
    return Event(EventType.MILESTONE_SET, product, None, on, told, (guide.clause("R-EOL-1"),))


def overdue(license: License, charge: Charge, on: date, guide: Guide) -> Event:
    """A charge was not paid by its due day."""
    name = f"{EventType.PAYMENT_OVERDUE}/{charge.reference}/{charge.due_on}"
    return of_license(EventType.PAYMENT_OVERDUE, license, on, _due(charge), _paid(guide), name)


def of_license(
    type_: EventType,
    license: License,
    on: date,
    told: tuple[Fact, ...],
    clauses: Iterable[Clause],
    name: str | None = None,
    order_id: UUID | None = None,
) -> Event:
    """An event of a licence, each clause once."""
    return Event(type_, license.product, license, on, told, tuple(dict.fromkeys(clauses)), name, order_id)


def known(**values: Told) -> tuple[Fact, ...]:
    """Facts by name; those that there are not are left out."""
    return facts(**{name: value for name, value in values.items() if value is not None})


def _changed(before: License | Term | Charge, after: License | Term | Charge) -> Fact:
    """The names of what differs between two versions of the same facts."""
    recorded = (one.name for one in fields(after) if one.compare)
    differ = [name for name in recorded if getattr(before, name) != getattr(after, name)]
    return Fact("changed", ", ".join(differ))


def _term(term: Term) -> tuple[Fact, ...]:
    """A term by its order, and its days."""
    return known(
        order_reference=term.order_reference, plan=term.plan, starts_on=term.starts_on, expires_on=term.expires_on
    )


def _covered(license: License, guide: Guide) -> tuple[dict[str, date | None], list[Clause]]:
    """When a licence was activated, its last covered day, and by which clauses."""
    line = coverage.timeline(license, guide)
    begun = line.activation
    clauses = [*([begun.clause] if begun else []), *(clause for period in line.periods for clause in period.clauses)]
    days = {
        "activated_on": begun.on if begun else None,
        "expires_on": line.periods[-1].expires_on if line.periods else None,
    }
    return days, clauses or [guide.clause("R-COV-3")]


def _due(charge: Charge) -> tuple[Fact, ...]:
    """What is due, and when."""
    return known(charge=charge.reference, amount=charge.amount, currency=charge.currency, due_on=charge.due_on)


def _paid(guide: Guide) -> list[Clause]:
    """The clauses by which an unpaid charge stands in the way of support."""
    return [guide.clause("R-CHK-4"), guide.entry(HELD_FROM, guide.in_force_from).clause]
