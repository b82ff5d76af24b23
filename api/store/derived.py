"""What lists need of coverage, derived by the rules from what is known now and kept beside the facts.

A licence's rows cover the whole calendar without a gap, so a list reads one row a licence. They are rebuilt in the
transaction that changes a fact, and altogether when the edition of the guide changes. A licence without rows is one
whose rows are still to be built.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, delete, func, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import tables
from api.store.assembly import Contracts
from api.store.columns import LATEST
from api.store.conditions import among, known_now
from api.store.contracts import contracts_of
from api.store.engine import Database
from api.store.tables import NEVER, table_of
from entitlements.guide import Guide
from entitlements.stretches import Stretch, stretches
from schema.store import Viewer, ViewerKind

licenses = table_of(tables.License)
license_facts = table_of(tables.LicenseFacts)
derived = table_of(tables.DerivedCoverage)
edition = table_of(tables.DerivedEdition)

CHUNK = 500
INTERNAL = Viewer(ViewerKind.INTERNAL)


# ---------------------------------------------------------------- rebuilding


async def rebuild(connection: AsyncConnection, ids: Sequence[UUID], guide: Guide) -> None:
    """Rebuilds the rows of licences and their dependents, within the caller's transaction; looks at no other."""
    every = list((await connection.execute(_with_dependents(ids))).scalars())
    await _forget(connection, _with_dependents(ids))
    await _derive(connection, every, guide)


async def forget(connection: AsyncConnection, ids: Sequence[UUID]) -> None:
    """Drops the rows of licences and their dependents: they are to be built again in the same transaction."""
    await _forget(connection, _with_dependents(ids))


def _with_dependents(ids: Sequence[UUID]) -> CompoundSelect[UUID]:
    facts = license_facts.alias()
    dependents = select(facts.c.license_id).where(among(facts.c.base_id, ids), known_now(facts))
    return union(select(licenses.c.id).where(among(licenses.c.id, ids)), dependents)


async def forget_products(connection: AsyncConnection, ids: Sequence[UUID]) -> None:
    """Drops the rows of every licence of some products, and of their dependents."""
    facts, dependent = license_facts.alias(), license_facts.alias()
    of_products = select(facts.c.license_id).where(among(facts.c.product_id, ids), known_now(facts))
    dependents = select(dependent.c.license_id).where(dependent.c.base_id.in_(of_products), known_now(dependent))
    await _forget(connection, union(of_products, dependents))


async def _forget(connection: AsyncConnection, chosen: CompoundSelect[UUID]) -> None:
    addresses = select(licenses.c.account_id, licenses.c.id).where(licenses.c.id.in_(chosen))
    await connection.execute(delete(derived).where(tuple_(derived.c.account_id, derived.c.license_id).in_(addresses)))


async def derive_missing(
    connection: AsyncConnection, guide: Guide, progress: Callable[[int], None] = lambda _: None
) -> None:
    """Builds the rows of every licence that has none; `progress` is told how many were built so far."""
    last, done = UUID(int=0), 0
    while ids := await _missing(connection, last):
        await _derive(connection, ids, guide)
        last, done = ids[-1], done + len(ids)
        progress(done)


async def _derive(connection: AsyncConnection, ids: Sequence[UUID], guide: Guide) -> None:
    """Builds the rows of licences that have none."""
    contracts = Contracts()
    contracts.take(await contracts_of(connection, "id", ids, INTERNAL, LATEST, whole=False))
    wanted, addresses, rows = set(ids), contracts.addresses(), list[dict[str, Any]]()
    for facts in contracts.facts():
        if facts.license is not None and facts.license.id in wanted:
            account_id = addresses[facts.license.id]
            rows += [_row(facts.license.id, account_id, one) for one in stretches(facts.license, guide)]
    if rows:
        await connection.execute(derived.insert(), rows)


async def count_missing(connection: AsyncConnection) -> int:
    """How many licences have no rows."""
    return (await connection.execute(select(func.count()).select_from(licenses).where(~_has_rows()))).scalar_one()


async def _missing(connection: AsyncConnection, after: UUID) -> list[UUID]:
    statement = select(licenses.c.id).where(licenses.c.id > after, ~_has_rows()).order_by(licenses.c.id).limit(CHUNK)
    return list((await connection.execute(statement)).scalars())


def _has_rows() -> ColumnElement[bool]:
    own = (derived.c.account_id == licenses.c.account_id, derived.c.license_id == licenses.c.id)
    return select(derived.c.license_id).where(*own).correlate(licenses).exists()


def _row(license_id: UUID, account_id: UUID, stretch: Stretch) -> dict[str, Any]:
    return {
        "license_id": license_id,
        "account_id": account_id,
        "from_on": stretch.from_on,
        "through_on": stretch.through_on,
        "state": stretch.state.value,
        "plan": stretch.plan,
        "expires_on": stretch.expires_on or NEVER,
    }


async def follow_edition(connection: AsyncConnection, guide: Guide) -> bool:
    """Drops every row when they were derived under another edition, and notes this one; says whether it was another."""
    digest = (await connection.execute(select(edition.c.digest))).scalar_one_or_none()
    if digest == guide.digest:
        return False
    await connection.execute(delete(derived))
    await connection.execute(delete(edition))
    await connection.execute(edition.insert().values(id=1, digest=guide.digest))
    return True


async def ensure_derived(
    database: Database, guide: Guide, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> None:
    """Rebuilds everything when the guide's edition is not the one it was derived under.

    `progress` is told how many licences were built, and of how many.
    """
    async with database.reading() as connection:
        digest = (await connection.execute(select(edition.c.digest))).scalar_one_or_none()
    if digest == guide.digest:
        return
    async with database.writing() as connection:
        await follow_edition(connection, guide)
        count = (await connection.execute(select(func.count()).select_from(licenses))).scalar_one()
        await derive_missing(connection, guide, lambda done: progress(done, count))
