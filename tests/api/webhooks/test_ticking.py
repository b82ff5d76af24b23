"""What time brings is told once each: on its day, after days on which nobody looked, and by two who look at once.

FAX-1 is covered to 2026-09-30, its module with it: 90 days before is 2 July, 60: 1 August, 30: 31 August, 7:
23 September; 1 October is the first day without. FAX-2 expired on 2025-11-30; day 120 is 2026-03-30.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from typer.testing import CliRunner

from api.commands import app
from api.store import portfolio, ticking
from api.webhooks.ticking import is_looked_at, tick
from tests.events import asked, changed, payloads
from tests.ordering import order
from tests.webhooks import drained, hook, sending


def at(deployment, day: str) -> None:
    deployment.clock.at = datetime.fromisoformat(f"{day}T06:00:00").replace(tzinfo=UTC)


async def told(deployment) -> list[tuple[str, str, str]]:
    every = await payloads(deployment)
    return [(one["data"]["on"], one["data"]["license"]["serial"], one["type"]) for one in every]


async def test_the_first_tick_looks_at_its_own_day_and_every_later_one_at_all_days_since(small):
    at(small, "2026-08-31")
    found = await tick(small)
    assert (found.first, found.last, found.told) == (date(2026, 8, 31), date(2026, 8, 31), 2)
    assert (await tick(small)).told == 0
    at(small, "2026-10-02")  # a month and two days in which nobody looked
    found = await tick(small)
    assert (found.first, found.last, found.told) == (date(2026, 8, 31), date(2026, 10, 2), 5)
    days = [
        ("2026-08-31", "coverage.expiring"),
        ("2026-09-23", "coverage.expiring"),
        ("2026-10-01", "coverage.expired"),
    ]
    days = [(on, serial, type_) for on, type_ in days for serial in ("FAX-1", "FAX-1-HA")]
    days.append(("2026-10-02", "FAX-3", "coverage.expiring"))  # covered to 2026-12-31
    assert sorted(await told(small)) == sorted(days)
    # In order for each licence, and numbered.
    own = [one for one in await payloads(small) if one["data"]["license"]["serial"] == "FAX-1"]
    assert [(one["data"]["sequence"], one["data"]["on"]) for one in own] == [
        (1, "2026-08-31"), (2, "2026-09-23"), (3, "2026-10-01"),
    ]  # fmt: skip


async def test_two_ticks_at_once_tell_everything_once(sender):
    at(sender, "2026-03-10")
    before = (await tick(sender)).told
    at(sender, "2026-10-02")
    both = await asyncio.gather(tick(sender), tick(sender))
    every = await told(sender)
    assert len(every) == len(set(every)) > 5
    assert before + sum(one.told for one in both) == len(every)
    assert (await tick(sender)).told == 0


async def test_a_tick_that_is_killed_is_taken_up_where_it_ended(sender, monkeypatch):
    monkeypatch.setattr(portfolio, "CHUNK", 1)
    at(sender, "2026-08-31")
    await tick(sender)
    at(sender, "2026-10-02")
    steps, killed = [], iter([False, False, True])

    async def stopping(connection, so_far, *, note=ticking.note_step):
        if next(killed, False):
            raise KeyboardInterrupt
        await note(connection, so_far)
        steps.append(so_far.after)

    monkeypatch.setattr(ticking, "note_step", stopping)
    with pytest.raises(KeyboardInterrupt):
        await tick(sender)
    before = await told(sender)
    assert (await tick(sender)).first == date(2026, 8, 31)
    assert len(steps) > 3
    assert steps == sorted(steps)  # what was noted was not looked at again
    every = await told(sender)
    assert len(every) == len(set(every)) == 7 > len(before)
    async with sender.database.reading() as connection:
        assert await ticking.ticking(connection) is None


async def test_the_first_tick_of_all_leaves_no_day_out_where_it_is_killed(small, monkeypatch):
    at(small, "2026-08-31")
    async with small.database.writing() as connection:
        days = (date(2026, 8, 31), date(2026, 8, 31))
        await ticking.note_step(connection, ticking.UnderWay(days, UUID(int=0), small.clock()))
    at(small, "2026-09-01")
    found = await tick(small)
    assert (found.first, found.told) == (date(2026, 8, 31), 2)


async def test_a_day_that_another_process_looks_at_or_looked_at_is_left_to_it(small):
    at(small, "2026-08-31")
    assert not await is_looked_at(small)
    async with small.database.writing() as connection:
        days = (date(2026, 8, 31), date(2026, 8, 31))
        await ticking.note_step(connection, ticking.UnderWay(days, UUID(int=0), small.clock()))
    assert await is_looked_at(small)
    small.clock.at += timedelta(minutes=1)  # it noted nothing since: it was killed
    assert not await is_looked_at(small)
    await tick(small)
    assert await is_looked_at(small)
    at(small, "2026-09-01")
    assert not await is_looked_at(small)


async def test_what_was_renewed_in_time_does_not_end(small):
    at(small, "2026-03-29")
    await tick(small)
    assert (await changed(small, "orderRenewal", **order(due="2026-04-30")))["__typename"] == "RenewalOrder"
    at(small, "2026-04-02")
    await tick(small)
    # Day 120 of FAX-2 has passed, and it is renewed; CH-2 of FAX-3 fell due before the first tick.
    assert [one for one in await told(small) if one[2] != "renewal.ordered"] == []


async def test_a_charge_that_is_not_paid_is_told_when_it_is_overdue_and_sent_as_any_event(small, receiver):
    await hook(small, receiver.url, eventTypes=["PAYMENT_OVERDUE"])
    at(small, "2026-03-29")
    await tick(small)
    await changed(small, "orderRenewal", **order(due="2026-04-30"))
    at(small, "2026-05-03")
    await tick(small)
    await drained(small)
    [one] = receiver.received
    assert one.data["on"] == "2026-05-01"
    assert one.data["facts"] == {
        "charge": "PO-1/FAX-2", "amount": "1000.00", "currency": "EUR", "due_on": "2026-04-30",
    }  # fmt: skip
    # The question that it names shows the charge.
    shown = await asked(small, "query ($by: LicenseRef!) { license(by: $by) { charges { reference } } }",
                        by=one.data["query"]["variables"]["by"])  # fmt: skip
    assert {"reference": "PO-1/FAX-2"} in shown["license"]["charges"]


async def test_the_days_of_notice_are_the_operator_s(small):
    at(small, "2026-08-16")  # 45 days before 2026-09-30
    await tick(replace(small, settings=sending(small.settings, notice_coverage=(45,))))
    assert {one[2] for one in await told(small)} == {"coverage.expiring"}


def test_the_command_says_what_it_told(migrated_sqlite, monkeypatch, logging_restored):
    monkeypatch.setenv("COVERLINE_DATABASE_URL", migrated_sqlite)
    result = CliRunner().invoke(app, ["tick"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("0 event(s) told")
