"""R-REL, with R-CHK-9 and R-CHK-14: releases are compared by date, fixes need the latest, a release had is kept."""

import pytest

from entitlements import releases
from entitlements.parameters import SEASONS, SeasonalRelease
from tests.builders import (
    GUIDE,
    RELEASES,
    a_charge,
    a_lapsed_license,
    a_license,
    a_milestone,
    a_module_of,
    a_product,
    a_release,
    a_term,
    codes,
    covered_by,
    day,
    facts_of,
    judged,
    noon,
    reason,
    told,
    verdict,
)

# ---------------------------------------------------------------- R-REL-1


def test_within_a_year_the_seasons_are_winter_spring_summer():
    assert GUIDE.value(SEASONS, day("2026-03-11")) == ("WINTER", "SPRING", "SUMMER")


@pytest.mark.parametrize(
    ("on", "latest"),
    [
        ("2019-09-08", None),
        ("2019-09-09", "Summer '19"),
        ("2020-02-02", "Summer '19"),
        ("2020-02-03", "Winter '20"),
        ("2026-05-10", "Winter '26"),
        ("2026-05-11", "Spring '26"),
    ],
)
def test_the_latest_release_is_the_one_released_last_by_the_day(on, latest):
    found = releases.latest_by(RELEASES, day(on))
    assert (found.name if found else None) == latest


LATE_WINTER = (
    a_release("Spring '20", "2020-05-04"),
    a_release("Winter '20", "2020-06-15"),  # named for an earlier season, released later
)


def test_releases_are_compared_by_date_never_by_name():
    winter_20 = SeasonalRelease("WINTER", 2020)
    on = day("2026-03-11")
    spring, winter = LATE_WINTER
    assert releases.latest_by(LATE_WINTER, on) == winter
    assert releases.is_at_least(winter, winter_20, LATE_WINTER, GUIDE, on) is True
    assert releases.is_at_least(spring, winter_20, LATE_WINTER, GUIDE, on) is False


def test_without_the_date_of_a_release_nothing_is_compared_with_it():
    (spring, _) = LATE_WINTER
    assert releases.is_at_least(spring, SeasonalRelease("WINTER", 2020), (spring,), GUIDE, day("2026-03-11")) is None


# ---------------------------------------------------------------- R-REL-2, R-CHK-9


@pytest.mark.parametrize("service", ["BUG_FIX", "SECURITY_FIX"])
@pytest.mark.parametrize(
    ("recorded", "asked", "expected"),
    [
        pytest.param("Winter '26", None, [], id="the latest is recorded"),
        pytest.param("Summer '25", None, ["NOT_LATEST_RELEASE"], id="an older one is recorded"),
        pytest.param("Summer '25", "Winter '26", [], id="the request's goes before the recorded one"),
        pytest.param("Winter '26", "Summer '25", ["NOT_LATEST_RELEASE"], id="to its cost too"),
        pytest.param(None, "Winter '26", [], id="the request's alone"),
        pytest.param(None, None, ["FACTS_MISSING"], id="neither is known"),
    ],
)
def test_fixes_are_made_for_the_latest_release_only(service, recorded, asked, expected):
    license = covered_by("GOLD", installed_release=recorded)
    found = judged(license, service=service, installed_release=asked)
    assert [str(one.code) for one in found.reasons] == expected
    assert not any(one.blocking for one in found.reasons)
    assert found.verdict == ("CONDITIONAL" if expected else "ENTITLED")


@pytest.mark.parametrize("recorded", ["Summer '19", None])
def test_a_ticket_asks_nothing_of_the_release(recorded):
    assert codes(covered_by("GOLD", installed_release=recorded)) == []


def test_the_latest_release_is_that_of_the_day():
    license = covered_by("GOLD", installed_release="Winter '26")
    assert codes(license, noon("2026-05-10"), service="BUG_FIX") == []
    assert codes(license, noon("2026-05-11"), service="BUG_FIX") == ["NOT_LATEST_RELEASE"]


def test_a_fix_conditional_on_upgrading_says_to_what():
    license = covered_by("GOLD", installed_release="Summer '25")
    facts = told(reason("NOT_LATEST_RELEASE", license, service="BUG_FIX"))
    assert (facts["installed_release"], facts["latest_release"]) == ("Summer '25", "Winter '26")


@pytest.mark.parametrize(
    ("service", "milestone"), [("BUG_FIX", "END_OF_FIXES"), ("SECURITY_FIX", "END_OF_SECURITY_FIXES")]
)
def test_after_the_end_of_fixes_an_old_release_is_told_as_well(service, milestone):
    product = a_product(milestones=[a_milestone(milestone, "2026-03-10")])
    license = covered_by("GOLD", product=product, installed_release="Summer '25")
    found = judged(license, service=service).reasons
    assert [(str(one.code), one.blocking) for one in found] == [(milestone, True), ("NOT_LATEST_RELEASE", False)]
    assert verdict(license, service=service) == "NOT_ENTITLED"


# ---------------------------------------------------------------- R-REL-3, R-CHK-14


@pytest.mark.parametrize(
    ("last_covered", "asked", "on", "expected"),
    [
        pytest.param("2026-12-31", "Winter '26", "2026-03-11", [], id="covered, and it is out"),
        pytest.param("2026-12-31", "Summer '19", "2026-03-11", [], id="an older one"),
        pytest.param(
            "2026-01-19", "Winter '26", "2026-03-11", [], id="released on the last covered day, since expired"
        ),
        pytest.param(
            "2026-01-18", "Winter '26", "2026-03-11", ["EXPIRED_RENEWABLE"], id="released on the day after it"
        ),
        pytest.param("2025-06-30", "Winter '26", "2026-03-11", ["EXPIRED_LATE"], id="released long after it"),
        pytest.param("2025-06-30", "Spring '25", "2035-01-01", [], id="kept however long ago coverage ended"),
        pytest.param("2026-12-31", "Spring '26", "2026-03-11", ["NOT_YET_OFFERED"], id="within coverage, not yet out"),
        pytest.param("2026-12-31", "Spring '26", "2026-05-10", ["NOT_YET_OFFERED"], id="on the eve of its release"),
        pytest.param("2026-12-31", "Spring '26", "2026-05-11", [], id="on the day of its release"),
        pytest.param(
            "2025-12-31",
            "Spring '26",
            "2026-03-11",
            ["EXPIRED_RENEWABLE", "NOT_YET_OFFERED"],
            id="not covered and not yet out",
        ),
    ],
)
def test_a_licence_may_install_every_release_dated_up_to_its_last_covered_day(last_covered, asked, on, expected):
    license = a_lapsed_license(last_covered)
    assert codes(license, noon(on), service="FEATURE_RELEASE", release=asked) == expected
    assert verdict(license, noon(on), service="FEATURE_RELEASE", release=asked) == (
        "NOT_ENTITLED" if expected else "ENTITLED"
    )


@pytest.mark.parametrize(
    ("last_covered", "on", "expected"),
    [
        pytest.param("2026-02-28", "2026-03-11", [], id="Winter '26 came out while covered"),
        pytest.param("2026-02-28", "2026-05-10", [], id="and is the latest until the next"),
        pytest.param(
            "2026-02-28", "2026-05-11", ["EXPIRED_RENEWABLE"], id="the latest is Spring '26, after the last covered day"
        ),
        pytest.param(
            "2025-12-31", "2026-03-11", ["EXPIRED_RENEWABLE"], id="Winter '26 came out after the last covered day"
        ),
        pytest.param("2026-12-31", "2026-03-11", [], id="covered"),
    ],
)
def test_without_a_name_the_right_is_to_the_latest_release_of_the_day(last_covered, on, expected):
    assert codes(a_lapsed_license(last_covered), noon(on), service="FEATURE_RELEASE") == expected


def test_a_period_that_has_not_begun_gives_no_release():
    # Covered in 2025 and from September 2026; Winter '26 came out in the gap.
    license = a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-09-01", "2027-08-31"),))
    assert codes(license, noon("2026-03-11"), service="FEATURE_RELEASE", release="Winter '26") == ["EXPIRED_RENEWABLE"]
    assert codes(license, noon("2026-09-01"), service="FEATURE_RELEASE", release="Winter '26") == []


def test_a_later_period_gives_the_releases_of_the_gap_before_it_for_good():
    license = a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-02-15", "2026-02-20"),))
    assert codes(license, noon("2026-03-11"), service="FEATURE_RELEASE", release="Winter '26") == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"registered_on": None}, ["NOT_ACTIVATED"], id="not activated"),
        pytest.param({"registered_on": "2026-06-01"}, ["NOT_STARTED"], id="not started"),
    ],
)
def test_without_any_coverage_no_release_is_given(facts, expected):
    assert codes(a_license(**facts), service="FEATURE_RELEASE", release="Winter '20") == expected


@pytest.mark.parametrize(
    ("retired_on", "expected"),
    [
        pytest.param("2026-01-19", [], id="retired on the day of the release"),
        pytest.param("2026-01-18", ["RETIRED"], id="retired on the eve of it"),
    ],
)
def test_a_retired_licence_keeps_the_releases_dated_up_to_its_retirement(retired_on, expected):
    license = covered_by("GOLD", retired_on=retired_on)
    assert codes(license, service="FEATURE_RELEASE", release="Winter '26") == expected


def test_after_the_end_of_support_the_releases_until_then_are_kept():
    license = covered_by("GOLD", product=a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-01-31")]))
    assert codes(license, service="FEATURE_RELEASE", release="Winter '26") == []
    assert codes(license, noon("2026-06-01"), service="FEATURE_RELEASE", release="Spring '26") == ["END_OF_SUPPORT"]


def test_a_dependent_keeps_the_releases_of_its_own_coverage():
    lapsed = a_lapsed_license("2026-02-28")
    early = a_module_of(lapsed, registered_on="2025-01-01")
    assert codes(early, service="FEATURE_RELEASE", release="Winter '26") == []
    assert codes(early, noon("2026-05-11"), service="FEATURE_RELEASE", release="Spring '26") == ["BASE_NOT_COVERED"]


def test_a_release_that_is_kept_does_not_lift_a_payment_hold():
    known = facts_of(a_lapsed_license("2026-02-28"), charges=[a_charge("2026-01-31")])
    assert codes(known, service="FEATURE_RELEASE", release="Winter '26") == ["PAYMENT_HOLD"]


def test_a_release_kept_after_expiry_comes_without_a_plan_or_a_commitment():
    found = judged(a_lapsed_license("2026-02-28"), service="FEATURE_RELEASE", release="Winter '26", priority="P1")
    assert found.verdict == "ENTITLED"
    assert found.plan is None
