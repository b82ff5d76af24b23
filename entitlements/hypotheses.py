"""Facts as they would be if something were done: never written, only judged.

Each function answers new facts; the licence, its base and the contract's dependents stay of one piece.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from entitlements import coverage, renewals
from entitlements.facts import Facts, License, Milestone, MilestoneKind, Option, Product, Term, TermKind
from entitlements.guide import Guide
from entitlements.renewals import Refusal

HYPOTHETICAL = "hypothetical"
"""The order reference of a term that was never ordered, and the source of a milestone that nobody announced."""


def changed(facts: Facts, license: License, change: Callable[[License], License]) -> Facts:
    """Facts in which one licence of the contract is another, wherever it appears."""
    return _each(facts, lambda one: change(one) if one.id == license.id else one)


def _each(facts: Facts, change: Callable[[License], License]) -> Facts:
    """Facts in which every licence of the contract went through a change, each once."""
    made: dict[int, License] = {}

    def apply(one: License) -> License:
        if id(one) not in made:
            after = change(one)
            base = apply(after.base) if after.base is not None else None
            made[id(one)] = after if base is after.base else replace(after, base=base)
        return made[id(one)]

    return replace(
        facts,
        license=apply(facts.license) if facts.license else None,
        dependents=tuple(apply(dependent) for dependent in facts.dependents),
    )


def renewed(facts: Facts, license: License, plan: str, months: int, order_date: date, guide: Guide) -> Facts | None:
    """A renewal ordered on a day; None where the rules refuse it."""
    standing = renewals.standing(license, order_date, guide)
    if isinstance(standing, tuple):
        return None
    term = renewals.renewed_term(license, standing, months, guide)
    if isinstance(term, Refusal):
        return None
    added = Term(HYPOTHETICAL, plan, term.starts_on, term.expires_on, TermKind.RENEWED, order_date)
    return changed(facts, license, lambda one: replace(one, terms=(*one.terms, added)))


def plan_changed(facts: Facts, license: License, plan: str, on: date, guide: Guide) -> Facts | None:
    """A plan from a day to the last day of the period that covers it; None where none does, and for a dependent.

    A dependent's plan is its base's (R-COT-3).
    """
    period = coverage.timeline(license, guide).covering(on)
    if period is None or license.is_dependent:
        return None
    added = Term(HYPOTHETICAL, plan, on, period.expires_on, TermKind.ORDERED, on)
    return changed(facts, license, lambda one: replace(one, terms=(*one.terms, added)))


def paid(facts: Facts, charge: str, on: date) -> Facts:
    """A charge paid on a day."""
    charges = tuple(replace(one, paid_on=on) if one.reference == charge else one for one in facts.charges)
    return replace(facts, charges=charges)


def option_agreed(
    facts: Facts, license: License, feature: str, starts_on: date, expires_on: date | None = None
) -> Facts:
    """A feature agreed for a licence; without a last day when that is left out."""
    added = Option(feature, starts_on, expires_on)
    return changed(facts, license, lambda one: replace(one, options=(*one.options, added)))


def activated(facts: Facts, license: License, on: date) -> Facts:
    """A licence registered on a day."""
    return changed(facts, license, lambda one: replace(one, registered_on=on))


def release_installed(facts: Facts, license: License, release: str) -> Facts:
    """Another release in use."""
    return changed(facts, license, lambda one: replace(one, installed_release=release))


def milestone_changed(facts: Facts, product: str, kind: MilestoneKind, on: date | None) -> Facts:
    """A product's milestone on another day, or withdrawn without one; those of its single versions stay (R-EOL-6)."""

    def moved(one: Product) -> Product:
        kept = [known for known in one.milestones if known.kind is not kind or known.version is not None]
        if on is not None:
            kept.append(Milestone(kind, on, source=HYPOTHETICAL))
        kept.sort(key=lambda known: (known.on, known.kind, known.version or ""))
        return replace(one, milestones=tuple(kept))

    return _each(facts, lambda one: replace(one, product=moved(one.product)) if one.product.code == product else one)
