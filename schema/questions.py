"""The questions that billing asks of a portfolio: the rule that finds the rows, and the contracts to read for it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import partial

from entitlements.reports.coverage_gaps import coverage_gaps
from entitlements.reports.end_of_support import end_of_support_schedule
from entitlements.reports.late_fee_exposure import late_fee_exposure
from entitlements.reports.outstanding_charges import outstanding_charges
from entitlements.reports.renewals_due import renewals_due
from entitlements.reports.revenue_leakage import revenue_leakage
from schema.portfolios import RowsOf
from schema.store import Portfolio


class Question(Enum):
    """A question, by the name of its field."""

    RENEWALS_DUE = "renewalsDue"
    LATE_FEE_EXPOSURE = "lateFeeExposure"
    COVERAGE_GAPS = "coverageGaps"
    END_OF_SUPPORT_SCHEDULE = "endOfSupportSchedule"
    OUTSTANDING_CHARGES = "outstandingCharges"
    REVENUE_LEAKAGE = "revenueLeakage"

    @property
    def is_of_one_day(self) -> bool:
        """Whether it is asked on a day, not from one to another."""
        return self in {Question.LATE_FEE_EXPOSURE, Question.OUTSTANDING_CHARGES}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which contracts a question is about: an account's, a partner's customers', or all that the viewer may see.

    `known_at` is None for what is known now.
    """

    known_at: datetime | None = None
    account: str | None = None
    partner: str | None = None


def portfolio_of(question: Question, first: date, last: date, scope: Scope, now: datetime) -> Portfolio:
    """The contracts that a question reads; what lists derive from is used only for what is known now."""
    expires = question is Question.RENEWALS_DUE and scope.known_at is None
    return Portfolio(
        known_at=scope.known_at or now,
        account=scope.account,
        partner=scope.partner,
        charged=question is Question.OUTSTANDING_CHARGES,
        served=(first, last) if question is Question.REVENUE_LEAKAGE else None,
        expiring=(first, last) if expires else None,
    )


def rows_of(question: Question, first: date, last: date) -> RowsOf:
    """What finds a question's rows in a contract, for the days from the first to the last, both inclusive."""
    match question:
        case Question.RENEWALS_DUE:
            return partial(renewals_due, first=first, last=last)
        case Question.LATE_FEE_EXPOSURE:
            return partial(late_fee_exposure, on=last)
        case Question.COVERAGE_GAPS:
            return partial(coverage_gaps, first=first, last=last)
        case Question.END_OF_SUPPORT_SCHEDULE:
            return partial(end_of_support_schedule, first=first, last=last)
        case Question.OUTSTANDING_CHARGES:
            return partial(outstanding_charges, on=last)
        case Question.REVENUE_LEAKAGE:
            return partial(revenue_leakage, first=first, last=last)
