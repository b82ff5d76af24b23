"""Keys that are read at once: what was committed holds for the next request, and what is not plain is left alone."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from api.store import key_reading, tables
from api.store.engine import open_database
from api.store.key_reading import PostgresKeys, reader_of
from api.store.keys import ApiKeys, prefix_of
from api.store.tables import table_of
from schema.compiled.awaiting import begun
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


async def told_at_once(reader, texts):
    """Who asks with keys, as it is told without waiting once they are known."""
    told = asyncio.get_running_loop().create_future()
    reader.when_known(texts, lambda: told.set_result([begun(reader.viewer_of(text, NOW)) for text in texts]))
    return await told


async def test_whoever_asks_with_keys_that_are_known_is_told_without_waiting(keys, reader):
    (made, shown), (other, other_shown) = [await used(keys) for _ in range(2)]
    for _ in range(3):
        first, second, nobody = await told_at_once(reader, [shown, other_shown, "cvl_000000000000_x"])
        assert (first.key_id, second.key_id, nobody) == (str(made.id), str(other.id), None)
    await keys.revoke(made.id, NOW)
    first, second = await told_at_once(reader, [shown, other_shown])
    assert (first, second.key_id) == (None, str(other.id))


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
        asked = Asked(reader._among)
        reader._among = asked
        found = await asyncio.gather(*(reader.viewer_of(shown[number % 3], NOW) for number in range(60)))
        assert all(found)
        assert [len(prefixes) for [prefixes] in asked.given] == [3]


# ---------------------------------------------------------------- by version, on PostgreSQL


class Asked:
    """A prepared statement that notes what it is given. Its answers come when they may."""

    def __init__(self, statement):
        self.given = []
        self.answered = asyncio.Event()
        self.may_come = asyncio.Event()
        self.may_come.set()
        self._statement = statement

    async def fetch(self, *given):
        self.given.append(given)
        rows = await self._statement.fetch(*given)
        self.answered.set()
        await self.may_come.wait()
        return rows


@pytest.fixture
async def on_postgres(migrated_postgres):
    """Keys, what reads them, and the statements that it asks: for the version alone, and for keys with it."""
    database = open_database(migrated_postgres)
    keys = ApiKeys(database, GUIDE)
    reader = PostgresKeys(keys)
    await reader._connect()
    reader._alone, reader._among = Asked(reader._alone), Asked(reader._among)
    yield keys, reader, reader._alone, reader._among
    await reader.close()
    await database.close()


async def test_a_key_is_read_again_only_when_something_was_committed(on_postgres):
    """Something may have been: the server looks after its tables now and then."""
    keys, reader, alone, among = on_postgres
    made, shown = await used(keys)
    for _ in range(20):
        assert await reader.viewer_of(shown, NOW)
    assert len(among.given) < 10 < len(alone.given)
    await keys.create(INTERNAL, READ_SCOPES, NOW)
    read = len(among.given)
    assert (await reader.viewer_of(shown, NOW)).key_id == str(made.id)
    assert len(among.given) > read


async def test_a_key_that_was_not_asked_for_before_is_read_of_the_same_version(on_postgres):
    keys, reader, _, _ = on_postgres
    made = [await used(keys) for _ in range(3)]
    for key, shown in made * 2:
        assert (await reader.viewer_of(shown, NOW)).key_id == str(key.id)
        assert await reader.viewer_of(shown[:-1], NOW) is None
        assert await reader.viewer_of("cvl_000000000000_x", NOW) is None
    assert reader._kept.keys() <= {prefix_of(shown) for _, shown in made}


async def test_more_keys_than_are_kept_are_read_anew(on_postgres, monkeypatch):
    keys, reader, _, _ = on_postgres
    monkeypatch.setattr(key_reading, "MOST_KEPT", 1)
    made = [await used(keys) for _ in range(4)]
    for key, shown in made * 3:
        assert (await reader.viewer_of(shown, NOW)).key_id == str(key.id)
        assert len(reader._kept) <= 2


async def test_what_is_committed_while_the_version_is_told_holds_for_whoever_comes_then(on_postgres):
    """The answer is on its way when the key is revoked: whoever asked before may still have it, nobody after."""
    keys, reader, alone, among = on_postgres
    made, shown = await used(keys)
    while not alone.given:
        assert await reader.viewer_of(shown, NOW)
    for statement in (alone, among):
        statement.answered.clear()
        statement.may_come.clear()
    before = asyncio.create_task(reader.viewer_of(shown, NOW))
    await alone.answered.wait()
    await keys.revoke(made.id, NOW)
    after = asyncio.create_task(reader.viewer_of(shown, NOW))
    await asyncio.sleep(0.05)
    assert not before.done()
    alone.may_come.set()
    among.may_come.set()
    assert await after is None
    assert await before is None or (await before).key_id == str(made.id)


async def test_what_is_committed_while_keys_are_made_known_holds_for_those_that_are_asked_for_then(on_postgres):
    keys, reader, alone, among = on_postgres
    made, shown = await used(keys)
    while not alone.given:
        await told_at_once(reader, [shown])
    for statement in (alone, among):
        statement.answered.clear()
        statement.may_come.clear()
    before = asyncio.create_task(told_at_once(reader, [shown]))
    await alone.answered.wait()
    await keys.revoke(made.id, NOW)
    after = asyncio.create_task(told_at_once(reader, [shown]))
    await asyncio.sleep(0.05)
    assert not before.done()
    alone.may_come.set()
    among.may_come.set()
    await before
    assert await after == [None]


async def test_facts_are_told_the_version_of_keys_that_are_known_and_nobody_is_afterwards(on_postgres):
    keys, reader, _, _ = on_postgres
    _, shown = await used(keys)
    raw, told = keys.database.raw, []
    known = asyncio.Event()

    def then():
        told.extend([raw.version(), reader._version])
        known.set()

    reader.when_known([shown], then)
    await known.wait()
    assert told[0] is not None
    assert told[0] == told[1]
    assert raw.version() is None


async def test_a_transaction_that_is_open_holds_once_it_is_committed(on_postgres):
    """It has written before the first request and commits after the last one that must not see it."""
    keys, reader, alone, _ = on_postgres
    _, shown = await used(keys)
    async with keys.database.writing() as connection:
        await connection.execute(update(api_keys).values(scopes="billing:read"))
        while len(alone.given) < 3:
            assert (await reader.viewer_of(shown, NOW)).scopes == READ_SCOPES
    assert (await reader.viewer_of(shown, NOW)).scopes == {Scope.BILLING_READ}


async def test_a_connection_that_is_made_anew_tells_another_version(on_postgres):
    keys, reader, _, _ = on_postgres
    _, shown = await used(keys)
    assert await reader.viewer_of(shown, NOW)
    number, told = reader._version
    reader._driver.terminate()
    assert await reader.viewer_of(shown, NOW) is None
    assert await reader.viewer_of(shown, NOW)
    assert reader._version[0] == number + 1
    assert reader._version[1] != told


async def test_a_standby_has_its_keys_read_each_time(on_postgres):
    keys, reader, alone, among = on_postgres
    _, shown = await used(keys)
    await reader._driver.execute(
        "CREATE SCHEMA standby; SET search_path = standby, pg_catalog, public;"
        "CREATE FUNCTION standby.pg_is_in_recovery() RETURNS boolean LANGUAGE sql STABLE RETURN true"
    )
    for _ in range(3):
        assert await reader.viewer_of(shown, NOW)
        assert keys.database.raw.version() is None
    assert (len(alone.given), len(among.given)) == (0, 3)


async def test_whoever_asks_for_the_version_alone_is_told_with_those_who_ask_with_keys(on_postgres):
    keys, reader, _, among = on_postgres
    _, shown = await used(keys)
    raw = keys.database.raw
    before = await raw.look()
    *told, viewer = await asyncio.gather(raw.look(), raw.look(), reader.viewer_of(shown, NOW))
    assert told == [reader._version] * 2
    assert viewer
    assert [set(prefixes) for [prefixes] in among.given[-1:]] == [{"", prefix_of(shown)}]
    await keys.create(INTERNAL, READ_SCOPES, NOW)
    assert await raw.look() not in (None, before, *told)
    await reader.close()
    assert await raw.look() is None


async def test_whoever_is_let_in_is_told_the_version(on_postgres):
    keys, reader, _, _ = on_postgres
    _, shown = await used(keys)
    raw = keys.database.raw

    async def let_in(text):
        viewer = await reader.viewer_of(text, NOW)
        return viewer is not None, raw.version()

    found = await asyncio.gather(let_in(shown), let_in("cvl_000000000000_x"), let_in(shown))
    assert found == [(True, reader._version), (False, None), (True, reader._version)]
    await asyncio.sleep(0)
    assert raw.version() is None
