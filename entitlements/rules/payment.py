"""Whether a charge of the contract holds support (R-CHK-4, R-EXC-1)."""

from collections.abc import Iterator

from entitlements.cases import Case
from entitlements.charges import is_held
from entitlements.messages import said
from entitlements.parameters import HELD_FROM
from entitlements.reasons import ReasonCode, blocks, facts
from entitlements.rules import Finding


def charges_paid(case: Case) -> Iterator[Finding]:
    """Whether a charge of the contract holds support (R-CHK-4, R-EXC-1)."""
    held_from = case.guide.entry(HELD_FROM, case.day)
    yield held_from.clause
    yield case.guide.clause("R-CHK-4")
    for charge in case.facts.charges:
        if not is_held(charge, case.day, held_from.value):
            continue
        due = {
            "amount": charge.amount,
            "currency": charge.currency,
            "charge": charge.reference,
            "due_on": charge.due_on,
        }
        yield blocks(
            ReasonCode.PAYMENT_HOLD,
            said(
                "{amount} {currency} of charge {charge} was due on {due_on} and is paid only on {paid_on}",
                **due,
                paid_on=charge.paid_on,
            )
            if charge.paid_on
            else said("{amount} {currency} of charge {charge} was due on {due_on} and is not paid", **due),
            case.guide.clause("R-EXC-1"),
            facts(
                charge=charge.reference,
                serial=charge.serial,
                amount=charge.amount,
                currency=charge.currency,
                due_on=charge.due_on,
                paid_on=charge.paid_on,
                day=case.day,
            ),
        )
