"""R-SLA-4, R-CHK-6 and R-CHK-13: the on-call service outside hours, to whom it is open and on which conditions."""

import pytest

from entitlements import parameters
from tests.builders import (
    GUIDE,
    an_account,
    an_option,
    codes,
    covered_by,
    day,
    judged,
    promise,
    rome,
    told,
    verdict,
)

NIGHT = rome("2026-03-11 03:00")
ON_CALL = {"channel": "PHONE", "priority": "P1", "pin_verified": True}
"""What opens the on-call service to a Platinum customer in Italy."""


def platinum(**account):
    return covered_by("PLATINUM", account=an_account(**account))


# ---------------------------------------------------------------- to whom it is open


@pytest.mark.parametrize("at", ["2026-03-11 03:00", "2026-03-11 18:00", "2026-03-15 11:00", "2026-03-11 08:59"])
def test_platinum_is_answered_by_phone_outside_hours_when_every_condition_is_met(at):
    assert codes(platinum(), rome(at), **ON_CALL) == []
    assert promise(platinum(), rome(at), **ON_CALL).on_call


@pytest.mark.parametrize(
    ("plan", "asked"),
    [
        pytest.param("GOLD", {}, id="Gold has no on-call service"),
        pytest.param("BASIC", {}, id="nor has Basic"),
        pytest.param("PLATINUM", {"channel": "CHAT"}, id="it is by phone only, not by chat"),
        pytest.param("PLATINUM", {"channel": "REMOTE_SESSION"}, id="nor in a remote session"),
        pytest.param("PLATINUM", {"priority": "P2"}, id="P1 only, not P2"),
        pytest.param("PLATINUM", {"priority": "P3"}, id="not P3"),
        pytest.param("PLATINUM", {"priority": "P4"}, id="not P4"),
        pytest.param("PLATINUM", {"priority": None}, id="nor without a priority"),
    ],
)
def test_everything_else_outside_the_window_is_refused_as_such(plan, asked):
    assert codes(covered_by(plan), NIGHT, **{**ON_CALL, **asked}) == ["OUTSIDE_SERVICE_WINDOW"]
    assert verdict(covered_by(plan), NIGHT, **{**ON_CALL, **asked}) == "NOT_ENTITLED"


@pytest.mark.parametrize("priority", ["P1", "P2", "P3", "P4", None])
def test_planned_maintenance_is_answered_whatever_its_priority(priority):
    asked = {**ON_CALL, "priority": priority, "planned_maintenance": True}
    assert codes(platinum(), NIGHT, **asked) == []


@pytest.mark.parametrize("channel", ["CHAT", "REMOTE_SESSION"])
def test_planned_maintenance_is_answered_by_phone_only(channel):
    asked = {**ON_CALL, "planned_maintenance": True, "channel": channel}
    assert codes(platinum(), NIGHT, **asked) == ["OUTSIDE_SERVICE_WINDOW"]


def test_planned_maintenance_is_platinum_s_alone():
    assert codes(covered_by("GOLD"), NIGHT, **ON_CALL, planned_maintenance=True) == ["OUTSIDE_SERVICE_WINDOW"]


def test_it_is_not_for_end_users():
    license = covered_by("PLATINUM", options=[an_option("LEVEL_1_END_USER")])
    assert codes(license, NIGHT, **ON_CALL, requester="END_USER") == ["OUTSIDE_SERVICE_WINDOW"]
    assert codes(license, NIGHT, **ON_CALL, requester="RESELLER") == []


@pytest.mark.parametrize("channel", ["ONLINE", "EMAIL"])
def test_online_and_e_mail_need_none_of_it(channel):
    asked = {**ON_CALL, "channel": channel, "pin_verified": False, "language": "it"}
    assert codes(platinum(country=None), NIGHT, **asked) == []


# ---------------------------------------------------------------- its conditions


@pytest.mark.parametrize(
    ("account", "asked", "conditions"),
    [
        pytest.param({}, {"pin_verified": False}, ["pin"], id="the PIN is not verified"),
        pytest.param({}, {"language": "it"}, ["language"], id="another language than English"),
        pytest.param({"country": "JP"}, {}, ["country"], id="an account in Asia-Pacific"),
        pytest.param({}, {"pin_verified": False, "language": "fr"}, ["language", "pin"], id="two of them"),
        pytest.param(
            {"country": "AU"},
            {"pin_verified": False, "language": "de"},
            ["country", "language", "pin"],
            id="all three, each in its own reason",
        ),
    ],
)
def test_each_unmet_condition_is_a_reason_that_blocks(account, asked, conditions):
    found = judged(platinum(**account), NIGHT, **{**ON_CALL, **asked})
    assert {str(one.code) for one in found.reasons} == {"ON_CALL_CONDITIONS"}
    assert sorted(told(one)["condition"] for one in found.reasons) == conditions
    assert all(one.blocking for one in found.reasons)
    assert found.verdict == "NOT_ENTITLED"


@pytest.mark.parametrize("language", ["en", "EN", "en-GB", "en-US", None])
def test_the_language_is_english_or_not_given(language):
    assert codes(platinum(), NIGHT, **ON_CALL, language=language) == []


def test_the_account_s_language_does_not_stand_in():
    assert codes(platinum(language="it"), NIGHT, **ON_CALL) == []


def test_an_unknown_country_is_a_fact_that_is_missing():
    found = judged(platinum(country=None), NIGHT, **ON_CALL)
    assert [(str(one.code), one.blocking) for one in found.reasons] == [("FACTS_MISSING", True)]
    assert found.verdict == "UNKNOWN"


def test_an_unknown_country_beside_an_unmet_condition_is_a_no():
    found = judged(platinum(country=None), NIGHT, **{**ON_CALL, "pin_verified": False})
    assert {str(one.code) for one in found.reasons} == {"ON_CALL_CONDITIONS", "FACTS_MISSING"}
    assert found.verdict == "NOT_ENTITLED"


@pytest.mark.parametrize("at", ["2026-03-11 09:00", "2026-03-11 17:59", "2026-03-14 11:00", "2026-01-06 11:00"])
def test_inside_the_window_none_of_it_is_asked(at):
    license = covered_by("PLATINUM", account=an_account(country="JP"))
    asked = {**ON_CALL, "pin_verified": False, "language": "it"}
    assert codes(license, rome(at), **asked) == []


def test_planned_maintenance_has_the_same_conditions():
    asked = {"channel": "PHONE", "planned_maintenance": True, "language": "it"}
    assert codes(platinum(country="SG"), NIGHT, **asked) == ["ON_CALL_CONDITIONS"] * 3


# ---------------------------------------------------------------- R-CHK-13

EASTERN = ["CN", "HK", "JP", "KP", "KR", "MN", "MO"]
SOUTH_EASTERN = ["BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"]
SOUTHERN_WITHOUT_IRAN = ["AF", "BD", "BT", "IN", "LK", "MV", "NP", "PK"]
AUSTRALIA_AND_NEW_ZEALAND = ["AU", "CC", "CX", "HM", "NF", "NZ"]
MELANESIA = ["FJ", "NC", "PG", "SB", "VU"]
MICRONESIA = ["FM", "GU", "KI", "MH", "MP", "NR", "PW", "UM"]
POLYNESIA = ["AS", "CK", "NU", "PF", "PN", "TK", "TO", "TV", "WF", "WS"]
OCEANIA = AUSTRALIA_AND_NEW_ZEALAND + MELANESIA + MICRONESIA + POLYNESIA


def test_asia_pacific_is_eastern_south_eastern_and_southern_asia_without_iran_and_oceania():
    # M49 gives Taiwan no code of its own; the data counts it with Eastern Asia.
    listed = {*EASTERN, *SOUTH_EASTERN, *SOUTHERN_WITHOUT_IRAN, *OCEANIA, "TW"}
    assert set(GUIDE.value(parameters.ON_CALL_EXCLUDED_COUNTRIES, day("2026-03-11"))) == listed


@pytest.mark.parametrize("country", ["CN", "SG", "IN", "PK", "AF", "AU", "FJ", "GU", "WS"])
def test_on_call_is_not_offered_there(country):
    assert codes(platinum(country=country), NIGHT, **ON_CALL) == ["ON_CALL_CONDITIONS"]


@pytest.mark.parametrize("country", ["IT", "US", "BR", "AE", "SA", "IL", "TR", "RU", "KZ", "IR"])
def test_on_call_is_offered_elsewhere_in_central_and_western_asia_too(country):
    assert codes(platinum(country=country), NIGHT, **ON_CALL) == []
