"""Webhooks that are made, changed and ended, and deliveries that are sent again."""

from dataclasses import replace
from datetime import timedelta
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
from schema.nodes import Kind, read_id_of, write_id
from schema.paging import LARGEST
from schema.problems import Problem, unknown_product
from schema.quotes import UNSET
from schema.sending import Endpoint, EndpointState
from schema.webhooks import Webhook, webhook_of
from schema.writing import Subject, Writing

MOST_WEBHOOKS = 50
OVERLAP = timedelta(days=1)
"""For how long the former secret signs beside a new one."""


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
        if around.sending.secret_of(UUID(int=0), 1) is None:
            return _unconfigured()
        refused = await _refused(around, input.url, wanted)
        if refused is not None:
            return refused
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
    message = said("nothing is sent from here: the operator sets COVERLINE_WEBHOOK_KEY, and a sandbox has no webhooks")
    return problems.Problem(ProblemCode.WEBHOOKS_NOT_CONFIGURED, message)
