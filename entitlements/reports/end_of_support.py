"""The schedule of ends of support: the licences they end, on which day, and the cover that they cut (R-EOL-2, R-EOL-5).

The days lost and their value are told, not refunded.
"""

from collections.abc import Iterator
from datetime import date

from entitlements import coverage
from entitlements.coverage import Period
from entitlements.dates import ONE_DAY
from entitlements.facts import License
from entitlements.money import Money, nothing
from entitlements.reports.rows import Contract, Missing, Row, worth


def end_of_support_schedule(contract: Contract, first: date, last: date) -> Iterator[Row]:
    """A row for each licence whose support ends on one of the days, both inclusive; the kind is the milestone's.

    The row runs from the last covered day through the last one that would have been covered; `days` are those lost.
    Lost days of the included year are worth nothing, others what their plan cost on their term's order date.
    """
    for license in contract.licenses:
        line = coverage.timeline(license, contract.guide)
        ending, ends_on = line.end_of_support, line.ends_on
        if ending is None or ends_on is None or not first <= ends_on <= last:
            continue
        if license.retired_on is not None and license.retired_on <= ends_on:
            continue
        lost = list(_lost(contract, license, ends_on))
        amount, missing = _value(contract, license, lost)
        held = line.held_last(ends_on)
        yield Row(
            license=license,
            kind=ending.kind.value,
            from_on=ends_on,
            through_on=max((period.expires_on for period in lost), default=ends_on),
            days=sum((period.expires_on - period.starts_on).days + 1 for period in lost),
            amount=amount,
            clause=contract.guide.clause("R-COT-4" if license.is_dependent else "R-EOL-5"),
            plan=held.plan if held else None,
            missing=missing,
        )


def _lost(contract: Contract, license: License, ends_on: date) -> Iterator[Period]:
    """The covered days after an end of support, had there been none."""
    for period in coverage.uncut_periods(license, contract.guide):
        if period.expires_on > ends_on:
            yield coverage.beginning_from(period, ends_on + ONE_DAY)


def _value(contract: Contract, license: License, lost: list[Period]) -> tuple[Money | None, Missing | None]:
    total = nothing(contract.book.currency).amount
    orders = {term.order_reference: term.order_date for term in contract.base.terms}
    for period in lost:
        if period.order_reference is None:  # the included year, also where it comes from the base
            continue
        ordered_on = orders.get(period.order_reference or "") or period.starts_on
        amount, missing = worth(contract, license, period.plan, period.starts_on, period.expires_on, ordered_on)
        if amount is None:
            return None, missing
        total += amount.amount
    return Money(total, contract.book.currency), None
