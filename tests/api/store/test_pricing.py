"""Prices and late-fee policies come back as they were imported, as known at an instant, in one statement."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from api.store.watching import watch_statements
from entitlements.prices import Price
from tests.api.folders import NOW, SMALL, loaded

LATER = NOW + timedelta(days=1)
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
HEAD = "book,currency,product,plan,months,effective_from,amount\n"
PRICES = HEAD + (
    "LIST,EUR,FAX,GOLD,12,2021-01-01,1000.50\n"
    "LIST,EUR,FAX,GOLD,12,2020-01-01,900\n"
    "LIST,EUR,FAX,GOLD,36,2020-01-01,2700.00\n"
    "LIST,EUR,FAX-HA,GOLD,12,2020-01-01,0.10\n"
    "LIST,EUR,CALL,GOLD,12,2020-01-01,500.00\n"
    "LIST,USD,FAX,GOLD,12,2020-01-01,1100.00\n"
    "PUBLIC,EUR,FAX,GOLD,12,2020-01-01,800.00\n"
)


def a_policy(name: str) -> str:
    return (
        f'[[policy]]\nname = "{name}"\nsummary = "Fünf € a year."\neffective = 2020-01-01\ncurrency = "EUR"\n'
        "tiers = [{ flat = 5.00 }]\n"
    )


@pytest.fixture
def statements(database):
    """Every statement that the database is sent."""
    sent: list[str] = []

    def note(statement):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    watch_statements(database, note, lambda _token, _failure: None)
    return sent


async def test_the_prices_of_products_come_back_exactly_and_in_order(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL, prices=PRICES)
    assert await store.prices("LIST", "EUR", ["FAX-HA", "FAX", "NOPE"], NOW) == (
        Price("LIST", "EUR", "FAX", "GOLD", 12, date(2020, 1, 1), Decimal(900)),
        Price("LIST", "EUR", "FAX", "GOLD", 12, date(2021, 1, 1), Decimal("1000.50")),
        Price("LIST", "EUR", "FAX", "GOLD", 36, date(2020, 1, 1), Decimal("2700.00")),
        Price("LIST", "EUR", "FAX-HA", "GOLD", 12, date(2020, 1, 1), Decimal("0.10")),
    )
    assert await store.prices("LIST", "EUR", [], NOW) == ()
    assert await store.prices("list", "EUR", ["FAX"], NOW) == ()


async def test_a_book_and_a_currency_keep_their_prices_apart(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL, prices=PRICES)
    for book, currency, amount in (("LIST", "USD", "1100.00"), ("PUBLIC", "EUR", "800.00")):
        [price] = await store.prices(book, currency, ["FAX", "FAX-HA"], NOW)
        assert price.amount == Decimal(amount)


async def test_a_price_that_was_corrected_is_the_old_one_where_that_was_known(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL, prices=PRICES)
    await loaded(database, tmp_path, LATER, prices=f"{HEAD}LIST,EUR,CALL,GOLD,12,2020-01-01,550.00\n")
    for known_at, amount in ((LONG_AGO, "500.00"), (NOW, "500.00"), (LATER, "550.00")):
        [price] = await store.prices("LIST", "EUR", ["CALL"], known_at)
        assert price.amount == Decimal(amount)


async def test_prices_are_one_statement_whatever_the_number_of_products(database, store, tmp_path, statements):
    await loaded(database, tmp_path, **SMALL, prices=PRICES)
    for codes in (["FAX"], ["FAX", "FAX-HA", "CALL", *(f"NO-{number}" for number in range(500))]):
        statements.clear()
        await store.prices("LIST", "EUR", codes, NOW)
        assert len(statements) == 1


async def test_no_policies_are_known_before_they_are_recorded(database, store, tmp_path):
    assert await store.late_fee_policies(NOW) is None
    await loaded(database, tmp_path, **SMALL, late_fees__toml=a_policy("ONE"))
    assert await store.late_fee_policies(NOW - timedelta(microseconds=1)) is None
    assert await store.late_fee_policies(NOW) == a_policy("ONE")


async def test_policies_are_superseded_as_a_whole_and_stay_known_where_they_were(database, store, tmp_path, statements):
    await loaded(database, tmp_path, **SMALL, late_fees__toml=a_policy("ONE"))
    await loaded(database, tmp_path, LATER, late_fees__toml=a_policy("TWO"))
    statements.clear()
    assert await store.late_fee_policies(NOW) == a_policy("ONE")
    assert await store.late_fee_policies(LATER) == a_policy("TWO")
    assert len(statements) == 2
