"""Opening a database: which URLs are understood, and what a transaction keeps."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from api.store import tables
from api.store.contracts import contract_rows
from api.store.engine import DatabaseRefused, open_database
from api.store.identifiers import uuid7
from api.store.tables import table_of
from schema.store import ViewerKind

releases = table_of(tables.Release)
prices = table_of(tables.Price)
products = table_of(tables.Product)
accounts = table_of(tables.Account)
MORNING = datetime(2026, 6, 1, 8, 30, 15, 250, tzinfo=UTC)


def release(name: str, **values):
    at = {"recorded_at": MORNING, "superseded_at": None, "released_on": date(2026, 1, 19)}
    return {"id": uuid7(), "name": name, "season": "WINTER", "year": 2026, **at, **values}


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("nonsense", "cannot be read"),
        ("", "cannot be read"),
        ("mysql://localhost/x", "'mysql' is not supported"),
        ("postgres://localhost/x", "write postgresql://"),
        ("postgresql+psycopg2://localhost/x", "without a driver"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:////no/such/folder/x.db", "does not exist; create it"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_what_to_write(url, why):
    with pytest.raises(DatabaseRefused, match=re.escape(why)):
        open_database(url)


def test_a_refusal_never_shows_the_password():
    with pytest.raises(DatabaseRefused) as refused:
        open_database("mysql://someone:hunter2@localhost/x")
    assert "hunter2" not in str(refused.value)


async def test_what_raises_within_a_transaction_leaves_nothing(database):
    async def fail() -> None:
        async with database.writing() as connection:
            await connection.execute(insert(accounts).values(id=uuid7(), reference="ACME"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.reading() as connection:
        assert (await connection.execute(select(accounts))).all() == []


async def test_a_reader_sees_nothing_of_a_transaction_that_goes_on(database):
    async with database.writing() as writer:
        await writer.execute(insert(accounts).values(id=uuid7(), reference="ACME"))
        async with database.reading() as reader:
            assert (await reader.execute(select(accounts))).all() == []
    async with database.reading() as reader:
        assert len((await reader.execute(select(accounts))).all()) == 1


async def test_writers_wait_for_each_other(database):
    async def write(number: int) -> None:
        async with database.writing() as connection:
            await connection.execute(select(accounts))
            await asyncio.sleep(0.01)
            await connection.execute(insert(accounts).values(id=uuid7(), reference=f"A-{number}"))

    await asyncio.gather(*(write(number) for number in range(8)))
    async with database.reading() as connection:
        assert len((await connection.execute(select(accounts))).all()) == 8


async def test_an_instant_is_kept_as_utc_and_comes_back_aware(database):
    dubai = timezone(timedelta(hours=4))
    given = MORNING.astimezone(dubai)
    async with database.writing() as connection:
        await connection.execute(insert(releases), [release("Winter '26", recorded_at=given)])
    async with database.reading() as connection:
        [found] = (await connection.execute(select(releases.c.recorded_at))).scalars()
        asked = select(releases.c.name).where(releases.c.recorded_at <= given - timedelta(microseconds=1))
        assert (await connection.execute(asked)).all() == []
    assert (found, found.utcoffset()) == (MORNING, timedelta())


async def test_a_naive_instant_is_refused(database):
    async with database.reading() as connection:
        with pytest.raises(StatementError, match="has no time zone"):
            await connection.execute(select(releases).where(releases.c.recorded_at <= MORNING.replace(tzinfo=None)))


async def test_amounts_come_back_to_the_last_digit(database):
    amounts = [Decimal(one) for one in ("0.10", "0.30", "999999999999999.999999", "100", "0", "1200.50")]
    product, at = uuid7(), {"recorded_at": MORNING, "superseded_at": None}
    key = {"book": "B", "currency": "EUR", "product_id": product, "plan": "GOLD", "effective_from": date(2020, 1, 1)}
    rows = [
        {"id": uuid7(), "months": months, "amount": one, **key, **at} for months, one in enumerate(amounts, start=1)
    ]
    async with database.writing() as connection:
        await connection.execute(insert(products).values(id=product, code="FAX"))
        await connection.execute(insert(prices), rows)
    async with database.reading() as connection:
        found = (await connection.execute(select(prices.c.amount).order_by(prices.c.months))).scalars().all()
    assert [str(one) for one in found] == [str(one) for one in amounts]


async def refused(database, *statements) -> bool:
    try:
        async with database.writing() as connection:
            for statement, values in statements:
                await connection.execute(statement, values)
    except IntegrityError:
        return True
    return False


async def test_one_version_of_a_key_is_alive_at_a_time(database):
    later = {"recorded_at": MORNING + timedelta(days=1)}
    alive, other = release("Winter '26"), release("Winter '26", **later)
    assert await refused(database, (insert(releases), [alive, other]))
    assert not await refused(database, (insert(releases), [{**alive, "superseded_at": later["recorded_at"]}, other]))


async def test_cheap_truths_are_held_by_the_database_itself(database):
    account, product, license, other = uuid7(), uuid7(), uuid7(), uuid7()
    at = {"recorded_at": MORNING, "superseded_at": None}
    address = {"account_id": account, "license_id": license}
    whole = {"quantity": 1, "base_id": None, "holder_id": account, "product_id": product, "model": "PERPETUAL"}
    ground = [
        (insert(accounts), [{"id": account, "reference": "ACME"}]),
        (insert(products), [{"id": product, "code": "FAX"}]),
        (insert(table_of(tables.License)), [{"id": license, "account_id": account, "serial": "B-1", "search": "b-1"}]),
    ]
    term = {
        "order_reference": "PO",
        "plan": "GOLD",
        "starts_on": date(2024, 1, 2),
        "kind": "ORDERED",
        "order_date": None,
    }
    facts, coverage = insert(table_of(tables.LicenseFacts)), insert(table_of(tables.Coverage))
    backwards = [{"id": uuid7(), **address, **at, **term, "expires_on": date(2024, 1, 1)}]
    unwhole = [{"id": uuid7(), **address, **at, **term, "plan": None, "expires_on": date(2024, 1, 2)}]
    for wrong in (
        (facts, [{"id": uuid7(), **address, **at, **whole, "quantity": 0}]),
        (facts, [{"id": uuid7(), **address, **at, **whole, "base_id": license}]),
        (facts, [{"id": uuid7(), **address, **at, **whole, "base_id": other}]),
        (facts, [{"id": uuid7(), **address, **at, **whole, "superseded_at": MORNING}]),
        (facts, [{"id": uuid7(), **address, **at, **whole, "account_id": other}]),
        (coverage, backwards),
        (coverage, unwhole),
    ):
        assert await refused(database, *ground, wrong), wrong
    assert not await refused(database, *ground, (facts, [{"id": uuid7(), **address, **at, **whole}]))


def test_identifiers_sort_by_when_they_were_made_and_are_of_version_7():
    made = [uuid7() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}


async def test_sqlite_is_opened_durable_with_its_references_checked(migrated_sqlite):
    database = open_database(migrated_sqlite)
    async with database.reading() as connection:
        found = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        ]
    await database.close()
    assert found == ["wal", 1, 2, 5000]


@pytest.mark.parametrize("kind", ViewerKind)
@pytest.mark.parametrize("by", ["serial", "id"])
async def test_sqlite_finds_licences_through_indexes_alone(migrated_sqlite, kind, by):
    """A list as one parameter must not make it look at every licence."""
    database = open_database(migrated_sqlite)
    compiled = contract_rows(by, kind, whole=True).compile(dialect=database.engine.dialect)
    given = compiled.construct_params({"asked": "[]", "known_at": "2026-01-01", "viewer": "ACME"})
    values = tuple(given[name] for name in compiled.positiontup or [])
    async with database.reading() as connection:
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
        steps = [row[-1] for row in plan]
    await database.close()
    large = (
        "licenses",
        "license_facts",
        "coverage",
        "options",
        "charges",
        "warranties",
        "accounts",
        "account_facts",
        "personal_data",
    )
    assert steps
    assert [step for step in steps if step.startswith(tuple(f"SCAN {name}" for name in large))] == []
