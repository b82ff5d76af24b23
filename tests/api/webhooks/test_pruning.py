"""What was delivered long ago is dropped; what waits, what is dead and what time brought lately is kept."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from api.commands import app
from api.store import pruning
from api.webhooks.ticking import drop, tick
from tests.events import payloads
from tests.webhooks import drained, hook, retired, sending, states

LONG = timedelta(days=91)


async def left(deployment) -> int:
    return len(await payloads(deployment))


async def test_what_was_delivered_is_dropped_after_its_days_with_its_deliveries_and_numbers_go_on(sender, receiver):
    id_, _ = await hook(sender, receiver.url)
    await retired(sender, "FAX-1", "2027-01-31")
    await drained(sender)
    sender.clock.at += timedelta(days=89)
    assert await drop(sender) == 0
    sender.clock.at += timedelta(days=2)
    await retired(sender, "FAX-1", "2027-02-28")
    assert await drop(sender) == 1
    assert [one["data"]["sequence"] for one in await payloads(sender)] == [2]
    assert await states(sender, id_) == []
    await drained(sender)
    assert [one.data["sequence"] for one in receiver.received] == [1, 2]


async def test_what_waits_and_what_is_dead_is_kept_and_what_was_delivered_late_too(small, receiver):
    small = replace(small, settings=sending(small.settings, delivery_tries=1))
    receiver.answer = lambda one: 500 if one.path.endswith("/dead") else 200
    dead, _ = await hook(small, receiver.url + "/dead", eventTypes=["LICENSE_RETIRED"], products=["FAX"])
    await retired(small, "FAX-1", "2027-01-31")  # dead, and nothing else is to have it
    await drained(small)
    await retired(small, "FAX-1-HA", "2027-01-31")  # told to nobody who asked for it
    await hook(small, receiver.url, products=["CALL"])
    await retired(small, "CALL-1", "2027-01-31")  # waits, since no worker runs for a while
    small.clock.at += LONG
    assert await drop(small) == 0  # what nobody looked at is not told yet
    await drained(small)
    assert await drop(small) == 1
    about = [one["data"]["license"]["serial"] for one in await payloads(small)]
    assert about == ["FAX-1", "CALL-1"]
    assert await states(small, dead) == [("LICENSE_RETIRED", "DEAD")]
    small.clock.at += LONG
    assert await drop(small) == 1  # CALL-1's was delivered 91 days ago
    assert await left(small) == 1


async def test_what_time_brought_is_not_told_again_after_it_was_dropped_nor_after_a_week_s_outage(sender):
    short = replace(sender, settings=sending(sender.settings, event_days=1))
    short.clock.at = datetime(2026, 8, 31, 6, tzinfo=UTC)
    assert (await tick(short)).told == 2
    await drained(short)
    # A week in which nobody ticked, and in which somebody dropped what was old: the day is looked at once more.
    short.clock.at += timedelta(days=7)
    assert await drop(short) == 0
    assert (await tick(short)).told == 0
    assert await left(short) == 0  # now no tick looks at that day any more
    short.clock.at += timedelta(days=30)
    found = await tick(short)
    assert (found.first, found.told) == (date(2026, 9, 7), 5)
    before = await left(short)
    assert (await tick(short)).told == 0
    short.clock.at -= timedelta(days=3)  # a clock that is put back
    assert (await tick(short)).told == 0
    assert await left(short) == before


async def test_many_are_dropped_some_at_a_time_and_what_is_kept_among_them_stops_nothing(small, monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 2)
    await hook(small, "https://hooks.example.com/away", products=["FAX-HA"])
    for day in range(1, 4):
        await retired(small, "FAX-1-HA", f"2027-01-0{day}")
        await retired(small, "FAX-1", f"2027-01-0{day}")
    async with small.database.writing() as connection:
        await connection.execute(pruning.events.update().values(routed_at=small.clock()))
        fax = select(pruning.events.c.id).where(pruning.events.c.product == "FAX-HA")
        kept = {"endpoint_id": None, "viewer": "internal", "seq": 1, "attempts": 0, "due_at": small.clock()}
        for id_ in (await connection.execute(fax)).scalars():
            row = kept | {"id": id_, "endpoint_id": id_, "event_id": id_, "stream": id_, "state": "DEAD"}
            await connection.execute(pruning.deliveries.insert().values(row))
    small.clock.at += LONG
    assert await drop(small) == 3
    async with small.database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(pruning.deliveries)) == 3


async def test_what_no_webhook_was_there_to_have_is_dropped_though_nobody_handed_it_on(small):
    await retired(small, "FAX-1", "2027-01-31")
    await hook(small, "https://hooks.example.com/later")
    await retired(small, "FAX-2", "2027-01-31")
    small.clock.at += LONG
    assert await drop(small) == 1
    assert [one["data"]["license"]["serial"] for one in await payloads(small)] == ["FAX-2"]


@pytest.mark.parametrize(("days", "dropped"), [(0, 0), (30, 1)])
async def test_how_long_is_the_operator_s_and_for_ever_is_an_answer(small, days, dropped):
    small = replace(small, settings=sending(small.settings, event_days=days))
    await retired(small, "FAX-1", "2027-01-31")
    await drained(small)
    small.clock.at += timedelta(days=31)
    assert await drop(small) == dropped


def test_the_command_drops_what_is_old_and_says_so(migrated_sqlite, monkeypatch, logging_restored):
    monkeypatch.setenv("COVERLINE_DATABASE_URL", migrated_sqlite)
    result = CliRunner().invoke(app, ["tick"])
    assert result.output.replace("\n", " ").endswith("; 0 dropped that were delivered long ago. ")
