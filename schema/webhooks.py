"""Webhooks: the addresses that a viewer has events sent to, what was sent, and what waits or was given up."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from entitlements.events import EventType
from schema.context import Context, Info
from schema.nodes import Kind, Node, read_id_of, write_id
from schema.paging import Listing, PageInfo, is_uuid
from schema.sending import Delivery, DeliveryError, DeliveryState, Endpoint, EndpointState, message_id

LISTING = Listing("webhooks", (is_uuid,))
DELIVERIES = Listing("deliveries", (is_uuid,))


@strawberry.type
class WebhookDelivery(Node):
    """An event on its way to a webhook, or there."""

    state: DeliveryState
    attempts: int = strawberry.field(description="How often it was tried since it was to be sent, or sent again.")
    due_at: datetime = strawberry.field(description="When it is tried next at the earliest, while it is PENDING.")
    tried_at: datetime | None
    delivered_at: datetime | None
    last_status: int | None = strawberry.field(description="The HTTP status that the last try was answered with.")
    last_error: DeliveryError | None = strawberry.field(description="Why the last try failed.")
    event_id: str = strawberry.field(description="The `webhook-id` that it is sent with, each time the same.")
    event_type: EventType
    sequence: int = strawberry.field(description="Its number among the events of its licence or product, from 1.")
    occurred_on: date = strawberry.field(description="The day that it is about, in the policy zone.")
    recorded_at: datetime
    payload: str = strawberry.field(description="The text that is sent, to the byte.")

    @classmethod
    def of(cls, one: Delivery) -> "WebhookDelivery":
        """A delivery that the viewer may see."""
        told = one.event
        return cls(
            id=write_id(Kind.WEBHOOK_DELIVERY, one.id), state=one.state, attempts=one.attempts, due_at=one.due_at,
            tried_at=one.tried_at, delivered_at=one.delivered_at, last_status=one.status, last_error=one.error,
            event_id=message_id(told.id), event_type=told.type, sequence=told.sequence, occurred_on=told.on,
            recorded_at=told.at, payload=told.payload,
        )  # fmt: skip


@strawberry.type
class WebhookDeliveryEdge:
    """A delivery in a list."""

    node: WebhookDelivery
    cursor: str


@strawberry.type
class WebhookDeliveryConnection:
    """A page of deliveries, the oldest first."""

    edges: list[WebhookDeliveryEdge]
    page_info: PageInfo


@strawberry.type
class Webhook(Node):
    """Where events are sent: those of all that its owner may see, or of what it names."""

    url: str
    event_types: list[EventType] = strawberry.field(description="Empty for all.")
    accounts: list[str] = strawberry.field(
        description="References; empty for all. One that names accounts is sent no event of a product as a whole."
    )
    products: list[str] = strawberry.field(description="Codes; empty for all.")
    enabled: bool = strawberry.field(description="What comes about while it is not enabled waits for it.")
    created_at: datetime
    former_secret_until: datetime | None = strawberry.field(
        description="Until when the secret before the present one signs as well."
    )
    failing_since: datetime | None = strawberry.field(
        description="Since when it fails, while it does; null while it is well."
    )
    paused_until: datetime | None = strawberry.field(
        description="Until when nothing is sent to it since it fails; then one event is, and more once that is taken."
    )
    endpoint: strawberry.Private[Endpoint]

    @strawberry.field
    async def deliveries(
        self,
        info: Info,
        *,
        states: list[DeliveryState] | None = strawberry.UNSET,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> WebhookDeliveryConnection:
        """What is on its way to it, was delivered or was given up (DEAD), the oldest first, 1 to 100 at once."""
        context = info.context
        asked = DELIVERIES.page(first, after, last, before)
        page = await context.store.deliveries(context.viewer, self.endpoint.id, states or (), asked)
        edges = [
            WebhookDeliveryEdge(node=WebhookDelivery.of(one), cursor=DELIVERIES.cursor(key)) for key, one in page.items
        ]
        return WebhookDeliveryConnection(edges=edges, page_info=PageInfo.of(page, [edge.cursor for edge in edges]))

    @classmethod
    def of(cls, endpoint: Endpoint) -> "Webhook":
        """An endpoint of the viewer's."""
        return cls(
            id=write_id(Kind.WEBHOOK, endpoint.id), url=endpoint.url, event_types=list(endpoint.event_types),
            accounts=list(endpoint.accounts), products=list(endpoint.products),
            enabled=endpoint.state is EndpointState.ENABLED, created_at=endpoint.created_at,
            former_secret_until=endpoint.former_until, failing_since=endpoint.failing_since,
            paused_until=endpoint.paused_until, endpoint=endpoint,
        )  # fmt: skip


@strawberry.type
class WebhookEdge:
    """A webhook in a list."""

    node: Webhook
    cursor: str


@strawberry.type
class WebhookConnection:
    """A page of webhooks, the oldest first."""

    edges: list[WebhookEdge]
    page_info: PageInfo


async def webhook(info: Info, id: strawberry.ID) -> Webhook | None:
    """A webhook of the viewer's; null for an id that names none."""
    id_ = read_id_of(Kind.WEBHOOK, id)
    return await webhook_of(info.context, id_) if id_ else None


async def webhook_of(context: Context, id_: UUID) -> Webhook | None:
    """A webhook as known at the request's instant."""
    found = await context.store.endpoint(context.viewer, id_, context.now)
    return Webhook.of(found) if found else None


async def delivery_of(context: Context, id_: UUID) -> WebhookDelivery | None:
    """A delivery by its id."""
    found = await context.store.delivery(context.viewer, id_)
    return WebhookDelivery.of(found) if found else None


async def webhooks(
    info: Info,
    first: int | None = strawberry.UNSET,
    after: str | None = strawberry.UNSET,
    last: int | None = strawberry.UNSET,
    before: str | None = strawberry.UNSET,
) -> WebhookConnection:
    """The viewer's own webhooks, the oldest first, 1 to 100 at once."""
    context = info.context
    page = await context.store.endpoints(context.viewer, context.now, LISTING.page(first, after, last, before))
    edges = [WebhookEdge(node=Webhook.of(one), cursor=LISTING.cursor(key)) for key, one in page.items]
    return WebhookConnection(edges=edges, page_info=PageInfo.of(page, [edge.cursor for edge in edges]))
