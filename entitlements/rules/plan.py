"""Whether the plan in force grants what is asked for (R-CHK-5)."""

from collections.abc import Iterator
from datetime import date

from entitlements import plans
from entitlements.cases import Case
from entitlements.facts import License
from entitlements.messages import Message, said
from entitlements.parameters import CHANNEL, SERVICE, Availability
from entitlements.reasons import ReasonCode, blocks, facts
from entitlements.rules import Finding


def granted(case: Case) -> Iterator[Finding]:
    """Whether the plan in force grants the channel, the requester's level and the service (R-CHK-5)."""
    if case.plan is None:
        return
    guide, begun = case.guide, case.guide.in_force_from
    channel = guide.series(CHANNEL, case.request.channel).on(begun).value.feature
    service = guide.series(SERVICE, case.request.service).on(begun).value
    yield guide.clause("R-CHK-5")
    for asked, code in (("channel", channel), ("requester", case.level), ("service", service)):
        if code is not None:
            yield from _feature_granted(case, case.plan, asked, code)


def _feature_granted(case: Case, plan: str, asked: str, code: str) -> Iterator[Finding]:
    guide, day = case.guide, case.day
    entry = plans.feature(guide, code, day)
    feature = entry.value
    match feature.plans.get(plan, Availability.NOT_INCLUDED):
        case Availability.NOT_INCLUDED:
            message = _excluded(asked, said(feature.name), plan)
            told = facts(plan=plan, feature=code, asked=asked, day=day)
            yield blocks(ReasonCode.PLAN_EXCLUDES, message, entry.clause, told)
        case Availability.OPTIONAL if not has_option(case.license, code, day):
            message = said(
                "{feature} is agreed case by case, and no agreement is in force on {day}",
                feature=said(feature.name),
                day=day,
            )
            told = facts(plan=plan, feature=code, asked=asked, day=day)
            yield blocks(ReasonCode.OPTION_NOT_AGREED, message, entry.clause, told)
        case _:
            yield entry.clause
    if feature.offered_from is not None and day < feature.offered_from:
        message = said(
            "{feature} is offered from {offered_from}", feature=said(feature.name), offered_from=feature.offered_from
        )
        told = facts(feature=code, offered_from=feature.offered_from, day=day)
        yield blocks(ReasonCode.NOT_YET_OFFERED, message, entry.clause, told)


def _excluded(asked: str, feature: Message, plan: str) -> Message:
    match asked:
        case "channel":
            return said(
                "the channel asked for needs {feature}, which the plan {plan} does not include",
                feature=feature,
                plan=plan,
            )
        case "requester":
            return said(
                "the requester asked for needs {feature}, which the plan {plan} does not include",
                feature=feature,
                plan=plan,
            )
        case _:
            return said(
                "the service asked for needs {feature}, which the plan {plan} does not include",
                feature=feature,
                plan=plan,
            )


def has_option(license: License, feature: str, day: date) -> bool:
    """Whether an option for a feature is in force; one of the base holds for its dependents (R-CHK-5)."""
    owners = {license.id: license, license.contract_base.id: license.contract_base}.values()
    return any(option.feature == feature and option.holds_on(day) for owner in owners for option in owner.options)
