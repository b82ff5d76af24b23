"""A whole portfolio, a few hundred contracts at a time: what reports and exports read, in bounded memory.

It is two statements, however many contracts there are: what is the same for all of them, and a row a contract, which
is taken from the database as it is worked on. The row's texts are looked up contract by contract, in the order of the
bases' ids, so that nothing is sorted and whoever stops early has read little.
"""

from collections.abc import AsyncGenerator, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, false, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import tables
from api.store.assembly import Contracts
from api.store.conditions import account_id, known, visible
from api.store.contracts import AT, VIEWER, catalogue_rows, contract_text
from api.store.tables import NEVER, table_of
from schema.store import Portfolio, Read, Viewer

licenses = table_of(tables.License)
license_facts = table_of(tables.LicenseFacts)
account_facts = table_of(tables.AccountFacts)
charges = table_of(tables.Charge)
derived = table_of(tables.DerivedCoverage)

T = TypeVar("T")

CHUNK = 500
LIMIT = (1 << 63) - 1
"""More than there are."""


async def contracts(
    connection: AsyncConnection, viewer: Viewer, chosen: Portfolio, after: UUID | None = None
) -> AsyncGenerator[Sequence[Read]]:
    """Every contract, in the order of the bases' ids, some at a time."""
    given = {AT.key: chosen.known_at, VIEWER.key: viewer.account or ""}
    catalogue = (await connection.execute(catalogue_rows(), given)).all()
    options = {"yield_per": CHUNK}
    result = await connection.stream(texts(viewer, chosen, after), given, execution_options=options)
    try:
        async for some in result.partitions():
            found = Contracts()
            found.take(catalogue)
            for _, text in some:
                found.take_text(text)
            bases = {facts.license.id: facts for facts in found.facts() if facts.license is not None}
            yield [Read(bases[id_], found.opened) for id_, _ in some if id_ in bases]
    finally:
        await result.close()


def texts(viewer: Viewer, chosen: Portfolio, after: UUID | None) -> Select[UUID, str]:
    """The bases of contracts with all that is known of each.

    PostgreSQL works out what is selected before it sorts, where it sorts, unless there is a limit.
    """
    bases = _bases(viewer, chosen, licenses.c.id).where(licenses.c.id > (after or UUID(int=0)))
    return bases.add_columns(contract_text(viewer.kind, chosen.served)).order_by(licenses.c.id).limit(LIMIT)


async def count_contracts(connection: AsyncConnection, viewer: Viewer, chosen: Portfolio) -> int:
    """How many contracts there are to read."""
    return (await connection.execute(_bases(viewer, chosen, func.count()))).scalar_one()


def _bases(viewer: Viewer, chosen: Portfolio, column: ColumnElement[T]) -> Select[T]:
    """The bases of contracts that may have something of what is chosen; the rules decide which of them do."""
    facts = license_facts.alias()
    own = (facts.c.account_id == licenses.c.account_id) & (facts.c.license_id == licenses.c.id)
    found = (
        select(column)
        .select_from(licenses)
        .join(facts, own)
        .where(visible(licenses.c.account_id, viewer), known(facts, chosen.known_at), _is_base(facts))
    )
    if chosen.account is not None:
        account = account_id(chosen.account)
        found = found.where(or_(licenses.c.account_id == account, facts.c.holder_id == account))
    if chosen.partner is not None:
        managed = account_facts.alias()
        ever = select(managed.c.account_id).where(managed.c.partner_id == account_id(chosen.partner))
        found = found.where(or_(licenses.c.account_id.in_(ever), facts.c.holder_id.in_(ever)))
    if chosen.charged:
        found = found.where(_has_charges(facts, chosen.known_at))
    if chosen.expiring is not None:
        found = found.where(_expires(*chosen.expiring))
    return found


def _is_base(facts: FromClause) -> ColumnElement[bool]:
    """Whether a licence has no base; said so that SQLite takes ids in their order, and does not sort every base."""
    return facts.c.base_id.is_not(None) == false()


def _expires(first: date, last: date) -> ColumnElement[bool]:
    """Whether coverage ends on one of some days; said so that SQLite looks at the licence's days, not its account's."""
    own = (derived.c.account_id == licenses.c.account_id, derived.c.license_id == licenses.c.id)
    on = derived.c.expires_on
    return exists().where(*own, not_(or_(on < first, on > last, on == NEVER)))


def _has_charges(base: FromClause, at: datetime) -> ColumnElement[bool]:
    """Whether a charge was known of a base or of a licence that ever depended on it.

    It is asked of the base's facts, which PostgreSQL looks up anyway, so that it too takes ids in their order.
    """
    of, dependent = charges.alias(), license_facts.alias()
    of_base = exists().where(of.c.account_id == base.c.account_id, of.c.license_id == base.c.license_id, known(of, at))
    of_dependent = (
        select(of.c.id)
        .join(dependent, and_(dependent.c.account_id == of.c.account_id, dependent.c.license_id == of.c.license_id))
        .where(dependent.c.base_id == base.c.license_id, known(of, at))
        .exists()
    )
    return or_(of_base, of_dependent)
