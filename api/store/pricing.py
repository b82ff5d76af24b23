"""Prices, and the operator's documents beside them, as known at an instant."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import tables
from api.store.conditions import among, known
from api.store.tables import table_of
from entitlements.prices import Price

prices = table_of(tables.Price)
products = table_of(tables.Product)
documents = table_of(tables.Document)


async def known_prices(
    connection: AsyncConnection, book: str, currency: str, product_codes: Sequence[str] | None, at: datetime
) -> tuple[Price, ...]:
    """The prices of products in a book and a currency, known at an instant; without codes, of every product."""
    c = prices.c
    statement = (
        select(c.book, c.currency, products.c.code, c.plan, c.months, c.effective_from, c.amount)
        .join(products, products.c.id == c.product_id)
        .where(c.book == book, c.currency == currency, known(prices, at))
        .order_by(products.c.code, c.plan, c.months, c.effective_from)
    )
    if product_codes is not None:
        statement = statement.where(among(products.c.code, product_codes))
    return tuple(Price(*row) for row in await connection.execute(statement))


async def known_document(connection: AsyncConnection, name: str, at: datetime) -> str | None:
    """The text of a document known at an instant; None where none was."""
    statement = select(documents.c.text).where(documents.c.name == name, known(documents, at))
    return (await connection.execute(statement)).scalar_one_or_none()
