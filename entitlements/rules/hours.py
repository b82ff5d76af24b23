"""Whether the channel is answered at that hour, and in that language (R-CHK-6, R-CHK-7)."""

from collections.abc import Iterator

from entitlements import on_call
from entitlements.cases import Case
from entitlements.messages import listed, said
from entitlements.on_call import Condition
from entitlements.parameters import CHANNEL, LANGUAGES, ON_CALL_LANGUAGES
from entitlements.reasons import Reason, ReasonCode, attaches, blocks, facts
from entitlements.rules import Finding


def service_window(case: Case) -> Iterator[Finding]:
    """Whether the channel is answered at that hour: the plan's window, else the on-call service (R-CHK-6)."""
    guide, request = case.guide, case.request
    channel = guide.series(CHANNEL, request.channel).on(guide.in_force_from)
    yield guide.clause("R-CHK-6")
    if case.plan is None or channel.value.any_hour or case.window_hours.is_open(case.at):
        yield guide.clause("R-SLA-5")
        return
    if not on_call.is_open_to(case):
        opening = case.window_hours.opening_from(case.at)
        message = said(
            "{channel} is not answered at that hour in {theater}; it opens at {opening} UTC",
            channel=request.channel,
            theater=case.theater,
            opening=f"{opening:%Y-%m-%d %H:%M}",
        )
        told = facts(channel=request.channel, theater=case.theater, at=case.at, opens_at=opening, plan=case.plan)
        yield blocks(ReasonCode.OUTSIDE_SERVICE_WINDOW, message, guide.clause("R-SLA-5"), told)
        return
    yield guide.clause("R-SLA-4")
    for unmet in on_call.unmet(case):
        yield _on_call_reason(case, unmet)


def _on_call_reason(case: Case, unmet: on_call.Unmet) -> Reason:
    clause = case.guide.clause("R-SLA-4")
    match unmet.condition:
        case Condition.PIN:
            message = said("outside hours the on-call service asks for the customer's PIN, which was not verified")
            return blocks(
                ReasonCode.ON_CALL_CONDITIONS,
                message,
                clause,
                facts(condition="pin", pin_verified=False),
            )
        case Condition.LANGUAGE:
            message = said(
                "the on-call service answers in {languages} only, not in {asked}",
                languages=listed(", ", sorted(case.guide.value(ON_CALL_LANGUAGES, case.day))),
                asked=unmet.value,
            )
            return blocks(
                ReasonCode.ON_CALL_CONDITIONS,
                message,
                clause,
                facts(condition="language", language=unmet.value),
            )
        case Condition.COUNTRY:
            message = said(
                "the on-call service is not offered in Asia-Pacific, where {country} is counted", country=unmet.value
            )
            cited = case.guide.clause("R-CHK-13")
            return blocks(
                ReasonCode.ON_CALL_CONDITIONS,
                message,
                cited,
                facts(condition="country", country=unmet.value),
            )
        case Condition.COUNTRY_UNKNOWN:
            message = said(
                "whether the on-call service is offered depends on the account's country, which is not recorded"
            )
            return blocks(ReasonCode.FACTS_MISSING, message, clause, facts(missing="country"))


def language(case: Case) -> Iterator[Finding]:
    """Whether the language asked for is one that support answers in (R-CHK-7)."""
    asked = case.request.language
    if asked is None:
        return
    offered = case.guide.entry(LANGUAGES, case.day)
    if on_call.primary_language(asked) in offered.value:
        yield offered.clause
        return
    message = said(
        "the ticket is accepted, but support answers in one of {languages}, not in {asked}",
        languages=listed(", ", offered.value),
        asked=asked,
    )
    told = facts(language=asked, offered=", ".join(offered.value))
    yield attaches(ReasonCode.LANGUAGE_NOT_OFFERED, message, offered.clause, told)
