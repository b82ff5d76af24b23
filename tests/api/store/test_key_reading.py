"""Keys that are read at once: what was committed holds for the next request, and what is not plain is left alone."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from api.store import tables
from api.store.key_reading import reader_of
from api.store.keys import ApiKeys
from api.store.tables import table_of
from schema.scopes import READ_SCOPES, Scope
from schema.store import Viewer, ViewerKind
from tests.builders import GUIDE

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
INTERNAL = Viewer(ViewerKind.INTERNAL)
api_keys = table_of(tables.ApiKey)


@pytest.fixture
def keys(database):
    return ApiKeys(database, GUIDE)


@pytest.fixture
async def reader(keys):
    reader = reader_of(keys)
    yield reader
    await reader.close()


async def used(keys, viewer=INTERNAL, expires_on=None, scopes=READ_SCOPES):
    """A key of which nothing is to be noted."""
    made, shown = await keys.create(viewer, scopes, NOW, expires_on)
    assert await keys.find(shown, NOW)
    return made, shown


async def test_a_key_that_holds_says_who_asks_as_it_does_elsewhere(database, keys, reader):
    async with database.session(writes=True) as session:
        session.add(tables.Account(reference="ACME"))
    for viewer in (INTERNAL, Viewer(ViewerKind.PARTNER, "ACME")):
        _, shown = await used(keys, viewer)
        for _ in range(2):
            found = await reader.viewer_of(shown, NOW)
            assert found == await keys.viewer_of(shown, NOW)
            assert found.account == viewer.account


async def test_a_revoked_key_is_refused_by_the_next_request(keys, reader):
    made, shown = await used(keys)
    other, other_shown = await used(keys)
    assert await reader.viewer_of(shown, NOW)
    await keys.revoke(made.id, NOW)
    assert await reader.viewer_of(shown, NOW) is None
    assert (await reader.viewer_of(other_shown, NOW)).key_id == str(other.id)


async def test_whatever_else_is_committed_of_a_key_holds_for_the_next_request(database, keys, reader):
    _, shown = await used(keys)
    for scopes in ((Scope.LICENSES_READ,), (Scope.BILLING_READ, Scope.LICENSES_READ)):
        async with database.writing() as connection:
            await connection.execute(update(api_keys).values(scopes=" ".join(scopes)))
        assert (await reader.viewer_of(shown, NOW)).scopes == set(scopes)
    old, new, text = await keys.rotate((await keys.all())[0].id, NOW, timedelta(days=1))
    await keys.find(text, NOW)
    assert (await reader.viewer_of(shown, NOW)).key_id == str(old.id)
    assert (await reader.viewer_of(text, NOW)).key_id == str(new.id)
    later = NOW + timedelta(days=2)
    await keys.find(text, later)
    assert await reader.viewer_of(shown, later) is None
    assert (await reader.viewer_of(text, later)).key_id == str(new.id)


async def test_what_is_not_committed_does_not_hold(database, keys, reader):
    made, shown = await used(keys)
    async with database.writing() as connection:
        await connection.execute(update(api_keys).values(revoked_at=NOW))
        assert await reader.viewer_of(shown, NOW)
        await connection.rollback()
    assert (await reader.viewer_of(shown, NOW)).key_id == str(made.id)


async def test_a_key_holds_through_its_last_day_in_the_policy_zone(keys, reader):
    _, shown = await used(keys, expires_on=date(2026, 6, 1))
    last = datetime(2026, 6, 1, 21, 59, tzinfo=UTC)
    await keys.find(shown, last)
    assert await reader.viewer_of(shown, last)
    assert await reader.viewer_of(shown, last + timedelta(minutes=1)) is None


async def test_a_use_that_is_to_be_noted_is_left_to_whoever_notes_it(keys, reader):
    _, shown = await keys.create(INTERNAL, READ_SCOPES, NOW)
    assert await reader.viewer_of(shown, NOW) is None
    await keys.find(shown, NOW)
    for minutes, told in ((0, True), (4, True), (5, False)):
        assert bool(await reader.viewer_of(shown, NOW + timedelta(minutes=minutes))) == told


async def test_a_text_that_is_no_key_is_left_alone(keys, reader):
    _, shown = await used(keys)
    assert await reader.viewer_of(shown, NOW)
    for text in (shown[:-1], shown + "x", shown.replace("cvl", "cvx"), "cvl_", "", "cvl_é_é", "\udcff", "x\x00_a_b"):
        assert await reader.viewer_of(text, NOW) is None, text


async def test_a_database_that_does_not_answer_is_left_to_others(database, keys, reader, tmp_path):
    _, shown = await used(keys)
    if database.kind == "sqlite":
        reader._file = tmp_path / "nothing.db"
    else:
        assert await reader.viewer_of(shown, NOW)
        reader._driver.terminate()
    assert await reader.viewer_of(shown, NOW) is None
    if database.kind == "postgresql":
        assert await reader.viewer_of(shown, NOW)


async def test_requests_that_wait_are_read_for_together(database, keys, reader):
    shown = [(await used(keys))[1] for _ in range(3)]
    await reader.viewer_of(shown[0], NOW)
    if database.kind == "postgresql":
        reads = []
        rows = reader._rows

        async def counted(prefixes):
            reads.append(len(prefixes))
            return await rows(prefixes)

        reader._rows = counted
        found = await asyncio.gather(*(reader.viewer_of(shown[number % 3], NOW) for number in range(60)))
        assert all(found)
        assert reads == [3]
