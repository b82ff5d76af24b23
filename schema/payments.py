"""Payments, and corrections of charges."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from entitlements import events, facts, problems
from entitlements.facts import Facts
from entitlements.messages import said
from entitlements.problems import ProblemCode
from schema.changes import changed, explained, key_field, locked, recordable
from schema.charges import Charge
from schema.context import Context, Info
from schema.errors import BadInput
from schema.problems import Problem
from schema.writing import Change, Subject, Writing

RecordPaymentResult = Annotated[Charge | Problem, strawberry.union("RecordPaymentResult")]
CorrectChargeResult = Annotated[Charge | Problem, strawberry.union("CorrectChargeResult")]


@strawberry.input
class RecordPaymentInput:
    """A charge that was paid."""

    idempotency_key: str = key_field()
    charge: str = strawberry.field(description="The charge's reference.")
    paid_on: date = strawberry.field(description="The day of the payment; it lifts the hold from that day on.")


@strawberry.input
class CorrectChargeInput:
    """What was recorded wrongly of a charge; what is left out stays as it is."""

    idempotency_key: str = key_field()
    charge: str = strawberry.field(description="The charge's reference.")
    reason: str = strawberry.field(description="Why it is corrected; kept with the correction.")
    amount: strawberry.Maybe[Decimal]
    due_on: strawberry.Maybe[date]
    paid_on: strawberry.Maybe[date | None] = strawberry.field(description="Null when it was not paid after all.")


async def record_payment(info: Info, input: RecordPaymentInput) -> RecordPaymentResult:
    """Records that a charge was paid. It is known from now on, and answers given before stay as they were."""
    context = info.context

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        found = await _locked_charge(around, writing, input.charge)
        if isinstance(found, problems.Problem):
            return found
        license, charge = found
        refused = recordable(input.paid_on, "paidOn") or _paid_already(charge, input.paid_on)
        if refused:
            return problems.of(refused)
        after = replace(charge, paid_on=input.paid_on)
        await writing.write_charge(license.id, after)
        if charge.paid_on is None:
            writing.tell(events.payment_recorded(license, after, around.today, around.guide))
        return (license.id.hex, charge.reference)

    reason = f"payment of {input.charge}"
    return await _answer(context, await changed(context, "recordPayment", input, doing, reason=reason, internal=True))


async def correct_charge(info: Info, input: CorrectChargeInput) -> CorrectChargeResult:
    """Records a charge as it should have been; the version before stays known as of its time."""
    context = info.context
    reason = explained(input.reason, "reason")
    given = {
        name: one.value
        for name, one in (("amount", input.amount), ("due_on", input.due_on), ("paid_on", input.paid_on))
        if one
    }
    if not given:
        raise BadInput(said("Name what is to be corrected: amount, dueOn or paidOn."))

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        found = await _locked_charge(around, writing, input.charge)
        if isinstance(found, problems.Problem):
            return found
        license, charge = found
        after = replace(charge, **given)
        refused = [*recordable(after.due_on, "dueOn"), *recordable(after.paid_on, "paidOn")]
        if refused:
            return problems.of(refused)
        await writing.write_charge(license.id, after)
        if after != charge:
            writing.tell(events.charge_corrected(license, charge, after, around.today, around.guide))
        return (license.id.hex, charge.reference)

    return await _answer(context, await changed(context, "correctCharge", input, doing, reason=reason, internal=True))


async def _locked_charge(
    around: Context, writing: Writing, reference: str
) -> tuple[facts.License, facts.Charge] | problems.Problem:
    """A charge with the licence that it is of, as nobody else changes it."""
    printable = reference.isprintable()
    license_id = await around.store.license_of_charge(around.viewer, reference) if printable else None
    if license_id is None:
        return _unknown(reference)
    _, known = await locked(around, writing, license_id)
    charge = _charge(known, reference)
    return (known.license, charge) if known.license is not None and charge is not None else _unknown(reference)


def _unknown(reference: str) -> problems.Problem:
    message = (
        said("no charge {charge} exists, or it is not yours to see", charge=reference)
        if reference.isprintable()
        else said("no charge of that reference exists, or it is not yours to see")
    )
    return problems.Problem(ProblemCode.UNKNOWN_CHARGE, message, ("charge",))


def _paid_already(charge: facts.Charge, paid_on: date) -> list[problems.Problem]:
    if charge.paid_on is None or charge.paid_on == paid_on:
        return []
    message = said(
        "{charge} was paid on {paid_on}; correctCharge mends a payment", charge=charge.reference, paid_on=charge.paid_on
    )
    return [problems.Problem(ProblemCode.ALREADY_EXISTS, message, ("charge",))]


def _charge(known: Facts | None, reference: str) -> facts.Charge | None:
    every = known.charges if known is not None else ()
    return next((charge for charge in every if charge.reference == reference), None)


async def _answer(context: Context, done: Change | problems.Problem) -> RecordPaymentResult:
    """The charge as known from the change on."""
    if isinstance(done, problems.Problem):
        return Problem.of(done)
    license_id, reference = done.subject
    known = await context.loaders.facts_by_id(UUID(license_id), done.at)
    # A charge of the domain is what the schema's own is a view of.
    return _charge(known, reference) or Problem.of(_unknown(reference))  # pyright: ignore[reportReturnType]
