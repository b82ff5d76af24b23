"""The conditions that reads share: what was known at an instant, what a viewer may see, what is among a list."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    ScalarSelect,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from api.store.columns import Items
from api.store.tables import Account, AccountFacts, table_of
from schema.store import Viewer, ViewerKind

accounts = table_of(Account)
account_facts = table_of(AccountFacts)


At = datetime | ColumnElement[datetime]
"""An instant, or the parameter of a statement that is made once."""


def known(facts: FromClause, at: At) -> ColumnElement[bool]:
    """Rows that were known at an instant."""
    c = facts.c
    return and_(c.recorded_at <= at, or_(c.superseded_at.is_(None), c.superseded_at > at))


def known_now(facts: FromClause) -> ColumnElement[bool]:
    """Rows that are known now: nothing is recorded in the future."""
    return facts.c.superseded_at.is_(None)


def known_or_first(facts: FromClause, table: Table, key: str, at: At) -> ColumnElement[bool]:
    """Rows that were known at an instant or, of what was not known yet, the first ones that came to be."""
    earliest = table.alias()
    first = select(func.min(earliest.c.recorded_at)).where(earliest.c[key] == facts.c[key]).scalar_subquery()
    return or_(known(facts, at), and_(facts.c.recorded_at > at, facts.c.recorded_at == first))


def account_id(reference: str | ColumnElement[str]) -> ScalarSelect[UUID]:
    """The id of an account by its reference, within a statement."""
    one = accounts.alias()
    return select(one.c.id).where(one.c.reference == reference).scalar_subquery()


def visible(address: ColumnElement[UUID], viewer: Viewer) -> ColumnElement[bool]:
    """Whether what stands at an address is the viewer's to see, as accounts and partners are recorded now."""
    if viewer.kind is not ViewerKind.INTERNAL and viewer.account is None:
        return false()
    return visible_to(address, viewer.kind, viewer.account or "")


def visible_to(
    address: ColumnElement[UUID], kind: ViewerKind, account: str | ColumnElement[str]
) -> ColumnElement[bool]:
    """The same for a kind of viewer and the reference of its account, which an internal one does not have."""
    return visible_from(address, kind, account_id(account))


def visible_from(address: ColumnElement[UUID], kind: ViewerKind, own: ColumnElement[Any]) -> ColumnElement[bool]:
    """The same for a kind of viewer and the id of its account."""
    if kind is ViewerKind.INTERNAL:
        return true()
    if kind is ViewerKind.CUSTOMER:
        return address == own
    managed = account_facts.alias()
    of_partner = select(managed.c.account_id).where(managed.c.partner_id == own, known_now(managed))
    return or_(address == own, address.in_(of_partner))


class Among(FunctionElement[bool]):
    """A column's value among a list that is one parameter: the statement is the same for one item and a thousand."""

    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: object = None) -> "Among":  # noqa: ARG002 - SQLAlchemy's own signature
        """Stands as it is: SQLAlchemy would compare it with 1 on SQLite, and no index would be used."""
        return self


@compiles(Among)
def _among_array(element: Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    column, items = element.clauses
    return f"{compiler.process(column, **options)} = ANY({compiler.process(items, **options)})"


@compiles(Among, "sqlite")
def _among_json(element: Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    column, items = element.clauses
    within = compiler.process(items, **options)
    return f"{compiler.process(column, **options)} IN (SELECT value FROM json_each({within}))"  # noqa: S608 - compiled


def among(column: ColumnElement[Any], items: Sequence[str] | Sequence[UUID]) -> ColumnElement[bool]:
    """Whether a column of text or UUIDs has one of the values."""
    return Among(column, bindparam(None, list(items), type_=_items_of(column), unique=True))


def among_parameter(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The same for a list that is given when the statement is run."""
    return Among(column, bindparam(name, type_=_items_of(column)))


def _items_of(column: ColumnElement[Any]) -> Items:
    return Items(Uuid if isinstance(column.type, Uuid) else Text)


def folded(text: str) -> str:
    """A text as searches compare it: composed, and without the difference of case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def holds(column: ColumnElement[str], search: str) -> ColumnElement[bool]:
    """Whether a folded column holds a text, whatever its case; no character of the text stands for others."""
    return column.contains(folded(search), autoescape=True, escape="\\")
