"""What is derived for lists follows the edition, and the facts."""

from dataclasses import replace
from datetime import date, timedelta

from api.store import derived
from api.store.derived import ensure_derived
from entitlements.coverage import CoverageState
from entitlements.guide import Dated
from entitlements.parameters import GRACE_DAYS
from schema.store import LicenseFilter, Viewer, ViewerKind
from tests.api.folders import NOW, SMALL, loaded
from tests.builders import GUIDE

INTERNAL = Viewer(ViewerKind.INTERNAL)


def with_graces(*graces: tuple[date, int]):
    """The guide with a grace that changes on some days."""
    series: Dated = GUIDE.values[GRACE_DAYS.name]
    entries = [replace(series.entries[0], effective=day, value=value) for day, value in graces]
    return replace(
        GUIDE, digest="another", values={**GUIDE.values, GRACE_DAYS.name: replace(series, entries=tuple(entries))}
    )


async def test_another_edition_derives_everything_again_and_the_same_one_nothing(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    late = LicenseFilter(date(2022, 3, 20), search="B-1", state=None)
    shorter = with_graces((date(2020, 3, 1), 10))
    told: list[tuple[int, int]] = []

    async def states():
        found = []
        for state in CoverageState:
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
    chosen = LicenseFilter(date(2022, 3, 20), state=CoverageState.EXPIRED_RENEWABLE)
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
