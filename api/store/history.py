"""Who recorded what of a licence, when and why: the changes that left facts of it, and the imports."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Table, Uuid, and_, cast, func, literal, null, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from api.store import tables
from api.store.conditions import visible
from api.store.lists import Order
from api.store.tables import table_of
from schema.store import SortKey, Viewer
from schema.writing import Recorded, RecordedKind

licenses = table_of(tables.License)
license_facts = table_of(tables.LicenseFacts)
changes = table_of(tables.Change)
milestones = table_of(tables.Milestone)
records = table_of(tables.DecisionRecord)
FACTS = {
    RecordedKind.LICENSE: license_facts,
    RecordedKind.COVERAGE: table_of(tables.Coverage),
    RecordedKind.CHARGE: table_of(tables.Charge),
    RecordedKind.OPTION: table_of(tables.Option),
    RecordedKind.WARRANTY: table_of(tables.Warranty),
    RecordedKind.DECISION: records,
}
IMPORT = UUID(int=0)
"""Stands for the change of what was imported, in the order of a history."""


def chosen_changes(viewer: Viewer, license_id: UUID) -> tuple[Select[*tuple[Any, ...]], Order]:
    """What was recorded of a licence that the viewer may see, each row one change or import; and its order."""
    every = union_all(
        *(_facts_of(kind, table, viewer, license_id) for kind, table in FACTS.items()), _ends(viewer, license_id)
    )
    one = every.subquery()
    change = func.coalesce(one.c.change_id, literal(IMPORT, Uuid))
    flags = [func.max(one.c[kind.name]).label(kind.name) for kind in RecordedKind]
    grouped = (
        select(one.c.recorded_at, change.label("change_id"), *flags).group_by(one.c.recorded_at, change).subquery()
    )
    columns = (changes.c.viewer, changes.c.key_id, changes.c.mutation, changes.c.reason)
    chosen = select(grouped.c.recorded_at, *columns, *(grouped.c[kind.name] for kind in RecordedKind))
    chosen = chosen.outerjoin_from(grouped, changes, changes.c.id == grouped.c.change_id)
    return chosen, Order((grouped.c.recorded_at, grouped.c.change_id), _values, _key)


def recorded_of(row: Row[Any]) -> Recorded:
    """A change or an import from a row of those that were chosen."""
    at, viewer, key_id, mutation, reason, *flags = tuple(row)[: 5 + len(RecordedKind)]
    kinds = tuple(kind for kind, there in zip(RecordedKind, flags, strict=True) if there)
    return Recorded(at, viewer, key_id, mutation, reason, kinds)


def _facts_of(kind: RecordedKind, table: Table, viewer: Viewer, license_id: UUID) -> Select[Any]:
    address = and_(table.c.account_id == licenses.c.account_id, table.c.license_id == licenses.c.id)
    own = (licenses.c.id == license_id, visible(licenses.c.account_id, viewer))
    return _marked(kind, table).join_from(table, licenses, address).where(*own)


def _ends(viewer: Viewer, license_id: UUID) -> Select[Any]:
    """Milestones of the products that the licence was ever of."""
    address = and_(license_facts.c.account_id == licenses.c.account_id, license_facts.c.license_id == licenses.c.id)
    products = (
        select(license_facts.c.product_id)
        .join_from(license_facts, licenses, address)
        .where(licenses.c.id == license_id, visible(licenses.c.account_id, viewer))
    )
    return _marked(RecordedKind.MILESTONE, milestones).where(milestones.c.product_id.in_(products))


def _marked(kind: RecordedKind, table: Table) -> Select[Any]:
    change: ColumnElement[Any] = table.c.change_id if "change_id" in table.c else cast(null(), Uuid)
    marks = [literal(int(one is kind)).label(one.name) for one in RecordedKind]
    return select(table.c.recorded_at, change.label("change_id"), *marks)


def _values(key: SortKey) -> tuple[Any, ...]:
    at, change = key
    if at is None or change is None:
        raise ValueError("a key of this list has an instant and an identifier")
    return datetime.fromisoformat(at), UUID(change)


def _key(values: tuple[Any, ...]) -> SortKey:
    at, change = values
    return at.isoformat(), str(change)
