"""API keys: shown once, found by their text, refused when unknown, wrong, revoked or past their last day."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from api.store import tables
from api.store.keys import ApiKeys, KeyRefused
from api.store.tables import table_of
from schema.scopes import READ_SCOPES, Scope
from schema.store import Viewer, ViewerKind
from tests.builders import GUIDE

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
INTERNAL = Viewer(ViewerKind.INTERNAL)
SOME = (Scope.ENTITLEMENTS_CHECK, Scope.LICENSES_WRITE)


@pytest.fixture
def keys(database):
    return ApiKeys(database, GUIDE)


async def test_a_key_is_found_by_its_text_and_says_who_asks(keys):
    made, shown = await keys.create(INTERNAL, SOME, NOW)
    assert shown.startswith(f"{made.prefix}_")
    assert made.prefix.startswith("cvl_")
    found = await keys.find(shown, NOW)
    assert (found.id, found.scopes, found.viewer) == (
        made.id, SOME, Viewer(ViewerKind.INTERNAL, None, str(made.id), frozenset(SOME)),
    )  # fmt: skip
    assert await keys.viewer_of(shown, NOW) == found.viewer


async def test_the_secret_itself_is_kept_nowhere(database, keys):
    _, shown = await keys.create(INTERNAL, READ_SCOPES, NOW)
    secret = shown.split("_", 2)[2]
    assert len(secret) == 43
    async with database.reading() as connection:
        [row] = (await connection.execute(select(table_of(tables.ApiKey)))).all()
    assert all(secret not in str(value) for value in row)


async def test_a_text_that_is_no_key_finds_nothing(keys):
    _, shown = await keys.create(INTERNAL, READ_SCOPES, NOW)
    other = shown[:-1] + ("A" if shown[-1] != "A" else "B")
    for text in (
        other,
        shown[:-1],
        shown + "x",
        shown.upper(),
        "cvl_",
        "cvl__",
        "",
        "cvl_é_é",
        shown.replace("cvl", "cvx"),
        "\udcff",
    ):
        assert await keys.find(text, NOW) is None, text


async def test_a_key_holds_through_its_last_day_in_the_policy_zone(keys):
    _, shown = await keys.create(INTERNAL, READ_SCOPES, NOW, date(2026, 6, 1))
    assert await keys.find(shown, datetime(2026, 6, 1, 21, 59, tzinfo=UTC))
    assert await keys.find(shown, datetime(2026, 6, 1, 22, 0, tzinfo=UTC)) is None


async def test_a_revoked_key_stays_revoked_from_its_first_revocation(keys):
    made, shown = await keys.create(INTERNAL, READ_SCOPES, NOW)
    assert (await keys.revoke(made.id, NOW)).revoked_at == NOW
    assert (await keys.revoke(made.id, NOW + timedelta(days=1))).revoked_at == NOW
    assert await keys.find(shown, NOW) is None
    with pytest.raises(KeyRefused, match="coverline keys list"):
        await keys.revoke(uuid4(), NOW)


async def test_the_last_use_is_noted_now_and_then(keys):
    _, shown = await keys.create(INTERNAL, READ_SCOPES, NOW)
    for minutes, noted in ((0, 0), (1, 0), (4, 0), (5, 5), (6, 5)):
        await keys.find(shown, NOW + timedelta(minutes=minutes))
        [key] = await keys.all()
        assert key.last_used_at == NOW + timedelta(minutes=noted)


async def test_a_question_does_not_wait_for_a_writer_to_note_its_key(database, keys):
    made, shown = await keys.create(INTERNAL, READ_SCOPES, NOW)
    async with database.writing() as connection:
        await connection.execute(update(table_of(tables.ApiKey)).values(scopes="other"))
        async with asyncio.timeout(1):
            assert await keys.find(shown, NOW) if connection.dialect.name == "sqlite" else True
    assert (await keys.find(shown, NOW)).id == made.id
    [key] = await keys.all()
    assert key.last_used_at == NOW


async def test_every_key_is_listed_the_oldest_first(keys):
    made = [(await keys.create(INTERNAL, READ_SCOPES, NOW + timedelta(days=day)))[0].id for day in (2, 0, 1)]
    assert [key.id for key in await keys.all()] == [made[1], made[2], made[0]]


@pytest.fixture
async def acme(database):
    async with database.session(writes=True) as session:
        session.add(tables.Account(reference="ACME"))


@pytest.mark.parametrize("kind", [ViewerKind.PARTNER, ViewerKind.CUSTOMER])
async def test_a_key_of_an_account_asks_on_its_behalf(keys, acme, kind):
    _, shown = await keys.create(Viewer(kind, "ACME"), READ_SCOPES, NOW)
    viewer = await keys.viewer_of(shown, NOW)
    assert (viewer.kind, viewer.account, viewer.scopes) == (kind, "ACME", READ_SCOPES)


async def test_what_is_the_operators_is_given_to_nobody_else(keys, acme):
    for scope in set(Scope) - READ_SCOPES - {Scope.LICENSES_WRITE, Scope.WEBHOOKS_WRITE}:
        await keys.create(INTERNAL, [scope], NOW)
        for kind in (ViewerKind.PARTNER, ViewerKind.CUSTOMER):
            with pytest.raises(KeyRefused, match=f"{scope} is not for a {kind.value}; it may hold entitlements:check"):
                await keys.create(Viewer(kind, "ACME"), [scope, Scope.LICENSES_READ], NOW)


async def test_a_key_is_for_an_account_that_is_there_a_day_to_come_and_some_scope(keys):
    with pytest.raises(KeyRefused, match="no account PART"):
        await keys.create(Viewer(ViewerKind.PARTNER, "PART"), READ_SCOPES, NOW)
    with pytest.raises(KeyRefused, match="still to come"):
        await keys.create(INTERNAL, READ_SCOPES, NOW, date(2026, 5, 31))
    with pytest.raises(KeyRefused, match="without a scope"):
        await keys.create(INTERNAL, [], NOW)
    assert await keys.all() == ()


async def test_a_word_that_is_no_scope_of_this_version_permits_nothing(database, keys):
    _, shown = await keys.create(INTERNAL, READ_SCOPES, NOW)
    async with database.writing() as connection:
        await connection.execute(update(table_of(tables.ApiKey)).values(scopes="read everything licenses:read"))
    assert (await keys.find(shown, NOW)).scopes == (Scope.LICENSES_READ,)


async def test_a_key_that_is_replaced_holds_for_the_overlap_beside_the_new_one(keys, acme):
    first, shown = await keys.create(Viewer(ViewerKind.PARTNER, "ACME"), SOME, NOW)
    old, new, text = await keys.rotate(first.id, NOW)
    assert (old.id, old.expires_on) == (first.id, date(2026, 6, 8))
    assert (new.kind, new.account, new.scopes, new.expires_on) == (ViewerKind.PARTNER, "ACME", SOME, None)
    for day, holds in ((0, True), (7, True), (8, False)):
        assert (await keys.find(shown, NOW + timedelta(days=day)) is not None) == holds
        assert (await keys.find(text, NOW + timedelta(days=day))).id == new.id


async def test_a_replaced_key_never_holds_longer_than_it_would_have(keys):
    first, _ = await keys.create(INTERNAL, SOME, NOW, date(2026, 6, 3))
    old, new, _ = await keys.rotate(first.id, NOW, timedelta(days=30))
    assert (old.expires_on, new.expires_on) == (date(2026, 6, 3), date(2026, 6, 3))


async def test_only_a_key_that_holds_is_replaced(keys):
    over, _ = await keys.create(INTERNAL, SOME, NOW, date(2026, 6, 1))
    revoked, _ = await keys.create(INTERNAL, SOME, NOW)
    await keys.revoke(revoked.id, NOW)
    for id_ in (over.id, revoked.id, uuid4()):
        with pytest.raises(KeyRefused, match="coverline keys"):
            await keys.rotate(id_, NOW + timedelta(days=1))
    assert len(await keys.all()) == 2
