"""What holds of every answer: its verdict follows from its reasons, it cites, and it names the readings that matter."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from entitlements.checks import judge
from entitlements.decisions import Decision, decide
from entitlements.facts import Facts
from entitlements.reasons import ReasonCode
from entitlements.records import facts_written
from tests.builders import GUIDE
from tests.entitlements.properties.canonical import canonical
from tests.strategies import (
    Question,
    any_questions,
    for_all,
    invalid_questions,
    on_call_questions,
    questions,
    served_questions,
    turning_questions,
)

GRAVITY = list(ReasonCode)
ZONES = st.sampled_from(["Asia/Kolkata", "America/Los_Angeles", "Pacific/Kiritimati", "Europe/Rome"]).map(ZoneInfo)


def everything(decision: Decision) -> tuple:
    """All that a decision says."""
    return (
        decision.verdict,
        decision.reasons,
        decision.clauses,
        decision.plan,
        decision.coverage,
        decision.commitment,
        decision.remedies,
        [(each.conflict.id, each.reading.id, each.verdict_otherwise) for each in decision.conflicts],
        decision.stable_until,
    )


@for_all(60, question=any_questions())
def test_the_verdict_follows_from_the_reasons_by_the_order_of_the_reading(question: Question):
    reasons = judge(*question, GUIDE).reasons
    codes = {reason.code for reason in reasons}
    blocking = {reason.code for reason in reasons if reason.blocking}
    if "INVALID_REQUEST" in codes:
        expected = "UNKNOWN"
    elif any(code != "FACTS_MISSING" for code in blocking):
        expected = "NOT_ENTITLED"
    elif "FACTS_MISSING" in blocking:
        expected = "UNKNOWN"
    else:
        expected = "CONDITIONAL" if reasons else "ENTITLED"
    assert judge(*question, GUIDE).verdict == expected


@for_all(40, question=any_questions())
def test_the_reasons_that_block_come_first_and_the_gravest_first_among_them(question: Question):
    reasons = judge(*question, GUIDE).reasons
    order = [(not reason.blocking, GRAVITY.index(reason.code)) for reason in reasons]
    assert order == sorted(order)


@for_all(40, question=any_questions())
def test_every_answer_cites_a_clause_unless_the_request_is_invalid_or_the_licence_unknown(question: Question):
    judgement = judge(*question, GUIDE)
    codes = {reason.code for reason in judgement.reasons}
    assert judgement.clauses or codes & {"INVALID_REQUEST", "UNKNOWN_LICENSE"}
    assert len(set(judgement.clauses)) == len(judgement.clauses)


@for_all(40, question=any_questions())
def test_every_reason_has_a_clause_and_it_is_among_those_cited(question: Question):
    judgement = judge(*question, GUIDE)
    assert all(reason.clause in judgement.clauses for reason in judgement.reasons)
    assert all(GUIDE.clauses.get(clause.id.partition("/")[2]) == clause for clause in judgement.clauses)


@for_all(30, question=invalid_questions())
def test_an_invalid_request_is_answered_with_that_alone(question: Question):
    decision = decide(*question, GUIDE)
    assert {reason.code for reason in decision.reasons} == {ReasonCode.INVALID_REQUEST}
    assert (decision.verdict, decision.plan, decision.coverage) == ("UNKNOWN", None, None)
    assert (decision.commitment, decision.conflicts) == (None, ())


@for_all(20, question=questions(), other=questions())
def test_two_unknown_licences_are_answered_alike(question: Question, other):
    def unknown(known: Facts) -> Facts:
        return replace(known, license=None, dependents=(), charges=())

    asked = replace(question.request, release=None, installed_release=None)
    first = decide(unknown(question.facts), asked, GUIDE)
    second = decide(unknown(other.facts), replace(asked, serial="another"), GUIDE)
    assert everything(first) == everything(second)
    assert [reason.code for reason in first.reasons] == ["UNKNOWN_LICENSE"]


def reported_and_expected(question: Question) -> tuple[list, list]:
    """The readings that a decision reports, and those under which a decision made afresh differs."""
    decision = decide(*question, GUIDE)
    expected = []
    for conflict in GUIDE.conflicts:
        for reading in conflict.readings:
            otherwise = decide(*question, GUIDE.under(reading))
            if otherwise.verdict != decision.verdict or otherwise.commitment != decision.commitment:
                expected.append((conflict.id, reading.id, otherwise.verdict, otherwise.commitment))
    reported = [
        (each.conflict.id, each.reading.id, each.verdict_otherwise, each.commitment_otherwise)
        for each in decision.conflicts
    ]
    return reported, expected


@for_all(50, question=any_questions())
def test_the_readings_reported_are_exactly_those_under_which_the_answer_differs(question: Question):
    reported, expected = reported_and_expected(question)
    assert reported == expected


@for_all(30, question=served_questions() | on_call_questions())
def test_the_readings_about_hours_and_clocks_are_reported_exactly_where_they_matter(question: Question):
    reported, expected = reported_and_expected(question)
    assert reported == expected


@for_all(30, question=turning_questions())
def test_the_readings_about_dates_and_dues_are_reported_exactly_where_they_matter(question: Question):
    reported, expected = reported_and_expected(question)
    assert reported == expected


@for_all(15, question=any_questions())
def test_the_chosen_readings_change_nothing(question: Question):
    decision = decide(*question, GUIDE)
    for conflict in GUIDE.conflicts:
        chosen = decide(*question, GUIDE.under(conflict.chosen))
        assert (chosen.verdict, chosen.reasons, chosen.commitment) == (
            decision.verdict,
            decision.reasons,
            decision.commitment,
        )


@for_all(40, question=any_questions())
def test_the_same_question_judged_twice_gives_equal_answers(question: Question):
    first, second = decide(*question, GUIDE), decide(*question, GUIDE)
    assert everything(first) == everything(second)
    assert canonical(first) == canonical(second)


@for_all(50, question=any_questions(), zone=ZONES)
def test_the_zone_in_which_an_instant_is_written_changes_nothing(question: Question, zone):
    asked = question.request
    written = replace(
        asked,
        at=asked.at.astimezone(zone),
        known_at=asked.known_at.astimezone(zone),
        now=asked.now.astimezone(zone),
        pauses=tuple(
            replace(pause, starts_at=pause.starts_at.astimezone(zone), ends_at=pause.ends_at.astimezone(zone))
            for pause in asked.pauses
        ),
    )
    assert canonical(decide(question.facts, written, GUIDE)) == canonical(decide(*question, GUIDE))


@for_all(25, question=questions(), days=st.integers(1, 400))
def test_when_it_is_asked_and_known_changes_nothing_but_what_is_known(question: Question, days):
    asked = question.request
    later = replace(asked, now=asked.now + timedelta(days=days), known_at=asked.known_at + timedelta(days=days))
    assert everything(decide(question.facts, later, GUIDE)) == everything(decide(*question, GUIDE))


@for_all(60, question=any_questions(), hours=st.lists(st.integers(-30, 30), min_size=1, max_size=4))
def test_what_was_decided_of_the_same_facts_before_changes_no_answer(question: Question, hours: list[int]):
    """The same question some hours earlier and later, of facts that remember and of facts that nobody asked."""
    known, request = question
    for apart in (*hours, 0):
        asked = replace(request, at=request.at + timedelta(hours=apart))
        assert everything(decide(known, asked, GUIDE)) == everything(Decision(replace(known), asked, GUIDE))


@for_all(20, question=any_questions())
def test_what_facts_remember_is_no_part_of_what_they_say(question: Question):
    known, request = question
    before = facts_written(replace(known))
    decide(known, request, GUIDE)
    assert facts_written(known) == before
    assert known == replace(known)
