"""What a licence gains and loses under another edition: it equals asking both for everything, and names what did it."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from entitlements import coverage
from entitlements.decisions import Decision
from entitlements.differences import QUESTIONS, Asking, Comparison, Difference, Direction
from entitlements.facts import Facts, License
from entitlements.guide import Dated, Guide, Reading
from entitlements.parameters import Priority
from entitlements.quotes import RenewalQuote
from entitlements.renewals import last_free_order_date
from entitlements.requests import Channel, CheckRequest, Requester, Service
from tests.builders import ASKED, GUIDE, a_lapsed_license, covered_by, facts_of
from tests.other_guides import HARBOUR, LATER, guide
from tests.pricing import A_TENTH_A_YEAR, BOOK, answer
from tests.strategies import for_all, questions

ROME = ZoneInfo("Europe/Rome")
LATER_GUIDE = guide(LATER)
COMPARISON = Comparison(GUIDE, LATER_GUIDE)


def asking(of: License | Facts, at=ASKED) -> Asking:
    known = of if isinstance(of, Facts) else facts_of(of)
    return Asking(known, at, at, BOOK, A_TENTH_A_YEAR)


def found(of: License, at=ASKED) -> dict[str, Difference]:
    return {one.asked: one for one in COMPARISON.of(asking(of, at))}


# ---------------------------------------------------------------- worked examples


def test_what_is_lost_is_named_with_the_value_that_took_it():
    """Basic has no telephone from 2026 on."""
    lost = found(covered_by("BASIC"))["CHECK TICKET PHONE ADMINISTRATOR"]
    assert (lost.before, lost.after) == ("ENTITLED", "NOT_ENTITLED (PLAN_EXCLUDES)")
    assert lost.direction is Direction.LOSS
    [because] = lost.because
    assert because.value == "feature.CHANNEL_PHONE"
    assert [one.id if one else None for one in (because.before, because.after)] == [
        "imagicle-care-4.1/R-PLAN/CHANNEL_PHONE",
        "imagicle-care-5.0/R-SVC-9/5.0",
    ]


def test_what_is_gained_is_told_apart_from_what_is_lost():
    gained = found(covered_by("GOLD"))
    assert gained["CHECK TICKET ONLINE END_USER"].direction is Direction.GAIN
    assert gained["LAST_FREE_ORDER_DATE"].direction is Direction.LOSS
    assert "CHECK TICKET PHONE ADMINISTRATOR" not in gained


@pytest.mark.parametrize(
    ("lapse", "changed"),
    [
        ("2025-12-11", set[str]()),  # 90 days before 2026-03-11: continuous under both
        ("2025-12-10", {"COVERAGE", "RENEWAL"}),  # 91: late under the later one
        ("2025-11-11", {"COVERAGE", "RENEWAL"}),  # 120
        ("2025-11-10", set[str]()),  # 121: late under both
    ],
)
def test_a_renewal_is_late_a_month_earlier(lapse, changed):
    differing = found(a_lapsed_license(lapse))
    assert {"COVERAGE", "RENEWAL"} & differing.keys() == changed
    if changed:
        assert differing["RENEWAL"].direction is Direction.LOSS
        assert (differing["RENEWAL"].after or "").endswith("late by 1 started year(s)")
        assert [one.value for one in differing["RENEWAL"].because] == ["renewals.grace_days"]


def test_an_edition_is_no_other_than_itself():
    assert list(Comparison(GUIDE, GUIDE).of(asking(covered_by("GOLD")))) == []


def test_an_edition_without_what_is_recorded_is_one_difference():
    [only] = Comparison(GUIDE, guide(HARBOUR)).of(asking(covered_by("GOLD")))
    assert (only.asked, only.before, only.direction) == ("EDITION", "has what is recorded", Direction.LOSS)
    assert only.after == "has no plan GOLD, theater EUROPE"


# ---------------------------------------------------------------- properties


def evaluated(known: Facts, at: datetime, edition: Guide) -> dict[str, object]:
    """Everything that is compared, asked of an edition by itself."""
    license, day = known.license, at.astimezone(ROME).date()
    assert license is not None

    def decided(service=Service.TICKET, channel=Channel.ONLINE, **more) -> Decision:
        return Decision(known, CheckRequest(at, at, at, service=service, channel=channel, **more), edition)

    def answered(**asked) -> object:
        decision = decided(**asked)
        return decision.verdict, [reason.code for reason in decision.reasons]

    def promised(priority: Priority) -> object:
        promise = decided(priority=priority).commitment
        return promise and (promise.strength, promise.react_by, promise.notify_by)

    found = coverage.coverage_on(license, day, edition)
    return {
        **{f"CHECK TICKET {one} ADMINISTRATOR": answered(channel=one) for one in Channel},
        **{f"CHECK {one} ONLINE ADMINISTRATOR": answered(service=one) for one in Service},
        "CHECK TICKET ONLINE END_USER": answered(requester=Requester.END_USER),
        **{f"COMMITMENT {one}": promised(one) for one in Priority},
        "COVERAGE": (found.state, found.expires_on),
        "LAST_FREE_ORDER_DATE": last_free_order_date(license, day, edition),
        "RENEWAL": renewed(known, day, edition),
    }


def renewed(known: Facts, day: date, edition: Guide) -> object:
    held = [p for p in coverage.timeline(known.license, edition).periods if p.starts_on <= day] if known.license else []
    if not held or known.license is None or known.license.base is not None:
        return None
    quote = answer(known, day, held[-1].plan, 12, BOOK, A_TENTH_A_YEAR, edition)
    return (quote.total, quote.standing.years_late) if isinstance(quote, RenewalQuote) else quote.code


@for_all(25, question=questions())
def test_the_differences_are_those_of_a_full_re_evaluation(question):
    known, at = question.facts, question.request.at
    before, after = (evaluated(known, at, edition) for edition in (GUIDE, LATER_GUIDE))
    assert set(before) == set(QUESTIONS)
    differing = {asked for asked in before if before[asked] != after[asked]}
    assert {one.asked for one in COMPARISON.of(asking(known, at))} == differing


@for_all(25, question=questions())
def test_the_values_that_are_named_are_enough_for_the_difference(question):
    """The former edition with those values of the later one answers as the later one does."""
    asked_of = asking(question.facts, question.request.at)
    for one in COMPARISON.of(asked_of):
        assert one.because, one
        overrides = {because.value: stated(LATER_GUIDE, because.value) for because in one.because}
        mixed = GUIDE.under(Reading("mixed", "", (), overrides))
        assert QUESTIONS[one.asked](asked_of, mixed).told == one.after


def stated(edition: Guide, name: str) -> Dated[Any]:
    group, _, code = name.partition(".")
    return edition.values[name] if name in edition.values else edition.families[group][code]
