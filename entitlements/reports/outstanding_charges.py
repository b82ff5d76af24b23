"""Outstanding charges: what was ordered by a day and is not paid, by how long it is overdue."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from entitlements.charges import is_outstanding
from entitlements.money import Money
from entitlements.reports.rows import Contract, Row


class Age(StrEnum):
    """How long after its due day a charge is: an accountant's thirties."""

    NOT_DUE = "NOT_DUE"
    DAYS_1_TO_30 = "DAYS_1_TO_30"
    DAYS_31_TO_60 = "DAYS_31_TO_60"
    DAYS_61_TO_90 = "DAYS_61_TO_90"
    OVER_90_DAYS = "OVER_90_DAYS"


LAST_DAYS = {Age.NOT_DUE: 0, Age.DAYS_1_TO_30: 30, Age.DAYS_31_TO_60: 60, Age.DAYS_61_TO_90: 90}


def age_of(overdue: int) -> Age:
    """The age of a charge so many days after its due day; the due day itself is not overdue."""
    return next((age for age, last in LAST_DAYS.items() if overdue <= last), Age.OVER_90_DAYS)


def outstanding_charges(contract: Contract, on: date) -> Iterator[Row]:
    """A row for each charge of a contract that is open on a day; the kind is its age, the days those overdue.

    The row runs from the due day through the day, or through the due day where that is still to come.
    """
    for charge in contract.facts.charges:
        if is_outstanding(charge, on):
            overdue = (on - charge.due_on).days
            yield Row(
                license=contract.license(charge.serial),
                kind=age_of(overdue),
                from_on=charge.due_on,
                through_on=max(on, charge.due_on),
                days=max(overdue, 0),
                amount=Money(charge.amount, charge.currency),
                clause=contract.guide.clause("R-EXC-1"),
                charge=charge,
            )
