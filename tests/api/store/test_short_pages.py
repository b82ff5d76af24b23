"""Short pages of a file are read before anything else is done, and are those that the engine would give."""

import sqlite3
from itertools import product

import pytest

from api.store.engine import open_database
from api.store.raw import SqliteRaw
from api.store.short_pages import page_at_once
from api.store.store import SqlStore
from schema.store import LicenseFilter, LicenseOrder, PageRequest, Viewer, ViewerKind
from tests.builders import GUIDE
from tests.portfolio import NOW, load, settings_in

INTERNAL = Viewer(ViewerKind.INTERNAL)
CUSTOMER = Viewer(ViewerKind.CUSTOMER, "ACME")
PARTNER = Viewer(ViewerKind.PARTNER, "NORTH")
WHOLE = LicenseFilter(on=NOW.date())
KEYS = [None, ("A",), ("FAX-1",), ("FAX-3",), ("Z",)]
SHAPES = [
    PageRequest(after=after, before=before, **{side: size})
    for after, before, side, size in product(KEYS, KEYS, ["first", "last"], [0, 2, 50])
]


@pytest.fixture
async def database(tmp_path):
    settings = settings_in(tmp_path)
    await load(settings, tmp_path / "files")
    database = open_database(settings.database_url)
    yield database
    await database.close()


async def by_the_engine(database, viewer, page):
    """A page that is not read at once."""
    raw = database.raw
    object.__setattr__(database, "raw", None)
    found = await SqlStore(database, GUIDE).licenses(viewer, WHOLE, LicenseOrder.SERIAL, page)
    object.__setattr__(database, "raw", raw)
    return found


@pytest.mark.parametrize("viewer", [INTERNAL, CUSTOMER], ids=lambda viewer: viewer.kind.value)
async def test_a_page_is_the_one_that_the_engine_would_give(database, viewer):
    for page in SHAPES:
        at_once = page_at_once(database.raw, viewer, WHOLE, LicenseOrder.SERIAL, page)
        expected = await by_the_engine(database, viewer, page)
        assert at_once == expected if expected.items else at_once in {None, expected}, page


@pytest.mark.parametrize(
    ("viewer", "chosen", "order"),
    [
        (PARTNER, WHOLE, LicenseOrder.SERIAL),
        (Viewer(ViewerKind.CUSTOMER), WHOLE, LicenseOrder.SERIAL),
        (INTERNAL, WHOLE, LicenseOrder.EXPIRES_ON),
        (INTERNAL, LicenseFilter(on=NOW.date(), account="ACME"), LicenseOrder.SERIAL),
    ],
    ids=["of a partner", "of nobody", "by expiry", "filtered"],
)
async def test_a_page_that_is_not_along_the_index_is_left_to_the_engine(database, viewer, chosen, order):
    assert page_at_once(database.raw, viewer, chosen, order, PageRequest(first=1)) is None


async def test_where_it_would_have_to_wait_the_engine_answers(database, monkeypatch):
    def busy(*_: object, **__: object):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(SqliteRaw, "_connected", busy)
    store = SqlStore(database, GUIDE)
    assert (await store.licenses(INTERNAL, WHOLE, LicenseOrder.SERIAL, PageRequest(first=1))).items


async def test_a_page_without_a_size_is_refused_as_the_engine_refuses_it(database):
    with pytest.raises(ValueError, match="either a first or a last"):
        page_at_once(database.raw, INTERNAL, WHOLE, LicenseOrder.SERIAL, PageRequest())
