"""The stretches of a licence's coverage are what the rules say of every day."""

from datetime import date, timedelta
from itertools import pairwise

from entitlements.coverage import coverage_from, timeline
from entitlements.dates import ONE_DAY
from entitlements.parameters import GRACE_DAYS
from entitlements.stretches import stretches, within
from tests.builders import GUIDE, a_lapsed_license
from tests.pricing import guide_with
from tests.strategies import for_all, landmarks, licenses


def agree(license, guide, days):
    line, found = timeline(license, guide), stretches(license, guide)
    assert (found[0].from_on, found[-1].through_on) == (date.min, date.max)
    for one, following in pairwise(found):
        assert one.through_on + ONE_DAY == following.from_on
    for day in days:
        [here] = [one for one in found if one.from_on <= day <= one.through_on]
        expected = coverage_from(license, line, day, guide)
        assert (here.state, here.plan) == (expected.state, expected.period.plan if expected.period else None)
        assert here.expires_on == expected.expires_on


@for_all(300, license=licenses())
def test_stretches_agree_with_the_rules_about_every_day_that_the_facts_name(license):
    about = landmarks(license)
    steps = (-366, -121, -2, -1, 0, 1, 2, 119, 120, 121, 122, 364, 365, 366, 1000)
    agree(license, GUIDE, [day + timedelta(days=step) for day in about for step in steps])


@for_all(30, license=licenses())
def test_stretches_agree_with_the_rules_on_every_single_day_also_where_the_grace_changes(license):
    guide = guide_with({GRACE_DAYS: [("2020-03-01", 120), ("2021-05-17", 30), ("2023-09-09", 200)]})
    agree(license, guide, [date(2013, 1, 1) + timedelta(days=step) for step in range(9000)])


def test_a_lapsed_licence_is_late_from_the_day_after_the_grace():
    found = stretches(a_lapsed_license("2023-03-31"), GUIDE)
    assert [(one.from_on, one.state.value) for one in found[1:]] == [
        (date(2015, 1, 1), "COVERED"), (date(2023, 4, 1), "EXPIRED_RENEWABLE"), (date(2023, 7, 30), "EXPIRED_LATE"),
    ]  # fmt: skip


def test_stretches_within_two_days_are_cut_to_them():
    found = within(a_lapsed_license("2023-03-31"), date(2023, 3, 31), date(2023, 7, 30), GUIDE)
    assert [(str(one.from_on), str(one.through_on), one.state.value) for one in found] == [
        ("2023-03-31", "2023-03-31", "COVERED"),
        ("2023-04-01", "2023-07-29", "EXPIRED_RENEWABLE"),
        ("2023-07-30", "2023-07-30", "EXPIRED_LATE"),
    ]
