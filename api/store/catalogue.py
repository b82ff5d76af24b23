"""Accounts as known now, and products and releases as known at an instant."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import tables
from api.store.conditions import among, known, known_now, visible
from api.store.lists import Order
from api.store.personal import mentions, named, personal_data
from api.store.tables import table_of
from entitlements.facts import Account, Milestone, MilestoneKind, Product, ProductKind, Release
from schema.store import Viewer

accounts = table_of(tables.Account)
account_facts = table_of(tables.AccountFacts)
products = table_of(tables.Product)
product_facts = table_of(tables.ProductFacts)
milestones = table_of(tables.Milestone)
releases = table_of(tables.Release)

RECORDED = ("theater", "country", "language", "currency", "price_book", "segment")
ACCOUNT_COLUMNS = ("name", *RECORDED)
BY_REFERENCE = Order((accounts.c.reference,), tuple, lambda values: (str(values[0]),))


def chosen_accounts(viewer: Viewer, search: str | None = None) -> Select[Any]:
    """The accounts that a viewer may see, each with its facts, and its partner where the viewer may see that."""
    partner, of_partner, partners = accounts.alias(), account_facts.alias(), personal_data.alias()
    chosen = (
        select(
            accounts.c.id,
            accounts.c.reference,
            named(personal_data),
            *(account_facts.c[name] for name in RECORDED),
            partner.c.id,
            partner.c.reference,
            named(partners),
            *(of_partner.c[name] for name in RECORDED),
        )
        .join(account_facts, and_(account_facts.c.account_id == accounts.c.id, known_now(account_facts)))
        .outerjoin(personal_data, personal_data.c.id == account_facts.c.id)
        .outerjoin(partner, and_(partner.c.id == account_facts.c.partner_id, visible(partner.c.id, viewer)))
        .outerjoin(of_partner, and_(of_partner.c.account_id == partner.c.id, known_now(of_partner)))
        .outerjoin(partners, partners.c.id == of_partner.c.id)
        .where(visible(accounts.c.id, viewer))
    )
    return chosen.where(mentions(account_facts, personal_data, search)) if search else chosen


def account_of(row: Sequence[Any]) -> Account:
    """An account from a row of the accounts that were chosen."""
    width = len(ACCOUNT_COLUMNS) + 2
    own, partner = row[:width], row[width : 2 * width]
    return _account(own, None if partner[0] is None else _account(partner, None))


def _account(values: Sequence[Any], partner: Account | None) -> Account:
    id_, reference, *rest = values
    return Account(id=id_, reference=reference, partner=partner, **dict(zip(ACCOUNT_COLUMNS, rest, strict=True)))


async def known_releases(connection: AsyncConnection, at: datetime) -> tuple[Release, ...]:
    """Every release known at an instant, by date."""
    c = releases.c
    statement = (
        select(c.name, c.season, c.year, c.released_on).where(known(releases, at)).order_by(c.released_on, c.name)
    )
    return tuple(Release(*row) for row in await connection.execute(statement))


async def known_products(
    connection: AsyncConnection, column: str | None, values: Sequence[str] | Sequence[UUID], at: datetime
) -> list[Product]:
    """The products whose id or code is among a list, with their milestones, as known at an instant.

    Without a column all of them.
    """
    chosen = among(products.c[column], values) if column else true()
    c = product_facts.c
    statement = (
        select(products.c.id, products.c.code, c.name, c.kind, c.family, c.bases)
        .join(product_facts, c.product_id == products.c.id)
        .where(chosen, known(product_facts, at))
    )
    found = (await connection.execute(statement)).all()
    of_product = await _milestones(connection, chosen, at)
    return [
        Product(id_, code, name, ProductKind(kind), family, tuple(of_product[id_]), _codes(bases))
        for id_, code, name, kind, family, bases in found
    ]


def _codes(bases: str) -> tuple[str, ...]:
    return tuple(code for code in bases.split(";") if code)


async def _milestones(
    connection: AsyncConnection, chosen: ColumnElement[bool], at: datetime
) -> defaultdict[UUID, list[Milestone]]:
    c = milestones.c
    statement = (
        select(c.product_id, c.kind, c.on, c.version, c.source)
        .join(products, products.c.id == c.product_id)
        .where(chosen, c.on.is_not(None), known(milestones, at))
        .order_by(c.on, c.kind, c.version)
    )
    of_product: defaultdict[UUID, list[Milestone]] = defaultdict(list)
    for product_id, kind, on, version, source in (await connection.execute(statement)).all():
        of_product[product_id].append(Milestone(MilestoneKind(kind), on, version or None, source))
    return of_product
