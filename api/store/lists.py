"""Lists a page at a time: ordered, bounded by keys and overflowing by one, so that nothing is cut outside SQL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import gt, lt
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store.at_once import Briefly
from schema.store import Page, PageRequest, SortKey

T = TypeVar("T")
Reading = AsyncConnection | Briefly
"""What statements are asked of."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is ordered by, the last one unique; and how a key's texts become values of those columns and back."""

    columns: tuple[ColumnElement[Any], ...]
    values: Callable[[SortKey], tuple[Any, ...]]
    key: Callable[[tuple[Any, ...]], SortKey]

    def read(self, key: SortKey) -> tuple[Any, ...]:
        """The values of a key. Raises ValueError for the key of another list."""
        if len(key) != len(self.columns):
            raise ValueError(f"a key of this list has {len(self.columns)} parts, not {len(key)}")
        if key[-1] is None:
            raise ValueError("a key ends with what is unique, which is never missing")
        return self.values(key)

    def beyond(self, key: SortKey) -> ColumnElement[bool]:
        """What comes after a key."""
        return self._compared(key, gt)

    def before(self, key: SortKey) -> ColumnElement[bool]:
        """What comes before a key."""
        return self._compared(key, lt)

    def _compared(self, key: SortKey, compare: Callable[[Any, Any], ColumnElement[bool]]) -> ColumnElement[bool]:
        values = self.read(key)
        steps: list[ColumnElement[bool]] = []
        equal: list[ColumnElement[bool]] = []
        for column, value in zip(self.columns, values, strict=True):
            steps.append(and_(*equal, compare(column, value)))
            equal.append(column == value)
        return or_(*steps)


async def page_of(
    connection: Reading, chosen: Select[Any], order: Order, request: PageRequest, item: Callable[[Row[Any]], T]
) -> Page[T]:
    """A page of what a statement chooses, each item made from its row."""
    forward = request.first is not None
    size = request.first if request.first is not None else request.last
    if size is None or size < 0 or (request.first is not None and request.last is not None):
        raise ValueError("a page has either a first or a last number of items, zero or more")
    bounded = chosen
    if request.after is not None:
        bounded = bounded.where(order.beyond(request.after))
    if request.before is not None:
        bounded = bounded.where(order.before(request.before))
    sorts = [column.asc() if forward else column.desc() for column in order.columns]
    limited = bounded.add_columns(*order.columns).order_by(*sorts).limit(size + 1)
    width = len(order.columns)
    rows: Sequence[Row[Any]] = (await connection.execute(limited)).all()
    overflows = len(rows) > size
    kept = rows[:size] if forward else rows[:size][::-1]
    after_page = or_(order.beyond(request.before), _at(order, request.before)) if request.before is not None else None
    before_page = or_(order.before(request.after), _at(order, request.after)) if request.after is not None else None
    ahead, behind = await _any(connection, chosen, after_page, before_page)
    return Page(
        items=tuple((order.key(tuple(row[-width:])), item(row)) for row in kept),
        has_next=(forward and overflows) or ahead,
        has_previous=(not forward and overflows) or behind,
    )


def _at(order: Order, key: SortKey) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(order.columns, order.read(key), strict=True)))


async def _any(connection: Reading, chosen: Select[Any], *conditions: ColumnElement[bool] | None) -> tuple[bool, ...]:
    """Whether anything that a statement chooses also fulfils each condition; no condition is fulfilled by nothing."""
    if not any(condition is not None for condition in conditions):
        return tuple(False for _ in conditions)
    columns = [
        false().label(f"c{i}") if one is None else exists(chosen.where(one).order_by(None)).label(f"c{i}")
        for i, one in enumerate(conditions)
    ]
    found = (await connection.execute(select(*columns))).one()
    return tuple(bool(one) for one in found)


async def count(connection: AsyncConnection, chosen: Select[Any]) -> int:
    """How many rows a statement chooses."""
    return (await connection.execute(select(func.count()).select_from(chosen.subquery()))).scalar_one()
