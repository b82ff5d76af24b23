"""The console, served over real HTTP: as in production, where one signs in, and as a demonstration."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from api.app import create_app
from api.deployment import deployed
from schema.scopes import READ_SCOPES, Scope
from tests.api.console.conftest import key_for, stocked
from tests.clients.running import served
from tests.ordering import OPERATOR, Ticking
from tests.portfolio import NOW
from tests.receiving import receiving
from tests.webhooks import drained, hook, retired, sending

__all__ = ["stocked"]


@pytest.fixture(scope="session")
def production(stocked):
    """The address, and a key that may ask for everything that is read, and have webhooks."""
    key = key_for(stocked, OPERATOR, READ_SCOPES | {Scope.WEBHOOKS_WRITE})
    with served(create_app(sending(stocked), clock=Ticking(step=timedelta(milliseconds=1)))) as address:
        yield {"origin": address, "key": key}


@pytest.fixture(scope="session")
def demonstration(stocked):
    """The address, and a webhook to which one event was sent and another given up."""

    async def happen() -> str:
        settings = sending(stocked, delivery_tries=1)
        async with deployed(settings, Ticking(NOW - timedelta(hours=1))) as deployment:
            with receiving() as receiver:
                id_, _ = await hook(deployment, receiver.url, eventTypes=["LICENSE_RETIRED", "PAYMENT_OVERDUE"])
                for day, status in (("2031-01-31", 500), ("2032-01-31", 200)):
                    receiver.answer = lambda _, status=status: status
                    await retired(deployment, "CALL-1", day)
                    await drained(deployment)
            return id_

    id_ = asyncio.run(happen())
    with served(create_app(stocked, demo=True, clock=lambda: NOW)) as address:
        yield {"origin": address, "webhook": id_}


@pytest.fixture(scope="session")
def pictures(request) -> Path:
    """Where pictures of pages are kept; version control leaves it out."""
    return request.config.rootpath / "build" / "console"
