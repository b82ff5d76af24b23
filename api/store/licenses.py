"""Lists of licences as known now: which ones, and in which order. States and ends are those that the rules derived."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, or_, select

from api.store import tables
from api.store.conditions import account_id, holds, known, known_now, visible
from api.store.lists import Order
from api.store.personal import mentions, personal_data
from api.store.tables import NEVER, table_of
from schema.store import LicenseFilter, LicenseOrder, SortKey, Viewer

licenses = table_of(tables.License)
license_facts = table_of(tables.LicenseFacts)
account_facts = table_of(tables.AccountFacts)
products = table_of(tables.Product)
derived = table_of(tables.DerivedCoverage)


def _serial_of(key: SortKey) -> tuple[Any, ...]:
    return key


def _expiry_of(key: SortKey) -> tuple[Any, ...]:
    expires_on, *rest = key
    return (NEVER if expires_on is None else date.fromisoformat(expires_on), *rest)


def _expiry_key(values: tuple[Any, ...]) -> SortKey:
    expires_on, serial = values
    return (None if expires_on == NEVER else expires_on.isoformat(), serial)


ORDERS = {
    LicenseOrder.SERIAL: Order((licenses.c.serial,), _serial_of, lambda values: (str(values[0]),)),
    LicenseOrder.EXPIRES_ON: Order((derived.c.expires_on, licenses.c.serial), _expiry_of, _expiry_key),
}


def chosen_licenses(viewer: Viewer, chosen: LicenseFilter, order: LicenseOrder | None = None) -> Select[UUID]:
    """The licences of a filter, unordered; joined with what an order needs."""
    found = select(licenses.c.id).where(visible(licenses.c.account_id, viewer))
    by_coverage = [chosen.plan, chosen.state, chosen.expires_from, chosen.expires_to]
    if order is LicenseOrder.EXPIRES_ON or any(one is not None for one in by_coverage):
        found = found.join(
            derived,
            and_(
                derived.c.account_id == licenses.c.account_id,
                derived.c.license_id == licenses.c.id,
                derived.c.from_on <= chosen.on,
                derived.c.through_on >= chosen.on,
            ),
        )
    if chosen.plan is not None:
        found = found.where(derived.c.plan == chosen.plan)
    if chosen.state is not None:
        found = found.where(derived.c.state == chosen.state.value)
    if chosen.expires_from is not None:
        found = found.where(derived.c.expires_on >= chosen.expires_from, derived.c.expires_on < NEVER)
    if chosen.expires_to is not None:
        found = found.where(derived.c.expires_on <= chosen.expires_to, derived.c.expires_on < NEVER)
    if chosen.account is not None:
        found = found.where(licenses.c.account_id == account_id(chosen.account))
    if chosen.product is not None:
        found = found.where(_has_product(chosen.product))
    if chosen.search:
        held_by, person = account_facts.alias(), personal_data.alias()
        matching = (
            select(held_by.c.account_id)
            .outerjoin(person, person.c.id == held_by.c.id)
            .where(known_now(held_by), mentions(held_by, person, chosen.search))
        )
        found = found.where(or_(holds(licenses.c.search, chosen.search), licenses.c.account_id.in_(matching)))
    return found


def _has_product(code: str) -> Any:  # noqa: ANN401 - a condition
    facts = license_facts.alias()
    product = select(products.c.id).where(products.c.code == code).scalar_subquery()
    return (
        select(facts.c.id)
        .where(
            facts.c.account_id == licenses.c.account_id,
            facts.c.license_id == licenses.c.id,
            known_now(facts),
            facts.c.product_id == product,
        )
        .exists()
    )


def licenses_of_account(viewer: Viewer, reference: str, at: datetime, day: date) -> Select[UUID]:
    """The licences that an account held, as known at an instant, and that are not retired on a day; by serial.

    The holder is the one recorded then where the viewer may see it, otherwise the account where the licence is now.
    """
    facts = license_facts.alias()
    account = account_id(reference)
    holder = case((visible(facts.c.holder_id, viewer), facts.c.holder_id), else_=facts.c.account_id)
    return (
        select(licenses.c.id)
        .join(facts, and_(facts.c.account_id == licenses.c.account_id, facts.c.license_id == licenses.c.id))
        .where(
            or_(facts.c.account_id == account, facts.c.holder_id == account),
            holder == account,
            visible(licenses.c.account_id, viewer),
            known(facts, at),
            or_(facts.c.retired_on.is_(None), facts.c.retired_on >= day),
        )
        .order_by(licenses.c.serial)
    )
