"""Terms of coverage that are withdrawn or corrected."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import strawberry

from entitlements import events, facts, problems
from entitlements.facts import Facts, Term
from entitlements.messages import listed, said
from entitlements.parameters import PLAN
from entitlements.problems import ProblemCode
from entitlements.quotes import unknown_license
from schema.changes import changed, contract_of, explained, key_field, locked, recordable
from schema.context import Context, Info
from schema.errors import BadInput
from schema.licenses import License, LicenseRef
from schema.problems import Problem
from schema.writing import Change, Subject, Writing

CancelCoverageResult = Annotated[License | Problem, strawberry.union("CancelCoverageResult")]
CorrectCoverageResult = Annotated[License | Problem, strawberry.union("CorrectCoverageResult")]


@strawberry.input
class CancelCoverageInput:
    """A term of coverage that is withdrawn, with what its order left to pay. A charge that was paid stays."""

    idempotency_key: str = key_field()
    license: LicenseRef
    order_reference: str = strawberry.field(description="The order that the term came of.")
    reason: str = strawberry.field(description="Why it is withdrawn; kept with it.")


@strawberry.input
class CorrectCoverageInput:
    """What was recorded wrongly of a term of coverage; what is left out stays as it is."""

    idempotency_key: str = key_field()
    license: LicenseRef
    order_reference: str = strawberry.field(description="The order that the term came of.")
    reason: str = strawberry.field(description="Why it is corrected; kept with the correction.")
    plan: strawberry.Maybe[str]
    starts_on: strawberry.Maybe[date]
    expires_on: strawberry.Maybe[date]
    order_date: strawberry.Maybe[date | None]


async def cancel_coverage(info: Info, input: CancelCoverageInput) -> CancelCoverageResult:
    """Withdraws a term of coverage; what was answered while it was known stays as it was answered."""
    context = info.context
    reason = explained(input.reason, "reason")
    before = await contract_of(context, input.license)

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        found = await _term(around, writing, before, input.order_reference)
        if isinstance(found, problems.Problem):
            return found
        license, term, known = found
        await writing.withdraw_term(license.id, term.order_reference)
        ordered = (license.serial, term.order_reference)
        every = [charge for charge in known.charges if (charge.serial, charge.order_reference) == ordered]
        unpaid = [charge for charge in every if charge.paid_on is None]
        for charge in unpaid:
            await writing.write_charge(license.id, charge, withdrawn=True)
        left = replace(license, terms=tuple(one for one in license.terms if one != term))
        writing.tell(events.coverage_cancelled(left, term, unpaid, around.today, around.guide))
        return (license.id.hex,)

    return await _answer(context, await changed(context, "cancelCoverage", input, doing, reason=reason, internal=True))


async def correct_coverage(info: Info, input: CorrectCoverageInput) -> CorrectCoverageResult:
    """Records a term of coverage as it should have been; the version before stays known as of its time."""
    context = info.context
    reason = explained(input.reason, "reason")
    before = await contract_of(context, input.license)
    given: dict[str, Any] = {}
    for name in ("plan", "starts_on", "expires_on", "order_date"):
        one = getattr(input, name)
        if one:
            given[name] = one.value
    if not given:
        raise BadInput(said("Name what is to be corrected: plan, startsOn, expiresOn or orderDate."))

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        found = await _term(around, writing, before, input.order_reference)
        if isinstance(found, problems.Problem):
            return found
        license, term, _ = found
        after = replace(term, **given)
        refused = _refused(after, around)
        if refused:
            return problems.of(refused)
        await writing.write_term(license.id, after)
        if after != term:
            mended = replace(license, terms=tuple(after if one == term else one for one in license.terms))
            writing.tell(events.coverage_corrected(mended, term, after, around.today, around.guide))
        return (license.id.hex,)

    done = await changed(context, "correctCoverage", input, doing, reason=reason, internal=True)
    return await _answer(context, done)


def _refused(term: Term, context: Context) -> list[problems.Problem]:
    found = [*recordable(term.starts_on, "startsOn"), *recordable(term.expires_on, "expiresOn")]
    found += recordable(term.order_date, "orderDate")
    if context.guide.find(PLAN, term.plan, term.starts_on) is None:
        message = said("no such plan; the guide has {known}", known=listed(", ", context.guide.codes(PLAN)))
        found.append(problems.Problem(ProblemCode.UNKNOWN_PLAN, message, ("plan",)))
    if term.expires_on < term.starts_on:
        message = said(
            "{expires_on} is before {starts_on}, the start; both days are inclusive",
            expires_on=term.expires_on,
            starts_on=term.starts_on,
        )
        found.append(
            problems.Problem(ProblemCode.INVALID_DATE, message, ("expiresOn",), context.guide.clause("R-DATE-1"))
        )
    return found


async def _term(
    around: Context, writing: Writing, before: facts.License | problems.Problem, order_reference: str
) -> tuple[facts.License, Term, Facts] | problems.Problem:
    """A term of a licence by its order, as nobody else changes it."""
    if isinstance(before, problems.Problem):
        return before
    _, known = await locked(around, writing, before.id)
    license = known.license or before
    for term in license.terms:
        if term.order_reference == order_reference:
            return license, term, known
    there = [term.order_reference for term in license.terms]
    message = said(
        "{serial} has no term of that order; it has {there}",
        serial=license.serial,
        there=listed(", ", there) if there else said("none"),
    )
    return problems.Problem(ProblemCode.UNKNOWN_ORDER, message, ("orderReference",))


async def _answer(context: Context, done: Change | problems.Problem) -> License | Problem:
    """The licence as known from the change on."""
    if isinstance(done, problems.Problem):
        return Problem.of(done)
    known = await context.loaders.facts_by_id(UUID(done.subject[0]), done.at)
    if known is None or known.license is None:
        return Problem.of(unknown_license(context.guide))
    return License.of(known.license, known, done.at)
