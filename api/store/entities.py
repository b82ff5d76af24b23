"""Entities by the keys they are known by: finding them, adding them, moving a licence to another account."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import tables
from api.store.conditions import among, folded, known_now
from api.store.identifiers import uuid7
from api.store.tables import table_of
from entitlements.facts import ProductKind

accounts = table_of(tables.Account)
products = table_of(tables.Product)
product_facts = table_of(tables.ProductFacts)
licenses = table_of(tables.License)
license_facts = table_of(tables.LicenseFacts)
coverage = table_of(tables.Coverage)

DEPENDENT_KINDS = tuple(kind.value for kind in ProductKind if kind.is_dependent)


@dataclass(frozen=True, slots=True)
class ProductEntry:
    """A product as it is known now; the kind is None until its facts are recorded."""

    id: UUID
    kind: ProductKind | None


@dataclass(frozen=True, slots=True)
class LicenseEntry:
    """A licence, the account where it stands, and whether it is a dependent one as it is known now."""

    id: UUID
    account_id: UUID
    is_dependent: bool


@dataclass(frozen=True, slots=True)
class Attachment:
    """A dependent licence and its base that do not go together, and each reason why."""

    serial: str
    base: str
    base_is_dependent: bool
    accounts_differ: bool
    product_may_not: bool
    has_coverage: bool


async def accounts_by_reference(connection: AsyncConnection, references: Iterable[str]) -> dict[str, UUID]:
    """The ids of the accounts that exist."""
    chosen = among(accounts.c.reference, sorted(set(references)))
    rows = await connection.execute(select(accounts.c.reference, accounts.c.id).where(chosen))
    return {row[0]: row[1] for row in rows}


async def products_by_code(connection: AsyncConnection, codes: Iterable[str]) -> dict[str, ProductEntry]:
    """The products that exist."""
    statement = (
        select(products.c.code, products.c.id, product_facts.c.kind)
        .outerjoin(product_facts, and_(product_facts.c.product_id == products.c.id, known_now(product_facts)))
        .where(among(products.c.code, sorted(set(codes))))
    )
    rows = await connection.execute(statement)
    return {code: ProductEntry(id_, ProductKind(kind) if kind else None) for code, id_, kind in rows}


async def licenses_by_serial(connection: AsyncConnection, serials: Iterable[str]) -> dict[str, LicenseEntry]:
    """The licences that exist."""
    facts = license_facts.alias()
    same = and_(facts.c.account_id == licenses.c.account_id, facts.c.license_id == licenses.c.id, known_now(facts))
    statement = (
        select(licenses.c.serial, licenses.c.id, licenses.c.account_id, facts.c.base_id)
        .outerjoin(facts, same)
        .where(among(licenses.c.serial, sorted(set(serials))))
    )
    rows = await connection.execute(statement)
    return {serial: LicenseEntry(id_, account_id, base_id is not None) for serial, id_, account_id, base_id in rows}


async def add_accounts(connection: AsyncConnection, references: Iterable[str]) -> None:
    """Adds the accounts that do not exist yet."""
    wanted = dict.fromkeys(references)
    there = await accounts_by_reference(connection, wanted)
    await _insert(connection, accounts, [{"reference": one} for one in wanted if one not in there])


async def add_products(connection: AsyncConnection, codes: Iterable[str]) -> None:
    """Adds the products that do not exist yet."""
    wanted = dict.fromkeys(codes)
    there = await products_by_code(connection, wanted)
    await _insert(connection, products, [{"code": one} for one in wanted if one not in there])


async def add_licenses(connection: AsyncConnection, account_of: Mapping[str, UUID]) -> None:
    """Adds the licences that do not exist yet, each at an account."""
    there = await licenses_by_serial(connection, account_of)
    rows = [
        {"serial": serial, "account_id": account_id, "search": folded(serial)}
        for serial, account_id in account_of.items()
        if serial not in there
    ]
    await _insert(connection, licenses, rows)


async def _insert(connection: AsyncConnection, table: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401
    if rows:
        await connection.execute(table.insert(), [{"id": uuid7(), **row} for row in rows])


async def move_licenses(connection: AsyncConnection, account_of: Mapping[UUID, UUID]) -> None:
    """Moves licences, with every row that belongs to them, to the account each now stands at."""
    moving = update(licenses).where(licenses.c.id == bindparam("license")).values(account_id=bindparam("account"))
    if account_of:
        rows = [{"license": license_id, "account": account_id} for license_id, account_id in account_of.items()]
        await connection.execute(moving, rows)


async def unfit_attachments(connection: AsyncConnection, since: UUID, limit: int) -> list[Attachment]:
    """Dependents and bases that do not go together as known now, where either was recorded since an identifier.

    What a product may be attached to is asked of newly recorded dependents only: the catalogue may narrow later.
    """
    dependent, base = license_facts.alias(), license_facts.alias()
    entity, base_entity = licenses.alias(), licenses.alias()
    product, base_product, base_code = product_facts.alias(), product_facts.alias(), products.alias()
    base_is_dependent = or_(base.c.base_id.is_not(None), base_product.c.kind.in_(DEPENDENT_KINDS))
    accounts_differ = dependent.c.holder_id != base.c.holder_id
    code = ";" + base_code.c.code + ";"
    product_may_not = and_(
        dependent.c.id >= since,
        product.c.bases != "",
        func.replace(product.c.bases, code, "") == product.c.bases,
    )
    term = coverage.alias()
    has_coverage = (
        select(term.c.id)
        .where(
            term.c.account_id == dependent.c.account_id,
            term.c.license_id == dependent.c.license_id,
            known_now(term),
            term.c.expires_on.is_not(None),
        )
        .exists()
    )
    faults: tuple[ColumnElement[bool], ...] = (base_is_dependent, accounts_differ, product_may_not, has_coverage)
    statement = (
        select(entity.c.serial, base_entity.c.serial, *faults)
        .select_from(dependent)
        .join(entity, entity.c.id == dependent.c.license_id)
        .join(base_entity, base_entity.c.id == dependent.c.base_id)
        .join(
            base,
            and_(base.c.account_id == base_entity.c.account_id, base.c.license_id == base_entity.c.id, known_now(base)),
        )
        .join(product, and_(product.c.product_id == dependent.c.product_id, known_now(product)))
        .join(base_product, and_(base_product.c.product_id == base.c.product_id, known_now(base_product)))
        .join(base_code, base_code.c.id == base.c.product_id)
        .where(known_now(dependent), or_(dependent.c.id >= since, base.c.id >= since), or_(*faults))
        .order_by(entity.c.serial)
        .limit(limit)
    )
    return [Attachment(*row) for row in await connection.execute(statement)]
