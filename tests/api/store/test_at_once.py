"""Short reads of a file are answered before anything else is done, as the engine would answer them."""

import sqlite3

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from api.store.engine import open_database
from api.store.licenses import licenses
from api.store.store import SqlStore
from schema.store import LicenseFilter, LicenseOrder, PageRequest, Viewer, ViewerKind
from tests.builders import GUIDE
from tests.portfolio import NOW, load, settings_in

INTERNAL = Viewer(ViewerKind.INTERNAL)
CUSTOMER = Viewer(ViewerKind.CUSTOMER, "ACME")
PARTNER = Viewer(ViewerKind.PARTNER, "NORTH")
WHOLE = LicenseFilter(on=NOW.date())


@pytest.fixture
async def database(tmp_path):
    settings = settings_in(tmp_path)
    await load(settings, tmp_path / "files")
    database = open_database(settings.database_url)
    yield database
    await database.close()


@pytest.mark.parametrize("viewer", [INTERNAL, CUSTOMER, PARTNER], ids=lambda viewer: viewer.kind.value)
@pytest.mark.parametrize(
    "page",
    [PageRequest(first=2), PageRequest(first=2, after=("FAX-1",)), PageRequest(last=2, before=("FAX-3",))],
    ids=["the first", "those after one", "those before one"],
)
async def test_a_page_is_the_one_that_the_engine_would_give(database, viewer, page):
    store = SqlStore(database, GUIDE)
    at_once = await store.licenses(viewer, WHOLE, LicenseOrder.SERIAL, page)
    assert at_once.items
    object.__setattr__(database, "at_once", None)
    assert await store.licenses(viewer, WHOLE, LicenseOrder.SERIAL, page) == at_once


async def test_where_it_would_have_to_wait_the_engine_answers(database, monkeypatch):
    store = SqlStore(database, GUIDE)

    def busy():
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(type(database.at_once), "reading", lambda _: busy())
    assert (await store.licenses(INTERNAL, WHOLE, LicenseOrder.SERIAL, PageRequest(first=1))).items


async def test_nothing_can_be_written_there(database):
    async with database.at_once.reading() as connection:
        with pytest.raises(OperationalError, match="readonly"):
            await connection.execute(delete(licenses))
