"""R-PLAN: the whole table of what each plan covers, as a table."""

import pytest

from entitlements import plans
from entitlements.parameters import LANGUAGES, PLAN
from tests.builders import GUIDE, an_option, codes, covered_by, day, verdict

# I included, O by agreement, - not included: Basic, Gold, Platinum.
TABLE = """
BUG_FIXES              I I I
NEW_FEATURES           I I I
SECURITY_OWASP_TOP_10  I I I
SECURITY_FIXES         I I I
CHANNEL_ONLINE         I I I
CHANNEL_EMAIL          I I I
CHANNEL_PHONE          I I I
CHANNEL_CHAT           I I I
CHANNEL_REMOTE_SESSION - I I
UNLIMITED_TICKETS      I I I
TICKET_BY_WEB          I I I
DELIVERY_REMOTE        I I I
DELIVERY_ON_SITE       O O O
QUEUE_PRIORITY         - I I
COMMITTED_RESPONSE     - I I
LEVEL_1_END_USER       - O O
LEVEL_2_ADMINISTRATOR  I I I
HOURS_CONTINUOUS       I I I
HOURS_NORMAL_DAYS      I I I
HOURS_SATURDAY         - I I
HOURS_PUBLIC_HOLIDAYS  - I I
HOURS_ON_CALL          - - I
PROACTIVE              - I I
EXPERT                 - - I
"""
WORDS = {"I": "INCLUDED", "O": "OPTIONAL", "-": "NOT_INCLUDED"}
ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    (feature, plan, WORDS[mark])
    for feature, *marks in ROWS
    for plan, mark in zip(("BASIC", "GOLD", "PLATINUM"), marks, strict=True)
]


@pytest.mark.parametrize(
    ("feature", "plan", "expected"), CELLS, ids=[f"{feature}-{plan}" for feature, plan, _ in CELLS]
)
def test_what_each_plan_covers(feature, plan, expected):
    found = {one.code: one for one in plans.features(GUIDE, plan, day("2026-03-11"))}
    assert str(found[feature].availability) == expected
    assert found[feature].clause.basis == "GUIDE" or found[feature].clause.reads


def test_the_edition_has_these_features_and_no_other():
    assert {one.code for one in plans.features(GUIDE, "BASIC", day("2026-03-11"))} == {row[0] for row in ROWS}


def test_platinum_ranks_over_gold_over_basic():
    assert plans.ranked(GUIDE, day("2026-03-11")) == ("BASIC", "GOLD", "PLATINUM")


def test_nothing_ranks_platinum_above_gold_in_the_queue():
    ranks = [GUIDE.series(PLAN, plan).on(day("2026-03-11")).value.queue_rank for plan in ("BASIC", "GOLD", "PLATINUM")]
    assert ranks == [1, 2, 2]


def test_seven_languages_are_answered_in():
    assert set(GUIDE.value(LANGUAGES, day("2026-03-11"))) == {"it", "en", "de", "fr", "es", "pt", "ar"}


@pytest.mark.parametrize(
    ("feature", "plan", "eve", "first"),
    [
        ("EXPERT", "PLATINUM", "2020-03-31", "2020-04-01"),
        ("PROACTIVE", "GOLD", "2020-02-29", "2020-03-01"),
        ("PROACTIVE", "PLATINUM", "2020-02-29", "2020-03-01"),
    ],
)
def test_a_service_with_a_first_day_of_its_own_is_not_included_before_it(feature, plan, eve, first):
    def on(text):
        return {one.code: str(one.availability) for one in plans.features(GUIDE, plan, day(text))}[feature]

    assert (on(eve), on(first)) == ("NOT_INCLUDED", "INCLUDED")


# ---------------------------------------------------------------- the table, through a check in business hours

CHECKS = [
    # what is asked                                          Basic               Gold                 Platinum
    ({"channel": "ONLINE"}, ([], [], [])),
    ({"channel": "EMAIL"}, ([], [], [])),
    ({"channel": "PHONE"}, ([], [], [])),
    ({"channel": "CHAT"}, ([], [], [])),
    ({"channel": "REMOTE_SESSION"}, (["PLAN_EXCLUDES"], [], [])),
    ({"requester": "ADMINISTRATOR"}, ([], [], [])),
    ({"requester": "RESELLER"}, ([], [], [])),
    ({"requester": "END_USER"}, (["PLAN_EXCLUDES"], ["OPTION_NOT_AGREED"], ["OPTION_NOT_AGREED"])),
    ({"service": "TICKET"}, ([], [], [])),
    ({"service": "BUG_FIX"}, ([], [], [])),
    ({"service": "SECURITY_FIX"}, ([], [], [])),
    ({"service": "FEATURE_RELEASE"}, ([], [], [])),
    ({"service": "ON_SITE"}, (["OPTION_NOT_AGREED"], ["OPTION_NOT_AGREED"], ["OPTION_NOT_AGREED"])),
    ({"service": "PROACTIVE"}, (["PLAN_EXCLUDES"], [], [])),
    ({"service": "EXPERT"}, (["PLAN_EXCLUDES"], ["PLAN_EXCLUDES"], [])),
]


@pytest.mark.parametrize(
    ("asked", "plan", "expected"),
    [
        pytest.param(asked, plan, codes_of, id=f"{next(iter(asked.values()))}-{plan}")
        for asked, row in CHECKS
        for plan, codes_of in zip(("BASIC", "GOLD", "PLATINUM"), row, strict=True)
    ],
)
def test_what_may_be_asked_for_under_each_plan(asked, plan, expected):
    license = covered_by(plan, installed_release="Winter '26", cloud_connected=True, cloud_licensed=True)
    assert codes(license, **asked) == expected
    assert verdict(license, **asked) == ("NOT_ENTITLED" if expected else "ENTITLED")


@pytest.mark.parametrize("plan", ["BASIC", "GOLD", "PLATINUM"])
def test_on_site_is_given_by_agreement_on_every_plan(plan):
    assert codes(covered_by(plan, options=[an_option("DELIVERY_ON_SITE")]), service="ON_SITE") == []


def test_an_agreement_does_not_add_what_the_plan_lacks():
    license = covered_by("BASIC", options=[an_option("LEVEL_1_END_USER"), an_option("CHANNEL_REMOTE_SESSION")])
    assert codes(license, requester="END_USER", channel="REMOTE_SESSION") == ["PLAN_EXCLUDES", "PLAN_EXCLUDES"]
