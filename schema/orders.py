"""Orders: a quote accepted at its total. Coverage, charge and key are one change."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from entitlements import attachments, events, facts, orders, problems, written_quotes
from entitlements.facts import Facts
from entitlements.guide import Guide
from entitlements.messages import said
from entitlements.orders import OrderAsked
from entitlements.problems import ProblemCode, within
from entitlements.quotes import RenewalAsked, renewal_quote
from schema.attachments import AttachmentQuoteInput, PlanChangeQuoteInput
from schema.changes import changed, contract_of, forbidden, key_field, locked, recordable, reference, serial_in_use
from schema.charges import Charge
from schema.context import Context, Info
from schema.errors import BadInput
from schema.licenses import License
from schema.nodes import Kind, Node, write_id
from schema.prices import book_of, pricing_of
from schema.problems import Problem, unknown_product
from schema.quotes import CURRENCY, UNSET, RenewalQuote, RenewalQuoteInput
from schema.shown import Shown
from schema.store import ViewerKind
from schema.writing import Change, OrderKept, Subject, Writing

MOMENT = timedelta(microseconds=1)
"""Just before an order is known, its quote's licences are as they were quoted."""


@strawberry.type
class RenewalOrder(Node):
    """A renewal as it was ordered."""

    order_reference: str
    due: strawberry.Private[facts.Charge]
    quoted: strawberry.Private[RenewalQuote]
    renewed: strawberry.Private[tuple[License, ...]]

    @strawberry.field
    def quote(self) -> RenewalQuote:
        """What was quoted and agreed, from the facts just before the order."""
        return self.quoted

    @strawberry.field
    def licenses(self) -> list[License]:
        """The base and the dependents that were renewed, as known with the order."""
        return list(self.renewed)

    @strawberry.field(graphql_type=Charge)
    def charge(self) -> facts.Charge:
        """What is due for it, as known with the order."""
        return self.due


@strawberry.type
class AttachmentOrder:
    """A module as it was ordered for a base."""

    order_reference: str
    license: License = strawberry.field(description="The new licence.")
    due: strawberry.Private[facts.Charge]

    @strawberry.field(graphql_type=Charge)
    def charge(self) -> facts.Charge:
        """What is due for it."""
        return self.due


@strawberry.type
class PlanChangeOrder:
    """A higher plan as it was ordered."""

    order_reference: str
    license: License = strawberry.field(description="The base licence, with the plan from the order date on.")
    due: strawberry.Private[facts.Charge]

    @strawberry.field(graphql_type=Charge)
    def charge(self) -> facts.Charge:
        """What is due for it."""
        return self.due


OrderRenewalResult = Annotated[RenewalOrder | Problem, strawberry.union("OrderRenewalResult")]
AttachLicenseResult = Annotated[AttachmentOrder | Problem, strawberry.union("AttachLicenseResult")]
ChangePlanResult = Annotated[PlanChangeOrder | Problem, strawberry.union("ChangePlanResult")]

EXPECTED = "The total that was quoted; the order is refused when it is another by now."
DUE = "The operator's terms of payment, 30 days after the order date unless set otherwise, when left out."


@strawberry.input
class OrderRenewalInput:
    """A renewal at the total that was quoted."""

    idempotency_key: str = key_field()
    quote: RenewalQuoteInput
    order_reference: str = strawberry.field(description="The caller's own; it is given to one order of the account.")
    expected_total: Decimal = strawberry.field(description=EXPECTED)
    due_on: date | None = strawberry.field(default=UNSET, description=DUE)


@strawberry.input
class AttachLicenseInput:
    """A module for a base at the total that was quoted."""

    idempotency_key: str = key_field()
    quote: AttachmentQuoteInput
    serial: str = strawberry.field(description="The serial that the new licence is given.")
    order_reference: str = strawberry.field(description="The caller's own; it is given to one order of the account.")
    expected_total: Decimal = strawberry.field(description=EXPECTED)
    due_on: date | None = strawberry.field(default=UNSET, description=DUE)


@strawberry.input
class ChangePlanInput:
    """A higher plan for the rest of the term at the total that was quoted."""

    idempotency_key: str = key_field()
    quote: PlanChangeQuoteInput
    order_reference: str = strawberry.field(description="The caller's own; it is given to one order of the account.")
    expected_total: Decimal = strawberry.field(description=EXPECTED)
    due_on: date | None = strawberry.field(default=UNSET, description=DUE)


Before = facts.License | problems.Problem
"""A licence as the caller could know it when asking, or that there is none."""
QuoteInput = RenewalQuoteInput | AttachmentQuoteInput | PlanChangeQuoteInput


def terms_of(
    context: Context, quote: QuoteInput, order_reference: str, expected_total: Decimal, due_on: date | None
) -> tuple[date, OrderAsked] | problems.Problem:
    """The order date and what else an order says; or what it may not say.

    Partners and customers order today, on the operator's terms of payment.
    """
    if quote.currency and not CURRENCY.fullmatch(quote.currency):
        raise BadInput(said("{field}: three capital letters of ISO 4217, such as EUR.", field="quote.currency"))
    asked_reference = reference(order_reference, "orderReference")
    found: list[problems.Problem] = []
    if quote.known_at:
        message = said("an order is placed on what is known now; leave it out")
        clause = context.guide.clause("R-CHK-15")
        found.append(problems.Problem(ProblemCode.INVALID_DATE, message, ("quote", "knownAt"), clause))
    today = context.day_of(context.arrived)
    order_date = quote.order_date or today
    if context.viewer.kind is not ViewerKind.INTERNAL:
        if order_date != today:
            found.append(forbidden(said("orders are dated today, {today}", today=today), "quote", "orderDate"))
        if due_on:
            found.append(forbidden(said("when an order is due is the operator's to say"), "dueOn"))
    found += recordable(due_on or None, "dueOn")
    if found:
        return problems.of(found)
    usual = date.fromordinal(min(order_date.toordinal() + context.due_days, date.max.toordinal()))
    return order_date, OrderAsked(asked_reference, expected_total, due_on or usual)


async def unused(writing: Writing, license_id: UUID, serial: str, order_reference: str) -> problems.Problem | None:
    """The refusal of an order reference in use; None when it is free."""
    charge = orders.charge_reference(order_reference, serial)
    if await writing.has_order(license_id, order_reference) or await writing.has_charge(charge):
        message = said("order reference {reference} is in use; give another one", reference=order_reference)
        return problems.Problem(ProblemCode.ALREADY_EXISTS, message, ("orderReference",))
    return None


# ---------------------------------------------------------------- renewals


async def order_renewal(info: Info, input: OrderRenewalInput) -> OrderRenewalResult:
    """Orders a renewal at the total that was quoted; the dependents are renewed with their base."""
    context = info.context
    before = await contract_of(context, input.quote.license)

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        return await _renew(around, writing, input, before)

    done = await changed(context, "orderRenewal", input, doing, reason=f"order {input.order_reference}")
    if isinstance(done, problems.Problem):
        return Problem.of(done)
    order = await context.store.order(context.viewer, UUID(done.subject[0]))
    found = await ordered(context, order, done.at) if order else None
    return found or Problem.of(_gone(context.guide))


async def _renew(
    around: Context, writing: Writing, input: OrderRenewalInput, before: Before
) -> Subject | problems.Problem:
    quoting = input.quote
    terms = terms_of(around, quoting, input.order_reference, input.expected_total, input.due_on)
    if isinstance(terms, problems.Problem):
        return terms
    order_date, asked = terms
    if isinstance(before, problems.Problem):
        return within(before, "quote")
    now, known = await locked(around, writing, before.id)
    license = known.license or before
    taken = await unused(writing, license.id, license.serial, asked.reference)
    if taken is not None:
        return taken
    book, policies = await pricing_of(now, known, license, now.now, quoting.currency or None)
    wanted = RenewalAsked(quoting.plan, quoting.months, order_date, quoting.with_dependents)
    quote = renewal_quote(known, wanted, book, policies, now.guide)
    if isinstance(quote, problems.Problem):
        return within(quote, "quote")
    order = orders.renewal_ordered(quote, asked, before, now.guide)
    if isinstance(order, problems.Problem):
        return order
    if await writing.has_renewal(license.id, order.renewed_from):
        why = said("a renewal continues from {renewed_from}", renewed_from=order.renewed_from)
        return orders.already_renewed(license, now.guide, why)
    await writing.write_term(license.id, order.term, order.renewed_from)
    await writing.write_charge(license.id, order.charge)
    id_ = await writing.keep_order(license.id, asked.reference, order.charge.reference, written_quotes.written(quote))
    writing.tell(events.renewal_ordered(license, order, quote.standing, now.today, id_))
    return (str(id_),)


async def ordered(context: Context, order: OrderKept, at: datetime) -> RenewalOrder | None:
    """An order as known from when it was placed; None where its licence is no longer the viewer's to see."""
    known = await context.loaders.facts_by_id(order.license_id, at)
    before = await context.loaders.facts_by_id(order.license_id, at - MOMENT)
    charge = charge_in(known, order.charge_reference)
    if known is None or before is None or before.license is None or charge is None:
        return None
    id_ = write_id(Kind.RENEWAL_ORDER, order.id)
    quote = written_quotes.read(order.quote, before)
    serials = {line.license.serial for line in quote.lines}
    members = [one for one in (known.license, *known.dependents) if one is not None and one.serial in serials]
    return RenewalOrder(
        id=id_,
        order_reference=order.order_reference,
        due=charge,
        quoted=RenewalQuote.of(quote, before, at - MOMENT, Shown("order", id_, {})),
        renewed=tuple(License.of(one, known, at) for one in members),
    )


def charge_in(known: Facts | None, charge_reference: str) -> facts.Charge | None:
    """A charge of a contract by its reference."""
    every = known.charges if known is not None else ()
    return next((charge for charge in every if charge.reference == charge_reference), None)


def _gone(guide: Guide) -> problems.Problem:
    """An order was placed with this key, and its licence is no longer the viewer's to see."""
    message = said("what came of this key belongs to a licence that is no longer yours to see")
    return problems.Problem(ProblemCode.UNKNOWN_LICENSE, message, ("quote", "license"), guide.clause("R-CHK-11"))


# ---------------------------------------------------------------- in the middle of a term


@dataclass(frozen=True, slots=True)
class Begun:
    """An order under way, its contract locked: the surroundings and the facts of now, and what was agreed."""

    now: Context
    known: Facts
    license: facts.License
    order_date: date
    asked: OrderAsked


async def _ordered(
    context: Context,
    mutation: str,
    input: AttachLicenseInput | ChangePlanInput,
    ordering: Callable[[Begun, Writing], Awaitable[Subject | problems.Problem]],
) -> tuple[License, facts.Charge] | problems.Problem:
    """Places an order for the rest of a term, and answers what came of it."""
    quoting = input.quote
    before = await contract_of(context, quoting.license)

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        terms = terms_of(around, quoting, input.order_reference, input.expected_total, input.due_on)
        if isinstance(terms, problems.Problem):
            return terms
        if isinstance(before, problems.Problem):
            return within(before, "quote")
        order_date, asked = terms
        now, known = await locked(around, writing, before.id)
        return await ordering(Begun(now, known, known.license or before, order_date, asked), writing)

    done = await changed(context, mutation, input, doing, reason=f"order {input.order_reference}")
    return await _found(context, done)


async def attach_license(info: Info, input: AttachLicenseInput) -> AttachLicenseResult:
    """Orders a module for a base at the total that was quoted: a new licence, to the end of the base's coverage."""

    async def attaching(begun: Begun, writing: Writing) -> Subject | problems.Problem:
        return await _attach(begun, writing, input)

    found = await _ordered(info.context, "attachLicense", input, attaching)
    if isinstance(found, problems.Problem):
        return Problem.of(found)
    license, charge = found
    return AttachmentOrder(order_reference=input.order_reference, license=license, due=charge)


async def _attach(begun: Begun, writing: Writing, input: AttachLicenseInput) -> Subject | problems.Problem:
    quoting, now, base = input.quote, begun.now, begun.license
    code = quoting.product
    product = await now.loaders.products_by_code.load((code, now.now)) if code.isprintable() else None
    if product is None:
        return within(unknown_product(now, code), "quote")
    taken = await unused(writing, base.id, reference(input.serial, "serial"), begun.asked.reference)
    if taken is not None:
        return taken
    book = await book_of(now, begun.known, base, now.now, quoting.currency or None, product.code)
    quote = attachments.attachment_quote(begun.known, product, quoting.quantity, begun.order_date, book, now.guide)
    if isinstance(quote, problems.Problem):
        return within(quote, "quote")
    license = facts.License(
        writing.new_id(), input.serial, base.account, product, base=base, quantity=quoting.quantity,
        effective_on=begun.order_date,
    )  # fmt: skip
    charge = orders.term_ordered(quote, license, begun.asked)
    if isinstance(charge, problems.Problem):
        return charge
    return await _attached(now, writing, license, charge)


async def _attached(
    now: Context, writing: Writing, license: facts.License, charge: facts.Charge
) -> Subject | problems.Problem:
    if not await writing.add_license(license):
        return serial_in_use(license.serial)
    unfit = await writing.unfit_base(license.serial)
    if unfit is not None:
        message = said("{product} does not fit: {why}", product=license.product.code, why=unfit)
        return problems.Problem(ProblemCode.UNKNOWN_PRODUCT, message, ("quote", "product"))
    await writing.write_charge(license.id, charge)
    writing.tell(events.attached(license, charge, now.today, now.guide))
    return (license.id.hex, charge.reference)


async def change_plan(info: Info, input: ChangePlanInput) -> ChangePlanResult:
    """Orders a higher plan for the rest of a term at the total that was quoted; the dependents' with it."""

    async def changing(begun: Begun, writing: Writing) -> Subject | problems.Problem:
        return await _change_plan(begun, writing, input)

    found = await _ordered(info.context, "changePlan", input, changing)
    if isinstance(found, problems.Problem):
        return Problem.of(found)
    license, charge = found
    return PlanChangeOrder(order_reference=input.order_reference, license=license, due=charge)


async def _change_plan(begun: Begun, writing: Writing, input: ChangePlanInput) -> Subject | problems.Problem:
    quoting, now, license, asked = input.quote, begun.now, begun.license, begun.asked
    taken = await unused(writing, license.id, license.serial, asked.reference)
    if taken is not None:
        return taken
    book = await book_of(now, begun.known, license, now.now, quoting.currency or None)
    quote = attachments.plan_change_quote(begun.known, quoting.plan, begun.order_date, book, now.guide)
    if isinstance(quote, problems.Problem):
        return within(quote, "quote")
    charge = orders.term_ordered(quote, license, asked)
    if isinstance(charge, problems.Problem):
        return charge
    term = orders.changed_plan(quote, asked)
    await writing.write_term(license.id, term)
    await writing.write_charge(license.id, charge)
    writing.tell(events.plan_changed(license, term, charge, now.today, quote.clauses))
    return (license.id.hex, charge.reference)


async def _found(context: Context, done: Change | problems.Problem) -> tuple[License, facts.Charge] | problems.Problem:
    """The licence and the charge that came of an order, as known from then."""
    if isinstance(done, problems.Problem):
        return done
    license_id, charge_reference = done.subject
    known = await context.loaders.facts_by_id(UUID(license_id), done.at)
    charge = charge_in(known, charge_reference)
    if known is None or known.license is None or charge is None:
        return _gone(context.guide)
    return License.of(known.license, known, done.at), charge
