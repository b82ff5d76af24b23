"""Webhooks: the addresses that a viewer has events sent to, what was sent, and what waits or was given up."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import strawberry

from entitlements import problems
from entitlements.events import EventType
from entitlements.messages import said
from entitlements.problems import ProblemCode
from schema.changes import changed, key_field
from schema.context import Context, Info
from schema.errors import BadInput
from schema.nodes import Kind, Node, read_id_of, write_id
from schema.paging import LARGEST, Listing, PageInfo, is_uuid
from schema.problems import Problem, unknown_product
from schema.quotes import UNSET
from schema.sending import Delivery, DeliveryError, DeliveryState, Endpoint, EndpointState, message_id
from schema.writing import Subject, Writing

MOST_WEBHOOKS = 50
OVERLAP = timedelta(days=1)
"""For how long the former secret signs beside a new one."""
LISTING = Listing("webhooks", (is_uuid,))
DELIVERIES = Listing("deliveries", (is_uuid,))


# ---------------------------------------------------------------- what is shown


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
            former_secret_until=endpoint.former_until, endpoint=endpoint,
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


@strawberry.type
class WebhookSecret:
    """A webhook with its secret, which nothing but this answer tells."""

    webhook: Webhook
    secret: str = strawberry.field(description="By which a receiver verifies signatures, as Standard Webhooks has it.")


@strawberry.type
class DeletedWebhook:
    """A webhook that is no more."""

    id: strawberry.ID


@strawberry.type
class ReplayedDeliveries:
    """Deliveries that are sent again."""

    count: int
    webhook: Webhook


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


# ---------------------------------------------------------------- what is brought about


CreateWebhookResult = Annotated[WebhookSecret | Problem, strawberry.union("CreateWebhookResult")]
UpdateWebhookResult = Annotated[Webhook | Problem, strawberry.union("UpdateWebhookResult")]
RotateWebhookSecretResult = Annotated[WebhookSecret | Problem, strawberry.union("RotateWebhookSecretResult")]
DeleteWebhookResult = Annotated[DeletedWebhook | Problem, strawberry.union("DeleteWebhookResult")]
ReplayDeliveriesResult = Annotated[ReplayedDeliveries | Problem, strawberry.union("ReplayDeliveriesResult")]


@strawberry.input
class CreateWebhookInput:
    """Where events are to be sent, and which; all that the viewer may see where nothing is named."""

    idempotency_key: str = key_field()
    url: str = strawberry.field(description="An https address of a public host.")
    event_types: list[EventType] | None = strawberry.field(default=UNSET, description="All when left out.")
    accounts: list[str] | None = strawberry.field(default=UNSET, description="References; all when left out.")
    products: list[str] | None = strawberry.field(default=UNSET, description="Codes; all when left out.")


@strawberry.input
class UpdateWebhookInput:
    """What is to change of a webhook; what is left out stays as it is. Events that were routed already stay so."""

    idempotency_key: str = key_field()
    webhook: strawberry.ID
    url: strawberry.Maybe[str]
    event_types: strawberry.Maybe[list[EventType]]
    accounts: strawberry.Maybe[list[str]]
    products: strawberry.Maybe[list[str]]
    enabled: strawberry.Maybe[bool]


@strawberry.input
class RotateWebhookSecretInput:
    """A webhook that is to have a new secret."""

    idempotency_key: str = key_field()
    webhook: strawberry.ID


@strawberry.input
class DeleteWebhookInput:
    """A webhook that is to end."""

    idempotency_key: str = key_field()
    webhook: strawberry.ID


@strawberry.input
class ReplayDeliveriesInput:
    """What is to be sent again, with the id that it had."""

    idempotency_key: str = key_field()
    webhook: strawberry.ID
    deliveries: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="1 to 100 that are not PENDING; all that are DEAD when left out."
    )


async def create_webhook(info: Info, input: CreateWebhookInput) -> CreateWebhookResult:
    """Has events sent to an address from now on, and tells the secret that they are signed with this once."""
    context = info.context
    wanted = {name: list(getattr(input, name) or ()) for name in ("event_types", "accounts", "products")}

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        refused = await _refused(around, input.url, wanted)
        if refused is not None:
            return refused
        if around.sending.secret_of(UUID(int=0), 1) is None:
            return _unconfigured()
        if await writing.count_endpoints(around.viewer) >= MOST_WEBHOOKS:
            message = said("{most} webhooks are there, and no more may be; delete one", most=MOST_WEBHOOKS)
            return problems.Problem(ProblemCode.TOO_MANY, message)
        endpoint = Endpoint(
            writing.new_id(), input.url, tuple(wanted["event_types"]), tuple(wanted["accounts"]),
            tuple(wanted["products"]), EndpointState.ENABLED, 1, None, writing.at,
        )  # fmt: skip
        await writing.write_endpoint(around.viewer, endpoint)
        return (endpoint.id.hex,)

    done = await changed(context, "createWebhook", input, doing)
    return (
        Problem.of(done) if isinstance(done, problems.Problem) else await _with_secret(context, UUID(done.subject[0]))
    )


async def update_webhook(info: Info, input: UpdateWebhookInput) -> UpdateWebhookResult:
    """Changes where events are sent, which, or whether."""
    context = info.context
    names = ("url", "event_types", "accounts", "products", "enabled")
    given: dict[str, Any] = {name: one.value for name in names if (one := getattr(input, name))}
    if not given:
        raise BadInput(said("Name what is to be changed: url, eventTypes, accounts, products or enabled."))

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        endpoint = await _locked(around, writing, input.webhook)
        if isinstance(endpoint, problems.Problem):
            return endpoint
        refused = await _refused(around, given.get("url"), given)
        if refused is not None:
            return refused
        await writing.write_endpoint(around.viewer, _updated(endpoint, given))
        return (endpoint.id.hex,)

    done = await changed(context, "updateWebhook", input, doing)
    if isinstance(done, problems.Problem):
        return Problem.of(done)
    return await webhook_of(context, UUID(done.subject[0])) or Problem.of(_unknown())


def _updated(endpoint: Endpoint, given: dict[str, Any]) -> Endpoint:
    lists = {name: tuple(given[name]) for name in ("event_types", "accounts", "products") if name in given}
    enabled = given.get("enabled", endpoint.state is EndpointState.ENABLED)
    state = EndpointState.ENABLED if enabled else EndpointState.DISABLED
    return replace(endpoint, **lists, url=given.get("url", endpoint.url), state=state)


async def rotate_webhook_secret(info: Info, input: RotateWebhookSecretInput) -> RotateWebhookSecretResult:
    """Gives a webhook a new secret; the former one signs beside it for a day more."""
    context = info.context

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        endpoint = await _locked(around, writing, input.webhook)
        if isinstance(endpoint, problems.Problem):
            return endpoint
        if around.sending.secret_of(endpoint.id, 1) is None:
            return _unconfigured()
        version, until = endpoint.secret_version + 1, writing.at + OVERLAP
        await writing.write_endpoint(around.viewer, replace(endpoint, secret_version=version, former_until=until))
        return (endpoint.id.hex,)

    done = await changed(context, "rotateWebhookSecret", input, doing)
    return (
        Problem.of(done) if isinstance(done, problems.Problem) else await _with_secret(context, UUID(done.subject[0]))
    )


async def delete_webhook(info: Info, input: DeleteWebhookInput) -> DeleteWebhookResult:
    """Ends a webhook; what was on its way to it is not sent any more."""
    context = info.context

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        endpoint = await _locked(around, writing, input.webhook)
        if isinstance(endpoint, problems.Problem):
            return endpoint
        await writing.write_endpoint(around.viewer, replace(endpoint, state=EndpointState.DELETED))
        return (endpoint.id.hex,)

    done = await changed(context, "deleteWebhook", input, doing)
    if isinstance(done, problems.Problem):
        return Problem.of(done)
    return DeletedWebhook(id=write_id(Kind.WEBHOOK, UUID(done.subject[0])))


async def replay_deliveries(info: Info, input: ReplayDeliveriesInput) -> ReplayDeliveriesResult:
    """Sends again what was given up, or what is named; a receiver knows it again by its id."""
    context = info.context
    named = input.deliveries or None
    if named is not None and len(named) > LARGEST:
        most = {"field": "deliveries", "most": LARGEST, "asked": len(named)}
        raise BadInput(said("{field}: at most {most} at once, not {asked}.", **most))
    ids = None if named is None else [read_id_of(Kind.WEBHOOK_DELIVERY, one) for one in named]

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        endpoint = await _locked(around, writing, input.webhook)
        if isinstance(endpoint, problems.Problem):
            return endpoint
        known = None if ids is None else [id_ for id_ in ids if id_ is not None]
        count = await writing.replay(around.viewer, endpoint.id, known)
        return (endpoint.id.hex, str(count))

    done = await changed(context, "replayDeliveries", input, doing)
    if isinstance(done, problems.Problem):
        return Problem.of(done)
    found = await webhook_of(context, UUID(done.subject[0]))
    return ReplayedDeliveries(count=int(done.subject[1]), webhook=found) if found else Problem.of(_unknown())


async def _locked(around: Context, writing: Writing, id: strawberry.ID) -> Endpoint | problems.Problem:
    id_ = read_id_of(Kind.WEBHOOK, id)
    found = await writing.lock_endpoint(around.viewer, id_) if id_ else None
    return found or _unknown()


async def _with_secret(context: Context, id_: UUID) -> WebhookSecret | Problem:
    """A webhook as known from the change on, with the secret that it had then."""
    found = await context.store.endpoint(context.viewer, id_, context.now)
    secret = context.sending.secret_of(id_, found.secret_version) if found else None
    if found is None or secret is None:
        return Problem.of(_unknown() if found is None else _unconfigured())
    return WebhookSecret(webhook=Webhook.of(found), secret=secret)


async def _refused(around: Context, url: str | None, wanted: dict[str, Any]) -> problems.Problem | None:
    """Why events may not be sent so; None where they may."""
    found: list[problems.Problem] = []
    if url is not None and not around.sending.is_allowed(url):
        message = said(
            "give an https address of a public host, without a user, a password or a fragment; the operator may allow "
            "others"
        )
        found.append(problems.Problem(ProblemCode.ADDRESS_REFUSED, message, ("url",)))
    for name in ("accounts", "products"):
        asked = len(wanted.get(name, ()))
        if asked > LARGEST:
            raise BadInput(said("{field}: at most {most} at once, not {asked}.", field=name, most=LARGEST, asked=asked))
    for reference in wanted.get("accounts", ()):
        known = reference.isprintable() and await around.loaders.accounts_by_reference.load(reference)
        if not known:
            message = said("no account of that reference exists")
            found.append(problems.Problem(ProblemCode.UNKNOWN_ACCOUNT, message, ("accounts",)))
    for code in wanted.get("products", ()):
        product = await around.loaders.products_by_code.load((code, around.now)) if code.isprintable() else None
        if product is None:
            found.append(replace(unknown_product(around, code), field=("products",)))
    return problems.of(found) if found else None


def _unknown() -> problems.Problem:
    message = said("no webhook of that id exists, or it is not yours to see")
    return problems.Problem(ProblemCode.UNKNOWN_WEBHOOK, message, ("webhook",))


def _unconfigured() -> problems.Problem:
    message = said("webhooks are not configured here: the operator sets COVERLINE_WEBHOOK_KEY")
    return problems.Problem(ProblemCode.WEBHOOKS_NOT_CONFIGURED, message)
