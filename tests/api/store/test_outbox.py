"""Events are written with what they tell of: once for each change, and not at all where nothing was changed."""

from datetime import date
from typing import Any

import pytest
from graphql import build_schema
from sqlalchemy import select

from api.deployment import deployed
from api.operations import document_id, operations
from api.settings import Settings
from api.store import outbox
from entitlements import events
from schema.nodes import Kind, read_id_of
from schema.root import sdl
from schema.sending import message_id
from tests.api.databases import *  # noqa: F403 - fixtures are found by their names
from tests.builders import GUIDE, a_charge, a_license
from tests.events import asked, changed, payloads
from tests.ordering import CUSTOMER, OPERATOR, Ticking, order

REGISTERED = {
    "idempotencyKey": "k", "serial": "NEW-1", "account": "ACME", "product": "FAX", "registeredOn": "2026-03-01",
}  # fmt: skip


@pytest.fixture
async def filled(priced_url):
    async with deployed(Settings(database_url=priced_url), Ticking()) as deployment:
        yield deployment


@pytest.fixture
async def small(priced_sqlite):
    """SQLite alone, where the engine makes no difference."""
    async with deployed(Settings(database_url=priced_sqlite), Ticking()) as deployment:
        yield deployment


async def test_each_change_that_is_to_be_told_is_told_with_its_facts_and_the_question_that_shows_it(small):
    module = {"license": {"serial": "FAX-1"}, "product": "FAX-HA"}
    quote = "query ($input: AttachmentQuoteInput!) { attachmentQuote(input: $input) { ... on AttachmentQuote "
    quoted = await asked(small, f"{quote}{{ total {{ amount }} }} }} }}", input=module)
    total = quoted["attachmentQuote"]["total"]["amount"]
    attached = {"quote": module, "serial": "FAX-1-X", "orderReference": "PA-1", "expectedTotal": total}
    license = {"license": {"serial": "FAX-3"}, "reason": "gone"}
    milestone = {"product": "FAX", "kind": "END_OF_SUPPORT", "on": "2031-01-31", "source": "notice"}
    for mutation, given in (
        ("registerLicense", REGISTERED),
        ("attachLicense", {"idempotencyKey": "k", **attached}),
        ("orderRenewal", order()),
        ("recordPayment", {"idempotencyKey": "k", "charge": "CH-2", "paidOn": "2026-03-10"}),
        ("correctLicense", {"idempotencyKey": "k", "retiredOn": "2026-12-31", **license}),
        ("setMilestone", {"idempotencyKey": "k", **milestone}),
    ):
        assert (await changed(small, mutation, OPERATOR, **given))["__typename"] != "Problem"
    every = await payloads(small)
    assert [one["type"] for one in every] == [
        "license.registered", "license.attached", "renewal.ordered", "payment.recorded", "license.retired",
        "milestone.set",
    ]  # fmt: skip
    assert [one["data"]["facts"] for one in every] == [
        {"model": "PERPETUAL", "quantity": "1", "activated_on": "2026-03-01", "expires_on": "2027-02-28"},
        {
            "base": "FAX-1", "quantity": "1", "order_reference": "PA-1", "charge": "PA-1/FAX-1-X", "amount": total,
            "currency": "EUR", "due_on": "2026-04-10",
        },
        {
            "order_reference": "PO-1", "plan": "GOLD", "starts_on": "2025-12-01", "expires_on": "2026-11-30",
            "renewed_from": "2025-11-30", "standing": "CONTINUOUS", "charge": "PO-1/FAX-2", "amount": "1000.00",
            "currency": "EUR", "due_on": "2026-04-10",
        },
        {
            "charge": "CH-2", "amount": "3000.00", "currency": "EUR", "due_on": "2026-03-01", "paid_on": "2026-03-10",
        },
        {"retired_on": "2026-12-31"},
        {"kind": "END_OF_SUPPORT", "on": "2031-01-31", "withdrawn": "false"},
    ]  # fmt: skip
    assert all(one["data"]["clauses"] for one in every)
    named = {f"sha256:{document_id(text)}": text for text in operations().values()}
    for one in every:
        query = one["data"]["query"]
        shown = await asked(small, named[query["documentId"]], **query["variables"])
        assert all(shown.values()), query


CORRECTED = (
    (
        "changePlan",
        {"quote": {"license": {"serial": "FAX-1"}, "plan": "PLATINUM"}, "orderReference": "PP-1"},
        "plan.changed",
        {"order_reference": "PP-1", "plan": "PLATINUM", "starts_on": "2026-03-11", "expires_on": "2026-09-30"},
    ),
    (
        "correctCoverage",
        {"license": {"serial": "FAX-1"}, "orderReference": "SO-1", "expiresOn": "2026-10-31"},
        "coverage.corrected",
        {"changed": "expires_on", "plan": "GOLD", "expires_on": "2026-10-31", "covered_through": "2026-10-31"},
    ),
    (
        "cancelCoverage",
        {"license": {"serial": "FAX-3"}, "orderReference": "SO-2"},
        "coverage.cancelled",
        {"plan": "PLATINUM", "expires_on": "2026-12-31", "covered_through": "2023-12-31"},
    ),
    (
        "correctLicense",
        {"license": {"serial": "FAX-1"}, "quantity": 2, "registeredOn": "2024-09-01"},
        "license.corrected",
        {"changed": "quantity, registered_on", "quantity": "2", "activated_on": "2024-09-01"},
    ),
    (
        "correctCharge",
        {"charge": "CH-2", "dueOn": "2026-04-01"},
        "charge.corrected",
        {"changed": "due_on", "charge": "CH-2", "due_on": "2026-04-01"},
    ),
)


@pytest.mark.parametrize(("mutation", "given", "type_", "told"), CORRECTED, ids=[one[0] for one in CORRECTED])
async def test_what_changes_an_entitlement_is_told_once_and_what_leaves_it_as_it_is_never(
    small, mutation, given, type_, told
):
    if mutation == "changePlan":
        quote = "query ($input: PlanChangeQuoteInput!) { planChangeQuote(input: $input) { ... on PlanChangeQuote "
        quoted = await asked(small, f"{quote}{{ total {{ amount }} }} }} }}", input=given["quote"])
        given = given | {"expectedTotal": quoted["planChangeQuote"]["total"]["amount"]}
    else:
        given = given | {"reason": "a test"}
    for key in ("1", "1"):
        assert (await changed(small, mutation, idempotencyKey=key, **given))["__typename"] != "Problem"
    if mutation.startswith("correct"):  # once more, under another key
        assert (await changed(small, mutation, idempotencyKey="2", **given))["__typename"] != "Problem"
    [event] = await payloads(small)
    assert event["type"] == type_
    assert event["data"]["facts"].items() >= told.items()
    assert event["data"]["clauses"]
    assert "a test" not in str(event)
    query = event["data"]["query"]
    named = {f"sha256:{document_id(text)}": text for text in operations().values()}
    assert all((await asked(small, named[query["documentId"]], **query["variables"])).values())


async def test_a_milestone_that_stays_on_its_day_is_told_no_more(small):
    given: dict[str, Any] = {"product": "FAX", "kind": "END_OF_SALE", "version": "Winter '26", "source": "notice"}
    days = (None, "2031-01-31", "2031-01-31", "2031-02-28", None, None)
    for number, day in enumerate(days):
        found = await changed(small, "setMilestone", idempotencyKey=str(number), on=day, **given)
        assert found["__typename"] == "Product"
    told = [one["data"]["facts"].get("on") for one in await payloads(small)]
    assert told == ["2031-01-31", "2031-02-28", None]


def test_every_mutation_tells_or_changes_nothing_that_a_customer_is_entitled_to():
    """A new one is entered here: as one that tells, with a test above, or as one with nothing to tell of."""
    told = {name for name, *_ in CORRECTED} | {
        "registerLicense", "attachLicense", "orderRenewal", "recordPayment", "setMilestone",
    }  # fmt: skip
    silent = {
        "recordDecision", "createWebhook", "updateWebhook", "rotateWebhookSecret", "deleteWebhook", "replayDeliveries",
    }  # fmt: skip
    schema = build_schema(sdl())
    assert schema.mutation_type is not None
    assert set(schema.mutation_type.fields) == told | silent


async def test_a_licence_that_is_retired_and_corrected_at_once_is_told_of_both(small):
    given = {"idempotencyKey": "1", "license": {"serial": "FAX-1"}, "reason": "both"}
    await changed(small, "correctLicense", retiredOn="2027-01-31", quantity=2, **given)
    await changed(small, "correctLicense", **given | {"idempotencyKey": "2", "retiredOn": None})
    told = [(one["type"], one["data"]["facts"].get("changed")) for one in await payloads(small)]
    assert told == [
        ("license.retired", None), ("license.corrected", "quantity, retired_on"), ("license.corrected", "retired_on"),
    ]  # fmt: skip


async def test_what_is_refused_and_what_is_asked_again_tells_nothing_more(filled):
    given = order("k-7")
    assert (await changed(filled, "orderRenewal", CUSTOMER, **order("k-7", "1.00")))["code"]
    assert await payloads(filled) == []
    for _ in range(2):
        assert (await changed(filled, "orderRenewal", CUSTOMER, **given))["__typename"] == "RenewalOrder"
    [event] = await payloads(filled)
    assert event["data"]["account"]["reference"] == "ACME"


async def test_events_of_a_licence_are_numbered_in_their_order_and_bear_the_text_that_was_written(small):
    for number, day in enumerate(("2027-01-31", "2027-02-28", "2027-03-31"), 1):
        given = {"license": {"serial": "FAX-1"}, "retiredOn": day, "reason": "later", "idempotencyKey": str(number)}
        await changed(small, "correctLicense", **given)
    given = {"license": {"serial": "FAX-1"}, "reason": "as it is", "idempotencyKey": "4"}
    await changed(small, "correctLicense", retiredOn="2027-03-31", **given)
    async with small.database.reading() as connection:
        rows = (await connection.execute(select(outbox.events).order_by(outbox.events.c.seq))).mappings().all()
    assert [row["seq"] for row in rows] == [1, 2, 3]
    told = [one["data"] for one in await payloads(small)]
    assert [one["sequence"] for one in told] == [1, 2, 3]
    assert [one["facts"]["retired_on"] for one in told] == ["2027-01-31", "2027-02-28", "2027-03-31"]
    assert {read_id_of(Kind.LICENSE, one["license"]["id"]) for one in told} == {row["stream"] for row in rows}
    assert [one["id"] for one in told] == [message_id(row["id"]) for row in rows]


async def test_an_event_of_a_name_is_told_once_however_often_it_is_found(small):
    """As by two ticks, or one that was killed and began again."""
    found = events.overdue(a_license(), a_charge(), date(2026, 3, 2), GUIDE)
    for expected in (1, 0):
        async with small.database.writing() as connection:
            assert await outbox.write(connection, [found], small.clock()) == expected
    assert len(await payloads(small)) == 1
