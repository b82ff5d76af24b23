"""The hot read: everything known of licences and of their contracts, as one statement.

A contract is a base licence and its dependents. Each row of the statement is a kind and its values as a JSON array, so
that ten tables fit one result, and both engines give the same text.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import IntEnum
from functools import cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Row,
    ScalarSelect,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import CompoundSelect

from api.store import tables
from api.store.columns import Amount, Instant
from api.store.conditions import among_parameter, known, known_now, known_or_first, visible_to
from api.store.personal import named, personal_data
from api.store.tables import table_of
from schema.store import Viewer, ViewerKind

licenses = table_of(tables.License)
license_facts = table_of(tables.LicenseFacts)
account_facts = table_of(tables.AccountFacts)
product_facts = table_of(tables.ProductFacts)

Branch = Select[int, str]


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
    DECISION = 10


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


def row(kind: Kind, *columns: ColumnElement[Any]) -> Branch:
    """A select of one kind of row."""
    texts = [column.cast(Text) if isinstance(column.type, Amount) else column for column in columns]
    return select(literal_column(str(int(kind)), Integer).label("kind"), Packed(*texts).label("body"))


class Gathered(FunctionElement[str]):
    """Rows of several kinds as the text of one JSON array of pairs: the kind, and the values as they were packed."""

    name = "gathered"
    type = Text()
    inherit_cache = True


@compiles(Gathered)
def _gathered(element: Gathered, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    kind, body = (compiler.process(one, **options) for one in element.clauses)
    return f"CAST(json_agg(json_build_array({kind}, CAST({body} AS JSON))) AS TEXT)"


@compiles(Gathered, "sqlite")
def _gathered_sqlite(element: Gathered, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    kind, body = (compiler.process(one, **options) for one in element.clauses)
    return f"json_group_array(json_array({kind}, json({body})))"


By = Literal["serial", "id"]
AT = bindparam("known_at", type_=Instant())
VIEWER = bindparam("viewer", type_=Text())
ASKED = "asked"


async def contracts_of(
    connection: AsyncConnection,
    by: By,
    asked: Sequence[str] | Sequence[UUID],
    viewer: Viewer,
    at: datetime,
    *,
    whole: bool = True,
) -> Sequence[Row[int, str]]:
    """The rows of the contracts that licences are in, as known at an instant, as far as the viewer may see.

    The licences are asked for by their serials or ids. Without `whole` only what coverage derives from is there: no
    options, charges, warranties, accounts or releases.
    """
    given: dict[str, Any] = {ASKED: list(asked), AT.key: at}
    if viewer.kind is not ViewerKind.INTERNAL:
        if viewer.account is None:
            return []
        given[VIEWER.key] = viewer.account
    return (await connection.execute(contract_rows(by, viewer.kind, whole=whole), given)).all()


@cache
def contract_rows(by: By, kind: ViewerKind, *, whole: bool) -> CompoundSelect[int, str]:
    """The statement, its parameters still to be given: making it takes ten times as long as running it."""
    member = members(by, kind)
    branches = [license_rows(member), term_rows(member), product_rows(member), milestone_rows(member)]
    if whole:
        branches += [option_rows(member), charge_rows(member), warranty_rows(member)]
        branches += [account_rows(member, kind), release_rows()]
    return union_all(*branches)


def contract_text(kind: ViewerKind, served: tuple[date, date] | None = None) -> ScalarSelect[str]:
    """Everything known of the contract of a base, as one text, within a statement that goes through `licenses`.

    The decisions of some days that said yes are in it where they are asked for; what is the same for every contract is
    not, see `catalogue_rows`.
    """
    base_id, address = literal_column("licenses.id", Uuid()), literal_column("licenses.account_id", Uuid())
    own, dependent = license_facts.alias(), license_facts.alias()
    member = union_all(
        select(own).where(own.c.account_id == address, own.c.license_id == base_id, known(own, AT)),
        select(dependent).where(
            dependent.c.base_id == base_id, seen(dependent.c.account_id, kind), known(dependent, AT)
        ),
    ).cte("member", nesting=True)
    branches = [license_rows(member), term_rows(member), option_rows(member), charge_rows(member)]
    branches += [warranty_rows(member), account_rows(member, kind, nesting=True)]
    if served is not None:
        branches.append(decision_rows(member, served))
    rows = union_all(*branches).subquery()
    return select(Gathered(rows.c.kind, rows.c.body)).scalar_subquery()


@cache
def catalogue_rows() -> CompoundSelect[int, str]:
    """Every product with its milestones, and every release, as known at an instant."""
    return union_all(product_rows(None), milestone_rows(None), release_rows())


def members(by: By, kind: ViewerKind) -> CTE:
    """Every licence of the contracts: bases and dependents. A base not known yet is there with its first facts."""
    asked, facts = licenses.alias(), license_facts.alias()
    contract = (
        select(func.coalesce(facts.c.base_id, facts.c.license_id).label("id"))
        .select_from(asked)
        .join(facts, (facts.c.account_id == asked.c.account_id) & (facts.c.license_id == asked.c.id))
        .where(among_parameter(asked.c[by], ASKED), seen(asked.c.account_id, kind), known(facts, AT))
        .distinct()
        .cte("contract")
    )
    base, base_facts, dependent = licenses.alias(), license_facts.alias(), license_facts.alias()
    bases = (
        select(base_facts)
        .select_from(contract)
        .join(base, base.c.id == contract.c.id)
        .join(base_facts, (base_facts.c.account_id == base.c.account_id) & (base_facts.c.license_id == base.c.id))
        .where(seen(base.c.account_id, kind), known_or_first(base_facts, license_facts, "license_id", AT))
    )
    dependents = (
        select(dependent)
        .select_from(contract)
        .join(dependent, dependent.c.base_id == contract.c.id)
        .where(seen(dependent.c.account_id, kind), known(dependent, AT))
    )
    return union_all(bases, dependents).cte("member")


def seen(address: ColumnElement[UUID], kind: ViewerKind) -> ColumnElement[bool]:
    """Whether the viewer to be given may see what stands at an address."""
    return visible_to(address, kind, VIEWER)


def license_rows(member: CTE) -> Branch:
    """The licences themselves; the first value says whether the licence was known at the instant."""
    m, entity = member.c, licenses.alias()
    known_then = case((m.recorded_at <= AT, 1), else_=0)
    values = (
        known_then, m.license_id, entity.c.serial, m.account_id, m.holder_id, m.product_id, m.base_id, m.model,
        m.quantity, m.effective_on, m.executed_on, m.registered_on, m.license_expires_on, m.retired_on,
        m.installed_release, m.cloud_connected, m.cloud_licensed, m.altered,
    )  # fmt: skip
    return row(Kind.LICENSE, *values).select_from(member).join(entity, entity.c.id == m.license_id)


def owned(kind: Kind, member: CTE, facts: FromClause, *names: str) -> Branch:
    """What belongs to the licences, by the licence's id."""
    same = (facts.c.account_id == member.c.account_id) & (facts.c.license_id == member.c.license_id)
    values = (facts.c[name] for name in names)
    return row(kind, facts.c.license_id, *values).select_from(member).join(facts, same).where(known(facts, AT))


def term_rows(member: CTE) -> Branch:
    """Terms of coverage that are not withdrawn."""
    facts = table_of(tables.Coverage).alias()
    names = ("order_reference", "plan", "starts_on", "expires_on", "kind", "order_date")
    return owned(Kind.TERM, member, facts, *names).where(facts.c.expires_on.is_not(None))


def option_rows(member: CTE) -> Branch:
    """Agreed options."""
    facts = table_of(tables.Option).alias()
    return owned(Kind.OPTION, member, facts, "feature", "starts_on", "expires_on")


def charge_rows(member: CTE) -> Branch:
    """Charges that are not withdrawn."""
    facts = table_of(tables.Charge).alias()
    names = ("reference", "amount", "currency", "due_on", "paid_on", "order_reference")
    return owned(Kind.CHARGE, member, facts, *names).where(facts.c.amount.is_not(None))


def warranty_rows(member: CTE) -> Branch:
    """Manufacturers' warranties."""
    return owned(Kind.WARRANTY, member, table_of(tables.Warranty).alias(), "supplier", "expires_on")


def decision_rows(member: CTE, days: tuple[date, date]) -> Branch:
    """The decisions on the licences that said yes, of some days, both inclusive, and recorded by the instant."""
    kept = table_of(tables.DecisionRecord).alias()
    c = kept.c
    same = (c.account_id == member.c.account_id) & (c.license_id == member.c.license_id)
    found = row(Kind.DECISION, c.license_id, c.request, c.day).select_from(member).join(kept, same)
    return found.where(c.entitled, c.day.between(*days), c.recorded_at <= AT)


def product_rows(member: CTE | None) -> Branch:
    """The licences' products, or all."""
    entity, facts = table_of(tables.Product).alias(), product_facts.alias()
    values = (entity.c.id, entity.c.code, facts.c.name, facts.c.kind, facts.c.family)
    return (
        row(Kind.PRODUCT, *values)
        .join_from(entity, facts, facts.c.product_id == entity.c.id)
        .where(_of(member, entity.c.id), known_or_first(facts, product_facts, "product_id", AT))
    )


def _of(member: CTE | None, product_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    return true() if member is None else product_id.in_(select(member.c.product_id))


def milestone_rows(member: CTE | None) -> Branch:
    """The products' milestones, of every version, that are not withdrawn."""
    facts = table_of(tables.Milestone).alias()
    values = (facts.c.product_id, facts.c.kind, facts.c.on, facts.c.version, facts.c.source)
    return row(Kind.MILESTONE, *values).where(
        _of(member, facts.c.product_id), facts.c.on.is_not(None), known(facts, AT)
    )


def account_rows(member: CTE, kind: ViewerKind, *, nesting: bool = False) -> Branch:
    """The accounts where the licences stand and those that were recorded as holders, with the partners then and now.

    An account that the viewer may not see is not among them.
    """
    address, holder, then, now = (
        select(member.c.account_id.label("id")),
        select(member.c.holder_id),
        account_facts.alias(),
        account_facts.alias(),
    )
    held = union(address, holder).cte("held", nesting=nesting)
    partners = (
        select(then.c.partner_id)
        .join_from(held, then, then.c.account_id == held.c.id)
        .where(known_or_first(then, account_facts, "account_id", AT) | known_now(then), then.c.partner_id.is_not(None))
    )
    involved = union(select(held.c.id), partners).cte("involved", nesting=nesting)
    entity, facts, person = table_of(tables.Account).alias(), account_facts.alias(), personal_data.alias()
    c = facts.c
    values = (
        entity.c.id, entity.c.reference, named(person), c.theater, c.country, c.language, c.currency, c.price_book,
        c.segment, c.partner_id, now.c.partner_id,
    )  # fmt: skip
    return (
        row(Kind.ACCOUNT, *values)
        .select_from(involved)
        .join(entity, entity.c.id == involved.c.id)
        .join(facts, c.account_id == entity.c.id)
        .outerjoin(person, person.c.id == c.id)
        .join(now, (now.c.account_id == entity.c.id) & known_now(now))
        .where(seen(entity.c.id, kind), known_or_first(facts, account_facts, "account_id", AT))
    )


def release_rows() -> Branch:
    """Every release."""
    facts = table_of(tables.Release).alias()
    return row(Kind.RELEASE, facts.c.name, facts.c.season, facts.c.year, facts.c.released_on).where(known(facts, AT))
