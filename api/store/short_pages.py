"""Pages of licences along an index of SQLite, on the driver itself: read before anything else is done.

The engine's own connections live in threads, and make each statement anew: either takes several times as long as such
a read. What may take long is not read here, since everybody else would wait for it.
"""

from functools import cache, lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Integer, Text, bindparam, select

from api.store.contracts import seen
from api.store.licenses import ORDERS, licenses
from api.store.lists import bounded, cut, size_of, with_neighbours
from api.store.raw import Question, Raw
from schema.store import LicenseFilter, LicenseOrder, Page, PageRequest, SortKey, Viewer, ViewerKind

BY_SERIAL = ORDERS[LicenseOrder.SERIAL]
REMEMBERED = 16_384
"""Ids that are kept as they were read."""


def page_at_once(
    raw: Raw, viewer: Viewer, chosen: LicenseFilter, order: LicenseOrder, request: PageRequest
) -> Page[UUID] | None:
    """A page of all of a viewer's licences by serial; None for any other, and where the engine has to answer."""
    if not _is_short(viewer, chosen, order):
        return None
    after, before = request.after, request.before
    given = {
        "most": size_of(request) + 1,
        "after": BY_SERIAL.read(after)[0] if after is not None else None,
        "before": BY_SERIAL.read(before)[0] if before is not None else None,
    }
    question = _question(
        viewer.kind, forward=request.first is not None, after=after is not None, before=before is not None
    )
    rows = raw.at_once(question, viewer, given)
    if not rows:  # no row says what lies beside the page
        return None
    items = [((serial,), _id(id_)) for id_, _, _, serial in rows]
    _, ahead, behind, _ = rows[0]
    return cut(items, request, ahead=bool(ahead), behind=bool(behind))


def _is_short(viewer: Viewer, chosen: LicenseFilter, order: LicenseOrder) -> bool:
    """Whether a page is read along an index, however many licences there are."""
    if viewer.kind is ViewerKind.PARTNER or (viewer.kind is ViewerKind.CUSTOMER and viewer.account is None):
        return False
    return order is LicenseOrder.SERIAL and chosen == LicenseFilter(on=chosen.on)


@cache
def _question(kind: ViewerKind, *, forward: bool, after: bool, before: bool) -> Question:
    """The statement for pages of a shape, as a kind of viewer may see them."""
    request = PageRequest(
        first=0 if forward else None,
        last=None if forward else 0,
        after=_key("after") if after else None,
        before=_key("before") if before else None,
    )
    chosen = select(licenses.c.id).where(seen(licenses.c.account_id, kind))
    whole = with_neighbours(chosen, BY_SERIAL, request)
    name = f"page of licences for {kind.value}"
    return Question(name, bounded(whole, BY_SERIAL, request, bindparam("most", type_=Integer())))


def _key(name: str) -> SortKey:
    """A key that is given when the statement is run."""
    return cast("SortKey", (bindparam(name, type_=Text()),))


@lru_cache(maxsize=REMEMBERED)
def _id(written: Any) -> UUID:  # noqa: ANN401 - as the driver gives it
    return UUID(hex=written)
