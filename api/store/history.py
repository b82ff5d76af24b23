"""Who recorded what of a licence, when and why: the changes that left facts of it, and the imports."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Row,
    Select,
    Table,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from api.store import tables
from api.store.conditions import visible
from api.store.lists import Order
from api.store.personal import personal_data
from api.store.row_security import name_of
from api.store.tables import table_of
from schema.store import SortKey, Viewer, ViewerKind
from schema.writing import Recorded, RecordedKind

licenses = table_of(tables.License)
license_facts = table_of(tables.LicenseFacts)
changes = table_of(tables.Change)
entries = table_of(tables.AuditEntry)
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
    columns = (_on_behalf(viewer), changes.c.key_id, changes.c.mutation, personal_data.c.text)
    chosen = select(grouped.c.recorded_at, *columns, *(grouped.c[kind.name] for kind in RecordedKind))
    chosen = chosen.outerjoin_from(grouped, changes, and_(changes.c.id == grouped.c.change_id, _is_told(viewer)))
    chosen = chosen.outerjoin(personal_data, personal_data.c.id == changes.c.id)
    return chosen, Order((grouped.c.recorded_at, grouped.c.change_id), _values, _key)


def recorded_of(row: Row[Any]) -> Recorded:
    """A change or an import from a row of those that were chosen."""
    at, viewer, key_id, mutation, reason, *flags = tuple(row)[: 5 + len(RecordedKind)]
    kinds = tuple(kind for kind, there in zip(RecordedKind, flags, strict=True) if there)
    return Recorded(at, viewer, key_id, mutation, reason, kinds)


def _is_told(viewer: Viewer) -> ColumnElement[bool]:
    """Whether a viewer is told who made a change, and why.

    Not of one that was made while the licence was another's: it moved with its facts, what was said then did not.
    """
    if viewer.kind is ViewerKind.INTERNAL:
        return true()
    theirs = exists().where(entries.c.change_id == changes.c.id, visible(entries.c.chain, viewer))
    return or_(changes.c.viewer == name_of(viewer), changes.c.mutation == "setMilestone", theirs)


def _on_behalf(viewer: Viewer) -> ColumnElement[Any]:
    """On whose behalf a change was made; without the name of a partner that is not the viewer's to see."""
    by = changes.c.viewer
    if viewer.kind is ViewerKind.INTERNAL:
        return by
    partner = ViewerKind.PARTNER.value
    return case((and_(by.startswith(f"{partner}:"), by != name_of(viewer)), partner), else_=by).label("viewer")


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
