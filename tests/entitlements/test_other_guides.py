"""A later edition of another vendor's guide may add a plan: what each feature is for it is stated from then on."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entitlements.editing.building import build_guide
from entitlements.guide import GuideRefused
from entitlements.plans import features, ranked
from tests.builders import an_account, covered_by, decided
from tests.other_guides import EDITIONS, HARBOUR, HARBOUR_2, guide

BEFORE, AFTER = date(2025, 12, 31), date(2026, 1, 1)
SECOND = guide(HARBOUR_2)


def test_a_plan_is_offered_from_its_first_day():
    assert ranked(SECOND, BEFORE) == ("DAY", "NIGHT")
    assert ranked(SECOND, AFTER) == ("DAY", "NIGHT", "DAWN")


def test_what_it_covers_is_stated_from_then_on():
    assert {one.code: one.availability for one in features(SECOND, "DAWN", AFTER)} == {
        "WATCH": "INCLUDED",
        "LANTERN": "INCLUDED",
        "DIVER": "INCLUDED",
    }
    assert {one.availability for one in features(SECOND, "DAWN", BEFORE)} == {"NOT_INCLUDED"}


@pytest.mark.parametrize(
    ("service", "verdict"), [("TICKET", "ENTITLED"), ("ON_SITE", "ENTITLED"), ("PROFESSIONAL_SERVICES", "NOT_ENTITLED")]
)
def test_a_licence_of_the_new_plan_is_served_by_it(service, verdict):
    licence = covered_by("DAWN", account=an_account(theater="ISLANDS"))
    decision = decided(licence, "2026-03-11T12:00:00Z", SECOND, service=service, priority="P1")
    assert (decision.verdict, decision.plan) == (verdict, "DAWN")
    if decision.commitment:
        assert decision.commitment.react_by == datetime(2026, 3, 11, 12, 10, tzinfo=UTC)


def texts(edition: str) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in Path(EDITIONS / edition).iterdir()}


def test_a_feature_that_does_not_know_the_new_plan_is_refused():
    lacking = texts(HARBOUR_2)
    lacking["plans.toml"] = lacking["plans.toml"].replace(', DAWN = "INCLUDED"', "", 1)
    with pytest.raises(GuideRefused) as refused:
        build_guide((texts(HARBOUR), lacking), "")
    [problem] = refused.value.problems
    assert problem == (
        "harbour-care-2/plans.toml: [feature.WATCH]: names the plans ['DAY', 'NIGHT']; "
        "state every plan of the edition: ['DAWN', 'DAY', 'NIGHT']"
    )
