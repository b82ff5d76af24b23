"""What is personal, in its one table: its rows go by the ids of the rows that they belong to, and by an outer join.

Nothing else refers to them, so that erasing is deleting them, and leaves every other row as it was.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, func, or_

from api.store import tables
from api.store.conditions import holds
from api.store.tables import table_of

personal_data = table_of(tables.PersonalData)
ERASED = "(erased)"
"""Stands for a name that was erased."""


def person(id_: UUID, account_id: UUID | None, text: str, search: str | None = None) -> dict[str, Any]:
    """A row of it."""
    return {"id": id_, "account_id": account_id, "text": text, "search": search}


def named(kept: FromClause) -> ColumnElement[str]:
    """The name of an account, where its row was joined."""
    return func.coalesce(kept.c.text, ERASED)


def mentions(facts: FromClause, kept: FromClause, search: str) -> ColumnElement[bool]:
    """Whether an account's reference or name holds a text."""
    return or_(holds(facts.c.search, search), holds(kept.c.search, search))
