"""The guide's conflicts (X-…), each turned by a check: what the reading not chosen would answer, worked out by hand.

A check that does not turn on a conflict does not name it. The Wednesday is 2026-03-11; 03:00 is outside every window.
"""

from typing import Any

import pytest

from entitlements import coverage
from entitlements.commitments import Commitment
from tests.builders import (
    ASKED,
    GUIDE,
    a_charge,
    a_license,
    a_milestone,
    a_module_of,
    a_product,
    a_term,
    an_account,
    covered_by,
    decided,
    dubai,
    facts_of,
    noon,
    promise,
    rome,
)

LAPSED = a_license(registered_on="2025-01-01")  # covered until 2025-12-31
NIGHT = rome("2026-03-11 03:00")
ON_CALL = {"channel": "PHONE", "priority": "P1", "pin_verified": True}
UAE: dict[str, Any] = {"account": an_account(theater="MIDDLE_EAST_UAE", country="AE")}

EXECUTABLE = {
    "X-REMOTE",
    "X-GAP-SERVICE",
    "X-PLATINUM-HOURS",
    "X-P1-CLOCK",
    "X-GOLD-PROSE",
    "X-ON-CALL-SEVERITY",
    "X-LANGUAGES",
    "X-MIDDLE-EAST-WEEK",
    "X-PHONE-AMERICAS",
    "X-BASIC-PRIORITY",
    "X-NOTIFICATION",
    "X-ESCALATION-BLANKS",
    "X-EOL-TERMS",
    "X-FIRST-YEAR-ADDON",
    "X-EXPERT-DATE",
    "X-PAYMENT",
    "X-ASIA-PACIFIC",
    "X-EXTENDED-HOURS",
    "X-SEASONS",
    "X-HOLIDAY-REST-DAY",
}
NOT_EXECUTABLE = {
    "X-FEE-RATE",
    "X-FEE-YEARS",
    "X-DAY-120",
    "X-THEATERS",
    "X-DISK",
    "X-OVERRUN-TWICE",
    "X-TICKETS",
    "X-FOOTNOTES",
    "X-EXECUTES",
    "X-CREDIT",
}


def effects(of, conflict, at=ASKED, **asked):
    """What each other reading of one conflict would answer."""
    return [effect for effect in decided(of, at, **asked).conflicts if effect.conflict.id == conflict]


def effect(of, conflict, at=ASKED, **asked):
    """What the one other reading of a conflict would answer."""
    (found,) = effects(of, conflict, at, **asked)
    return found


def otherwise(of, conflict, at=ASKED, **asked) -> Commitment:
    """What the one other reading of a conflict would promise."""
    found = effect(of, conflict, at, **asked).commitment_otherwise
    assert found is not None
    return found


# ---------------------------------------------------------------- the register


def test_every_conflict_of_the_reading_is_there():
    assert {conflict.id for conflict in GUIDE.conflicts} == EXECUTABLE | NOT_EXECUTABLE


@pytest.mark.parametrize("conflict", GUIDE.conflicts, ids=lambda conflict: conflict.id)
def test_a_conflict_has_its_readings_their_clauses_and_why_one_was_chosen(conflict):
    assert conflict.executable == (conflict.id in EXECUTABLE)
    assert len(conflict.readings) >= 2
    assert conflict.chosen in conflict.readings
    assert conflict.why
    assert conflict.summary
    assert all(reading.text and reading.clauses for reading in conflict.readings)
    assert any(reading.overrides for reading in conflict.readings) == conflict.executable


def test_a_check_that_turns_on_no_conflict_names_none():
    assert decided(covered_by("GOLD")).conflicts == ()
    assert decided(covered_by("BASIC"), channel="PHONE").conflicts == ()


# ---------------------------------------------------------------- conflicts that turn the verdict

VERDICTS = [
    # conflict, facts, request, verdict as chosen, verdict otherwise
    pytest.param(
        "X-REMOTE",
        covered_by("BASIC"),
        {"channel": "REMOTE_SESSION"},
        "NOT_ENTITLED",
        "ENTITLED",
        id="X-REMOTE: a remote session under Basic",
    ),
    pytest.param("X-GAP-SERVICE", LAPSED, {}, "NOT_ENTITLED", "ENTITLED", id="X-GAP-SERVICE: day 70 after the expiry"),
    pytest.param(
        "X-GAP-SERVICE", LAPSED, {"at": noon("2026-04-30")}, "NOT_ENTITLED", "ENTITLED", id="X-GAP-SERVICE: day 120"
    ),
    pytest.param(
        "X-GAP-SERVICE",
        a_module_of(LAPSED, registered_on="2025-03-01"),
        {},
        "NOT_ENTITLED",
        "ENTITLED",
        id="X-GAP-SERVICE: a module of that base",
    ),
    pytest.param(
        "X-GOLD-PROSE",
        covered_by("PLATINUM"),
        {"channel": "REMOTE_SESSION"},
        "ENTITLED",
        "NOT_ENTITLED",
        id="X-GOLD-PROSE: remote tools are Gold's only",
    ),
    pytest.param(
        "X-GOLD-PROSE",
        covered_by("PLATINUM"),
        {"channel": "PHONE", "at": rome("2026-03-14 11:00")},
        "ENTITLED",
        "NOT_ENTITLED",
        id="X-GOLD-PROSE: Saturdays are Gold's only",
    ),
    pytest.param(
        "X-ON-CALL-SEVERITY",
        covered_by("PLATINUM"),
        {**ON_CALL, "priority": "P2", "at": NIGHT},
        "NOT_ENTITLED",
        "ENTITLED",
        id="X-ON-CALL-SEVERITY: P2 at night",
    ),
    pytest.param(
        "X-LANGUAGES",
        covered_by("PLATINUM"),
        {**ON_CALL, "language": "it", "at": NIGHT},
        "NOT_ENTITLED",
        "ENTITLED",
        id="X-LANGUAGES: on-call in Italian",
    ),
    pytest.param(
        "X-MIDDLE-EAST-WEEK",
        covered_by("GOLD", "2021-01-01", "2021-12-31", registered_on="2021-01-01", **UAE),
        {"channel": "PHONE", "at": dubai("2021-11-05 11:00")},
        "NOT_ENTITLED",
        "ENTITLED",
        id="X-MIDDLE-EAST-WEEK: a Friday of 2021 in the UAE",
    ),
    pytest.param(
        "X-MIDDLE-EAST-WEEK",
        covered_by("GOLD", "2021-01-01", "2021-12-31", registered_on="2021-01-01", **UAE),
        {"channel": "PHONE", "at": dubai("2021-11-07 11:00")},
        "ENTITLED",
        "NOT_ENTITLED",
        id="X-MIDDLE-EAST-WEEK: a Sunday of 2021 in the UAE",
    ),
    pytest.param(
        "X-EOL-TERMS",
        covered_by("GOLD", product=a_product(milestones=[a_milestone("END_OF_LIFE", "2026-01-31")])),
        {},
        "NOT_ENTITLED",
        "ENTITLED",
        id="X-EOL-TERMS: past its end of life, without an end of support",
    ),
    pytest.param(
        "X-FIRST-YEAR-ADDON",
        a_module_of(LAPSED, registered_on="2025-12-01"),
        {},
        "NOT_ENTITLED",
        "ENTITLED",
        id="X-FIRST-YEAR-ADDON: a module in its own first year",
    ),
    pytest.param(
        "X-EXPERT-DATE",
        covered_by(
            "GOLD",
            "2020-01-01",
            "2020-12-31",
            registered_on="2020-01-01",
            installed_release="Winter '20",
            cloud_connected=True,
            cloud_licensed=True,
        ),
        {"service": "PROACTIVE", "at": noon("2020-03-31")},
        "ENTITLED",
        "NOT_ENTITLED",
        id="X-EXPERT-DATE: proactive support on 31 March 2020",
    ),
    pytest.param(
        "X-PAYMENT",
        facts_of(covered_by("GOLD"), charges=[a_charge("2026-04-10", order_date="2026-03-11")]),
        {},
        "ENTITLED",
        "NOT_ENTITLED",
        id="X-PAYMENT: ordered today, due in a month",
    ),
    pytest.param(
        "X-ASIA-PACIFIC",
        covered_by("PLATINUM", account=an_account(country="IN")),
        {**ON_CALL, "at": NIGHT},
        "NOT_ENTITLED",
        "ENTITLED",
        id="X-ASIA-PACIFIC: India at night",
    ),
    pytest.param(
        "X-SEASONS",
        covered_by("GOLD", installed_release="Spring '20", cloud_connected=True, cloud_licensed=True),
        {"service": "PROACTIVE"},
        "ENTITLED",
        "NOT_ENTITLED",
        id="X-SEASONS: with Winter closing the year, Spring '20 comes before Winter '20",
    ),
    pytest.param(
        "X-HOLIDAY-REST-DAY",
        covered_by("GOLD"),
        {"channel": "PHONE", "at": rome("2026-04-05 11:00")},
        "ENTITLED",
        "NOT_ENTITLED",
        id="X-HOLIDAY-REST-DAY: Easter Sunday",
    ),
]


@pytest.mark.parametrize(("conflict", "of", "asked", "chosen", "otherwise"), VERDICTS)
def test_another_reading_would_give_another_verdict(conflict, of, asked, chosen, otherwise):
    assert decided(of, **asked).verdict == chosen
    found = effect(of, conflict, **asked)
    assert found.verdict_otherwise == otherwise
    assert found.reading in found.conflict.readings
    assert found.reading is not found.conflict.chosen
    assert (found.commitment_otherwise is None) == (otherwise != "ENTITLED")


NO_EFFECT = [
    pytest.param(
        "X-REMOTE", covered_by("GOLD"), {"channel": "REMOTE_SESSION"}, id="X-REMOTE: Gold has remote sessions anyway"
    ),
    pytest.param(
        "X-GAP-SERVICE", LAPSED, {"at": noon("2026-05-01")}, id="X-GAP-SERVICE: day 121 is late on either reading"
    ),
    pytest.param(
        "X-ON-CALL-SEVERITY",
        covered_by("PLATINUM"),
        {**ON_CALL, "priority": "P3", "at": NIGHT},
        id="X-ON-CALL-SEVERITY: P3",
    ),
    pytest.param(
        "X-LANGUAGES", covered_by("PLATINUM"), {**ON_CALL, "language": "zh", "at": NIGHT}, id="X-LANGUAGES: Chinese"
    ),
    pytest.param(
        "X-MIDDLE-EAST-WEEK",
        covered_by("GOLD", **UAE),
        {"channel": "PHONE", "at": dubai("2026-03-13 11:00")},
        id="X-MIDDLE-EAST-WEEK: a Friday of 2026",
    ),
    pytest.param(
        "X-EXPERT-DATE",
        covered_by("PLATINUM", "2020-01-01", "2020-12-31"),
        {"service": "EXPERT", "at": noon("2020-03-31")},
        id="X-EXPERT-DATE: expert assistance is April's anyway",
    ),
    pytest.param(
        "X-PAYMENT",
        facts_of(covered_by("GOLD"), charges=[a_charge("2026-03-01")]),
        {},
        id="X-PAYMENT: overdue holds on either reading",
    ),
    pytest.param(
        "X-ASIA-PACIFIC",
        covered_by("PLATINUM", account=an_account(country="JP")),
        {**ON_CALL, "at": NIGHT},
        id="X-ASIA-PACIFIC: Japan is in it anyway",
    ),
    pytest.param(
        "X-SEASONS",
        covered_by("GOLD", installed_release="Winter '20", cloud_connected=True, cloud_licensed=True),
        {"service": "PROACTIVE"},
        id="X-SEASONS: Winter '20 itself is enough in any order",
    ),
    pytest.param(
        "X-HOLIDAY-REST-DAY",
        covered_by("GOLD"),
        {"channel": "PHONE", "at": rome("2026-03-15 11:00")},
        id="X-HOLIDAY-REST-DAY: an ordinary Sunday",
    ),
    pytest.param(
        "X-HOLIDAY-REST-DAY",
        covered_by("GOLD"),
        {"channel": "PHONE", "at": rome("2026-01-06 11:00")},
        id="X-HOLIDAY-REST-DAY: a holiday on a Tuesday",
    ),
]


@pytest.mark.parametrize(("conflict", "of", "asked"), NO_EFFECT)
def test_a_conflict_is_not_named_where_nothing_would_differ(conflict, of, asked):
    assert effects(of, conflict, **asked) == []


# ---------------------------------------------------------------- conflicts that turn the commitment


def test_platinum_hours_a_p3_on_a_sunday():
    # As chosen: Monday 09:00 and four hours. Around the clock: four hours from Sunday 11:00, escalation after two.
    asked = {"at": rome("2026-03-15 11:00"), "priority": "P3"}
    assert promise(covered_by("PLATINUM"), **asked).react_by == rome("2026-03-16 13:00")
    found = otherwise(covered_by("PLATINUM"), "X-PLATINUM-HOURS", **asked)
    assert found.clock_starts_at == rome("2026-03-15 11:00")
    assert found.react_by == rome("2026-03-15 15:00")
    assert found.escalations[0].at == rome("2026-03-15 13:00")


def test_p1_clock_a_gold_p1_half_an_hour_before_closing():
    # As chosen: 30 minutes on Friday and 30 from Saturday 09:00. On the wall clock: 60 minutes from 17:30.
    asked = {"at": rome("2026-03-13 17:30"), "priority": "P1"}
    assert promise(covered_by("GOLD"), **asked).react_by == rome("2026-03-14 09:30")
    assert otherwise(covered_by("GOLD"), "X-P1-CLOCK", **asked).react_by == rome("2026-03-13 18:30")


def test_p1_clock_a_platinum_p1_online_on_a_sunday():
    asked = {"at": rome("2026-03-15 11:00"), "priority": "P1"}
    assert promise(covered_by("PLATINUM"), **asked).react_by == rome("2026-03-16 10:00")
    assert otherwise(covered_by("PLATINUM"), "X-P1-CLOCK", **asked).react_by == rome("2026-03-15 12:00")


def test_on_call_severity_a_p2_at_night_has_its_time_on_the_wall_clock():
    found = otherwise(covered_by("PLATINUM"), "X-ON-CALL-SEVERITY", at=NIGHT, **{**ON_CALL, "priority": "P2"})
    assert found.on_call
    assert found.react_by == rome("2026-03-11 05:00")


def test_languages_a_p1_at_night_in_italian():
    found = otherwise(covered_by("PLATINUM"), "X-LANGUAGES", at=NIGHT, **ON_CALL, language="it")
    assert found.react_by == rome("2026-03-11 04:00")


def test_gap_service_promises_what_the_plan_held_last_promises():
    found = otherwise(LAPSED, "X-GAP-SERVICE", at=rome("2026-03-11 11:00"), priority="P1")
    assert found.strength == "TARGET"
    assert found.react_by == rome("2026-03-12 18:00")


def test_phone_americas_the_other_number():
    american = covered_by("GOLD", account=an_account(theater="AMERICAS", country="US"))
    assert promise(american).phone == "+1 305 5013030"
    assert otherwise(american, "X-PHONE-AMERICAS").phone == "+1 206 2012042"


def test_basic_priority_commitments_or_none_at_all():
    promised = promise(covered_by("BASIC"), priority="P1")
    assert (promised.strength, promised.react_by) == ("TARGET", rome("2026-03-12 18:00"))
    others = [one.commitment_otherwise for one in effects(covered_by("BASIC"), "X-BASIC-PRIORITY", priority="P1")]
    assert {(one.strength, one.react_by) for one in others if one is not None} == {
        ("COMMITTED", rome("2026-03-12 18:00")),
        ("BEST_EFFORT", None),
    }


@pytest.mark.parametrize(
    ("plan", "priority", "notify_by"),
    [("GOLD", "P2", "2026-03-11 11:30"), ("PLATINUM", "P4", "2026-03-11 11:30"), ("BASIC", "P3", "2026-03-11 15:00")],
)
def test_notification_of_every_priority(plan, priority, notify_by):
    assert promise(covered_by(plan), priority=priority).notify_by is None
    found = otherwise(covered_by(plan), "X-NOTIFICATION", priority=priority)
    assert found.notify_by == rome(notify_by)


@pytest.mark.parametrize(
    ("priority", "steps"), [("P1", [1, 3, 4]), ("P2", [1, 2, 4, 5]), ("P3", [1, 4, 5]), ("P4", [1, 5])]
)
def test_escalation_blanks_with_nobody_new_at_them(priority, steps):
    as_chosen = promise(covered_by("GOLD"), priority=priority)
    assert [one.step for one in as_chosen.escalations] == list(range(1, 6))
    found = otherwise(covered_by("GOLD"), "X-ESCALATION-BLANKS", priority=priority)
    assert [one.step for one in found.escalations] == steps


def test_extended_hours_a_gold_p2_on_friday_evening():
    # As chosen: an hour on Friday, an hour from Saturday 09:00. In business hours: an hour from Monday 09:00.
    asked = {"at": rome("2026-03-13 17:00"), "priority": "P2"}
    assert promise(covered_by("GOLD"), **asked).react_by == rome("2026-03-14 10:00")
    found = otherwise(covered_by("GOLD"), "X-EXTENDED-HOURS", **asked)
    assert found.react_by == rome("2026-03-16 10:00")


def test_extended_hours_leave_the_window_open_on_saturday():
    asked = {"at": rome("2026-03-14 11:00"), "channel": "PHONE", "priority": "P1"}
    assert effect(covered_by("GOLD"), "X-EXTENDED-HOURS", **asked).verdict_otherwise == "ENTITLED"
    assert otherwise(covered_by("GOLD"), "X-EXTENDED-HOURS", **asked).clock_starts_at == rome("2026-03-16 09:00")


def test_gold_prose_a_platinum_clock_stands_still_on_saturdays():
    asked = {"at": rome("2026-03-13 17:00"), "priority": "P2"}
    found = otherwise(covered_by("PLATINUM"), "X-GOLD-PROSE", **asked)
    assert found.react_by == rome("2026-03-16 10:00")


def test_remote_sessions_of_basic_have_basic_s_targets():
    found = otherwise(covered_by("BASIC"), "X-REMOTE", channel="REMOTE_SESSION", priority="P1")
    assert found.react_by == rome("2026-03-12 18:00")


# ---------------------------------------------------------------- the first year of a module


@pytest.mark.parametrize(("on", "differs"), [("2026-11-30", True), ("2026-12-01", False)])
def test_first_year_addon_lasts_twelve_months_on_the_other_reading(on, differs):
    module = a_module_of(LAPSED, registered_on="2025-12-01")
    assert [one.verdict_otherwise for one in effects(module, "X-FIRST-YEAR-ADDON", noon(on))] == ["ENTITLED"] * differs


def test_first_year_addon_fills_the_gaps_of_the_base_on_the_other_reading():
    # The base: Basic until 2025-12-31, Gold from June to August 2026. The module's own year: 2025-12-01 to 2026-11-30.
    base = a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-06-01", "2026-08-31"),))
    module = a_module_of(base, registered_on="2025-12-01")
    (reading,) = (
        reading
        for conflict in GUIDE.conflicts
        if conflict.id == "X-FIRST-YEAR-ADDON"
        for reading in conflict.readings
        if reading.overrides
    )
    assert [
        (period.plan, str(period.source), period.starts_on.isoformat(), period.expires_on.isoformat())
        for period in coverage.timeline(module, GUIDE.under(reading)).periods
    ] == [
        ("BASIC", "FROM_BASE", "2025-12-01", "2025-12-31"),
        ("BASIC", "INCLUDED_FIRST_YEAR", "2026-01-01", "2026-05-31"),
        ("GOLD", "FROM_BASE", "2026-06-01", "2026-08-31"),
        ("BASIC", "INCLUDED_FIRST_YEAR", "2026-09-01", "2026-11-30"),
    ]


# ---------------------------------------------------------------- where none can be told


@pytest.mark.parametrize("asked", [{"theater": "MOON"}, {"language": "?"}])
def test_an_invalid_request_turns_on_nothing(asked):
    assert decided(covered_by("BASIC"), channel="REMOTE_SESSION", **asked).conflicts == ()
