"""An expected refusal of something asked for: bad input, or a rule of the guide. Codes are stable."""

from dataclasses import dataclass, replace
from enum import StrEnum

from entitlements.clauses import Clause
from entitlements.messages import Message


class ProblemCode(StrEnum):
    """Why something is refused."""

    UNKNOWN_LICENSE = "UNKNOWN_LICENSE"
    UNKNOWN_PLAN = "UNKNOWN_PLAN"
    UNKNOWN_PRODUCT = "UNKNOWN_PRODUCT"
    UNKNOWN_ACCOUNT = "UNKNOWN_ACCOUNT"
    UNKNOWN_CHARGE = "UNKNOWN_CHARGE"
    UNKNOWN_ORDER = "UNKNOWN_ORDER"
    UNKNOWN_WEBHOOK = "UNKNOWN_WEBHOOK"
    WEBHOOKS_NOT_CONFIGURED = "WEBHOOKS_NOT_CONFIGURED"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    TOO_MANY = "TOO_MANY"
    INVALID_DATE = "INVALID_DATE"
    INVALID_TERM = "INVALID_TERM"
    RETIRED = "RETIRED"
    RENEW_THE_BASE = "RENEW_THE_BASE"
    EVALUATION = "EVALUATION"
    NOT_ACTIVATED = "NOT_ACTIVATED"
    NEVER_COVERED = "NEVER_COVERED"
    BASE_NOT_COVERED = "BASE_NOT_COVERED"
    END_OF_SUPPORT = "END_OF_SUPPORT"
    END_OF_RENEWAL = "END_OF_RENEWAL"
    END_OF_NEW_ATTACHMENT = "END_OF_NEW_ATTACHMENT"
    END_OF_SALE = "END_OF_SALE"
    ALREADY_RENEWED = "ALREADY_RENEWED"
    DOWNGRADE_AT_RENEWAL_ONLY = "DOWNGRADE_AT_RENEWAL_ONLY"
    LAPSE_TOO_LONG = "LAPSE_TOO_LONG"
    PRICE_NOT_CONFIGURED = "PRICE_NOT_CONFIGURED"
    FEE_RATE_UNSET = "FEE_RATE_UNSET"
    TOTAL_CHANGED = "TOTAL_CHANGED"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    FORBIDDEN = "FORBIDDEN"


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal: what is wrong, in which field of the input, by which clause; and every further obstacle."""

    code: ProblemCode
    message: Message
    field: tuple[str, ...] = ()
    clause: Clause | None = None
    others: tuple["Problem", ...] = ()


def of(problems: list[Problem]) -> Problem:
    """The first problem, with the others beside it."""
    first, *others = problems
    return replace(first, others=tuple(others))


def within(problem: Problem, *field: str) -> Problem:
    """A problem of a part of the input, with where that part stands."""
    others = tuple(within(other, *field) for other in problem.others)
    return replace(problem, field=(*field, *problem.field), others=others)
