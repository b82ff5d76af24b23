"""An endpoint that failed is left alone for a while, and then tried with one event before any other."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from api.operations import operation
from api.store import deliveries
from api.webhooks.delivering import LONGEST_PAUSE, LONGEST_REST
from tests.events import asked, changed
from tests.ordering import CUSTOMER
from tests.webhooks import drained, hook, retired, sending, states

SERIALS = ("FAX-1", "FAX-1-HA", "FAX-2", "FAX-3", "CALL-1")
LEASE = timedelta(seconds=21)
"""For how long a worker has what it took, where a receiver is given 10 seconds."""


async def told(deployment, days=("2027-01-31",)) -> None:
    """An event of each licence for each day."""
    for day in days:
        for serial in SERIALS:
            await retired(deployment, serial, day)


async def shown(deployment, viewer=None) -> list[dict]:
    more = () if viewer is None else (viewer,)
    found = await asked(deployment, operation("webhooks"), *more, first=9)
    return [edge["node"] for edge in found["webhooks"]["edges"]]


async def taken(deployment) -> list[deliveries.Taken]:
    """What a worker would be given of the endpoints now."""
    every: list[deliveries.Taken] = []
    for id_ in await deliveries.due(deployment.database, deployment.clock()):
        async with deployment.database.writing() as connection:
            found = await deliveries.take(connection, id_, deployment.clock(), LEASE, 4)
            every += found[1] if found else []
    return every


async def test_a_receiver_that_is_away_is_tried_once_for_all_that_waits_and_less_and_less_often(sender, receiver):
    receiver.answer = lambda _: 503
    id_, _ = await hook(sender, receiver.url)
    await told(sender, ("2027-01-31", "2027-02-28"))
    await drained(sender)
    first = len(receiver.received)
    assert first <= 4  # those that were on their way together
    since = (await shown(sender))[0]["failingSince"]
    for pause in (5, 15, 45, 135):
        await drained(sender)  # nothing is sent before the pause is over
        assert len(receiver.received) == first
        sender.clock.at += timedelta(seconds=pause + 1)
        await asyncio.gather(drained(sender), drained(sender))
        first += 1
        assert len(receiver.received) == first
    [found] = await shown(sender)
    assert found["failingSince"] == since
    assert found["pausedUntil"] > since
    # What is taken says that it is back: everything goes on, in the order of each licence.
    receiver.answer = lambda _: 200
    sender.clock.at += timedelta(seconds=406)
    await drained(sender)
    assert {state for _, state in await states(sender, id_)} == {"DELIVERED"}
    for serial in SERIALS:
        own = [one.data["sequence"] for one in receiver.received if one.data["license"]["serial"] == serial]
        assert own == sorted(own)
    assert (await shown(sender))[0]["failingSince"] is None


async def test_other_endpoints_are_not_held_up_by_one_that_fails(small, receiver):
    receiver.answer = lambda one: 500 if one.path.endswith("/bad") else 200
    bad, _ = await hook(small, receiver.url + "/bad")
    good, _ = await hook(small, receiver.url + "/good", CUSTOMER)
    await told(small)
    await drained(small)
    assert {state for _, state in await states(small, good, CUSTOMER)} == {"DELIVERED"}
    assert {state for _, state in await states(small, bad)} == {"PENDING"}
    assert [one["failingSince"] is None for one in await shown(small, CUSTOMER)] == [True]
    left = await deliveries.backlog(small.database)
    assert (left.failing, left.pending) == (1, len(SERIALS))
    assert left.lag(small.clock()) == timedelta()  # nobody is late who waits for a receiver


async def test_a_worker_that_is_killed_while_it_tries_leaves_the_endpoint_to_another(sender, receiver):
    receiver.answer = lambda _: 503
    await hook(sender, receiver.url)
    await told(sender)
    await drained(sender)
    sender.clock.at += timedelta(seconds=6)
    [probe] = await taken(sender)
    assert await taken(sender) == []  # one is on its way
    sender.clock.at += LEASE
    [other] = await taken(sender)
    assert other.lease != probe.lease


async def test_an_endpoint_is_never_left_alone_for_longer_than_a_quarter_of_an_hour(small, receiver):
    receiver.answer = lambda _: 503
    await hook(small, receiver.url)
    await told(small)
    await drained(small)
    for _ in range(12):
        small.clock.at += LONGEST_REST
        await drained(small)
    tried = len(receiver.received)
    receiver.answer = lambda _: 200
    small.clock.at += LONGEST_REST
    await retired(small, "CALL-1", "2028-01-31")
    await drained(small)
    assert len(receiver.received) > tried


async def test_whoever_changes_an_endpoint_has_it_tried_at_once(sender, receiver):
    id_, _ = await hook(sender, receiver.url, CUSTOMER)
    mends = {"updateWebhook": {"url": receiver.url + "/elsewhere"}, "rotateWebhookSecret": {}, "replayDeliveries": {}}
    for number, (mend, more) in enumerate(mends.items()):
        receiver.answer = lambda _: 503
        await retired(sender, "FAX-1", f"2027-01-0{number + 1}")
        await drained(sender)
        await retired(sender, "FAX-2", f"2027-01-0{number + 1}")
        await drained(sender)
        tried = len(receiver.received)
        receiver.answer = lambda _: 200
        await changed(sender, mend, CUSTOMER, idempotencyKey="m", webhook=id_, **more)
        await drained(sender)
        assert len(receiver.received) > tried
        sender.clock.at += LONGEST_PAUSE  # what was refused is due again
        await drained(sender)
    assert {state for _, state in await states(sender, id_, CUSTOMER)} == {"DELIVERED"}


async def test_what_may_not_be_sent_any_more_is_no_try(small, receiver, monkeypatch):
    receiver.answer = lambda _: 503
    await hook(small, receiver.url)
    await told(small)
    await drained(small)
    small.clock.at += timedelta(seconds=6)
    seen = deliveries.Taken
    unseen = iter([False])
    monkeypatch.setattr(deliveries, "Taken", lambda *given: replace(seen(*given), is_seen=next(unseen, True)))
    tried = len(receiver.received)
    await drained(small)
    assert len(receiver.received) == tried + 1  # another event is what it is tried with, without another pause


async def test_what_is_dead_of_an_endpoint_that_is_deleted_is_nobody_s_any_more(small, receiver):
    small = replace(small, settings=sending(small.settings, delivery_tries=1))
    receiver.answer = lambda _: 400
    id_, _ = await hook(small, receiver.url)
    await told(small)
    await drained(small)
    assert (await deliveries.backlog(small.database)).dead > 0
    await changed(small, "deleteWebhook", idempotencyKey="d", webhook=id_)
    left = await deliveries.backlog(small.database)
    assert (left.dead, left.pending, left.failing) == (0, 0, 0)
