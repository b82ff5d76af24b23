"""Licences that are registered, and corrections of what was recorded of them."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import strawberry

from entitlements import events, facts, problems
from entitlements.facts import LicenseModel
from entitlements.messages import said
from entitlements.problems import ProblemCode
from entitlements.quotes import unknown_license
from entitlements.validity import SERIAL
from schema.changes import changed, contract_of, explained, key_field, locked, recordable, serial_in_use
from schema.context import Context, Info
from schema.errors import BadInput
from schema.licenses import License, LicenseRef
from schema.problems import Problem, unknown_product
from schema.quotes import UNSET
from schema.writing import Change, Subject, Writing

RegisterLicenseResult = Annotated[License | Problem, strawberry.union("RegisterLicenseResult")]
CorrectLicenseResult = Annotated[License | Problem, strawberry.union("CorrectLicenseResult")]

DATES = ("effective_on", "executed_on", "registered_on", "license_expires_on", "retired_on")
WIRE = {
    "effective_on": "effectiveOn",
    "executed_on": "executedOn",
    "registered_on": "registeredOn",
    "license_expires_on": "licenseExpiresOn",
    "retired_on": "retiredOn",
}


@strawberry.input
class RegisterLicenseInput:
    """A new licence."""

    idempotency_key: str = key_field()
    serial: str = strawberry.field(description="1 to 64 printable ASCII characters without spaces.")
    account: str = strawberry.field(description="An account's reference.")
    product: str = strawberry.field(description="A product's code.")
    model: LicenseModel = LicenseModel.PERPETUAL
    base: str | None = strawberry.field(
        default=UNSET, description="The serial of the base; of dependent licences, and of them always."
    )
    effective_on: date | None = strawberry.field(default=UNSET, description="The order form's stated effective date.")
    executed_on: date | None = strawberry.field(default=UNSET, description="The day the order was executed.")
    registered_on: date | None = strawberry.field(default=UNSET, description="The day the product was registered.")


@strawberry.input
class CorrectLicenseInput:
    """What was recorded wrongly of a licence; what is left out stays as it is, null makes it unknown."""

    idempotency_key: str = key_field()
    license: LicenseRef
    reason: str = strawberry.field(description="Why it is corrected; kept with the correction.")
    quantity: strawberry.Maybe[int]
    effective_on: strawberry.Maybe[date | None]
    executed_on: strawberry.Maybe[date | None]
    registered_on: strawberry.Maybe[date | None]
    license_expires_on: strawberry.Maybe[date | None]
    retired_on: strawberry.Maybe[date | None]
    installed_release: strawberry.Maybe[str | None]


async def register_license(info: Info, input: RegisterLicenseInput) -> RegisterLicenseResult:
    """Records a new licence."""
    context = info.context

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        return await _register(around, writing, input)

    reason = f"registration of {input.serial}" if input.serial.isprintable() else None
    done = await changed(context, "registerLicense", input, doing, reason=reason, internal=True)
    return await _answer(context, done)


async def _register(around: Context, writing: Writing, input: RegisterLicenseInput) -> Subject | problems.Problem:
    if not SERIAL.fullmatch(input.serial):
        raise BadInput(said("serial: 1 to 64 printable ASCII characters without spaces."))
    readable = input.account.isprintable()
    account = await around.loaders.accounts_by_reference.load(input.account) if readable else None
    readable = input.product.isprintable()
    product = await around.loaders.products_by_code.load((input.product, around.now)) if readable else None
    found: list[problems.Problem] = []
    if account is None:
        message = said("no account of that reference exists")
        found.append(problems.Problem(ProblemCode.UNKNOWN_ACCOUNT, message, ("account",)))
    if product is None:
        found.append(unknown_product(around, input.product))
    base = await _base_of(around, writing, input.base) if input.base else None
    if isinstance(base, problems.Problem):
        found.append(base)
        base = None
    for name in ("effective_on", "executed_on", "registered_on"):
        found += recordable(getattr(input, name) or None, WIRE[name])
    if account is None or product is None or found:
        return problems.of(found)
    if product.kind.is_dependent != (base is not None):
        kind = {"product": product.code, "kind": product.kind}
        message = (
            said("a licence of {product}, of the kind {kind}, names its base", **kind)
            if product.kind.is_dependent
            else said("a licence of {product}, of the kind {kind}, depends on no base", **kind)
        )
        return problems.Problem(ProblemCode.UNKNOWN_LICENSE, message, ("base",), around.guide.clause("R-COV-6"))
    license = facts.License(
        writing.new_id(), input.serial, account, product, input.model, base,
        effective_on=input.effective_on or None, executed_on=input.executed_on or None,
        registered_on=input.registered_on or None,
    )  # fmt: skip
    if not await writing.add_license(license):
        return serial_in_use(input.serial)
    unfit = await writing.unfit_base(license.serial)
    if unfit is not None:
        message = said("{serial} and its base do not go together: {why}", serial=license.serial, why=unfit)
        return problems.Problem(ProblemCode.UNKNOWN_LICENSE, message, ("base",), around.guide.clause("R-COT-1"))
    writing.tell(events.registered(license, around.today, around.guide))
    return (license.id.hex,)


async def _base_of(around: Context, writing: Writing, serial: str) -> facts.License | problems.Problem:
    known = await around.loaders.facts_by_serial(serial, around.now) if SERIAL.fullmatch(serial) else None
    if known is None or known.license is None:
        return replace(unknown_license(around.guide), field=("base",))
    await writing.lock_contract(known.license.id)
    return known.license


async def correct_license(info: Info, input: CorrectLicenseInput) -> CorrectLicenseResult:
    """Records a licence as it should have been; the version before stays known as of its time."""
    context = info.context
    reason = explained(input.reason, "reason")
    names = ("quantity", *DATES, "installed_release")
    given: dict[str, Any] = {}
    for name in names:
        one = getattr(input, name)
        if one:
            given[name] = one.value
    if not given:
        raise BadInput(said("Name what is to be corrected: quantity, a date or installedRelease."))

    before = await contract_of(context, input.license)

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        if isinstance(before, problems.Problem):
            return before
        _, known = await locked(around, writing, before.id)
        license = known.license or before
        after = replace(license, **given)
        found = [fault for name in DATES for fault in recordable(getattr(after, name), WIRE[name])]
        if after.quantity < 1:
            message = said("a quantity is 1 or more")
            found.append(problems.Problem(ProblemCode.INVALID_TERM, message, ("quantity",)))
        if found:
            return problems.of(found)
        if given.get("installed_release") and all(one.name != after.installed_release for one in known.releases):
            raise BadInput(said("{field}: no release of that name is known.", field="installedRelease"))
        await writing.write_license(after)
        ending = after.retired_on is not None and after.retired_on != license.retired_on
        if ending:
            writing.tell(events.retired(after, around.today, around.guide))
        if after != (replace(license, retired_on=after.retired_on) if ending else license):
            writing.tell(events.license_corrected(license, after, around.today, around.guide))
        return (license.id.hex,)

    return await _answer(context, await changed(context, "correctLicense", input, doing, reason=reason, internal=True))


async def _answer(context: Context, done: Change | problems.Problem) -> License | Problem:
    """The licence as known from the change on."""
    if isinstance(done, problems.Problem):
        return Problem.of(done)
    known = await context.loaders.facts_by_id(UUID(done.subject[0]), done.at)
    if known is None or known.license is None:
        return Problem.of(unknown_license(context.guide))
    return License.of(known.license, known, done.at)
