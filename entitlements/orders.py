"""Orders: what a quote becomes when it is ordered, or why it cannot be (R-REN, R-COT-6, R-REN-12)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from entitlements import renewals
from entitlements.attachments import TermQuote
from entitlements.facts import Charge, License, Term, TermKind
from entitlements.guide import Guide
from entitlements.messages import Message, said
from entitlements.money import Money
from entitlements.problems import Problem, ProblemCode, of
from entitlements.quotes import QuoteLine, RenewalQuote
from entitlements.renewals import Standing


@dataclass(frozen=True, slots=True)
class OrderAsked:
    """What an order says besides its quote; the total is the one that the caller was quoted."""

    reference: str
    expected_total: Decimal
    due_on: date


@dataclass(frozen=True, slots=True)
class RenewalOrdered:
    """The term that a renewal writes, the last covered day that it continues from, and what is due for it."""

    term: Term
    renewed_from: date
    charge: Charge


def renewal_ordered(quote: RenewalQuote, asked: OrderAsked, before: License, guide: Guide) -> RenewalOrdered | Problem:
    """What an order of a renewal writes. `before` is the licence as the caller could know it when asking.

    A period is ordered once: an order that was asked for before another one of the same period was known, and a second
    one of a day from the renewal that this day's order gave, find it renewed already.
    """
    problems = [*_renewed_already(quote, before, guide), *_not_orderable(quote, guide)]
    problems += _unpriced(quote.lines) or _another_total(quote.total, asked)
    problems += _due_too_early(quote.asked.order_date, asked)
    if problems or quote.total is None:
        return of(problems)
    order_date, term = quote.asked.order_date, quote.term
    return RenewalOrdered(
        Term(asked.reference, quote.asked.plan, term.starts_on, term.expires_on, TermKind.RENEWED, order_date),
        quote.standing.expires_on,
        charge_of(quote.license, quote.total, order_date, asked),
    )


def term_ordered(quote: TermQuote, license: License, asked: OrderAsked) -> Charge | Problem:
    """What is due for a module or a higher plan that is ordered, by the licence that it is for."""
    problems = _unpriced(quote.lines) or _another_total(quote.total, asked)
    problems += _due_too_early(quote.order_date, asked)
    if problems or quote.total is None:
        return of(problems)
    return charge_of(license, quote.total, quote.order_date, asked)


def changed_plan(quote: TermQuote, asked: OrderAsked) -> Term:
    """The term that a higher plan writes: from the order date to the last day of the term that it is in."""
    return Term(asked.reference, quote.plan, quote.starts_on, quote.expires_on, TermKind.ORDERED, quote.order_date)


def charge_of(license: License, total: Money, order_date: date, asked: OrderAsked) -> Charge:
    """What an order costs. Its reference is the order's with the licence's serial, so that it is like no other."""
    return Charge(
        reference=charge_reference(asked.reference, license.serial),
        serial=license.serial,
        amount=total.amount,
        currency=total.currency,
        due_on=asked.due_on,
        order_reference=asked.reference,
        order_date=order_date,
    )


def charge_reference(order_reference: str, serial: str) -> str:
    """The reference of the charge of an order."""
    return f"{order_reference}/{serial}"


def already_renewed(license: License, guide: Guide, why: Message) -> Problem:
    """The refusal of a period that is renewed already."""
    message = said("{serial} is renewed already: {why}", serial=license.serial, why=why)
    return Problem(ProblemCode.ALREADY_RENEWED, message, ("quote", "license"), guide.clause("R-REN-11"))


def _renewed_already(quote: RenewalQuote, before: License, guide: Guide) -> Iterator[Problem]:
    last, order_date = quote.standing.expires_on, quote.asked.order_date
    then = renewals.standing(before, order_date, guide)
    if isinstance(then, Standing) and then.expires_on < last:
        why = said("it is covered to {last} now, and was to {before} when asked", last=last, before=then.expires_on)
        yield already_renewed(before, guide, why)
        return
    for term in quote.license.terms:
        if term.kind is TermKind.RENEWED and term.order_date == order_date and term.expires_on >= last:
            why = said(
                "{order} of the same day covers it to {last}; ask for more months in one order",
                order=term.order_reference,
                last=last,
            )
            yield already_renewed(before, guide, why)


def _not_orderable(quote: RenewalQuote, guide: Guide) -> Iterator[Problem]:
    if not quote.asked.with_dependents:
        message = said("the base alone can be shown, never ordered: its dependents are renewed with it")
        where = ("quote", "withDependents")
        yield Problem(ProblemCode.INVALID_TERM, message, where, guide.clause("R-REN-7"))


def _unpriced(lines: Sequence[QuoteLine]) -> list[Problem]:
    """Every price or rate that is not configured, each once: without it there is no total."""
    lacking = dict.fromkeys((line.missing, line.clause) for line in lines if line.missing is not None)
    return [Problem(code, message, ("quote",), clause) for (code, message), clause in lacking]


def _another_total(total: Money | None, asked: OrderAsked) -> list[Problem]:
    if total is None or total.amount == asked.expected_total:
        return []
    message = said(
        "the total is {amount} {currency} now, and {expected} was expected",
        amount=total.amount,
        currency=total.currency,
        expected=asked.expected_total,
    )
    return [Problem(ProblemCode.TOTAL_CHANGED, message, ("expectedTotal",))]


def _due_too_early(order_date: date, asked: OrderAsked) -> list[Problem]:
    if asked.due_on >= order_date:
        return []
    message = said(
        "it would be due on {due_on}, before it is ordered on {order_date}",
        due_on=asked.due_on,
        order_date=order_date,
    )
    return [Problem(ProblemCode.INVALID_DATE, message, ("dueOn",))]
