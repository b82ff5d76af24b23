"""What is due for orders: which charges are open on a day, and on which days one holds support (R-CHK-4)."""

from dataclasses import dataclass
from datetime import date

from entitlements.dates import ONE_DAY
from entitlements.facts import Charge
from entitlements.parameters import HeldFrom


@dataclass(frozen=True, slots=True)
class HeldDays:
    """The days on which a charge holds support, both inclusive; without a last one while it is not paid."""

    charge: Charge
    first: date
    last: date | None


def is_outstanding(charge: Charge, day: date) -> bool:
    """Whether a charge was ordered by a day and not paid by its end; it need not be due."""
    ordered = charge.order_date is None or charge.order_date <= day
    return ordered and (charge.paid_on is None or charge.paid_on > day)


def first_overdue_day(charge: Charge) -> date:
    """The day after the due day, by whose end it should have been paid."""
    return charge.due_on + ONE_DAY if charge.due_on < date.max else date.max


def held_days(charge: Charge, held_from: HeldFrom) -> HeldDays | None:
    """When a charge holds support; neither the due day nor the day of payment is held. None for one that never does."""
    first = _first_held(charge, held_from)
    last = charge.paid_on - ONE_DAY if charge.paid_on is not None else None
    return HeldDays(charge, first, last) if last is None or first <= last else None


def is_held(charge: Charge, day: date, held_from: HeldFrom) -> bool:
    """Whether a charge holds support on a day."""
    return (charge.paid_on is None or day < charge.paid_on) and _first_held(charge, held_from) <= day


def _first_held(charge: Charge, held_from: HeldFrom) -> date:
    if held_from is HeldFrom.ORDER:
        return charge.order_date or charge.due_on
    return first_overdue_day(charge)
