"""Endpoints and deliveries as their owners see them: each viewer its own, and of those of its accounts alone."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import circuits, outbox, tables
from api.store.conditions import account_id, among, known, visible
from api.store.lists import Order
from api.store.row_security import name_of
from api.store.tables import table_of
from entitlements.events import EventType
from schema.sending import Delivery, DeliveryError, DeliveryState, Endpoint, EndpointState, Told
from schema.store import SortKey, Viewer

endpoints = table_of(tables.WebhookEndpoint)
deliveries = table_of(tables.WebhookDelivery)
health = circuits.circuits
events = outbox.events

SHOWN = (
    endpoints.c.endpoint_id, endpoints.c.url, endpoints.c.event_types, endpoints.c.accounts, endpoints.c.products,
    endpoints.c.state, endpoints.c.secret_version, endpoints.c.former_until, endpoints.c.created_at,
)  # fmt: skip
HEALTH = (health.c.failing_since, health.c.paused_until)
FILTERS = (endpoints.c.event_types, endpoints.c.accounts, endpoints.c.products)
EVENT = (events.c.id, events.c.type, events.c.at, events.c.on, events.c.seq, events.c.product, events.c.payload)
DELIVERY = (
    deliveries.c.id, deliveries.c.endpoint_id, deliveries.c.state, deliveries.c.attempts, deliveries.c.due_at,
    deliveries.c.tried_at, deliveries.c.delivered_at, deliveries.c.status, deliveries.c.error,
)  # fmt: skip


def endpoint_of(row: Row[*tuple[Any, ...]]) -> Endpoint:
    """An endpoint from a row that begins with SHOWN, and how it fares where HEALTH follows."""
    id_, url, types, accounts, products, state, version, former_until, created_at = tuple(row)[: len(SHOWN)]
    return Endpoint(
        id_, url, tuple(EventType(one) for one in json.loads(types)), tuple(json.loads(accounts)),
        tuple(json.loads(products)), EndpointState(state), version, former_until, created_at,
        *tuple(row)[len(SHOWN) : len(SHOWN) + len(HEALTH)],
    )  # fmt: skip


def values_of(endpoint: Endpoint) -> dict[str, Any]:
    """The columns of an endpoint's version, but for whose it is."""
    return {
        "endpoint_id": endpoint.id, "url": endpoint.url, "event_types": json.dumps(endpoint.event_types),
        "accounts": json.dumps(endpoint.accounts), "products": json.dumps(endpoint.products),
        "state": endpoint.state.value, "secret_version": endpoint.secret_version,
        "former_until": endpoint.former_until, "created_at": endpoint.created_at,
    }  # fmt: skip


async def owner_of(connection: AsyncConnection, viewer: Viewer) -> dict[str, Any]:
    """The columns that say whose an endpoint is."""
    own = None if viewer.account is None else await connection.scalar(select(account_id(viewer.account)))
    return {"viewer": name_of(viewer), "account_id": own}


def _own(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return endpoints.c.viewer == name_of(viewer), endpoints.c.state != EndpointState.DELETED.value


def chosen_endpoints(viewer: Viewer, at: datetime) -> Select[*tuple[Any, ...]]:
    """The endpoints that a viewer has, as known at an instant, and how they fare now."""
    own = endpoints.outerjoin(health, health.c.endpoint_id == endpoints.c.endpoint_id)
    return select(*SHOWN, *HEALTH).select_from(own).where(known(endpoints, at), *_own(viewer))


async def endpoint(connection: AsyncConnection, viewer: Viewer, id_: UUID, at: datetime) -> Endpoint | None:
    """An endpoint as known at an instant; None for one that is not there, was deleted, or is not the viewer's."""
    row = (await connection.execute(chosen_endpoints(viewer, at).where(endpoints.c.endpoint_id == id_))).one_or_none()
    return endpoint_of(row) if row is not None else None


def chosen_deliveries(
    viewer: Viewer, endpoint_id: UUID | None = None, states: Sequence[DeliveryState] = ()
) -> Select[*tuple[Any, ...]]:
    """What is on its way to a viewer's endpoints, or there, of events that are the viewer's to see."""
    found = (
        select(*DELIVERY, *EVENT)
        .join(events, events.c.id == deliveries.c.event_id)
        .where(
            deliveries.c.viewer == name_of(viewer),
            or_(events.c.account_id.is_(None), visible(_address(), viewer)),
        )
    )
    if endpoint_id is not None:
        found = found.where(deliveries.c.endpoint_id == endpoint_id)
    if states:
        found = found.where(deliveries.c.state.in_([state.value for state in states]))
    return found


def _address() -> ColumnElement[Any]:
    return events.c.account_id


def delivery_of(row: Row[*tuple[Any, ...]]) -> Delivery:
    """A delivery from a row that was chosen."""
    id_, endpoint_id, state, attempts, due_at, tried_at, delivered_at, status, error, *told = tuple(row)[
        : len(DELIVERY) + len(EVENT)
    ]
    event_id, type_, *rest = told
    return Delivery(
        id_, endpoint_id, Told(event_id, EventType(type_), *rest), DeliveryState(state), attempts, due_at, tried_at,
        delivered_at, status, DeliveryError(error) if error else None,
    )  # fmt: skip


def _read_id(key: SortKey) -> tuple[Any, ...]:
    return (UUID(key[0]),)


def _key_of(values: tuple[Any, ...]) -> SortKey:
    return (str(values[0]),)


BY_ENDPOINT = Order((endpoints.c.endpoint_id,), _read_id, _key_of)
BY_DELIVERY = Order((deliveries.c.id,), _read_id, _key_of)


async def replay(
    connection: AsyncConnection, viewer: Viewer, endpoint_id: UUID, ids: Sequence[UUID] | None, now: datetime
) -> int:
    """Has deliveries of an endpoint sent again from now on, and gives how many: those named, or all that are dead."""
    found = update(deliveries).where(
        deliveries.c.viewer == name_of(viewer), deliveries.c.endpoint_id == endpoint_id,
        deliveries.c.state != DeliveryState.PENDING.value,
    )  # fmt: skip
    if ids is None:
        found = found.where(deliveries.c.state == DeliveryState.DEAD.value)
    else:
        found = found.where(among(deliveries.c.id, ids))
    again = found.values(state=DeliveryState.PENDING.value, attempts=0, due_at=now)
    await circuits.forget(connection, endpoint_id)
    return (await connection.execute(again)).rowcount


async def withdraw(connection: AsyncConnection, viewer: Viewer, endpoint_id: UUID) -> None:
    """Ends what is on its way to an endpoint, or was given up: nobody can send that again."""
    own = (deliveries.c.viewer == name_of(viewer), deliveries.c.endpoint_id == endpoint_id)
    states = (DeliveryState.PENDING.value, DeliveryState.DEAD.value)
    unsent = update(deliveries).where(*own, deliveries.c.state.in_(states))
    await connection.execute(unsent.values(state=DeliveryState.WITHDRAWN.value))


async def count_endpoints(connection: AsyncConnection, viewer: Viewer) -> int:
    """How many endpoints a viewer has now."""
    own = select(func.count()).select_from(endpoints).where(endpoints.c.superseded_at.is_(None), *_own(viewer))
    return (await connection.execute(own)).scalar_one()
