"""What is told reaches those who asked for it: signed, in order, again until it is taken, and to nobody else."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from api.operations import operation
from api.store import deliveries
from api.webhooks.delivering import LONGEST_PAUSE, Deliverer, NoKey, pause
from api.webhooks.secrets import Secrets
from tests.events import asked, changed, payloads
from tests.ordering import CUSTOMER, OPERATOR, PARTNER, order
from tests.portfolio import load_more
from tests.webhooks import drained, hook, retired, sending, states


def signed_at_once(monkeypatch) -> None:
    """Verification takes a message for old when the tests' clock does; that clock is not the machine's."""
    monkeypatch.setattr("standardwebhooks.webhooks.Webhook._Webhook__verify_timestamp", lambda _, header: _at(header))


def _at(header: str):
    return datetime.fromtimestamp(float(header), UTC)


async def test_an_event_reaches_a_webhook_with_the_text_that_was_written_and_a_signature_of_its_secret(
    small, receiver, monkeypatch
):
    signed_at_once(monkeypatch)
    await retired(small, "FAX-3", "2027-01-31")  # before there was a webhook to have it
    id_, secret = await hook(small, receiver.url)
    assert (await changed(small, "orderRenewal", CUSTOMER, **order()))["__typename"] == "RenewalOrder"
    await drained(small)
    [one] = receiver.received
    _, told = await payloads(small)
    assert Webhook(secret).verify(one.body, one.headers) == told
    assert one.id == told["data"]["id"]
    assert await states(small, id_) == [("RENEWAL_ORDERED", "DELIVERED")]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(one.body + b" ", one.headers)
    await drained(small)
    assert len(receiver.received) == 1


async def test_each_is_sent_what_it_asked_for_of_what_is_its_to_see(small, receiver):
    given = {
        "all": (OPERATOR, {}), "fax": (OPERATOR, {"products": ["FAX"]}), "acme": (OPERATOR, {"accounts": ["ACME"]}),
        "retired": (OPERATOR, {"eventTypes": ["LICENSE_RETIRED"]}), "north": (PARTNER, {}), "acme's": (CUSTOMER, {}),
        "acme's retired": (CUSTOMER, {"eventTypes": ["LICENSE_RETIRED"], "products": ["FAX-HA"]}),
    }  # fmt: skip
    for name, (viewer, wanted) in given.items():
        await hook(small, f"{receiver.url}/{name.replace(' ', '-')}", viewer, **wanted)
    await retired(small, "FAX-1", "2027-01-31")
    await retired(small, "FAX-1-HA", "2027-01-31")
    await retired(small, "CALL-1", "2027-01-31")  # BETA's, who has no partner
    milestone = {"idempotencyKey": "k", "product": "CALL", "kind": "END_OF_SALE", "on": "2027-01-31", "source": "n"}
    await changed(small, "setMilestone", OPERATOR, **milestone)
    await drained(small)
    found: dict[str, set[str]] = {}
    for one in receiver.received:
        about = one.data["license"]["serial"] if one.data["license"] else one.data["product"]["code"]
        found.setdefault(one.path.removeprefix("/hook/"), set()).add(about)
    assert found == {
        "all": {"FAX-1", "FAX-1-HA", "CALL-1", "CALL"}, "fax": {"FAX-1"}, "acme": {"FAX-1", "FAX-1-HA"},
        "retired": {"FAX-1", "FAX-1-HA", "CALL-1"}, "north": {"FAX-1", "FAX-1-HA", "CALL"},
        "acme's": {"FAX-1", "FAX-1-HA", "CALL"}, "acme's-retired": {"FAX-1-HA"},
    }  # fmt: skip


async def test_what_fails_is_tried_again_before_what_follows_it_and_is_dead_in_the_end(sender, receiver):
    sender = _with(sender, delivery_tries=3, delivery_pause=1)
    receiver.answer = lambda one: 500 if one.data["sequence"] == 1 else 200
    id_, _ = await hook(sender, receiver.url)
    for day in ("2027-01-31", "2027-02-28"):
        await retired(sender, "FAX-1", day)
    await retired(sender, "FAX-2", "2027-01-31")
    for _ in range(6):  # both at first, and one at a time since the endpoint failed
        await drained(sender)
        sender.clock.at += LONGEST_PAUSE
    told = [(one.data["license"]["serial"], one.data["sequence"]) for one in receiver.received]
    # FAX-2's own first is refused as often; what follows FAX-1's first waits for its end.
    assert sorted(told) == [("FAX-1", 1)] * 3 + [("FAX-1", 2)] + [("FAX-2", 1)] * 3
    assert [number for serial, number in told if serial == "FAX-1"] == [1, 1, 1, 2]
    assert sorted(state for _, state in await states(sender, id_)) == ["DEAD", "DEAD", "DELIVERED"]

    receiver.answer = lambda _: 204
    given = {"idempotencyKey": "again", "webhook": id_}
    for _ in range(2):  # the same key replays nothing more
        found = await asked(sender, operation("replay_deliveries"), input=given)
        assert found["replayDeliveries"]["count"] == 2
    await drained(sender)
    again = receiver.received[7:]
    assert sorted(one.data["license"]["serial"] for one in again) == ["FAX-1", "FAX-2"]
    assert {one.id for one in again} <= {one.id for one in receiver.received[:7]}
    assert {state for _, state in await states(sender, id_)} == {"DELIVERED"}


def _with(deployment, **settings):
    return replace(deployment, settings=sending(deployment.settings, **settings))


async def test_redirects_are_not_followed_and_a_receiver_that_is_gone_is_disabled(small, receiver):
    receiver.answer = lambda _: 307
    receiver.headers = {"location": receiver.url + "/elsewhere"}
    id_, _ = await hook(small, receiver.url)
    await retired(small, "FAX-1", "2027-01-31")
    await drained(small)
    assert [one.path for one in receiver.received] == ["/hook"]
    assert await states(small, id_) == [("LICENSE_RETIRED", "PENDING")]
    receiver.answer = lambda _: 410
    small.clock.at += LONGEST_PAUSE
    await drained(small)
    [found] = (await asked(small, "{ webhooks(first: 9) { edges { node { enabled } } } }"))["webhooks"]["edges"]
    assert found == {"node": {"enabled": False}}
    # What comes about meanwhile waits for it.
    await retired(small, "FAX-2", "2027-01-31")
    small.clock.at += LONGEST_PAUSE
    receiver.answer = lambda _: 200
    await drained(small)
    assert len(receiver.received) == 2
    assert (await changed(small, "updateWebhook", idempotencyKey="on", webhook=id_, enabled=True))["__typename"]
    await drained(small)
    assert [state for _, state in await states(small, id_)] == ["DELIVERED", "DELIVERED"]


async def test_a_receiver_that_asks_to_be_left_alone_is(small, receiver):
    receiver.answer, receiver.headers = (lambda _: 503), {"retry-after": "7200"}
    await hook(small, receiver.url)
    await retired(small, "FAX-1", "2027-01-31")
    await drained(small)
    for wait, count in ((7000, 1), (300, 2)):
        small.clock.at += timedelta(seconds=wait)
        await drained(small)
        assert len(receiver.received) == count


async def test_one_that_may_not_see_an_account_any_more_is_not_sent_what_waits(small, receiver, tmp_path):
    receiver.answer = lambda _: 500
    id_, _ = await hook(small, receiver.url, PARTNER)
    await retired(small, "FAX-1", "2027-01-31")
    await drained(small)
    assert len(receiver.received) == 1
    files = {"accounts.csv": "reference,name,partner,country,theater,language,currency\nACME,Acme,,IT,EUROPE,en,EUR\n"}
    await load_more(small.settings, tmp_path / "moved", files, small.clock() + timedelta(days=1))
    small.clock.at += timedelta(days=2)
    await drained(small)
    assert len(receiver.received) == 1
    assert await states(small, id_, PARTNER) == []  # nor is it shown any more
    assert (await deliveries.backlog(small.database)).pending == 0


async def test_a_new_secret_signs_beside_the_former_one_for_a_day(small, receiver, monkeypatch):
    signed_at_once(monkeypatch)
    id_, former = await hook(small, receiver.url)
    given = {"idempotencyKey": "r", "webhook": id_}
    found = await asked(small, operation("rotate_webhook_secret"), input=given)
    secret = found["rotateWebhookSecret"]["secret"]
    assert secret != former
    await retired(small, "FAX-1", "2027-01-31")
    await drained(small)
    small.clock.at += timedelta(days=1)
    await retired(small, "FAX-1", "2027-02-28")
    await drained(small)
    first, second = receiver.received
    for one, held in ((first, former), (first, secret), (second, secret)):
        Webhook(held).verify(one.body, one.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(former).verify(second.body, second.headers)


async def test_two_workers_share_the_work_and_send_nothing_twice(sender, receiver):
    await hook(sender, receiver.url)
    for serial in ("FAX-1", "FAX-2", "FAX-3", "CALL-1"):
        for day in ("2027-01-31", "2027-02-28", "2027-03-31"):
            await retired(sender, serial, day)
    await asyncio.gather(drained(sender), drained(sender))
    await drained(sender)
    assert len(receiver.received) == len({one.id for one in receiver.received}) == 12
    for serial in ("FAX-1", "FAX-2", "FAX-3", "CALL-1"):
        told = [one.data["sequence"] for one in receiver.received if one.data["license"]["serial"] == serial]
        assert told == [1, 2, 3]


async def test_nothing_is_sent_without_a_key(small):
    with pytest.raises(NoKey, match="COVERLINE_WEBHOOK_KEY"):
        Deliverer(replace(small, secrets=Secrets(None)))


def test_pauses_grow_threefold_and_half_of_each_is_left_to_chance():
    first = timedelta(seconds=5)
    assert [pause(n, first, lambda: 0.0) // timedelta(seconds=1) for n in range(1, 6)] == [5, 15, 45, 135, 405]
    assert pause(2, first, lambda: 1.0) == timedelta(seconds=7.5)
    assert pause(100, first, lambda: 0.0) == LONGEST_PAUSE
