"""The licences of some products, some at a time: whom a change of the catalogue concerns."""

from collections.abc import AsyncGenerator, Sequence
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import tables
from api.store.assembly import Contracts
from api.store.conditions import among, known_now
from api.store.contracts import contracts_of
from api.store.derived import INTERNAL, LATEST
from api.store.tables import table_of
from entitlements.facts import License

licenses = table_of(tables.License)
license_facts = table_of(tables.LicenseFacts)

CHUNK = 500


async def licenses_of(connection: AsyncConnection, products: Sequence[UUID]) -> AsyncGenerator[Sequence[License]]:
    """Every licence of some products, and every one whose base is of them, as known now, in the order of their ids."""
    last = UUID(int=0)
    while ids := await _next(connection, products, last):
        found = Contracts()
        found.take(await contracts_of(connection, "id", ids, INTERNAL, LATEST))
        wanted = set(ids)
        of = [facts.license for facts in found.facts() if facts.license is not None]
        yield sorted((one for one in of if one.id in wanted), key=lambda one: one.id)
        last = ids[-1]


async def _next(connection: AsyncConnection, products: Sequence[UUID], after: UUID) -> list[UUID]:
    facts, base = license_facts.alias(), license_facts.alias()
    own = and_(facts.c.account_id == licenses.c.account_id, facts.c.license_id == licenses.c.id, known_now(facts))
    statement = (
        select(licenses.c.id)
        .join(facts, own)
        .outerjoin(base, and_(base.c.license_id == facts.c.base_id, known_now(base)))
        .where(licenses.c.id > after, or_(among(facts.c.product_id, products), among(base.c.product_id, products)))
        .order_by(licenses.c.id)
        .limit(CHUNK)
    )
    return list((await connection.execute(statement)).scalars())
