"""The acts that would turn a no into a yes: sets that suffice, with nothing to leave out, the cheapest first.

Every reason that blocks has its possible acts; sets are found by answering a reason that still blocks,
judging again, and so on. What is found is made minimal by judging it without each of its acts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from entitlements import coverage, dates, hypotheses, plans, releases, renewals
from entitlements.cases import Case
from entitlements.checks import Judgement, judge
from entitlements.coverage import CoverageState
from entitlements.facts import Facts, License
from entitlements.guide import Guide
from entitlements.messages import Message, listed, said
from entitlements.parameters import CAUSE, CHANNEL, ON_CALL_LANGUAGES, POLICY_ZONE, USUAL_MONTHS
from entitlements.reasons import Reason, ReasonCode, Verdict
from entitlements.renewals import RenewalStanding
from entitlements.requests import Channel, CheckRequest, Requester

MOST_ACTS = 6
"""No set of more acts is looked for; the rules give no question that needs as many."""
PASSING = {ReasonCode.NOT_STARTED, ReasonCode.NOT_YET_OFFERED, ReasonCode.OUTSIDE_SERVICE_WINDOW}
"""Reasons that time removes."""
ELSEWHERE = "ZZ"
"""A country code that no list of the guide holds: what SUPPLY_FACTS supposes until the country is known."""


class RemedyKind(StrEnum):
    """What can be done, the least effort first."""

    CHANGE_CHANNEL = "CHANGE_CHANNEL"
    VERIFY_PIN = "VERIFY_PIN"
    CHANGE_LANGUAGE = "CHANGE_LANGUAGE"
    CHANGE_REQUESTER = "CHANGE_REQUESTER"
    SUPPLY_FACTS = "SUPPLY_FACTS"
    ACTIVATE = "ACTIVATE"
    MEET_CONDITIONS = "MEET_CONDITIONS"
    UPGRADE_RELEASE = "UPGRADE_RELEASE"
    OBTAIN_AGREEMENT = "OBTAIN_AGREEMENT"
    WAIT = "WAIT"
    PAY = "PAY"
    AGREE_OPTION = "AGREE_OPTION"
    RENEW = "RENEW"
    UPGRADE_PLAN = "UPGRADE_PLAN"
    NONE = "NONE"


EFFORT = {kind: position for position, kind in enumerate(RemedyKind)}


@dataclass(frozen=True, slots=True)
class Act:
    """An act with its operands: enough to do it, or to try it.

    `by` is the last date on which it has this effect at this cost; `at` is until when to WAIT, in UTC.
    """

    kind: RemedyKind
    message: Message
    by: date | None = None
    at: datetime | None = None
    license: License | None = None
    plan: str | None = None
    months: int | None = None
    charge: str | None = None
    feature: str | None = None
    release: str | None = None
    channel: Channel | None = None
    language: str | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """Acts that together suffice, none of which can be left out."""

    acts: tuple[Act, ...]


def remedies(
    facts: Facts, request: CheckRequest, guide: Guide, judgement: Judgement | None = None
) -> tuple[Remedy, ...]:
    """Every minimal set of acts that leads to a yes, the fewest acts first; NONE with its why where nothing does.

    Empty when the answer is a yes already. The judgement may be given where it is at hand.
    """
    asked = Supposed(facts, request, guide, judgement)
    if asked.is_yes:
        return ()
    if any(reason.code is ReasonCode.INVALID_REQUEST for reason in asked.blocking):
        return (_none(said("correct the request and ask again"), asked.blocking),)
    if facts.license is None:
        return (_none(said("check the reference, and who asks"), asked.blocking),)
    found = {_key(acts): acts for acts in _search(asked, ())}
    minimal = {_key(acts): acts for acts in (_minimised(acts, asked) for acts in found.values())}
    sets = [acts for key, acts in minimal.items() if not any(other < key for other in minimal)]
    sets = _cheapest_plans(sets, facts, request, guide)
    if not sets:
        return (_none(said("nothing that the customer or support can do changes this"), asked.blocking),)
    return tuple(Remedy(acts) for acts in sorted(sets, key=lambda acts: _effort(acts, guide, request)))


# ---------------------------------------------------------------- search


class Supposed:
    """A question as it is after some acts, judged; what it becomes after another act is worked out once."""

    def __init__(self, facts: Facts, request: CheckRequest, guide: Guide, judgement: Judgement | None = None) -> None:
        self.facts = facts
        self.request = request
        self.guide = guide
        self.judgement = judgement or judge(facts, request, guide)
        self._after: dict[int, tuple[Act, Supposed | None]] = {}

    @property
    def is_yes(self) -> bool:
        """Whether the acts suffice."""
        return _is_yes(self.judgement.verdict)

    @property
    def blocking(self) -> list[Reason]:
        """The reasons that still block."""
        return [reason for reason in self.judgement.reasons if reason.blocking]

    def after(self, act: Act) -> "Supposed | None":
        """The question after one more act; None where it cannot be done."""
        if id(act) not in self._after:  # the act is held beside it, so that no other can have its identity
            after = applied(act, self.facts, self.request, self.guide)
            self._after[id(act)] = act, Supposed(*after, self.guide) if after is not None else None
        return self._after[id(act)][1]

    def becomes_yes(self, acts: Sequence[Act]) -> bool:
        """Whether more acts, done in their order, turn the answer into a yes."""
        supposed: Supposed | None = self
        for act in acts:
            supposed = supposed.after(act) if supposed is not None else None
        return supposed is not None and supposed.is_yes


def _search(supposed: Supposed, acts: tuple[Act, ...]) -> Iterator[tuple[Act, ...]]:
    if supposed.is_yes:
        yield acts
        return
    case = supposed.judgement.case
    if len(acts) == MOST_ACTS or case is None:
        return
    # What passes by itself is waited for last: what must be done is done today, when it may still be free.
    blocking = supposed.blocking
    reason = next((reason for reason in blocking if reason.code not in PASSING), blocking[0])
    for act in _ways(case, reason, acts):
        after = supposed.after(act)
        if after is not None:
            yield from _search(after, (*acts, act))


def _minimised(acts: tuple[Act, ...], asked: Supposed) -> tuple[Act, ...]:
    for position in range(len(acts)):
        fewer = acts[:position] + acts[position + 1 :]
        if asked.becomes_yes(fewer):
            return _minimised(fewer, asked)
    return acts


def _is_yes(verdict: Verdict) -> bool:
    return verdict in {Verdict.ENTITLED, Verdict.CONDITIONAL}


def _day(request: CheckRequest, guide: Guide) -> date:
    return dates.day_of(request.at, guide.value(POLICY_ZONE, guide.in_force_from))


def _key(acts: Sequence[Act]) -> frozenset[tuple[object, ...]]:
    return frozenset(
        (a.kind, a.at, a.license.id if a.license else None, a.plan, a.charge, a.feature, a.channel, a.facts)
        for a in acts
    )


def _effort(acts: tuple[Act, ...], guide: Guide, request: CheckRequest) -> tuple[object, ...]:
    order = plans.ranked(guide, _day(request, guide))
    ranks = tuple(order.index(act.plan) for act in acts if act.plan)
    return len(acts), tuple(sorted(EFFORT[act.kind] for act in acts)), ranks


def _cheapest_plans(
    sets: list[tuple[Act, ...]], facts: Facts, request: CheckRequest, guide: Guide
) -> list[tuple[Act, ...]]:
    """Of sets that differ in their plans only, the lowest plan's and the one with the plan held last."""
    day = _day(request, guide)
    order = plans.ranked(guide, day)
    held = coverage.timeline(facts.license.contract_base, guide).held_last(day) if facts.license else None
    groups: dict[frozenset[tuple[object, ...]], list[tuple[Act, ...]]] = {}
    for acts in sets:
        groups.setdefault(_key([replace(act, plan=None) for act in acts]), []).append(acts)
    kept: list[tuple[Act, ...]] = []
    for group in groups.values():
        group.sort(key=lambda acts: tuple(order.index(act.plan) for act in acts if act.plan))
        kept.append(group[0])
        renewing = (acts for acts in group[1:] for act in acts if act.kind is RemedyKind.RENEW)
        kept.extend(acts for acts in renewing if held is not None and held.plan in {act.plan for act in acts})
    return kept


def _none(advice: Message, blocking: Sequence[Reason]) -> Remedy:
    why = listed("; ", dict.fromkeys(reason.message for reason in blocking))
    return Remedy((Act(RemedyKind.NONE, said("{advice}: {why}", advice=advice, why=why)),))


# ---------------------------------------------------------------- what can be done about a reason


def _ways(case: Case, reason: Reason, acts: tuple[Act, ...]) -> Iterator[Act]:
    """The acts that may remove a reason, given those already supposed."""
    told = {fact.name: fact.value for fact in reason.facts}
    match reason.code:
        case ReasonCode.NOT_ACTIVATED:
            yield _activate(case.license)
        case ReasonCode.NOT_STARTED | ReasonCode.NOT_YET_OFFERED:
            first = told.get("starts_on") or told.get("offered_from") or told["released_on"]
            if first != "unknown":
                yield _wait_for_day(case, date.fromisoformat(first))
        case ReasonCode.EXPIRED_RENEWABLE | ReasonCode.EXPIRED_LATE:
            yield from _cover_again(case, case.license)
        case ReasonCode.BASE_NOT_COVERED if case.license.base is not None:
            yield from _cover_base(case, case.license.base)
        case ReasonCode.PAYMENT_HOLD:
            message = said(
                "pay charge {charge}, {amount} {currency}",
                charge=told["charge"],
                amount=told["amount"],
                currency=told["currency"],
            )
            yield Act(RemedyKind.PAY, message, charge=told["charge"])
        case ReasonCode.PLAN_EXCLUDES | ReasonCode.OPTION_NOT_AGREED:
            yield from _obtain_feature(case, reason, told, acts)
        case ReasonCode.OUTSIDE_SERVICE_WINDOW | ReasonCode.ON_CALL_CONDITIONS:
            yield from _reach_support(case, told, acts)
        case ReasonCode.FACTS_MISSING:
            yield from _find_out(case, told, acts)
        case ReasonCode.PRODUCT_ALTERED | ReasonCode.UNCERTIFIED_ENVIRONMENT:
            if case.guide.series(CAUSE, told["cause"]).on(case.guide.in_force_from).value.lifted_by_agreement:
                yield Act(RemedyKind.OBTAIN_AGREEMENT, said("obtain the vendor's explicit agreement to it"))
        case ReasonCode.END_OF_SUPPORT | ReasonCode.END_OF_FIXES | ReasonCode.END_OF_SECURITY_FIXES:
            yield from _leave_release(case, case.license)
        case ReasonCode.CONDITIONS_UNMET:
            yield from _meet_condition(case, told)
        case _:
            return


def _activate(license: License) -> Act:
    return Act(
        RemedyKind.ACTIVATE,
        said("register {serial}: its coverage starts that day", serial=license.serial),
        license=license,
    )


def _wait_for_day(case: Case, day: date) -> Act:
    at = dates.start_of_day(day, case.guide.value(POLICY_ZONE, case.guide.in_force_from))
    return Act(RemedyKind.WAIT, said("wait until {day}", day=day), at=at.astimezone(UTC))


def _find_out(case: Case, told: dict[str, str], acts: tuple[Act, ...]) -> Iterator[Act]:
    """What to do about a fact that is missing: supply it, or do without it."""
    yield Act(
        RemedyKind.SUPPLY_FACTS, said("find out and record {fact}", fact=told["missing"]), facts=(told["missing"],)
    )
    if told["missing"] == "country":
        yield from _reach_support(case, told, acts)
    to_come = [release.released_on for release in case.facts.releases if release.released_on > case.day]
    if told["missing"] == "release" and to_come:
        yield _wait_for_day(case, min(to_come))


def _cover_again(case: Case, license: License) -> Iterator[Act]:
    """Renewals of a licence by every plan; or the term that is recorded already."""
    following = coverage.timeline(license, case.guide).next_after(case.day)
    if following is not None:
        yield _wait_for_day(case, following.starts_on)
    standing = renewals.standing(license, case.day, case.guide)
    if isinstance(standing, tuple):
        return
    months = case.guide.value(USUAL_MONTHS, case.day)
    by = standing.last_free_order_date
    if standing.standing is RenewalStanding.LATE:
        by = dates.anniversary(standing.expires_on, standing.years_late)
        last = renewals.last_order_date(license, case.guide)
        by = by if last is None else min(by, last)
    for plan in plans.ranked(case.guide, case.day):
        message = said(
            "renew {serial} with {plan}, covered from {starts_on}",
            serial=license.serial,
            plan=plan,
            starts_on=standing.starts_on,
        )
        yield Act(RemedyKind.RENEW, message, by=by, license=license, plan=plan, months=months)


def _cover_base(case: Case, base: License) -> Iterator[Act]:
    found = coverage.coverage_on(base, case.day, case.guide)
    line = coverage.timeline(base, case.guide)
    match found.state:
        case CoverageState.NOT_ACTIVATED:
            yield _activate(base)
        case CoverageState.NOT_STARTED if line.periods:
            yield _wait_for_day(case, line.periods[0].starts_on)
        case CoverageState.EXPIRED_RENEWABLE | CoverageState.EXPIRED_LATE:
            yield from _cover_again(case, base)
        case CoverageState.END_OF_SUPPORT:
            yield from _leave_release(case, base)
        case _:
            return


def _obtain_feature(case: Case, reason: Reason, told: dict[str, str], acts: tuple[Act, ...]) -> Iterator[Act]:
    if told["asked"] == "requester":
        yield _ask_as_administrator()
    if told["asked"] == "channel":
        yield from (_change_channel(channel) for channel in Channel if channel is not case.request.channel)
    if reason.code is ReasonCode.OPTION_NOT_AGREED:
        license = case.license.contract_base
        message = said("agree {feature} with the vendor for {serial}", feature=told["feature"], serial=license.serial)
        yield Act(RemedyKind.AGREE_OPTION, message, license=license, feature=told["feature"])
    else:
        yield from _higher_plans(case, acts)


def _higher_plans(case: Case, acts: tuple[Act, ...]) -> Iterator[Act]:
    """Plans above the one in force; a renewal already supposed may name any plan itself."""
    if case.plan is None or any(act.kind in {RemedyKind.RENEW, RemedyKind.UPGRADE_PLAN} for act in acts):
        return
    order = plans.ranked(case.guide, case.day)
    license = case.license.contract_base
    for plan in order[order.index(case.plan) + 1 :]:
        message = said(
            "raise the plan of {serial} to {plan} for the rest of its term", serial=license.serial, plan=plan
        )
        yield Act(RemedyKind.UPGRADE_PLAN, message, license=license, plan=plan)


def _reach_support(case: Case, told: dict[str, str], acts: tuple[Act, ...]) -> Iterator[Act]:
    """Ways to be heard outside the window of a channel."""
    guide, begun = case.guide, case.guide.in_force_from
    for channel in Channel:
        if guide.series(CHANNEL, channel).on(begun).value.any_hour:
            yield _change_channel(channel)
    if told.get("condition") == "pin":
        yield Act(RemedyKind.VERIFY_PIN, said("verify the customer's on-call PIN"))
    if told.get("condition") == "language":
        for language in sorted(guide.value(ON_CALL_LANGUAGES, case.day)):
            yield Act(RemedyKind.CHANGE_LANGUAGE, said("go on in {language}", language=language), language=language)
    if case.request.requester is Requester.END_USER:
        yield _ask_as_administrator()
    opening = case.window_hours.opening_from(case.at)
    message = said(
        "wait until {opening} UTC, when {theater} opens", opening=f"{opening:%Y-%m-%d %H:%M}", theater=case.theater
    )
    yield Act(RemedyKind.WAIT, message, at=opening)
    yield from _higher_plans(case, acts)


def _change_channel(channel: Channel) -> Act:
    return Act(RemedyKind.CHANGE_CHANNEL, said("ask by {channel} instead", channel=channel), channel=channel)


def _ask_as_administrator() -> Act:
    return Act(RemedyKind.CHANGE_REQUESTER, said("let a system administrator, the customer's or the reseller's, ask"))


def _meet_condition(case: Case, told: dict[str, str]) -> Iterator[Act]:
    condition = told.get("condition")
    if condition == "installed_release":
        yield from _upgrade_release(case, case.license)
    elif condition is not None:
        message = said("bring it about that {condition} is {needed}", condition=condition, needed=told["needed"])
        yield Act(RemedyKind.MEET_CONDITIONS, message, license=case.license, facts=(condition,))


def _leave_release(case: Case, license: License) -> Iterator[Act]:
    """A newer release, where it is the recorded one whose support or fixes ended (R-EOL-6)."""
    if any(milestone.version == license.installed_release for milestone in license.product.milestones):
        yield from _upgrade_release(case, license)


def _upgrade_release(case: Case, license: License) -> Iterator[Act]:
    """The latest release that the licence may install: dated by the day and within its coverage (R-REL-3)."""
    held = coverage.timeline(license, case.guide).held_last(case.day)
    latest = releases.latest_by(case.facts.releases, min(case.day, held.expires_on)) if held else None
    if latest is not None and latest.name != license.installed_release:
        message = said("upgrade {serial} to {release}, free while covered", serial=license.serial, release=latest.name)
        yield Act(RemedyKind.UPGRADE_RELEASE, message, license=license, release=latest.name)


# ---------------------------------------------------------------- an act, supposed done


def applied(act: Act, facts: Facts, request: CheckRequest, guide: Guide) -> tuple[Facts, CheckRequest] | None:
    """Facts and request as they would be after an act on the day asked about; None where it cannot be done."""
    day = _day(request, guide)
    changed: Facts | None = facts
    match act.kind:
        case RemedyKind.RENEW if act.license and act.plan and act.months:
            changed = hypotheses.renewed(facts, act.license, act.plan, act.months, day, guide)
        case RemedyKind.UPGRADE_PLAN if act.license and act.plan:
            changed = hypotheses.plan_changed(facts, act.license, act.plan, day, guide)
        case RemedyKind.PAY if act.charge:
            changed = hypotheses.paid(facts, act.charge, day)
        case RemedyKind.AGREE_OPTION if act.license and act.feature:
            changed = hypotheses.option_agreed(facts, act.license, act.feature, day)
        case RemedyKind.ACTIVATE if act.license:
            changed = hypotheses.activated(facts, act.license, day)
        case RemedyKind.UPGRADE_RELEASE if act.license and act.release:
            changed = hypotheses.release_installed(facts, act.license, act.release)
            request = replace(request, installed_release=None)
        case RemedyKind.SUPPLY_FACTS | RemedyKind.MEET_CONDITIONS:
            changed, request = _supposed(act.facts, facts, request)
        case RemedyKind.CHANGE_CHANNEL if act.channel:
            request = replace(request, channel=act.channel)
        case RemedyKind.CHANGE_LANGUAGE:
            request = replace(request, language=act.language)
        case RemedyKind.CHANGE_REQUESTER:
            request = replace(request, requester=Requester.ADMINISTRATOR)
        case RemedyKind.VERIFY_PIN:
            request = replace(request, pin_verified=True)
        case RemedyKind.OBTAIN_AGREEMENT:
            request = replace(request, vendor_agreed=True)
        case RemedyKind.WAIT if act.at and act.at > request.at:
            request = replace(request, at=act.at)
        case _:
            return None
    return None if changed is None else (changed, request)


def _supposed(names: Sequence[str], facts: Facts, request: CheckRequest) -> tuple[Facts, CheckRequest]:
    """Facts in which what was missing, or unmet, is as the service needs it."""
    license = facts.license
    if license is None:
        return facts, request
    newest = max(facts.releases, key=lambda release: release.released_on, default=None)

    def suppose(one: License) -> License:
        if "country" in names:
            one = replace(one, account=replace(one.account, country=ELSEWHERE))
        if "installed_release" in names and newest is not None:
            one = replace(one, installed_release=newest.name)
        return replace(
            one,
            cloud_connected=True if "cloud_connected" in names else one.cloud_connected,
            cloud_licensed=True if "cloud_licensed" in names else one.cloud_licensed,
        )

    return hypotheses.changed(facts, license, suppose), request
