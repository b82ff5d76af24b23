"""Until when a verdict holds by itself: the first instant at which a check would answer another one."""

import pytest

from tests.builders import (
    a_charge,
    a_lapsed_license,
    a_license,
    a_milestone,
    a_module_of,
    a_pause,
    a_product,
    a_term,
    an_account,
    an_option,
    covered_by,
    decided,
    dubai,
    facts_of,
    hardware,
    new_york,
    noon,
    rome,
    verdict,
)

ON_CALL = {"channel": "PHONE", "priority": "P1", "pin_verified": True}


def until(of, at, **asked):
    """Until when the verdict at an hour in Rome holds."""
    return decided(of, rome(at), **asked).stable_until


def changes(of, at, expected, **asked):
    """Whether the verdict holds until just before an instant, and is another one at it."""
    before = rome(at)
    now = verdict(of, before, **asked)
    just_before = expected.fromtimestamp(expected.timestamp() - 1, expected.tzinfo)
    return verdict(of, just_before, **asked) == now != verdict(of, expected, **asked)


WEDNESDAY = "2026-03-11 11:00"

DAYS = [
    pytest.param(covered_by("GOLD"), {}, "2027-01-01 00:00", id="covered: the day after the last covered one"),
    pytest.param(
        a_license(registered_on="2026-06-01"),
        {},
        "2026-06-01 00:00",
        id="not started: the first covered day, in summer time",
    ),
    pytest.param(
        a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-09-01", "2027-08-31"),)),
        {},
        "2026-09-01 00:00",
        id="in a gap: the next period, past day 121",
    ),
    pytest.param(
        covered_by("GOLD", product=a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-06-30")])),
        {},
        "2026-07-01 00:00",
        id="the day after the end of support",
    ),
    pytest.param(
        covered_by("GOLD", retired_on="2026-06-30"), {}, "2026-07-01 00:00", id="the day after the retirement"
    ),
    pytest.param(a_module_of(covered_by("GOLD")), {}, "2027-01-01 00:00", id="a module: when its base ends"),
    pytest.param(
        a_module_of(covered_by("GOLD"), registered_on="2026-04-01"),
        {},
        "2026-04-01 00:00",
        id="a module: its own first day",
    ),
    pytest.param(
        a_module_of(a_license(registered_on="2026-05-01")), {}, "2026-05-01 00:00", id="a module: when its base starts"
    ),
    pytest.param(
        facts_of(covered_by("GOLD"), charges=[a_charge("2026-03-31")]),
        {},
        "2026-04-01 00:00",
        id="the day after a charge is due",
    ),
    pytest.param(
        facts_of(covered_by("GOLD"), charges=[a_charge("2026-03-01", paid_on="2026-03-20")]),
        {},
        "2026-03-20 00:00",
        id="the day a charge is paid",
    ),
    pytest.param(
        covered_by("GOLD", options=[an_option("DELIVERY_ON_SITE", "2026-04-01", "2026-04-30")]),
        {"service": "ON_SITE"},
        "2026-04-01 00:00",
        id="the first day of an option",
    ),
    pytest.param(
        covered_by("GOLD", options=[an_option("DELIVERY_ON_SITE", "2026-01-01", "2026-04-30")]),
        {"service": "ON_SITE"},
        "2026-05-01 00:00",
        id="the day after an option",
    ),
    pytest.param(
        a_module_of(covered_by("GOLD", options=[an_option("DELIVERY_ON_SITE", "2026-01-01", "2026-04-30")])),
        {"service": "ON_SITE"},
        "2026-05-01 00:00",
        id="the day after an option of the base",
    ),
    pytest.param(
        covered_by("GOLD", installed_release="Winter '26"),
        {"service": "BUG_FIX"},
        "2026-05-11 00:00",
        id="the day the next release makes a fix conditional",
    ),
    pytest.param(
        covered_by(
            "GOLD",
            installed_release="Winter '26",
            product=a_product(milestones=[a_milestone("END_OF_FIXES", "2026-04-15")]),
        ),
        {"service": "BUG_FIX"},
        "2026-04-16 00:00",
        id="the day after the end of fixes",
    ),
    pytest.param(
        a_lapsed_license("2026-02-28"),
        {"service": "FEATURE_RELEASE"},
        "2026-05-11 00:00",
        id="the latest release is no longer the one that was had",
    ),
    pytest.param(
        covered_by("GOLD"),
        {"service": "FEATURE_RELEASE", "release": "Spring '26"},
        "2026-05-11 00:00",
        id="the day a release comes out",
    ),
    pytest.param(
        a_license(terms=(a_term("GOLD", "2026-03-01", "2026-03-31"),)),
        {"service": "PROACTIVE"},
        "2026-04-01 00:00",
        id="unknown facts until the plan itself lacks it",
    ),
]


@pytest.mark.parametrize(("of", "asked", "expected"), DAYS)
def test_a_verdict_holds_until_the_day_on_which_a_rule_turns(of, asked, expected):
    assert until(of, WEDNESDAY, **asked) == rome(expected)
    assert changes(of, WEDNESDAY, rome(expected), **asked)


def test_expert_assistance_until_its_first_day():
    license = covered_by("PLATINUM", "2020-01-01", "2020-12-31", registered_on="2020-01-01")
    assert until(license, "2020-03-11 11:00", service="EXPERT") == rome("2020-04-01 00:00")


NEVER = [
    pytest.param(a_license(registered_on="2025-01-01"), {}, id="expired: renewable or late, a no is a no"),
    pytest.param(a_license(registered_on="2010-01-01"), {}, id="long expired"),
    pytest.param(covered_by("GOLD", retired_on="2026-01-31"), {}, id="retired"),
    pytest.param(a_license(registered_on=None), {}, id="not activated"),
    pytest.param(covered_by("GOLD"), {"causes": ["MISUSE"]}, id="an excluded cause"),
    pytest.param(covered_by("GOLD"), {"service": "PROFESSIONAL_SERVICES"}, id="professional services"),
    pytest.param(hardware(), {"service": "HARDWARE_REPAIR"}, id="the warranty, in or out of it"),
    pytest.param(
        a_lapsed_license("2025-12-31"),
        {"service": "FEATURE_RELEASE", "release": "Summer '25"},
        id="a release kept for good",
    ),
    pytest.param(None, {}, id="an unknown licence"),
    pytest.param(covered_by("GOLD"), {"theater": "MOON"}, id="an invalid request"),
    pytest.param(
        facts_of(a_license(registered_on="2025-01-01"), charges=[a_charge("2026-03-01", paid_on="2026-03-20")]),
        {},
        id="expired, whatever is paid",
    ),
]


@pytest.mark.parametrize(("of", "asked"), NEVER)
def test_some_verdicts_never_change_by_themselves(of, asked):
    assert until(of, WEDNESDAY, **asked) is None


HOURS = [
    pytest.param("BASIC", "2026-03-11 11:00", {"channel": "PHONE"}, "2026-03-11 18:00", id="open: until the closing"),
    pytest.param("BASIC", "2026-03-11 09:00", {"channel": "PHONE"}, "2026-03-11 18:00", id="from the very opening"),
    pytest.param("BASIC", "2026-03-11 18:00", {"channel": "PHONE"}, "2026-03-12 09:00", id="closed: until the opening"),
    pytest.param("BASIC", "2026-03-13 18:00", {"channel": "PHONE"}, "2026-03-16 09:00", id="Basic over the weekend"),
    pytest.param("GOLD", "2026-03-13 18:00", {"channel": "PHONE"}, "2026-03-14 09:00", id="Gold on Friday night"),
    pytest.param("GOLD", "2026-03-14 20:00", {"channel": "CHAT"}, "2026-03-16 09:00", id="Gold over Sunday"),
    pytest.param("BASIC", "2026-04-03 18:00", {"channel": "CHAT"}, "2026-04-07 09:00", id="Basic over Easter"),
    pytest.param(
        "GOLD", "2026-03-28 18:00", {"channel": "PHONE"}, "2026-03-30 09:00", id="over the change to summer time"
    ),
    pytest.param(
        "GOLD", "2026-10-24 18:00", {"channel": "PHONE"}, "2026-10-26 09:00", id="over the change to winter time"
    ),
    pytest.param(
        "PLATINUM",
        "2026-03-11 11:00",
        {"channel": "PHONE", "priority": "P1"},
        "2026-03-11 18:00",
        id="Platinum P1 without its PIN",
    ),
    pytest.param(
        "PLATINUM",
        "2026-03-11 11:00",
        ON_CALL,
        "2027-01-01 00:00",
        id="Platinum P1 with it: on-call takes over, to the end of coverage",
    ),
    pytest.param("BASIC", "2026-03-11 11:00", {"channel": "ONLINE"}, "2027-01-01 00:00", id="online, at any hour"),
    pytest.param("BASIC", "2026-03-11 11:00", {"channel": "PHONE", "causes": ["MISUSE"]}, None, id="refused anyway"),
    pytest.param(
        "BASIC", "2026-12-31 17:00", {"channel": "PHONE"}, "2026-12-31 18:00", id="the last day of coverage, open"
    ),
    pytest.param(
        "BASIC", "2026-12-31 18:00", {"channel": "PHONE"}, None, id="the last evening of coverage: it never opens again"
    ),
]


@pytest.mark.parametrize(("plan", "at", "asked", "expected"), HOURS)
def test_a_channel_that_is_answered_in_a_window_holds_until_it_opens_or_closes(plan, at, asked, expected):
    assert until(covered_by(plan), at, **asked) == (None if expected is None else rome(expected))


def test_a_country_that_is_not_known_is_unknown_until_the_window_opens():
    license = covered_by("PLATINUM", account=an_account(country=None))
    assert verdict(license, rome("2026-03-11 03:00"), **ON_CALL) == "UNKNOWN"
    assert until(license, "2026-03-11 03:00", **ON_CALL) == rome("2026-03-11 09:00")
    assert until(license, "2026-03-11 11:00", **ON_CALL) == rome("2026-03-11 18:00")


def test_an_end_user_s_window_is_that_of_normal_days():
    license = covered_by("GOLD", options=[an_option("LEVEL_1_END_USER")])
    assert until(license, "2026-03-13 18:00", requester="END_USER", channel="PHONE") == rome("2026-03-16 09:00")


def test_windows_are_those_of_the_theater():
    american = covered_by("GOLD", account=an_account(theater="AMERICAS", country="US"))
    assert decided(american, new_york("2026-03-14 08:00"), channel="PHONE").stable_until == new_york("2026-03-14 12:00")
    gulf = covered_by("GOLD", account=an_account(theater="MIDDLE_EAST", country="SA"))
    assert decided(gulf, dubai("2026-03-12 18:00"), channel="PHONE").stable_until == dubai("2026-03-14 12:00")


def test_the_change_of_the_uae_s_week():
    uae = {"account": an_account(theater="MIDDLE_EAST_UAE", country="AE"), "registered_on": "2021-06-01"}
    gold = covered_by("GOLD", "2021-06-01", "2022-05-31", **uae)
    # Thursday evening of the old week; Friday rests; Saturday 1 January is New Year, with the extended window.
    assert decided(gold, dubai("2021-12-30 18:00"), channel="PHONE").stable_until == dubai("2022-01-01 12:00")
    # Then Sunday rests in the new week.
    assert decided(gold, dubai("2022-01-01 18:00"), channel="PHONE").stable_until == dubai("2022-01-03 09:00")
    basic = covered_by("BASIC", "2021-06-01", "2022-05-31", **uae)
    assert decided(basic, dubai("2021-12-30 18:00"), channel="PHONE").stable_until == dubai("2022-01-03 09:00")


def test_coverage_ends_by_the_policy_zone_in_every_theater():
    american = covered_by(
        "GOLD", expires_on="2026-03-11", registered_on="2025-01-01", account=an_account(theater="AMERICAS")
    )
    assert decided(american, new_york("2026-03-11 16:00"), channel="PHONE").stable_until == new_york("2026-03-11 17:00")
    # Between the two changes of the clocks New York is five hours behind Rome: midnight in Rome is 19:00 there.
    assert decided(american, new_york("2026-03-11 16:00")).stable_until == new_york("2026-03-11 19:00")


def test_pauses_change_no_verdict():
    pauses = [a_pause(rome("2026-03-11 12:00"), rome("2026-03-11 13:00"))]
    assert until(covered_by("GOLD"), WEDNESDAY, pauses=pauses) == rome("2027-01-01 00:00")


def test_a_verdict_held_is_told_from_any_instant_on():
    assert decided(covered_by("GOLD"), noon("2026-12-31")).stable_until == rome("2027-01-01 00:00")
    assert decided(covered_by("GOLD"), rome("2026-12-31 23:59")).stable_until == rome("2027-01-01 00:00")
    assert decided(covered_by("GOLD"), rome("2027-01-01 00:00")).stable_until is None
