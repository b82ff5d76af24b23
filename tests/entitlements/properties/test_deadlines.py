"""Deadlines against a clock that counts minute by minute (R-SLA, R-CAL, R-CHK-12)."""

from dataclasses import replace
from datetime import datetime

from hypothesis import reject

from entitlements.checks import judge
from entitlements.commitments import Commitment
from entitlements.decisions import decide
from entitlements.facts import License
from entitlements.parameters import Priority
from entitlements.requests import Channel, CheckRequest, Requester
from tests.builders import GUIDE
from tests.entitlements.properties import naive
from tests.strategies import Question, for_all, mostly, on_call_questions, served_questions

# By plan and priority, as the reading's §7 has them: minutes, or business days for Basic; nothing is best effort.
REACTION_MINUTES = {
    "BASIC": {},
    "GOLD": {"P1": 60, "P2": 120, "P3": 240, "P4": 480},
    "PLATINUM": {"P1": 60, "P2": 120, "P3": 240, "P4": 480},
}
REACTION_DAYS = {"P1": 1, "P2": 2}
NOTIFICATION_MINUTES = {"BASIC": 240, "GOLD": 30, "PLATINUM": 30}
ESCALATION_MINUTES = [120, 240, 480, 960, 2400]
ESCALATION_DAYS = [2, 3, 5, 10, 20]
ESCALATION_LEVELS = {
    "P1": ["team leader", "team leader", "support manager", "co-CEO and CTO", "co-CEO and CTO"],
    "P2": ["support team", "team leader", "team leader", "support manager", "co-CEO and CTO"],
    "P3": ["support team", "support team", "support team", "team leader", "support manager"],
    "P4": ["support team", "support team", "support team", "support team", "team leader"],
}
HOURS_ASKED = mostly(served_questions(), on_call_questions(), 2)
WINDOWED = {Channel.PHONE, Channel.CHAT, Channel.REMOTE_SESSION}
EAST_AND_SOUTH = {"IN", "JP", "AU"}


def licensed(question: Question) -> License:
    assert question.facts.license is not None
    return question.facts.license


def plan_of(license: License) -> str:
    return license.terms[0].plan


def is_extended(license: License, request: CheckRequest) -> bool:
    """Whether Saturdays and holidays count: for Gold and Platinum, but not for end users."""
    return plan_of(license) != "BASIC" and request.requester is not Requester.END_USER


def theater_of(license: License, request: CheckRequest) -> str:
    return request.theater or license.account.theater


def is_open(license: License, request: CheckRequest) -> bool:
    return naive.is_open(theater_of(license, request), request.at, extended=is_extended(license, request))


def next_opening(license: License, request: CheckRequest) -> datetime:
    extended = is_extended(license, request)
    return naive.next_opening(theater_of(license, request), request.at, extended=extended)


def is_meant_for_on_call(license: License, request: CheckRequest) -> bool:
    """Whether the on-call service is the one to ask outside hours."""
    return (
        plan_of(license) == "PLATINUM"
        and request.channel is Channel.PHONE
        and (request.priority is Priority.P1 or request.planned_maintenance)
        and request.requester is not Requester.END_USER
    )


def meets_on_call(license: License, request: CheckRequest) -> bool:
    """Whether the on-call service would take the call: R-CHK-6's conditions but the hour."""
    return (
        is_meant_for_on_call(license, request)
        and request.pin_verified
        and (request.language is None or request.language.split("-")[0].lower() == "en")
        and license.account.country is not None
        and license.account.country not in EAST_AND_SOUTH
    )


def is_elapsed(license: License, request: CheckRequest) -> bool:
    """Whether reaction and notification are counted on the wall clock."""
    return request.priority is Priority.P1 and meets_on_call(license, request)


def within_calendars(at: datetime, theater: str) -> datetime | None:
    return at if at.astimezone(naive.ZONES[theater]).date() <= naive.LAST_DAY else None


def promised(question: Question) -> tuple[License, CheckRequest, Commitment]:
    """The commitment to a question whose answer is a yes, with its licence and request."""
    decision = decide(*question, GUIDE)
    if decision.license is None or decision.commitment is None:
        reject()
    return decision.license, question.request, decision.commitment


@for_all(80, question=served_questions())
def test_a_channel_is_refused_exactly_outside_its_hours_and_sent_to_on_call_only_where_that_is_meant(
    question: Question,
):
    check_hours(question)


@for_all(80, question=on_call_questions())
def test_the_on_call_service_answers_exactly_outside_hours_and_where_its_conditions_are_met(question: Question):
    check_hours(question)


def check_hours(question: Question) -> None:
    license, request = licensed(question), question.request
    codes = {reason.code for reason in judge(*question, GUIDE).reasons}
    outside = request.channel in WINDOWED and not is_open(license, request)
    assert ("OUTSIDE_SERVICE_WINDOW" in codes) == (outside and not is_meant_for_on_call(license, request))
    if outside and is_meant_for_on_call(license, request):
        unmet = codes & {"ON_CALL_CONDITIONS", "FACTS_MISSING"}
        assert bool(unmet) != meets_on_call(license, request)


@for_all(80, question=HOURS_ASKED)
def test_the_clock_starts_at_once_while_open_or_on_call_and_at_the_next_opening_otherwise(question: Question):
    license, request, commitment = promised(question)
    on_call = meets_on_call(license, request) and not is_open(license, request)
    opening = next_opening(license, request)
    at_once = on_call or is_elapsed(license, request)
    assert commitment.on_call == on_call
    assert commitment.clock_starts_at == (request.at if at_once else opening)
    assert bool(commitment.restrictions) == on_call


@for_all(60, question=HOURS_ASKED)
def test_reaction_and_notification_agree_with_counting_minute_by_minute(question: Question):
    license, request, commitment = promised(question)
    plan, priority, theater = plan_of(license), request.priority, theater_of(license, request)
    reaction = REACTION_MINUTES[plan].get(priority) if priority else None
    notification = NOTIFICATION_MINUTES[plan] if priority is Priority.P1 else None
    due = due_after_minutes(license, request, {count for count in (reaction, notification) if count})
    react_by = due.get(reaction) if reaction else None
    if plan == "BASIC" and priority in REACTION_DAYS:
        start = next_opening(license, request)
        react_by = naive.close_of_business_day(theater, start, REACTION_DAYS[priority], request.pauses)
    assert commitment.react_by == react_by
    assert commitment.notify_by == (due.get(notification) if notification else None)


def due_after_minutes(license: License, request: CheckRequest, counts: set[int]) -> dict[int, datetime | None]:
    """For each count of minutes when it is over: on the wall clock, in the open hours, or never."""
    theater = theater_of(license, request)
    if is_elapsed(license, request):
        wall = {count: naive.after_minutes(request.at, count, request.pauses) for count in counts}
        return {count: within_calendars(at, theater) for count, at in wall.items()}
    if not counts or (meets_on_call(license, request) and not is_open(license, request)):
        return {}
    extended = is_extended(license, request)
    return naive.after_open_minutes(theater, request.at, counts, request.pauses, extended=extended)


@for_all(20, question=HOURS_ASKED)
def test_escalation_agrees_with_counting_minute_by_minute(question: Question):
    license, request, commitment = promised(question)
    on_call = meets_on_call(license, request) and not is_open(license, request)
    extended, theater = is_extended(license, request), theater_of(license, request)
    if request.priority is None or (on_call and not is_elapsed(license, request)):
        assert commitment.escalations == ()
        return
    if plan_of(license) == "BASIC":
        start = next_opening(license, request)
        due = [naive.close_of_business_day(theater, start, days, request.pauses) for days in ESCALATION_DAYS]
    else:
        found = naive.after_open_minutes(theater, request.at, ESCALATION_MINUTES, request.pauses, extended=extended)
        due = [found[minutes] for minutes in ESCALATION_MINUTES]
    steps = zip(range(1, 6), ESCALATION_LEVELS[request.priority], due, strict=True)
    assert [(each.step, each.level, each.at) for each in commitment.escalations] == [step for step in steps if step[2]]


@for_all(40, question=HOURS_ASKED)
def test_a_pause_never_brings_a_deadline_forward(question: Question):
    _, request, commitment = promised(question)
    _, _, unpaused = promised(Question(question.facts, replace(request, pauses=())))
    for paused, plain in [
        (commitment.react_by, unpaused.react_by),
        (commitment.notify_by, unpaused.notify_by),
    ]:
        assert paused is None or (plain is not None and paused >= plain)


@for_all(40, question=HOURS_ASKED)
def test_deadlines_come_in_their_order_and_never_before_the_clock_starts(question: Question):
    _, _, commitment = promised(question)
    ats = [step.at for step in commitment.escalations]
    assert ats == sorted(ats)
    deadlines = [commitment.react_by, commitment.notify_by, *ats]
    assert all(deadline > commitment.clock_starts_at for deadline in deadlines if deadline)
