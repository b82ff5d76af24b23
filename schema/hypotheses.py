"""What if: a check on facts as they would be if something were done. Nothing is written."""

from dataclasses import dataclass, replace
from datetime import date

import strawberry

from entitlements import attachments, hypotheses, problems
from entitlements.decisions import decide
from entitlements.facts import Facts, License, MilestoneKind
from entitlements.guide import Guide
from entitlements.late_fees import LateFeePolicies
from entitlements.messages import listed, said
from entitlements.parameters import FEATURE
from entitlements.prices import PriceBook
from entitlements.problems import ProblemCode
from entitlements.quotes import RenewalAsked, renewal_quote
from entitlements.requests import CheckRequest
from schema.checks import EntitlementDecision
from schema.context import Info
from schema.errors import UNKNOWN_CHARGE, UNKNOWN_FEATURE, UNKNOWN_RELEASE, BadInput
from schema.licenses import LicenseRef, facts_of
from schema.nodes import Kind, write_id
from schema.permissions import require
from schema.prices import policies_of
from schema.requests import EntitlementCheckInput, request_of
from schema.scopes import Scope

MOST_CHANGES = 100
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""The years that facts may name."""
NO_PRICES = PriceBook("", "", {})
"""A refusal does not depend on what is asked for costs."""


@strawberry.input
class HypotheticalRenewal:
    """A renewal ordered on a day, and paid when it is due; the dependents' coverage follows."""

    license: LicenseRef
    plan: str
    months: int
    order_date: date


@strawberry.input
class HypotheticalPayment:
    """A charge of the contract paid on a day."""

    charge: str = strawberry.field(description="The charge's reference.")
    on: date


@strawberry.input
class HypotheticalMilestone:
    """A milestone of a product as a whole."""

    product: str = strawberry.field(description="The code of a product of the contract.")
    kind: MilestoneKind
    on: date | None = strawberry.field(default=strawberry.UNSET, description="Withdrawn when left out.")


@strawberry.input
class HypotheticalPlanChange:
    """A higher plan from a day to the last one of the term."""

    license: LicenseRef
    plan: str
    on: date


@strawberry.input
class HypotheticalOption:
    """A feature agreed for a licence; without an end when no last day is given."""

    license: LicenseRef
    feature: str = strawberry.field(description="A feature's code.")
    starts_on: date
    expires_on: date | None = strawberry.UNSET


@strawberry.input
class HypotheticalActivation:
    """A licence registered on a day."""

    license: LicenseRef
    on: date


@strawberry.input
class HypotheticalRelease:
    """A release in use, whatever the check says is installed."""

    license: LicenseRef
    release: str = strawberry.field(description="A release's name.")


@strawberry.input(one_of=True)
class HypotheticalChange:
    """Something that has not happened; evaluated, never written."""

    renew: strawberry.Maybe[HypotheticalRenewal]
    pay: strawberry.Maybe[HypotheticalPayment]
    change_milestone: strawberry.Maybe[HypotheticalMilestone]
    change_plan: strawberry.Maybe[HypotheticalPlanChange]
    agree_option: strawberry.Maybe[HypotheticalOption]
    activate: strawberry.Maybe[HypotheticalActivation]
    install_release: strawberry.Maybe[HypotheticalRelease]


async def what_if(info: Info, changes: list[HypotheticalChange], check: EntitlementCheckInput) -> EntitlementDecision:
    """A check as it would be answered if the changes had been made, in their order. Nothing is written.

    A change that cannot be made is an error that names it. A licence that is unknown stays so, whatever is changed.
    """
    if len(changes) > MOST_CHANGES:
        raise BadInput(
            said(
                "{field}: at most {most} at once, not {asked}.", field="changes", most=MOST_CHANGES, asked=len(changes)
            )
        )
    context = info.context
    if any(change.pay for change in changes):  # what is tried tells which charges there are, and what is wrong with one
        require(context.viewer, "whatIf with a payment", (Scope.BILLING_READ,))
    request = request_of(check, context)
    known = await facts_of(context, check.license, request.known_at)
    if known is None or known.license is None:
        nothing = known or await context.loaders.facts_of_nothing(request.known_at)
        return EntitlementDecision.of(decide(nothing, request, context.guide))
    renews = any(change.renew for change in changes)
    policies = await policies_of(context, request.known_at) if renews else LateFeePolicies()
    supposed = Supposed(known, known.license, request, context.guide, policies)
    for position, change in enumerate(changes):
        supposed = made(supposed, change, f"changes[{position}]")
    return EntitlementDecision.of(decide(supposed.known, supposed.request, context.guide))


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is supposed to be so by now: the facts of the licence that is checked, and the request."""

    known: Facts
    license: License
    request: CheckRequest
    guide: Guide
    policies: LateFeePolicies

    def on(self, known: Facts) -> "Supposed":
        """The same with other facts."""
        return replace(self, known=known, license=known.license or self.license)

    @property
    def contract(self) -> dict[str, License]:
        """Every licence of the contract by its serial."""
        every = (self.license.contract_base, self.license, *self.known.dependents)
        return {license.serial: license for license in every}

    def named(self, by: LicenseRef, where: str) -> License:
        """The licence of the contract that a reference names."""
        for license in self.contract.values():
            is_serial = by.serial is not None and by.serial.value == license.serial
            if is_serial or (by.id is not None and by.id.value == write_id(Kind.LICENSE, license.id)):
                return license
        message = said(
            "{field}: is no licence of the contract that is checked; that has {there}.",
            field=f"{where}.license",
            there=listed(", ", self.contract),
        )
        raise BadInput(message, ProblemCode.UNKNOWN_LICENSE)


def made(supposed: Supposed, change: HypotheticalChange, where: str) -> Supposed:
    """What is so once a change was made. Raises BadInput for one that cannot be."""
    if change.renew:
        return _renewed(supposed, change.renew.value, f"{where}.renew")
    if change.pay:
        return _paid(supposed, change.pay.value, f"{where}.pay")
    if change.change_milestone:
        return _milestone_changed(supposed, change.change_milestone.value, f"{where}.changeMilestone")
    if change.change_plan:
        return _plan_changed(supposed, change.change_plan.value, f"{where}.changePlan")
    if change.agree_option:
        return _option_agreed(supposed, change.agree_option.value, f"{where}.agreeOption")
    if change.activate:
        return _activated(supposed, change.activate.value, f"{where}.activate")
    if change.install_release:
        return _release_installed(supposed, change.install_release.value, f"{where}.installRelease")
    raise BadInput(said("{field}: names no change.", field=where))


def _renewed(supposed: Supposed, asked: HypotheticalRenewal, where: str) -> Supposed:
    license = supposed.named(asked.license, where)
    contract = replace(supposed.known, license=license)
    renewal = RenewalAsked(asked.plan, asked.months, asked.order_date)
    _possible(renewal_quote(contract, renewal, NO_PRICES, supposed.policies, supposed.guide), where)
    after = hypotheses.renewed(supposed.known, license, asked.plan, asked.months, asked.order_date, supposed.guide)
    return supposed.on(after or supposed.known)


def _paid(supposed: Supposed, asked: HypotheticalPayment, where: str) -> Supposed:
    if all(charge.reference != asked.charge for charge in supposed.known.charges):
        there = [charge.reference for charge in supposed.known.charges]
        message = said(
            "{field}: is no charge of the contract that is checked; that has {there}.",
            field=f"{where}.charge",
            there=listed(", ", there) if there else said("none"),
        )
        raise BadInput(message, UNKNOWN_CHARGE)
    return supposed.on(hypotheses.paid(supposed.known, asked.charge, _day(asked.on, f"{where}.on")))


def _milestone_changed(supposed: Supposed, asked: HypotheticalMilestone, where: str) -> Supposed:
    products = sorted({license.product.code for license in supposed.contract.values()})
    if asked.product not in products:
        message = said(
            "{field}: is no product of the contract that is checked; that has {there}.",
            field=f"{where}.product",
            there=listed(", ", products),
        )
        raise BadInput(message, ProblemCode.UNKNOWN_PRODUCT)
    on = _day(asked.on, f"{where}.on") if asked.on else None
    return supposed.on(hypotheses.milestone_changed(supposed.known, asked.product, asked.kind, on))


def _plan_changed(supposed: Supposed, asked: HypotheticalPlanChange, where: str) -> Supposed:
    license = supposed.named(asked.license, where)
    contract = replace(supposed.known, license=license)
    _possible(attachments.plan_change_quote(contract, asked.plan, asked.on, NO_PRICES, supposed.guide), where)
    after = hypotheses.plan_changed(supposed.known, license, asked.plan, asked.on, supposed.guide)
    return supposed.on(after or supposed.known)


def _option_agreed(supposed: Supposed, asked: HypotheticalOption, where: str) -> Supposed:
    license = supposed.named(asked.license, where)
    features = supposed.guide.codes(FEATURE)
    if asked.feature not in features:
        message = said(
            "{field}: is none of the guide's; it has {there}.", field=f"{where}.feature", there=listed(", ", features)
        )
        raise BadInput(message, UNKNOWN_FEATURE)
    starts_on = _day(asked.starts_on, f"{where}.startsOn")
    expires_on = _day(asked.expires_on, f"{where}.expiresOn") if asked.expires_on else None
    if expires_on is not None and expires_on < starts_on:
        message = said(
            "{field}: {expires_on} is before {starts_on}, the start; both days are inclusive.",
            field=f"{where}.expiresOn",
            expires_on=expires_on,
            starts_on=starts_on,
        )
        raise BadInput(message, ProblemCode.INVALID_DATE)
    return supposed.on(hypotheses.option_agreed(supposed.known, license, asked.feature, starts_on, expires_on))


def _activated(supposed: Supposed, asked: HypotheticalActivation, where: str) -> Supposed:
    license = supposed.named(asked.license, where)
    return supposed.on(hypotheses.activated(supposed.known, license, _day(asked.on, f"{where}.on")))


def _release_installed(supposed: Supposed, asked: HypotheticalRelease, where: str) -> Supposed:
    license = supposed.named(asked.license, where)
    if all(release.name != asked.release for release in supposed.known.releases):
        raise BadInput(said("{field}: no release of that name is known.", field=f"{where}.release"), UNKNOWN_RELEASE)
    after = supposed.on(hypotheses.release_installed(supposed.known, license, asked.release))
    if license.id != supposed.license.id:
        return after
    return replace(after, request=replace(after.request, installed_release=None))


def _possible(found: object, where: str) -> None:
    """Refuses a change that the rules refuse, with every obstacle; its code is the first one's."""
    if isinstance(found, problems.Problem):
        every = listed("; ", (problem.message for problem in (found, *found.others)))
        raise BadInput(said("{field}: {problems}.", field=where, problems=every), found.code)


def _day(on: date, where: str) -> date:
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        message = said("{field}: give a date from {first} to {last}.", field=where, first=FIRST_YEAR, last=LAST_YEAR)
        raise BadInput(message, ProblemCode.INVALID_DATE)
    return on
