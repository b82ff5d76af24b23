"""Webhooks as their owners manage them: each its own, told its secret once, and refused what it cannot have."""

import pytest

from api.deployment import deployed
from api.operations import operation
from api.settings import Settings
from api.store.audit import faults
from api.store.outbox import events
from schema import webhook_changes
from tests.api.databases import *  # noqa: F403 - fixtures are found by their names
from tests.events import asked, changed
from tests.ordering import CUSTOMER, OPERATOR, PARTNER, Ticking
from tests.webhooks import CREATE, hook, retired, sending

URL = "https://hooks.example.com/a"


@pytest.fixture
async def small(priced_sqlite):
    settings = sending(Settings(database_url=priced_sqlite), webhook_private=False)
    async with deployed(settings, Ticking()) as deployment:
        yield deployment


async def listed(deployment, viewer) -> list[dict]:
    found = await asked(deployment, operation("webhooks"), viewer)
    return [edge["node"] for edge in found["webhooks"]["edges"]]


async def done(deployment, name: str, viewer=OPERATOR, **given):
    field = name.split("_")
    document = operation(name)
    found = await asked(deployment, document, viewer, input=given)
    return found[field[0] + "".join(part.title() for part in field[1:])]


async def test_a_secret_is_told_by_the_answer_that_made_it_and_by_the_same_question_alone(small):
    given = {"idempotencyKey": "k", "url": URL, "eventTypes": ["RENEWAL_ORDERED"], "accounts": ["ACME"]}
    first = await asked(small, CREATE, CUSTOMER, input=given)
    assert first["createWebhook"]["secret"].startswith("whsec_")
    assert await asked(small, CREATE, CUSTOMER, input=given) == first
    [shown] = await listed(small, CUSTOMER)
    assert "secret" not in shown
    assert (shown["url"], shown["eventTypes"], shown["accounts"]) == (URL, ["RENEWAL_ORDERED"], ["ACME"])
    other = await done(small, "create_webhook", CUSTOMER, **{**given, "url": URL + "b"})
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_a_webhook_is_its_owner_s_alone(small):
    id_, _ = await hook(small, URL, CUSTOMER)
    for viewer in (PARTNER, OPERATOR):  # though they see the customer itself
        assert await listed(small, viewer) == []
        for name in ("rotate_webhook_secret", "delete_webhook", "replay_deliveries"):
            assert (await done(small, name, viewer, idempotencyKey=name, webhook=id_))["code"] == "UNKNOWN_WEBHOOK"
        found = await done(small, "update_webhook", viewer, idempotencyKey="k", webhook=id_, enabled=False)
        assert found["code"] == "UNKNOWN_WEBHOOK"
    assert len(await listed(small, CUSTOMER)) == 1


async def test_what_is_left_out_of_a_change_stays_as_it_is(small):
    id_, _ = await hook(small, URL, PARTNER, products=["FAX"])
    found = await done(small, "update_webhook", PARTNER, idempotencyKey="1", webhook=id_, accounts=["ACME"])
    assert (found["products"], found["accounts"], found["enabled"]) == (["FAX"], ["ACME"], True)
    found = await done(small, "update_webhook", PARTNER, idempotencyKey="2", webhook=id_, products=[], enabled=False)
    assert (found["products"], found["accounts"], found["enabled"]) == ([], ["ACME"], False)
    assert (await done(small, "delete_webhook", PARTNER, idempotencyKey="3", webhook=id_)) == {
        "__typename": "DeletedWebhook", "id": id_,
    }  # fmt: skip
    assert await listed(small, PARTNER) == []
    assert (await done(small, "delete_webhook", PARTNER, idempotencyKey="4", webhook=id_))["code"] == "UNKNOWN_WEBHOOK"
    assert (await faults(small.database))[1] == [], "the audit log tells of each, and of what it left"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"url": "https://127.0.0.1/"}, "ADDRESS_REFUSED", ["url"]),
        ({"accounts": ["BETA"]}, "UNKNOWN_ACCOUNT", ["accounts"]),
        ({"products": ["NOTHING"]}, "UNKNOWN_PRODUCT", ["products"]),
    ],
)
async def test_what_cannot_be_is_refused_with_where_it_stands(small, given, code, field):
    found = await done(small, "create_webhook", CUSTOMER, **{"idempotencyKey": "k", "url": URL, **given})
    assert (found["code"], found["field"]) == (code, field)
    assert await listed(small, CUSTOMER) == []


async def test_there_is_an_end_to_how_many_one_may_have(small, monkeypatch):
    monkeypatch.setattr(webhook_changes, "MOST_WEBHOOKS", 2)
    for number in range(2):
        await hook(small, f"{URL}{number}")
    assert (await done(small, "create_webhook", idempotencyKey="k", url=URL))["code"] == "TOO_MANY"
    await hook(small, URL, PARTNER)


async def test_without_the_operator_s_key_none_can_be_made(small):
    async with deployed(Settings(database_url=small.settings.database_url), Ticking()) as deployment:
        for url in (URL, "http://127.0.0.1/hook"):  # whatever else is wrong, it is what is to be set first
            found = await changed(deployment, "createWebhook", idempotencyKey=url, url=url)
            assert found["code"] == "WEBHOOKS_NOT_CONFIGURED"
        assert await listed(deployment, OPERATOR) == []


async def test_what_is_told_of_a_licence_says_nothing_of_a_name(small):
    """An account's name is personal, and goes when it is erased; an event does not."""
    await retired(small, "FAX-1", "2027-01-31")
    found = await asked(small, '{ account(reference: "ACME") { name } }')
    async with small.database.reading() as connection:
        [row] = (await connection.execute(events.select())).all()
    assert found["account"]["name"] == "Acme"
    assert "Acme" not in row.payload
