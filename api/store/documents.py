"""Documents of facts: what is known now of a licence's contract, written beside the rows it is made of.

A check reads one document in place of ten tables. Whoever changes a fact forgets the documents that told of it and has
them written again in the same transaction; a licence without one is read from its rows, as is every instant before the
document was written. Neither accounts nor products stand in a document: the statement reads the first beside it, and
the second are the same for everyone.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import CompoundSelect, delete, func, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import tables
from api.store.assembly import Contracts
from api.store.columns import LATEST
from api.store.conditions import among, known_now
from api.store.contracts import contracts_of
from api.store.engine import Database
from api.store.tables import table_of
from entitlements.facts import Charge, Facts, License, LicenseModel, Option, Term, Warranty
from schema.store import Viewer, ViewerKind

licenses = table_of(tables.License)
license_facts = table_of(tables.LicenseFacts)
documents = table_of(tables.FactsDocument)
state = table_of(tables.ReadState)

FORM = 1
"""How documents are written. Another number has them all written anew."""
CHUNK = 500
INTERNAL = Viewer(ViewerKind.INTERNAL)


class Stored(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A licence as a document holds it."""

    id: UUID
    serial: str
    product: str
    model: LicenseModel
    quantity: int
    effective_on: date | None
    executed_on: date | None
    registered_on: date | None
    license_expires_on: date | None
    retired_on: date | None
    installed_release: str | None
    cloud_connected: bool | None
    cloud_licensed: bool | None
    altered: bool | None
    terms: tuple[Term, ...]
    options: tuple[Option, ...]
    warranty: Warranty | None


class Contract(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A contract as its document holds it: the base first, then the dependents by serial."""

    licenses: tuple[Stored, ...]
    charges: tuple[Charge, ...]


read = msgspec.json.Decoder(Contract).decode
"""The contract of a document."""
_write = msgspec.json.Encoder().encode


def written(base: Facts) -> str:
    """The document of a contract, from the facts of its base."""
    members = [one for one in (base.license, *base.dependents) if one is not None]
    return _write(Contract(tuple(map(_stored, members)), base.charges)).decode()


def _stored(license: License) -> Stored:
    return Stored(
        license.id,
        license.serial,
        license.product.id.hex,
        license.model,
        license.quantity,
        license.effective_on,
        license.executed_on,
        license.registered_on,
        license.license_expires_on,
        license.retired_on,
        license.installed_release,
        license.cloud_connected,
        license.cloud_licensed,
        license.altered,
        license.terms,
        license.options,
        license.warranty,
    )


# ---------------------------------------------------------------- beside the rows


async def forget(connection: AsyncConnection, ids: Sequence[UUID]) -> None:
    """Drops the documents of the contracts that licences are in, and were in: they are to be written again."""
    await connection.execute(delete(documents).where(_of_contracts(ids)))


async def rewrite(connection: AsyncConnection, ids: Sequence[UUID], at: datetime) -> None:
    """Writes the documents of the contracts that licences are in, as known from an instant."""
    await forget(connection, ids)
    facts = license_facts.alias()
    within = or_(facts.c.license_id.in_(_contracts(ids)), facts.c.base_id.in_(_contracts(ids)))
    members = list((await connection.scalars(select(facts.c.license_id).where(within, known_now(facts)))).all())
    for first in range(0, len(members), CHUNK):
        await _put(connection, members[first : first + CHUNK], at)


async def write_missing(
    connection: AsyncConnection, at: datetime, progress: Callable[[int], None] = lambda _: None
) -> None:
    """Writes the document of every licence that has none; `progress` is told how many were written so far."""
    last, done = UUID(int=0), 0
    while ids := await _missing(connection, last):
        await _put(connection, ids, at)
        last, done = ids[-1], done + len(ids)
        progress(done)
    await connection.execute(update(state).values(form=FORM))


async def ensure(database: Database, at: datetime) -> None:
    """Writes every document anew where they are not written as this version writes them."""
    async with database.reading() as connection:
        if await connection.scalar(select(state.c.form)) == FORM:
            return
    async with database.writing() as connection:
        await connection.execute(delete(documents))
        await write_missing(connection, at)


async def change_catalogue(connection: AsyncConnection) -> None:
    """Notes that a product, a milestone or a release is another one than those who read may remember."""
    await connection.execute(update(state).values(catalogue=state.c.catalogue + 1))


def _of_contracts(ids: Sequence[UUID]) -> Any:  # noqa: ANN401 - a condition
    return or_(documents.c.contract_id.in_(_contracts(ids)), among(documents.c.license_id, ids))


def _contracts(ids: Sequence[UUID]) -> CompoundSelect[UUID]:
    """The bases of the contracts that licences are in, by the facts and by the documents."""
    facts, own = license_facts.alias(), documents.alias()
    base = func.coalesce(facts.c.base_id, facts.c.license_id)
    return union(
        select(own.c.contract_id).where(among(own.c.license_id, ids)),
        select(base).where(among(facts.c.license_id, ids), known_now(facts)),
    )


async def _missing(connection: AsyncConnection, after: UUID) -> list[UUID]:
    without = ~select(documents.c.license_id).where(documents.c.license_id == licenses.c.id).exists()
    statement = select(licenses.c.id).where(licenses.c.id > after, without).order_by(licenses.c.id).limit(CHUNK)
    return list((await connection.execute(statement)).scalars())


async def _put(connection: AsyncConnection, ids: Sequence[UUID], at: datetime) -> None:
    """Writes the rows of licences that have none."""
    contracts = Contracts()
    contracts.take(await contracts_of(connection, "id", ids, INTERNAL, LATEST))
    whole = _at_one_account(contracts)
    wanted, addresses = set(ids), contracts.addresses()
    rows = [
        _row(facts, facts.license, addresses, whole, at)
        for facts in contracts.facts()
        if facts.license is not None and facts.license.id in wanted
    ]
    if rows:
        await connection.execute(documents.insert(), rows)


def _row(facts: Facts, own: License, addresses: dict[UUID, UUID], whole: set[UUID], at: datetime) -> dict[str, Any]:
    base = own.contract_base
    tells = base is own and own.id in whole
    return {
        "license_id": own.id,
        "account_id": addresses[own.id],
        "contract_id": base.id,
        "written_at": at,
        "body": written(facts) if tells else None,
    }


def _at_one_account(contracts: Contracts) -> set[UUID]:
    """The bases of contracts that stand at one account with all their licences, whoever they are recorded for."""
    accounts: defaultdict[str, set[str]] = defaultdict(set)
    for member in contracts.members.values():
        accounts[member.base_id or member.id] |= {member.account_id, member.holder_id}
    return {UUID(base) for base, at in accounts.items() if len(at) == 1}
