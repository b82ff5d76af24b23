"""The words of an answer: verdicts, reason codes in order of gravity, and a reason with its clause and facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from entitlements.clauses import Clause
from entitlements.messages import Message


class Verdict(StrEnum):
    """ENTITLED and CONDITIONAL both mean: open the ticket. UNKNOWN: a fact is missing, or the request is not valid."""

    ENTITLED = "ENTITLED"
    CONDITIONAL = "CONDITIONAL"
    NOT_ENTITLED = "NOT_ENTITLED"
    UNKNOWN = "UNKNOWN"


class ReasonCode(StrEnum):
    """What stands in the way or attaches a condition, the gravest first."""

    INVALID_REQUEST = "INVALID_REQUEST"
    UNKNOWN_LICENSE = "UNKNOWN_LICENSE"
    RETIRED = "RETIRED"
    NOT_ACTIVATED = "NOT_ACTIVATED"
    NOT_STARTED = "NOT_STARTED"
    BASE_NOT_COVERED = "BASE_NOT_COVERED"
    END_OF_SUPPORT = "END_OF_SUPPORT"
    EXPIRED_LATE = "EXPIRED_LATE"
    EXPIRED_RENEWABLE = "EXPIRED_RENEWABLE"
    PAYMENT_HOLD = "PAYMENT_HOLD"
    PLAN_EXCLUDES = "PLAN_EXCLUDES"
    OPTION_NOT_AGREED = "OPTION_NOT_AGREED"
    NOT_YET_OFFERED = "NOT_YET_OFFERED"
    OUT_OF_SCOPE_PROFESSIONAL_SERVICES = "OUT_OF_SCOPE_PROFESSIONAL_SERVICES"
    EXCLUDED_CAUSE = "EXCLUDED_CAUSE"
    PRODUCT_ALTERED = "PRODUCT_ALTERED"
    UNCERTIFIED_ENVIRONMENT = "UNCERTIFIED_ENVIRONMENT"
    END_OF_FIXES = "END_OF_FIXES"
    END_OF_SECURITY_FIXES = "END_OF_SECURITY_FIXES"
    OUTSIDE_SERVICE_WINDOW = "OUTSIDE_SERVICE_WINDOW"
    ON_CALL_CONDITIONS = "ON_CALL_CONDITIONS"
    CONDITIONS_UNMET = "CONDITIONS_UNMET"
    FACTS_MISSING = "FACTS_MISSING"
    THIRD_PARTY_CAUSE = "THIRD_PARTY_CAUSE"
    NOT_LATEST_RELEASE = "NOT_LATEST_RELEASE"
    LANGUAGE_NOT_OFFERED = "LANGUAGE_NOT_OFFERED"
    MANUFACTURER_WARRANTY = "MANUFACTURER_WARRANTY"


GRAVITY = {code: position for position, code in enumerate(ReasonCode)}

Told = str | int | bool | date | datetime | Decimal | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a reason was decided on; dates and numbers as text, instants in UTC."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that stands in the way (blocking) or attaches a condition (not blocking)."""

    code: ReasonCode
    blocking: bool
    message: Message
    clause: Clause | None
    facts: tuple[Fact, ...] = ()


def facts(**values: Told) -> tuple[Fact, ...]:
    """Facts by name; what is not known is said so."""
    return tuple([Fact(name, _told(value)) for name, value in values.items()])


def blocks(code: ReasonCode, message: Message, clause: Clause | None, told: tuple[Fact, ...] = ()) -> Reason:
    """A reason that stands in the way."""
    return Reason(code, blocking=True, message=message, clause=clause, facts=told)


def attaches(code: ReasonCode, message: Message, clause: Clause | None, told: tuple[Fact, ...] = ()) -> Reason:
    """A reason that attaches a condition to a yes."""
    return Reason(code, blocking=False, message=message, clause=clause, facts=told)


def ordered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons, those that block first, the gravest first among them."""
    return tuple(sorted(reasons, key=lambda reason: (not reason.blocking, GRAVITY[reason.code])))


def verdict_of(reasons: Sequence[Reason]) -> Verdict:
    """The verdict that follows from the reasons alone (R-CHK-1)."""
    blocking = {reason.code for reason in reasons if reason.blocking}
    if not blocking:
        return Verdict.CONDITIONAL if reasons else Verdict.ENTITLED
    if ReasonCode.INVALID_REQUEST in blocking or blocking == {ReasonCode.FACTS_MISSING}:
        return Verdict.UNKNOWN
    return Verdict.NOT_ENTITLED


def _told(value: Told) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)
