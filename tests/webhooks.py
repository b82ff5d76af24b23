"""Webhooks that are made, and what becomes of what is sent to them."""

from typing import Any

from pydantic import SecretStr

from api.deployment import Deployment
from api.operations import operation
from api.settings import Settings
from api.webhooks.delivering import Deliverer
from schema.store import Viewer
from tests.events import asked, changed
from tests.ordering import OPERATOR

KEY = "a key of tests, which is long enough"
CREATE = operation("create_webhook")
DELIVERIES = operation("webhook_deliveries")


def sending(settings: Settings, **more: Any) -> Settings:
    """The settings of a deployment that sends to this machine."""
    return settings.model_copy(update={"webhook_key": SecretStr(KEY), "webhook_private": True, **more})


async def hook(deployment: Deployment, url: str, viewer: Viewer = OPERATOR, **wanted: Any) -> tuple[str, str]:
    """The id and the secret of a new webhook."""
    given = {"idempotencyKey": f"{url} {wanted}", "url": url, **wanted}
    found = (await asked(deployment, CREATE, viewer, input=given))["createWebhook"]
    assert found["__typename"] == "WebhookSecret", found
    return found["webhook"]["id"], found["secret"]


async def drained(deployment: Deployment) -> None:
    """All that is due is sent."""
    await Deliverer(deployment).drain()


async def states(deployment: Deployment, id: str, viewer: Viewer = OPERATOR) -> list[tuple[str, str]]:
    """The type and state of everything that was to be sent to a webhook."""
    found = (await asked(deployment, DELIVERIES, viewer, id=id, first=100))["webhook"]
    return [(one["node"]["eventType"], one["node"]["state"]) for one in found["deliveries"]["edges"]]


async def retired(deployment: Deployment, serial: str, day: str, key: str | None = None) -> None:
    """An event of a licence: that it is retired on a day."""
    given = {"idempotencyKey": key or f"{serial} {day}", "license": {"serial": serial}, "reason": "a test"}
    assert (await changed(deployment, "correctLicense", retiredOn=day, **given))["__typename"] == "License"
