"""Whether the dates stand in the way (R-CHK-2, R-CHK-3, R-CHK-14)."""

from collections.abc import Iterator
from datetime import date

from entitlements import renewals
from entitlements.cases import Case
from entitlements.coverage import CoverageState
from entitlements.messages import Message, listed, said
from entitlements.reasons import Reason, ReasonCode, blocks, facts
from entitlements.rules import Finding
from entitlements.rules.feature_releases import holds_release


def covered(case: Case) -> Iterator[Finding]:
    """Whether the licence is covered on the day, or holds the release it asks for (R-CHK-2, R-CHK-3, R-CHK-14)."""
    guide = case.guide
    yield guide.clause("R-CHK-2")
    if case.period is not None:
        yield from case.period.clauses
    if case.license.base is not None:
        yield guide.clause("R-CHK-3")
    if case.is_served_within_grace or holds_release(case):
        return
    yield from _own_dates(case)
    base, held = case.license.base, case.base_coverage
    retired = case.coverage.state is CoverageState.RETIRED
    if (
        base is not None
        and held is not None
        and held.state is not CoverageState.COVERED
        and not retired
        and case.period is None
    ):
        named = {"serial": case.license.serial, "base": base.serial, "state": held.state}
        message = (
            said(
                "{serial} is covered only while its base {base} is, "
                "whose coverage ended on {expires_on}: it is {state}",
                **named,
                expires_on=held.expires_on,
            )
            if held.expires_on
            else said("{serial} is covered only while its base {base} is: it is {state}", **named)
        )
        yield blocks(
            ReasonCode.BASE_NOT_COVERED,
            message,
            guide.clause("R-COT-1"),
            facts(base=base.serial, base_state=held.state, base_expires_on=held.expires_on, day=case.day),
        )


def _own_dates(case: Case) -> Iterator[Finding]:
    """The one reason that the licence's own dates give, if any."""
    guide, license, day = case.guide, case.license, case.day
    expires_on = case.coverage.expires_on
    match case.coverage.state:
        case CoverageState.RETIRED:
            message = said("{serial} was retired on {retired_on}", serial=license.serial, retired_on=license.retired_on)
            yield blocks(
                ReasonCode.RETIRED,
                message,
                guide.clause("R-COV-6"),
                facts(retired_on=license.retired_on, day=day),
            )
        case CoverageState.NOT_ACTIVATED:
            message = said(
                "{serial} has no recorded start: neither an effective date, nor a registration, nor coverage",
                serial=license.serial,
            )
            yield blocks(ReasonCode.NOT_ACTIVATED, message, guide.clause("R-COV-3"), facts(day=day))
        case CoverageState.NOT_STARTED:
            starts_on = _first_day(case)
            message = said("coverage of {serial} starts on {starts_on}", serial=license.serial, starts_on=starts_on)
            yield blocks(
                ReasonCode.NOT_STARTED,
                message,
                guide.clause("R-COV-2"),
                facts(starts_on=starts_on, day=day),
            )
        case CoverageState.END_OF_SUPPORT:
            yield _support_ended(case)
        case CoverageState.EXPIRED_RENEWABLE | CoverageState.EXPIRED_LATE:
            yield _expired(case, expires_on)
        case _:
            return


def _support_ended(case: Case) -> Reason:
    ending, line, product = case.timeline.end_of_support, case.timeline, case.license.product
    version = facts(version=ending.version) if ending and ending.version else ()
    message = said(
        "support of {product} ended on {ends_on}",
        product=" ".join([product.code, *(fact.value for fact in version)]),
        ends_on=line.ends_on,
    )
    told = facts(milestone=ending.kind if ending else None, last_covered_day=line.ends_on, product=product.code)
    return blocks(
        ReasonCode.END_OF_SUPPORT, message, case.guide.clause("R-EOL-2"), (*told, *version, *facts(day=case.day))
    )


def _expired(case: Case, expires_on: date | None) -> Reason:
    guide, license, day, state = case.guide, case.license, case.day, case.coverage.state
    lapse = (day - expires_on).days if expires_on else None
    last_free = renewals.last_free_order_date(license, day, guide)
    told = facts(expires_on=expires_on, lapse_days=lapse, last_free_order_date=last_free, day=day)
    message = said(
        "coverage ended on {expires_on}, {lapse} days before {day}; {way_back}",
        expires_on=expires_on,
        lapse=lapse,
        day=day,
        way_back=_way_back(case, last_free),
    )
    code = ReasonCode.EXPIRED_LATE if state is CoverageState.EXPIRED_LATE else ReasonCode.EXPIRED_RENEWABLE
    return blocks(code, message, guide.clause("R-REN-4"), told)


def _way_back(case: Case, last_free: date | None) -> Message:
    """What an expired licence's holder can do about it, in words."""
    following = case.timeline.next_after(case.day)
    if following is not None:
        return said("the next term starts on {starts_on}", starts_on=following.starts_on)
    standing = renewals.standing(case.license, case.day, case.guide)
    if isinstance(standing, tuple):
        why = listed("; ", (refusal.message for refusal in standing))
        return said("it cannot be renewed: {why}", why=why)
    if standing.years_late:
        return said(
            "a renewal starts on its order date, with a late fee for {years} started year(s)",
            years=standing.years_late,
        )
    return said("a renewal ordered by {last_free} continues it without a fee", last_free=last_free)


def _first_day(case: Case) -> date | None:
    line = case.timeline
    if case.license.base is None and line.periods:
        return line.periods[0].starts_on
    return line.activation.on if line.activation else None
