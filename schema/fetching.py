"""Fetching objects again by their global ids."""

from asyncio import gather

import strawberry

from entitlements.messages import said
from schema import orders, permissions, records, webhooks
from schema.accounts import Account
from schema.context import Context, Info
from schema.errors import BadInput
from schema.licenses import License
from schema.nodes import Kind, Node, read_id
from schema.paging import LARGEST
from schema.products import Product


async def node(info: Info, id: strawberry.ID) -> Node | None:
    """An object by its global id; null for an id that names nothing, or nothing of the viewer's."""
    return await _fetch(info.context, id)


async def nodes(info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
    """Objects by their global ids, in order; null in place of each that names nothing, or may not be asked for."""
    if len(ids) > LARGEST:
        raise BadInput(said("{field}: at most {most} at once, not {asked}.", field="ids", most=LARGEST, asked=len(ids)))
    fetching = (_fetch(info.context, id_) for id_ in ids)
    # An exception in a list is the error of that item alone.
    return await gather(*fetching, return_exceptions=True)  # pyright: ignore[reportReturnType]


async def _fetch(context: Context, id_: str) -> Node | None:
    named = read_id(id_)
    if named:
        permissions.require(context.viewer, f"a {named[0]}", permissions.NODES[named[0]])
    match named:
        case Kind.LICENSE, uuid:
            known = await context.loaders.facts_by_id(uuid, context.now)
            return License.of(known.license, known, context.now) if known and known.license else None
        case Kind.ACCOUNT, uuid:
            account = await context.loaders.accounts_by_id.load(uuid)
            return Account.of(account) if account else None
        case Kind.PRODUCT, uuid:
            product = await context.loaders.products_by_id.load((uuid, context.now))
            return Product.of(product, context.now) if product else None
        case Kind.RENEWAL_ORDER, uuid:
            order = await context.store.order(context.viewer, uuid)
            return await orders.ordered(context, order, order.at) if order else None
        case Kind.WEBHOOK, uuid:
            return await webhooks.webhook_of(context, uuid)
        case Kind.WEBHOOK_DELIVERY, uuid:
            return await webhooks.delivery_of(context, uuid)
        case Kind.DECISION_RECORD, uuid:
            return await records.record_of(context, uuid)
        case _:
            return None
