"""What is derived for lists is what the rules say, of every day, and follows the edition."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from api.store import derived
from api.store.derived import NEVER, ensure_derived, stretches
from entitlements.coverage import coverage_from, timeline
from entitlements.dates import ONE_DAY
from entitlements.guide import Dated
from entitlements.parameters import GRACE_DAYS
from schema.store import LicenseFilter, Viewer, ViewerKind
from tests.api.folders import NOW, SMALL, loaded
from tests.builders import GUIDE, a_lapsed_license
from tests.strategies import for_all, landmarks, licenses

INTERNAL = Viewer(ViewerKind.INTERNAL)


def with_graces(*graces: tuple[date, int]):
    """The guide with a grace that changes on some days."""
    series: Dated = GUIDE.values[GRACE_DAYS.name]
    entries = [replace(series.entries[0], effective=day, value=value) for day, value in graces]
    return replace(
        GUIDE, digest="another", values={**GUIDE.values, GRACE_DAYS.name: replace(series, entries=tuple(entries))}
    )


def agree(license, guide, days):
    line, found = timeline(license, guide), stretches(license, guide)
    assert (found[0].from_on, found[-1].through_on) == (date.min, date.max)
    for one, following in pairwise(found):
        assert one.through_on + ONE_DAY == following.from_on
    for day in days:
        [here] = [one for one in found if one.from_on <= day <= one.through_on]
        expected = coverage_from(license, line, day, guide)
        assert (here.state, here.plan) == (expected.state, expected.period.plan if expected.period else None)
        assert here.expires_on == (expected.expires_on or NEVER)


@for_all(300, license=licenses())
def test_stretches_agree_with_the_rules_about_every_day_that_the_facts_name(license):
    about = landmarks(license)
    steps = (-366, -121, -2, -1, 0, 1, 2, 119, 120, 121, 122, 364, 365, 366, 1000)
    agree(license, GUIDE, [day + timedelta(days=step) for day in about for step in steps])


@for_all(30, license=licenses())
def test_stretches_agree_with_the_rules_on_every_single_day_also_where_the_grace_changes(license):
    guide = with_graces((date(2020, 3, 1), 120), (date(2021, 5, 17), 30), (date(2023, 9, 9), 200))
    agree(license, guide, [date(2013, 1, 1) + timedelta(days=step) for step in range(9000)])


def test_a_lapsed_licence_is_late_from_the_day_after_the_grace():
    found = stretches(a_lapsed_license("2023-03-31"), GUIDE)
    assert [(one.from_on, one.state.value) for one in found[1:]] == [
        (date(2015, 1, 1), "COVERED"), (date(2023, 4, 1), "EXPIRED_RENEWABLE"), (date(2023, 7, 30), "EXPIRED_LATE"),
    ]  # fmt: skip


async def test_another_edition_derives_everything_again_and_the_same_one_nothing(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    late = LicenseFilter(date(2022, 3, 20), search="B-1", state=None)
    shorter = with_graces((date(2020, 3, 1), 10))
    told: list[tuple[int, int]] = []

    async def states():
        found = []
        for state in derived.CoverageState:
            found += [state] * await store.count_licenses(INTERNAL, replace(late, state=state))
        return [state.value for state in found]

    assert await states() == ["EXPIRED_RENEWABLE"]
    await ensure_derived(database, GUIDE, lambda *step: told.append(step))
    assert told == []
    await ensure_derived(database, shorter, lambda *step: told.append(step))
    assert (await states(), told) == (["EXPIRED_LATE"], [(3, 3)])
    await store.ensure_derived()
    assert await states() == ["EXPIRED_RENEWABLE"]


async def test_an_import_under_another_edition_derives_everything_again(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    await ensure_derived(database, with_graces((date(2020, 3, 1), 10)))
    await loaded(database, tmp_path, NOW + timedelta(days=1))
    chosen = LicenseFilter(date(2022, 3, 20), state=derived.CoverageState.EXPIRED_RENEWABLE)
    assert await store.count_licenses(INTERNAL, chosen) == 1


async def test_a_rebuild_of_a_base_rebuilds_its_dependents_and_no_others(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    facts = await store.facts_by_serial(INTERNAL, ["B-1"], NOW)
    async with database.writing() as connection:
        await derived.forget(connection, [facts["B-1"].license.id])
        assert await derived.count_missing(connection) == 2
        await derived.derive_missing(connection, GUIDE)
        await derived.rebuild(connection, [facts["B-1"].license.id], GUIDE)
        assert await derived.count_missing(connection) == 0
