"""A pass over a portfolio takes contracts in the order of their ids: none is sorted; who stops early reads little.

PostgreSQL does sort the ids of a portfolio as small as this one; what it does to a large one, `make bench` shows as
growth.
"""

import shutil
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.dialects import sqlite

from api.store import contracts, portfolio
from api.store.engine import open_database
from schema.store import Portfolio, Viewer, ViewerKind
from tests.benchmarks.databases import fill_sqlite

INTERNAL = Viewer(ViewerKind.INTERNAL)
LICENSES = 6_000
AT = datetime(2026, 3, 11, tzinfo=UTC)
CHOSEN = {
    "everything": Portfolio(AT),
    "expiring": Portfolio(AT, expiring=(date(2026, 1, 1), date(2026, 12, 31))),
    "charged": Portfolio(AT, charged=True),
}


@pytest.fixture(scope="module")
def filled(sqlite_template, tmp_path_factory):
    """A file of a few thousand licences."""
    file = tmp_path_factory.mktemp("filled") / "coverline.sqlite3"
    shutil.copy(sqlite_template, file)
    fill_sqlite(file, LICENSES, lambda _: None)
    return file


@pytest.mark.parametrize("chosen", CHOSEN)
async def test_no_pass_sorts_the_portfolio(filled, chosen):
    whole = portfolio.texts(INTERNAL, CHOSEN[chosen], None).params({contracts.AT.key: AT, contracts.VIEWER.key: ""})
    statement = whole.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    database = open_database(f"sqlite:///{filled}")
    async with database.reading() as connection:
        plan = [str(row) for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    await database.close()
    assert plan
    assert not [line for line in plan if "TEMP B-TREE FOR ORDER BY" in line], plan
