"""The hot read: everything known of licences and of their contracts, as one statement.

A contract is a base licence and its dependents. Each row of the statement is a kind and its values as a JSON array, so
that ten tables fit one result, and both engines give the same text.
"""

from collections.abc import Callable
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    case,
    func,
    literal_column,
    select,
    union,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import CompoundSelect

from api.store import tables
from api.store.columns import Amount
from api.store.conditions import known, known_now, known_or_first, visible
from api.store.tables import table_of
from schema.store import Viewer

licenses = table_of(tables.License)
license_facts = table_of(tables.LicenseFacts)
account_facts = table_of(tables.AccountFacts)
product_facts = table_of(tables.ProductFacts)

Row = Select[int, str]


class Kind(IntEnum):
    """What a row of the statement is."""

    LICENSE = 1
    TERM = 2
    OPTION = 3
    CHARGE = 4
    WARRANTY = 5
    PRODUCT = 6
    MILESTONE = 7
    ACCOUNT = 8
    RELEASE = 9


class Packed(FunctionElement[str]):
    """Columns as the text of one JSON array: dates as ISO text, amounts as text."""

    name = "packed"
    type = Text()
    inherit_cache = True


@compiles(Packed)
def _packed(element: Packed, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f"CAST(json_build_array({compiler.process(element.clauses, **options)}) AS TEXT)"


@compiles(Packed, "sqlite")
def _packed_sqlite(element: Packed, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f"json_array({compiler.process(element.clauses, **options)})"


def row(kind: Kind, *columns: ColumnElement[Any]) -> Row:
    """A select of one kind of row."""
    texts = [column.cast(Text) if isinstance(column.type, Amount) else column for column in columns]
    return select(literal_column(str(int(kind)), Integer), Packed(*texts))


Chosen = Callable[[FromClause], ColumnElement[bool]]


def contract_rows(chosen: Chosen, viewer: Viewer, at: datetime, *, whole: bool = True) -> CompoundSelect[int, str]:
    """The rows of the contracts that the chosen licences are in, as known at an instant, as far as the viewer may see.

    `chosen` is a condition on the licences' table. Without `whole` only what coverage derives from: no options,
    charges, warranties, accounts or releases.
    """
    member = members(chosen, viewer, at)
    branches = [license_rows(member, at), term_rows(member, at), product_rows(member, at), milestone_rows(member, at)]
    if whole:
        branches += [option_rows(member, at), charge_rows(member, at), warranty_rows(member, at)]
        branches += [account_rows(member, viewer, at), release_rows(at)]
    return union_all(*branches)


def members(chosen: Chosen, viewer: Viewer, at: datetime) -> CTE:
    """Every licence of the contracts: bases and dependents. A base not known yet is there with its first facts."""
    asked, facts = licenses.alias(), license_facts.alias()
    contract = (
        select(func.coalesce(facts.c.base_id, facts.c.license_id).label("id"))
        .select_from(asked)
        .join(facts, (facts.c.account_id == asked.c.account_id) & (facts.c.license_id == asked.c.id))
        .where(chosen(asked), visible(asked.c.account_id, viewer), known(facts, at))
        .distinct()
        .cte("contract")
    )
    base, base_facts, dependent = licenses.alias(), license_facts.alias(), license_facts.alias()
    bases = (
        select(base_facts)
        .select_from(contract)
        .join(base, base.c.id == contract.c.id)
        .join(base_facts, (base_facts.c.account_id == base.c.account_id) & (base_facts.c.license_id == base.c.id))
        .where(visible(base.c.account_id, viewer), known_or_first(base_facts, license_facts, "license_id", at))
    )
    dependents = (
        select(dependent)
        .select_from(contract)
        .join(dependent, dependent.c.base_id == contract.c.id)
        .where(visible(dependent.c.account_id, viewer), known(dependent, at))
    )
    return union_all(bases, dependents).cte("member")


def license_rows(member: CTE, at: datetime) -> Row:
    """The licences themselves; the first value says whether the licence was known at the instant."""
    m, entity = member.c, licenses.alias()
    known_then = case((m.recorded_at <= at, 1), else_=0)
    values = (
        known_then, m.license_id, entity.c.serial, m.account_id, m.holder_id, m.product_id, m.base_id, m.model,
        m.quantity, m.effective_on, m.executed_on, m.registered_on, m.license_expires_on, m.retired_on,
        m.installed_release, m.cloud_connected, m.cloud_licensed, m.altered,
    )  # fmt: skip
    return row(Kind.LICENSE, *values).select_from(member).join(entity, entity.c.id == m.license_id)


def owned(kind: Kind, member: CTE, facts: FromClause, at: datetime, *names: str) -> Row:
    """What belongs to the licences, by the licence's id."""
    same = (facts.c.account_id == member.c.account_id) & (facts.c.license_id == member.c.license_id)
    values = (facts.c[name] for name in names)
    return row(kind, facts.c.license_id, *values).select_from(member).join(facts, same).where(known(facts, at))


def term_rows(member: CTE, at: datetime) -> Row:
    """Terms of coverage that are not withdrawn."""
    facts = table_of(tables.Coverage).alias()
    names = ("order_reference", "plan", "starts_on", "expires_on", "kind", "order_date")
    return owned(Kind.TERM, member, facts, at, *names).where(facts.c.expires_on.is_not(None))


def option_rows(member: CTE, at: datetime) -> Row:
    """Agreed options."""
    facts = table_of(tables.Option).alias()
    return owned(Kind.OPTION, member, facts, at, "feature", "starts_on", "expires_on")


def charge_rows(member: CTE, at: datetime) -> Row:
    """Charges that are not withdrawn."""
    facts = table_of(tables.Charge).alias()
    names = ("reference", "amount", "currency", "due_on", "paid_on", "order_reference")
    return owned(Kind.CHARGE, member, facts, at, *names).where(facts.c.amount.is_not(None))


def warranty_rows(member: CTE, at: datetime) -> Row:
    """Manufacturers' warranties."""
    return owned(Kind.WARRANTY, member, table_of(tables.Warranty).alias(), at, "supplier", "expires_on")


def product_rows(member: CTE, at: datetime) -> Row:
    """The licences' products."""
    entity, facts = table_of(tables.Product).alias(), product_facts.alias()
    values = (entity.c.id, entity.c.code, facts.c.name, facts.c.kind, facts.c.family)
    return (
        row(Kind.PRODUCT, *values)
        .join_from(entity, facts, facts.c.product_id == entity.c.id)
        .where(entity.c.id.in_(select(member.c.product_id)), known_or_first(facts, product_facts, "product_id", at))
    )


def milestone_rows(member: CTE, at: datetime) -> Row:
    """The products' milestones, of every version, that are not withdrawn."""
    facts = table_of(tables.Milestone).alias()
    values = (facts.c.product_id, facts.c.kind, facts.c.on, facts.c.version, facts.c.source)
    return row(Kind.MILESTONE, *values).where(
        facts.c.product_id.in_(select(member.c.product_id)), facts.c.on.is_not(None), known(facts, at)
    )


def account_rows(member: CTE, viewer: Viewer, at: datetime) -> Row:
    """The accounts where the licences stand and those that were recorded as holders, with the partners then and now."""
    address, holder, then, now = (
        select(member.c.account_id.label("id")),
        select(member.c.holder_id),
        account_facts.alias(),
        account_facts.alias(),
    )
    held = union(address, holder).cte("held")
    partners = (
        select(then.c.partner_id)
        .join_from(held, then, then.c.account_id == held.c.id)
        .where(known_or_first(then, account_facts, "account_id", at) | known_now(then), then.c.partner_id.is_not(None))
    )
    involved = union(select(held.c.id), partners).cte("involved")
    entity, facts = table_of(tables.Account).alias(), account_facts.alias()
    seen = case((visible(entity.c.id, viewer), 1), else_=0)
    c = facts.c
    values = (
        seen, entity.c.id, entity.c.reference, c.name, c.theater, c.country, c.language, c.currency, c.price_book,
        c.segment, c.partner_id, now.c.partner_id,
    )  # fmt: skip
    return (
        row(Kind.ACCOUNT, *values)
        .select_from(involved)
        .join(entity, entity.c.id == involved.c.id)
        .join(facts, c.account_id == entity.c.id)
        .join(now, (now.c.account_id == entity.c.id) & known_now(now))
        .where(known_or_first(facts, account_facts, "account_id", at))
    )


def release_rows(at: datetime) -> Row:
    """Every release."""
    facts = table_of(tables.Release).alias()
    return row(Kind.RELEASE, facts.c.name, facts.c.season, facts.c.year, facts.c.released_on).where(known(facts, at))
