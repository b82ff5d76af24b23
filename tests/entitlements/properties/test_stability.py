"""How long a verdict holds by itself (`stable_until`): no earlier instant has another one, and that one has."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from entitlements.checks import judge
from entitlements.decisions import decide
from entitlements.reasons import Verdict
from entitlements.requests import Channel
from tests.builders import GUIDE
from tests.entitlements.properties import naive
from tests.strategies import (
    CALENDARS_END,
    ROME,
    Question,
    any_questions,
    for_all,
    landmarks,
    questions,
    served_questions,
    turning_questions,
)

END = datetime.combine(CALENDARS_END + naive.ONE_DAY, datetime.min.time(), ROME).astimezone(UTC)
"""The first instant after the calendars."""
FRACTIONS = st.lists(st.floats(0, 1), max_size=20)
HOURS = 24 * 8
MINUTE, SECOND, HOUR, DAY = timedelta(minutes=1), timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
WINDOWED = {Channel.PHONE, Channel.CHAT, Channel.REMOTE_SESSION}


def verdict_at(question: Question, at: datetime) -> Verdict:
    return judge(question.facts, replace(question.request, at=at), GUIDE).verdict


def samples(question: Question, until: datetime, fractions: list[float]) -> Iterator[datetime]:
    """Instants from the asked one to another: about every day that matters, hour by hour at first, and anywhere."""
    facts, request = question
    at = request.at
    yield from (at + (until - at) * fraction for fraction in fractions)
    yield from (until - MINUTE, until - SECOND)
    theater = request.theater or (facts.license.account.theater if facts.license else "EUROPE")
    zones = {ROME, naive.ZONES[theater]} if theater in naive.ZONES else {ROME}
    for day in landmarks(facts):
        for zone in zones:
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
            steps = (-SECOND, timedelta(), 12 * HOUR, DAY - SECOND, DAY, 120 * DAY, 121 * DAY, 365 * DAY, 366 * DAY)
            yield from (midnight + step for step in steps)
            if request.channel in WINDOWED:
                yield from (midnight + hour * HOUR for hour in range(5, 24))
    if request.channel in WINDOWED:
        start = at.replace(minute=0)
        yield from (start + hour * HOUR - SECOND * (hour % 2) for hour in range(HOURS))


def check(question: Question, fractions: list[float]) -> None:
    decision = decide(*question, GUIDE)
    until = decision.stable_until
    assert until is None or question.request.at < until < END
    for at in samples(question, until or END, fractions):
        if question.request.at <= at < (until or END):
            assert verdict_at(question, at) is decision.verdict, f"{at} of {until}"
    if until is not None:
        assert verdict_at(question, until) is not decision.verdict


@for_all(50, question=any_questions(), fractions=FRACTIONS)
def test_no_instant_before_stable_until_has_another_verdict_and_that_one_has(question: Question, fractions):
    check(question, fractions)


@for_all(150, question=turning_questions(), fractions=FRACTIONS)
def test_every_event_that_is_recorded_for_later_is_a_boundary(question: Question, fractions):
    check(question, fractions)


@for_all(25, question=served_questions(), fractions=FRACTIONS)
def test_hours_of_service_are_boundaries_of_a_verdict_too(question: Question, fractions):
    check(question, fractions)


@for_all(25, question=questions())
def test_a_verdict_asked_again_when_it_changes_is_stable_from_there_on(question: Question):
    """Following the changes leads forwards, each to another verdict than the one before."""
    at, verdicts = question.request.at, []
    for _ in range(6):
        decision = decide(question.facts, replace(question.request, at=at), GUIDE)
        verdicts.append(decision.verdict)
        if decision.stable_until is None:
            break
        assert decision.stable_until > at
        at = decision.stable_until
    assert all(before != after for before, after in pairwise(verdicts))
