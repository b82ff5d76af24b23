"""Coverage gaps: the days on which a licence that was covered before gets no support, why, and what cover would cost.

Gaps to come are those that nothing recorded closes. They agree with a check of every day: a day that the dates refuse
has its one cause, a day that only a debt refuses has DEBT.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from entitlements import coverage, stretches
from entitlements.charges import held_days
from entitlements.coverage import CoverageState
from entitlements.dates import ONE_DAY
from entitlements.facts import License
from entitlements.messages import said
from entitlements.parameters import HELD_FROM
from entitlements.problems import ProblemCode
from entitlements.reports.rows import Contract, Row, worth


class GapCause(StrEnum):
    """Why there is no support: the coverage ended, the product's support did, the base's coverage did, or a debt."""

    EXPIRY = "EXPIRY"
    END_OF_SUPPORT = "END_OF_SUPPORT"
    BASE = "BASE"
    DEBT = "DEBT"


CAUSES = {
    CoverageState.EXPIRED_RENEWABLE: GapCause.EXPIRY,
    CoverageState.EXPIRED_LATE: GapCause.EXPIRY,
    CoverageState.END_OF_SUPPORT: GapCause.END_OF_SUPPORT,
    CoverageState.BASE_NOT_COVERED: GapCause.BASE,
}
RULES = {
    GapCause.EXPIRY: "R-REN-4",
    GapCause.END_OF_SUPPORT: "R-EOL-2",
    GapCause.BASE: "R-COT-1",
    GapCause.DEBT: "R-EXC-1",
}

Days = tuple[date, date]


def coverage_gaps(contract: Contract, first: date, last: date) -> Iterator[Row]:
    """The gaps of each licence of a contract between two days, both inclusive; the kind is the cause.

    A gap's worth is what the plan held last, or the base's, costs for its days, by the prices of its first one.
    """
    for license in contract.licenses:
        for cause, begins, ends in _gaps(contract, license, first, last):
            plan = held_last(contract, license, begins)
            if plan is None:
                message = said("{serial}: no plan was held before {day}", serial=license.serial, day=begins)
                amount, missing = None, (ProblemCode.NEVER_COVERED, message)
            else:
                amount, missing = worth(contract, license, plan, begins, ends, begins)
            yield Row(
                license=license,
                kind=cause,
                from_on=begins,
                through_on=ends,
                days=(ends - begins).days + 1,
                amount=amount,
                clause=contract.guide.clause(RULES[cause]),
                plan=plan,
                missing=missing,
            )


def _gaps(contract: Contract, license: License, first: date, last: date) -> Iterator[tuple[GapCause, date, date]]:
    """The gaps in order, each with one cause; days in a row with the same cause are one gap."""
    debts = list(_debts(contract, first, last))
    open_: tuple[GapCause, date, date] | None = None
    for cause, begins, ends in _causes(contract, license, first, last, debts):
        if open_ is not None and open_[0] is cause and open_[2] + ONE_DAY == begins:
            open_ = (cause, open_[1], ends)
            continue
        if open_ is not None:
            yield open_
        open_ = (cause, begins, ends)
    if open_ is not None:
        yield open_


def _causes(
    contract: Contract, license: License, first: date, last: date, debts: list[Days]
) -> Iterator[tuple[GapCause, date, date]]:
    for one in stretches.within(license, first, last, contract.guide):
        if one.state is CoverageState.COVERED:
            for begins, ends in debts:
                if begins <= one.through_on and ends >= one.from_on:
                    yield GapCause.DEBT, max(begins, one.from_on), min(ends, one.through_on)
        elif one.state in CAUSES:
            yield CAUSES[one.state], one.from_on, one.through_on


def _debts(contract: Contract, first: date, last: date) -> Iterator[Days]:
    """The days between two on which a charge of the contract holds support, in order, without overlap."""
    held_from = contract.guide.value(HELD_FROM, first)
    held = (held_days(charge, held_from) for charge in contract.facts.charges)
    spans = sorted((max(one.first, first), min(one.last or last, last)) for one in held if one is not None)
    yield from _joined((begins, ends) for begins, ends in spans if begins <= ends)


def _joined(spans: Iterable[Days]) -> Iterator[Days]:
    open_: Days | None = None
    for begins, ends in spans:
        if open_ is not None and begins <= open_[1] + ONE_DAY:
            open_ = (open_[0], max(open_[1], ends))
            continue
        if open_ is not None:
            yield open_
        open_ = (begins, ends)
    if open_ is not None:
        yield open_


def held_last(contract: Contract, license: License, day: date) -> str | None:
    """The plan that a licence held last by a day, or else its base."""
    for one in (license, contract.base):
        held = coverage.timeline(one, contract.guide).held_last(day)
        if held is not None:
            return held.plan
    return None
