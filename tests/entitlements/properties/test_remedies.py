"""Remedies: what is offered suffices, none of it can be left out, and NONE is said only where nothing helps."""

from collections.abc import Iterator, Sequence
from datetime import date

from hypothesis import assume
from hypothesis import strategies as st

from entitlements import remedies, renewals
from entitlements.checks import judge
from entitlements.coverage import coverage_on
from entitlements.decisions import decide
from entitlements.facts import Facts, License
from entitlements.messages import said
from entitlements.reasons import Verdict
from entitlements.remedies import Act, RemedyKind, applied
from entitlements.renewals import Standing
from entitlements.requests import Channel, CheckRequest, Requester
from tests.builders import GUIDE, facts_of, noon
from tests.entitlements.properties import naive
from tests.strategies import (
    NOW,
    ONE_DAY,
    ROME,
    Question,
    any_questions,
    asked_days,
    base_licenses,
    for_all,
    on_call_questions,
    questions,
    served_questions,
    turning_questions,
)

YES = {Verdict.ENTITLED, Verdict.CONDITIONAL}
PLANS = ("BASIC", "GOLD", "PLATINUM")
BY_AGREEMENT = ("DELIVERY_ON_SITE", "LEVEL_1_END_USER")


def verdict_after(acts: Sequence[Act], question: Question) -> Verdict | None:
    """The verdict once acts are done in their order; None where one of them cannot be done."""
    facts, request = question
    for act in acts:
        after = applied(act, facts, request, GUIDE)
        if after is None:
            return None
        facts, request = after
    return judge(facts, request, GUIDE).verdict


def is_nothing(remedy: remedies.Remedy) -> bool:
    return [act.kind for act in remedy.acts] == [RemedyKind.NONE]


def offered(question: Question) -> list[tuple[Act, ...]]:
    """The sets of acts that are offered."""
    found = remedies.remedies(*question, GUIDE)
    return [remedy.acts for remedy in found if not is_nothing(remedy)]


def check_offers(question: Question) -> None:
    for acts in offered(question):
        assert verdict_after(acts, question) in YES
        for position in range(len(acts)):
            assert verdict_after([*acts[:position], *acts[position + 1 :]], question) not in YES


@for_all(40, question=any_questions())
def test_remedies_are_empty_for_a_yes_and_never_for_a_no(question: Question):
    decision = decide(*question, GUIDE)
    assert bool(decision.remedies) != decision.entitled


@for_all(40, question=questions())
def test_every_remedy_suffices(question: Question):
    for acts in offered(question):
        assert verdict_after(acts, question) in YES


@for_all(40, question=questions())
def test_no_act_of_a_remedy_can_be_left_out(question: Question):
    for acts in offered(question):
        for position in range(len(acts)):
            assert verdict_after([*acts[:position], *acts[position + 1 :]], question) not in YES


@for_all(40, question=served_questions() | on_call_questions())
def test_remedies_for_reaching_support_suffice_and_leave_nothing_out(question: Question):
    assume(not decide(*question, GUIDE).entitled)
    assert offered(question)
    check_offers(question)


@for_all(40, question=turning_questions())
def test_remedies_for_what_passes_or_begins_soon_suffice_and_leave_nothing_out(question: Question):
    check_offers(question)


@for_all(40, question=questions())
def test_remedies_come_once_each_the_fewest_acts_first_and_none_asks_more_than_another(question: Question):
    sets = [frozenset((act.kind, act.message) for act in acts) for acts in offered(question)]
    assert len(sets) == len(set(sets))
    assert not any(fewer < more for fewer in sets for more in sets)
    assert [len(acts) for acts in sets] == sorted(len(acts) for acts in sets)


@for_all(40, license=base_licenses(), data=st.data())
def test_a_renewal_that_is_offered_has_the_same_standing_through_its_last_day_and_another_the_day_after(license, data):
    day = data.draw(asked_days(facts_of(license)))
    question = Question(facts_of(license), CheckRequest(noon(day), NOW, NOW))
    for act in (act for acts in offered(question) for act in acts if act.kind is RemedyKind.RENEW):
        assert act.by is not None
        assert day <= act.by
        now, last, after = (standing_of(license, on) for on in (day, act.by, act.by + ONE_DAY))
        assert now is not None
        assert now == last != after


def standing_of(license: License, order_date: date) -> tuple[str, int] | None:
    """What an order costs more on a day: early, in time, or late by so many years; None where it is refused."""
    found = renewals.standing(license, order_date, GUIDE)
    return (found.standing, found.years_late) if isinstance(found, Standing) else None


@for_all(40, question=any_questions())
def test_nothing_is_said_to_help_only_where_no_single_act_does(question: Question):
    check_nothing_helps(question)


@for_all(40, question=turning_questions())
def test_nothing_is_said_to_help_only_where_not_even_waiting_does(question: Question):
    check_nothing_helps(question)


def check_nothing_helps(question: Question) -> None:
    """Where nothing is said to help, that is all that is said, and no single act helps."""
    found = remedies.remedies(*question, GUIDE)
    if any(is_nothing(remedy) for remedy in found):
        assert len(found) == 1
        assert not [act for act in single_acts(question) if verdict_after([act], question) in YES]


# ---------------------------------------------------------------- every single act that makes sense


def single_acts(question: Question) -> Iterator[Act]:
    """Every act that could be done about a question, whether or not it helps."""
    facts, request = question
    if facts.license is None or "INVALID_REQUEST" in {reason.code for reason in judge(*question, GUIDE).reasons}:
        return
    yield from _acts_of_asking(request)
    yield from _acts_about_what_is_known(facts.license, request)
    owners = {license.id: license for license in (facts.license, facts.license.contract_base)}
    for license in owners.values():
        yield from _acts_about_a_license(license, facts, request)
    for charge in facts.charges:
        yield _act("PAY", charge=charge.reference)
    changes_at = decide(*question, GUIDE).stable_until
    if changes_at is not None:
        yield _act("WAIT", at=changes_at)


def _acts_of_asking(request: CheckRequest) -> Iterator[Act]:
    yield from (_act("CHANGE_CHANNEL", channel=channel) for channel in Channel)
    yield _act("CHANGE_LANGUAGE", language="en")
    yield _act("VERIFY_PIN")
    yield _act("OBTAIN_AGREEMENT")
    if request.requester is Requester.END_USER:
        yield _act("CHANGE_REQUESTER")


def _acts_about_what_is_known(license: License, request: CheckRequest) -> Iterator[Act]:
    if license.account.country is None:
        yield _act("SUPPLY_FACTS", facts=("country",))
    if (request.installed_release or license.installed_release) is None:
        yield _act("SUPPLY_FACTS", facts=("installed_release",))
    for name in ("cloud_connected", "cloud_licensed"):
        kind = {None: "SUPPLY_FACTS", False: "MEET_CONDITIONS"}.get(getattr(license, name))
        if kind:
            yield _act(kind, license=license, facts=(name,))


def _acts_about_a_license(license: License, facts: Facts, request: CheckRequest) -> Iterator[Act]:
    day = request.at.astimezone(ROME).date()
    covered = [one for one in naive.plans_by_day(license) if one <= day]
    held = [release for release in facts.releases if covered and release.released_on <= max(covered)]
    if held:
        latest = max(held, key=lambda release: release.released_on)
        yield _act("UPGRADE_RELEASE", license=license, release=latest.name)
    if coverage_on(license, day, GUIDE).state == "NOT_ACTIVATED":
        yield _act("ACTIVATE", license=license)
    for plan in PLANS:
        yield _act("RENEW", license=license, plan=plan, months=12)
        yield _act("UPGRADE_PLAN", license=license, plan=plan)
    for feature in BY_AGREEMENT:
        yield _act("AGREE_OPTION", license=license, feature=feature)


def _act(kind: str, **operands) -> Act:
    return Act(RemedyKind(kind), said("to be tried"), **operands)
