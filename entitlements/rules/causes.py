"""What the cause of the problem, and the customer's duties, do to support (R-CHK-8, R-EXC)."""

from collections.abc import Iterator

from entitlements.cases import Case
from entitlements.messages import said
from entitlements.parameters import CAUSE, DUTY
from entitlements.reasons import Reason, ReasonCode, attaches, facts
from entitlements.requests import Cause
from entitlements.rules import Finding


def excluded_causes(case: Case) -> Iterator[Finding]:
    """Whether the cause excludes support, or the licence is recorded as altered (R-CHK-8)."""
    guide, request = case.guide, case.request
    given = dict.fromkeys(request.causes)
    if case.license.altered:
        given.setdefault(Cause.PRODUCT_ALTERED)
    yield guide.clause("R-CHK-8")
    for cause in given:
        entry = guide.series(CAUSE, cause).on(guide.in_force_from)
        terms = entry.value
        if terms.reason is None or (terms.lifted_by_agreement and request.vendor_agreed):
            yield entry.clause
            continue
        recorded = cause not in request.causes
        name = said(terms.name)
        ground = said("{cause}, as recorded of the licence", cause=name) if recorded else name
        message = (
            said("{cause}: support is not given on that ground", cause=ground)
            if terms.blocking
            else said("{cause}: support goes on once that party has resolved it", cause=ground)
        )
        told = facts(cause=cause, recorded=recorded)
        yield Reason(ReasonCode(terms.reason), terms.blocking, message, entry.clause, told)


def unmet_duties(case: Case) -> Iterator[Finding]:
    """Duties of the customer that are unmet: conditions, never a refusal (R-CHK-8, R-EXC-6)."""
    for duty in dict.fromkeys(case.request.unmet_duties):
        entry = case.guide.series(DUTY, duty).on(case.guide.in_force_from)
        yield attaches(
            ReasonCode.CONDITIONS_UNMET,
            said("still to be done: {duty}", duty=said(entry.value)),
            entry.clause,
            facts(duty=duty),
        )
