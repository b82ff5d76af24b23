"""Lists a page at a time: ordered, bounded by keys and overflowing by one, so that nothing is cut outside SQL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import gt, lt
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.store import Page, PageRequest, SortKey

T = TypeVar("T")


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
    connection: AsyncConnection, chosen: Select[Any], order: Order, request: PageRequest, item: Callable[[Row[Any]], T]
) -> Page[T]:
    """A page of what a statement chooses, each item made from its row."""
    size, width = size_of(request), len(order.columns)
    rows: Sequence[Row[Any]] = (await connection.execute(bounded(chosen, order, request, size + 1))).all()
    ahead, behind = await _any(connection, chosen, *_elsewhere(order, request))
    items = [(order.key(tuple(row[-width:])), item(row)) for row in rows]
    return cut(items, request, ahead=ahead, behind=behind)


def size_of(request: PageRequest) -> int:
    """How many items a page has at most. Raises ValueError for a request with no size, or with two."""
    size = request.first if request.first is not None else request.last
    if size is None or size < 0 or (request.first is not None and request.last is not None):
        raise ValueError("a page has either a first or a last number of items, zero or more")
    return size


def bounded(chosen: Select[Any], order: Order, request: PageRequest, most: int | BindParameter[int]) -> Select[Any]:
    """So many rows of what a statement chooses, from the side that a page begins at; what orders them comes last."""
    within = chosen
    if request.after is not None:
        within = within.where(order.beyond(request.after))
    if request.before is not None:
        within = within.where(order.before(request.before))
    sorts = [column.desc() if request.first is None else column.asc() for column in order.columns]
    return within.add_columns(*order.columns).order_by(*sorts).limit(most)


def with_neighbours(chosen: Select[Any], order: Order, request: PageRequest) -> Select[Any]:
    """The same, each row saying as well whether there is anything after the page's own bounds, and before them."""
    return chosen.add_columns(*_are_there(chosen, _elsewhere(order, request)))


def cut(items: Sequence[tuple[SortKey, T]], request: PageRequest, *, ahead: bool, behind: bool) -> Page[T]:
    """A page from items that may be one too many, as they were read."""
    size, forward = size_of(request), request.first is not None
    overflows = len(items) > size
    kept = items[:size]
    return Page(
        items=tuple(kept if forward else reversed(kept)),
        has_next=(forward and overflows) or ahead,
        has_previous=(not forward and overflows) or behind,
    )


def _elsewhere(order: Order, request: PageRequest) -> tuple[ColumnElement[bool] | None, ColumnElement[bool] | None]:
    """What lies after the bound that a page has at its end, and before the one at its start."""
    before, after = request.before, request.after
    return (
        or_(order.beyond(before), _at(order, before)) if before is not None else None,
        or_(order.before(after), _at(order, after)) if after is not None else None,
    )


def _at(order: Order, key: SortKey) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(order.columns, order.read(key), strict=True)))


async def _any(
    connection: AsyncConnection, chosen: Select[Any], *conditions: ColumnElement[bool] | None
) -> tuple[bool, ...]:
    """Whether anything that a statement chooses also fulfils each condition; no condition is fulfilled by nothing."""
    if not any(condition is not None for condition in conditions):
        return tuple(False for _ in conditions)
    found = (await connection.execute(select(*_are_there(chosen, conditions)))).one()
    return tuple(bool(one) for one in found)


def _are_there(chosen: Select[Any], conditions: Sequence[ColumnElement[bool] | None]) -> list[ColumnElement[bool]]:
    return [
        (false() if one is None else exists(chosen.where(one).order_by(None)).correlate(None)).label(f"c{i}")
        for i, one in enumerate(conditions)
    ]


async def count(connection: AsyncConnection, chosen: Select[Any]) -> int:
    """How many rows a statement chooses."""
    return (await connection.execute(select(func.count()).select_from(chosen.subquery()))).scalar_one()
