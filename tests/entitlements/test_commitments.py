"""R-SLA and R-CHK-12: reaction, notification and escalation, worked out by hand.

Unless a test says otherwise a ticket is opened on Wednesday 2026-03-11 at 11:00 in Rome, seven hours before closing.
"""

import pytest

from tests.builders import (
    a_lapsed_license,
    a_license,
    a_module_of,
    a_pause,
    an_account,
    an_option,
    covered_by,
    decided,
    dubai,
    facts_of,
    hardware,
    new_york,
    noon,
    promise,
    rome,
)

WEDNESDAY = "2026-03-11 11:00"
ON_CALL = {"channel": "PHONE", "priority": "P1", "pin_verified": True}


def promised(plan, at=WEDNESDAY, **asked):
    """The commitment to a ticket opened at an hour in Rome."""
    return promise(covered_by(plan), rome(at), **asked)


def clock(at):
    """An hour in Rome, or None."""
    return None if at is None else rome(at)


# ---------------------------------------------------------------- reaction


@pytest.mark.parametrize(
    ("plan", "priority", "react_by", "strength"),
    [
        pytest.param("BASIC", "P1", "2026-03-12 18:00", "TARGET", id="Basic P1: close of the next business day"),
        pytest.param("BASIC", "P2", "2026-03-13 18:00", "TARGET", id="Basic P2: close of the second"),
        pytest.param("BASIC", "P3", None, "BEST_EFFORT", id="Basic P3: no deadline"),
        pytest.param("BASIC", "P4", None, "BEST_EFFORT", id="Basic P4: no deadline"),
        pytest.param("GOLD", "P1", "2026-03-11 12:00", "COMMITTED", id="Gold P1: 60 minutes"),
        pytest.param("GOLD", "P2", "2026-03-11 13:00", "COMMITTED", id="Gold P2: 2 hours"),
        pytest.param("GOLD", "P3", "2026-03-11 15:00", "COMMITTED", id="Gold P3: 4 hours"),
        pytest.param("GOLD", "P4", "2026-03-12 10:00", "COMMITTED", id="Gold P4: 8 hours, 7 today and 1 tomorrow"),
        pytest.param("PLATINUM", "P1", "2026-03-11 12:00", "COMMITTED", id="Platinum P1"),
        pytest.param("PLATINUM", "P2", "2026-03-11 13:00", "COMMITTED", id="Platinum P2"),
        pytest.param("PLATINUM", "P3", "2026-03-11 15:00", "COMMITTED", id="Platinum P3"),
        pytest.param("PLATINUM", "P4", "2026-03-12 10:00", "COMMITTED", id="Platinum P4"),
    ],
)
def test_reaction_by_plan_and_priority(plan, priority, react_by, strength):
    found = promised(plan, priority=priority)
    assert found.react_by == clock(react_by)
    assert found.strength == strength


@pytest.mark.parametrize("plan", ["BASIC", "GOLD", "PLATINUM"])
def test_without_a_priority_there_are_no_deadlines(plan):
    found = promised(plan)
    assert (found.react_by, found.notify_by, found.escalations) == (None, None, ())
    assert found.strength == "BEST_EFFORT"


@pytest.mark.parametrize(
    ("plan", "at", "starts", "react_by"),
    [
        # P2: two business days for Basic, two business hours for Gold.
        pytest.param("BASIC", "2026-03-11 07:30", "2026-03-11 09:00", "2026-03-13 18:00", id="Basic, before opening"),
        pytest.param(
            "BASIC",
            "2026-03-11 18:00",
            "2026-03-12 09:00",
            "2026-03-16 18:00",
            id="Basic, at closing: Thursday, then Friday and Monday",
        ),
        pytest.param(
            "BASIC",
            "2026-03-14 11:00",
            "2026-03-16 09:00",
            "2026-03-18 18:00",
            id="Basic, on Saturday: Monday, then Tuesday and Wednesday",
        ),
        pytest.param("BASIC", "2026-01-06 11:00", "2026-01-07 09:00", "2026-01-09 18:00", id="Basic, on Epiphany"),
        pytest.param("GOLD", "2026-03-11 07:30", "2026-03-11 09:00", "2026-03-11 11:00", id="Gold, before opening"),
        pytest.param("GOLD", "2026-03-11 18:00", "2026-03-12 09:00", "2026-03-12 11:00", id="Gold, at closing"),
        pytest.param(
            "GOLD",
            "2026-03-13 17:00",
            "2026-03-13 17:00",
            "2026-03-14 10:00",
            id="Gold, Friday evening: Saturday counts",
        ),
        pytest.param("GOLD", "2026-03-14 11:00", "2026-03-14 11:00", "2026-03-14 13:00", id="Gold, on Saturday"),
        pytest.param("GOLD", "2026-03-15 11:00", "2026-03-16 09:00", "2026-03-16 11:00", id="Gold, on Sunday"),
        pytest.param("GOLD", "2026-01-06 11:00", "2026-01-06 11:00", "2026-01-06 13:00", id="Gold, on Epiphany"),
        pytest.param(
            "GOLD",
            "2026-04-05 17:00",
            "2026-04-05 17:00",
            "2026-04-06 10:00",
            id="Gold, Easter Sunday and Monday are holidays",
        ),
        pytest.param(
            "PLATINUM",
            "2026-03-15 11:00",
            "2026-03-16 09:00",
            "2026-03-16 11:00",
            id="Platinum P2, on Sunday: business hours",
        ),
    ],
)
def test_the_clock_starts_at_once_inside_the_window_else_at_the_next_opening(plan, at, starts, react_by):
    found = promised(plan, at, priority="P2")
    assert found.clock_starts_at == rome(starts)
    assert found.react_by == rome(react_by)


@pytest.mark.parametrize(
    ("at", "react_by"),
    [
        pytest.param("2026-03-11 09:00", "2026-03-12 18:00", id="Wednesday at opening: Thursday"),
        pytest.param("2026-03-11 17:59", "2026-03-12 18:00", id="a minute before closing: still Thursday"),
        pytest.param("2026-03-11 18:00", "2026-03-13 18:00", id="at closing: the clock starts on Thursday, so Friday"),
        pytest.param("2026-03-13 11:00", "2026-03-16 18:00", id="Friday: Monday"),
        pytest.param(
            "2026-03-13 18:00", "2026-03-17 18:00", id="Friday evening: the clock starts on Monday, so Tuesday"
        ),
        pytest.param("2026-04-03 11:00", "2026-04-07 18:00", id="Good Friday: Tuesday after Easter"),
    ],
)
def test_basic_s_next_business_day_ends_at_its_close(at, react_by):
    assert promised("BASIC", at, priority="P1").react_by == rome(react_by)


# ---------------------------------------------------------------- notification


@pytest.mark.parametrize(
    ("plan", "priority", "notify_by"),
    [
        pytest.param("BASIC", "P1", "2026-03-11 15:00", id="Basic: 4 hours"),
        pytest.param("GOLD", "P1", "2026-03-11 11:30", id="Gold: 30 minutes"),
        pytest.param("PLATINUM", "P1", "2026-03-11 11:30", id="Platinum: 30 minutes"),
        *[(plan, priority, None) for plan in ("BASIC", "GOLD", "PLATINUM") for priority in ("P2", "P3", "P4")],
    ],
)
def test_notification_is_promised_for_p1_only(plan, priority, notify_by):
    assert promised(plan, priority=priority).notify_by == clock(notify_by)


def test_notification_runs_in_the_window_too():
    # 16:00, two hours to the closing; two more from 09:00.
    assert promised("BASIC", "2026-03-11 16:00", priority="P1").notify_by == rome("2026-03-12 11:00")
    assert promised("GOLD", "2026-03-14 17:45", priority="P1").notify_by == rome("2026-03-16 09:15")


# ---------------------------------------------------------------- escalation

# Basic: 2, 3, 5, 10, 20 business days after Wednesday 11 March. The 17th is Friday 3 April; Easter Monday is none.
BASIC_STEPS = ["2026-03-13 18:00", "2026-03-16 18:00", "2026-03-18 18:00", "2026-03-25 18:00", "2026-04-09 18:00"]
# Gold: 2, 4, 8, 16, 40 hours. Wednesday has 7 left; Thursday, Friday and Saturday 9 each (16, 25, 34); 6 on Monday.
GOLD_STEPS = ["2026-03-11 13:00", "2026-03-11 15:00", "2026-03-12 10:00", "2026-03-12 18:00", "2026-03-16 15:00"]
LEVELS = {
    "P1": ["team leader", "team leader", "support manager", "co-CEO and CTO", "co-CEO and CTO"],
    "P2": ["support team", "team leader", "team leader", "support manager", "co-CEO and CTO"],
    "P3": ["support team", "support team", "support team", "team leader", "support manager"],
    "P4": ["support team", "support team", "support team", "support team", "team leader"],
}


@pytest.mark.parametrize("priority", ["P1", "P2", "P3", "P4"])
@pytest.mark.parametrize(("plan", "steps"), [("BASIC", BASIC_STEPS), ("GOLD", GOLD_STEPS), ("PLATINUM", GOLD_STEPS)])
def test_each_step_of_escalation_and_who_is_reached(plan, steps, priority):
    found = promised(plan, priority=priority).escalations
    assert [(one.step, one.level, one.at) for one in found] == [
        (number, level, rome(at))
        for number, (level, at) in enumerate(zip(LEVELS[priority], steps, strict=True), start=1)
    ]


# ---------------------------------------------------------------- pauses


@pytest.mark.parametrize(
    ("plan", "pause", "react_by"),
    [
        pytest.param(
            "GOLD", ("2026-03-11 11:30", "2026-03-11 14:30"), "2026-03-11 16:00", id="Gold P2: three hours later"
        ),
        pytest.param(
            "GOLD", ("2026-03-11 12:00", "2026-03-12 10:00"), "2026-03-12 11:00", id="Gold P2: over the night"
        ),
        pytest.param(
            "BASIC", ("2026-03-12 09:00", "2026-03-12 18:00"), "2026-03-16 18:00", id="Basic P2: a day is not counted"
        ),
        pytest.param(
            "BASIC", ("2026-03-12 09:00", "2026-03-12 17:00"), "2026-03-13 18:00", id="Basic P2: a part of a day is"
        ),
    ],
)
def test_pauses_do_not_count(plan, pause, react_by):
    pauses = [a_pause(*(rome(at) for at in pause))]
    found = promised(plan, priority="P2", pauses=pauses)
    assert found.react_by == rome(react_by)
    assert found.clock_starts_at == rome(WEDNESDAY)


def test_pauses_move_notification_and_escalation_as_well():
    found = promised("GOLD", priority="P1", pauses=[a_pause(rome("2026-03-11 11:15"), rome("2026-03-11 12:15"))])
    assert found.notify_by == rome("2026-03-11 12:30")
    assert found.react_by == rome("2026-03-11 13:00")
    assert found.escalations[0].at == rome("2026-03-11 14:00")


# ---------------------------------------------------------------- Platinum P1


@pytest.mark.parametrize(
    ("at", "notify_by", "react_by", "on_call"),
    [
        pytest.param("2026-03-15 03:00", "2026-03-15 03:30", "2026-03-15 04:00", True, id="on Sunday at night"),
        pytest.param("2026-03-11 18:00", "2026-03-11 18:30", "2026-03-11 19:00", True, id="at closing"),
        pytest.param(
            "2026-03-11 17:30", "2026-03-11 18:00", "2026-03-11 18:30", False, id="half an hour before closing"
        ),
        pytest.param("2026-03-11 11:00", "2026-03-11 11:30", "2026-03-11 12:00", False, id="at midday"),
        pytest.param(
            "2026-03-11 08:30", "2026-03-11 09:00", "2026-03-11 09:30", True, id="half an hour before opening"
        ),
        pytest.param(
            "2026-03-29 01:30", "2026-03-29 03:00", "2026-03-29 03:30", True, id="over the hour that is skipped"
        ),
    ],
)
def test_platinum_p1_by_phone_with_every_condition_met_has_elapsed_time(at, notify_by, react_by, on_call):
    found = promised("PLATINUM", at, **ON_CALL)
    assert (found.clock_starts_at, found.notify_by, found.react_by) == (rome(at), rome(notify_by), rome(react_by))
    assert found.on_call is on_call
    assert found.strength == "COMMITTED"


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"pin_verified": False}, id="without the PIN"),
        pytest.param({"language": "it"}, id="in Italian"),
        pytest.param({"channel": "ONLINE"}, id="online"),
        pytest.param({"channel": "CHAT"}, id="by chat"),
    ],
)
def test_platinum_p1_otherwise_runs_in_the_window(asked):
    # Friday 17:30: half an hour to the closing, half an hour from Saturday 09:00.
    found = promised("PLATINUM", "2026-03-13 17:30", **{**ON_CALL, **asked})
    assert found.react_by == rome("2026-03-14 09:30")
    assert found.notify_by == rome("2026-03-13 18:00")
    assert not found.on_call


@pytest.mark.parametrize("country", ["JP", None])
def test_platinum_p1_by_phone_runs_in_the_window_where_on_call_is_not_known_to_be_offered(country):
    license = covered_by("PLATINUM", account=an_account(country=country))
    found = promise(license, rome("2026-03-13 17:30"), **ON_CALL)
    assert found.react_by == rome("2026-03-14 09:30")


def test_gold_p1_runs_in_gold_s_own_window():
    found = promised("GOLD", "2026-03-13 17:30", **ON_CALL)
    assert found.react_by == rome("2026-03-14 09:30")
    assert promised("GOLD", "2026-03-15 11:00", priority="P1").react_by == rome("2026-03-16 10:00")


def test_platinum_p2_by_phone_runs_in_the_window():
    found = promised("PLATINUM", "2026-03-13 17:30", **{**ON_CALL, "priority": "P2"})
    assert found.react_by == rome("2026-03-14 10:30")


def test_escalation_stays_in_the_window_and_research_is_not_reachable_on_call():
    # Sunday 03:00; the window opens on Monday 09:00, and a day has 9 hours: 2, 4, 8; 16 = 9 + 7; 40 = 4 × 9 + 4.
    found = promised("PLATINUM", "2026-03-15 03:00", **ON_CALL)
    assert [one.at for one in found.escalations] == [
        rome("2026-03-16 11:00"),
        rome("2026-03-16 13:00"),
        rome("2026-03-16 17:00"),
        rome("2026-03-17 16:00"),
        rome("2026-03-20 13:00"),
    ]
    assert any("R&D" in restriction for restriction in found.restrictions)


def test_escalation_of_a_call_inside_hours_stays_in_the_window_as_well():
    # 17:00 on Wednesday: an hour left, then an hour from Thursday 09:00.
    assert promised("PLATINUM", "2026-03-11 17:00", **ON_CALL).escalations[0].at == rome("2026-03-12 10:00")


def test_nothing_is_restricted_inside_hours():
    assert promised("PLATINUM", **ON_CALL).restrictions == ()


def test_pauses_do_not_count_on_call_either():
    pauses = [a_pause(rome("2026-03-15 03:20"), rome("2026-03-15 03:50"))]
    found = promised("PLATINUM", "2026-03-15 03:00", **ON_CALL, pauses=pauses)
    assert found.react_by == rome("2026-03-15 04:30")
    assert found.notify_by == rome("2026-03-15 04:00")


# ---------------------------------------------------------------- planned maintenance


@pytest.mark.parametrize("priority", ["P2", "P3", "P4", None])
def test_planned_maintenance_on_call_below_p1_has_no_deadlines(priority):
    found = promised("PLATINUM", "2026-03-15 03:00", **{**ON_CALL, "priority": priority}, planned_maintenance=True)
    assert found.on_call
    assert found.clock_starts_at == rome("2026-03-15 03:00")
    assert (found.react_by, found.notify_by, found.escalations) == (None, None, ())


def test_planned_maintenance_of_p1_on_call_has_p1_s_deadlines():
    found = promised("PLATINUM", "2026-03-15 03:00", **ON_CALL, planned_maintenance=True)
    assert (found.notify_by, found.react_by) == (rome("2026-03-15 03:30"), rome("2026-03-15 04:00"))


def test_planned_maintenance_inside_hours_has_its_priority_s_deadlines():
    found = promised("PLATINUM", **{**ON_CALL, "priority": "P3"}, planned_maintenance=True)
    assert found.react_by == rome("2026-03-11 15:00")
    assert not found.on_call


# ---------------------------------------------------------------- end users


def end_user(plan):
    return covered_by(plan, options=[an_option("LEVEL_1_END_USER")])


@pytest.mark.parametrize("plan", ["GOLD", "PLATINUM"])
def test_the_clocks_of_level_1_run_in_the_hours_of_normal_days_only(plan):
    found = promise(end_user(plan), rome("2026-03-13 17:00"), requester="END_USER", priority="P2")
    assert found.react_by == rome("2026-03-16 10:00")  # not Saturday
    found = promise(end_user(plan), rome("2026-03-14 11:00"), requester="END_USER", priority="P2")
    assert found.clock_starts_at == rome("2026-03-16 09:00")


def test_an_end_user_s_p1_by_phone_is_never_elapsed_time():
    found = promise(end_user("PLATINUM"), rome("2026-03-13 17:30"), requester="END_USER", **ON_CALL)
    assert found.react_by == rome("2026-03-16 09:30")


# ---------------------------------------------------------------- theaters


def test_deadlines_run_in_the_account_s_theater():
    license = covered_by("GOLD", account=an_account(theater="AMERICAS", country="US"))
    found = promise(license, new_york("2026-03-13 16:00"), priority="P2")
    assert found.react_by == new_york("2026-03-14 08:00")
    assert (found.theater, found.phone) == ("AMERICAS", "+1 305 5013030")


def test_a_theater_in_the_request_goes_before_the_account_s():
    found = promise(covered_by("GOLD"), dubai("2026-03-12 17:00"), priority="P2", theater="MIDDLE_EAST")
    assert found.react_by == dubai("2026-03-14 13:00")  # an hour on Thursday, one from Saturday 12:00
    assert (found.theater, found.phone) == ("MIDDLE_EAST", "+971 436 05197")


def test_basic_in_the_middle_east_counts_sunday_to_thursday():
    license = covered_by("BASIC", account=an_account(theater="MIDDLE_EAST", country="SA"))
    found = promise(license, dubai("2026-03-11 11:00"), priority="P2")
    assert found.react_by == dubai("2026-03-15 18:00")  # Thursday, Sunday


# ---------------------------------------------------------------- queue, dependents, calendars


@pytest.mark.parametrize(("plan", "rank"), [("BASIC", 1), ("GOLD", 2), ("PLATINUM", 2)])
def test_the_queue(plan, rank):
    assert promised(plan).queue_rank == rank


def test_a_dependent_is_served_as_its_base_is():
    module = a_module_of(covered_by("GOLD"))
    assert decided(module, rome(WEDNESDAY), priority="P1").commitment == promised("GOLD", priority="P1")


def test_a_deadline_beyond_the_calendars_is_null():
    # Friday 2050-12-30 17:00: an hour to the closing and nine on Saturday; two business days there are not.
    gold = covered_by("GOLD", expires_on="2050-12-31")
    assert promise(gold, rome("2050-12-31 17:00"), priority="P1").react_by == rome("2050-12-31 18:00")
    assert promise(gold, rome("2050-12-31 17:00"), priority="P2").react_by is None
    basic = covered_by("BASIC", expires_on="2050-12-31")
    found = promise(basic, rome("2050-12-30 17:00"), priority="P2")
    assert found.react_by is None
    assert found.strength == "TARGET"


def test_the_last_evening_of_the_calendars_is_answered():
    # Nothing opens after it, so no clock can start within the calendars.
    gold, at = covered_by("GOLD", expires_on="2050-12-31"), rome("2050-12-31 19:00")
    assert decided(gold, at, priority="P2").verdict == "ENTITLED"
    assert promise(gold, at, priority="P2").react_by is None


# ---------------------------------------------------------------- when nothing is promised


@pytest.mark.parametrize(
    ("license", "asked"),
    [
        pytest.param(a_license(registered_on="2025-01-01"), {}, id="not covered"),
        pytest.param(covered_by("BASIC"), {"channel": "REMOTE_SESSION"}, id="the plan excludes it"),
        pytest.param(covered_by("GOLD"), {"service": "PROACTIVE"}, id="a fact is missing"),
        pytest.param(covered_by("GOLD"), {"theater": "MOON"}, id="the request is not valid"),
        pytest.param(None, {}, id="the licence is not known"),
    ],
)
def test_nothing_is_promised_where_the_answer_is_not_a_yes(license, asked):
    assert decided(facts_of(license), priority="P1", **asked).commitment is None


def test_nothing_is_promised_where_no_plan_is_in_force():
    found = decided(a_lapsed_license("2026-02-28"), service="FEATURE_RELEASE", release="Winter '26", priority="P1")
    assert found.entitled
    assert found.commitment is None
    assert decided(hardware(registered_on="2020-01-01"), service="HARDWARE_REPAIR", priority="P1").commitment is None


def test_a_conditional_yes_is_promised_as_a_clean_one():
    asked = {"at": noon("2026-03-11"), "priority": "P1", "language": "zh"}
    assert decided(covered_by("GOLD"), **asked).verdict == "CONDITIONAL"
    assert promise(covered_by("GOLD"), **asked).react_by == rome("2026-03-11 13:00")
