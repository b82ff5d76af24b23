"""Who recorded what of a licence, when and why."""

from datetime import UTC, datetime
from uuid import UUID

import strawberry

from schema.context import Context
from schema.paging import Listing, PageInfo, is_instant, is_uuid
from schema.store import PageRequest, ViewerKind
from schema.writing import Recorded, RecordedKind

LISTING = Listing("history", (is_instant, is_uuid))
ALWAYS = datetime.min.replace(tzinfo=UTC)
"""The known time of what counts as always known."""


@strawberry.type
class LicenseChange:
    """A change that left facts of a licence, or of what it rests on; or an import of such facts."""

    at: datetime | None = strawberry.field(
        description="From when it is known; null for what was imported as always known."
    )
    by: str | None = strawberry.field(
        description="On whose behalf: internal, or partner or customer with its reference where that is yours to see; "
        "null for an import."
    )
    key_id: str | None = strawberry.field(description="The API key that was used. Internal viewers only.")
    mutation: str | None = strawberry.field(description="The mutation; null for an import.")
    reason: str | None
    recorded: list[RecordedKind] = strawberry.field(description="What it left facts of.")

    @classmethod
    def of(cls, one: Recorded, context: Context) -> "LicenseChange":
        """A change as the viewer may see it."""
        return cls(
            at=None if one.at == ALWAYS else one.at,
            by=one.by,
            key_id=one.key_id if context.viewer.kind is ViewerKind.INTERNAL else None,
            mutation=one.mutation,
            reason=one.reason,
            recorded=list(one.kinds),
        )


@strawberry.type
class LicenseChangeEdge:
    """A change in a history."""

    node: LicenseChange
    cursor: str


@strawberry.type
class LicenseChangeConnection:
    """A page of a history, the oldest change first."""

    edges: list[LicenseChangeEdge]
    page_info: PageInfo


async def connection(context: Context, license_id: UUID, asked: PageRequest) -> LicenseChangeConnection:
    """A page of a licence's history, as recorded until now."""
    page = await context.store.history(context.viewer, license_id, asked)
    edges = [
        LicenseChangeEdge(node=LicenseChange.of(one, context), cursor=LISTING.cursor(key)) for key, one in page.items
    ]
    return LicenseChangeConnection(edges=edges, page_info=PageInfo.of(page, [edge.cursor for edge in edges]))
