"""Deliveries seen from outside: within a server, in its figures, by the doctor, and by the command that drains them."""

import asyncio
import time
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from api.commands import app
from api.deployment import deployed
from api.settings import Settings
from tests.api.test_metrics import figures
from tests.portfolio import client_of
from tests.webhooks import KEY, hook, retired, sending


@pytest.fixture
def settings(priced_sqlite) -> Settings:
    return sending(Settings(database_url=priced_sqlite))


async def told(settings: Settings, url: str, ago: timedelta = timedelta()) -> None:
    """An event of some time ago, and a webhook that is to have it."""
    async with deployed(settings) as machine, deployed(settings, lambda: machine.clock() - ago) as deployment:
        await hook(deployment, url)
        await retired(deployment, "FAX-1", "2027-01-31")


def test_a_server_delivers_by_itself_where_the_settings_say_so_and_counts_it(settings, receiver):
    asyncio.run(told(settings, receiver.url))
    with client_of(settings) as caller:
        found = figures(caller.get("/metrics").text)
        assert found["coverline_webhook_deliveries", "unrouted"] == 1
    with client_of(settings.model_copy(update={"deliver": True})) as caller:
        ends = time.monotonic() + 20
        while not receiver.received and time.monotonic() < ends:
            time.sleep(0.05)
        while figures(caller.get("/metrics").text).get(("coverline_webhook_tries_total", "delivered")) != 1:
            assert time.monotonic() < ends
            time.sleep(0.05)
        found = figures(caller.get("/metrics").text)
    assert found["coverline_webhook_deliveries", "pending"] == 0
    assert found[("coverline_webhook_lag_seconds",)] == 0
    assert len(receiver.received) == 1


def test_the_doctor_says_when_deliveries_lag_and_the_command_sends_them(
    settings, receiver, monkeypatch, logging_restored
):
    asyncio.run(told(settings, receiver.url, timedelta(minutes=9)))
    for name, value in {"DATABASE_URL": settings.database_url, "WEBHOOK_KEY": KEY, "WEBHOOK_PRIVATE": "true"}.items():
        monkeypatch.setenv(f"COVERLINE_{name}", value)
    looked = CliRunner().invoke(app, ["doctor"])
    assert looked.exit_code == 1
    assert "due for 9 minutes: run `coverline deliver`" in looked.output.replace("\n", " ")
    sent = CliRunner().invoke(app, ["deliver", "--once"])
    assert (sent.exit_code, sent.output) == (0, "0 waiting to be delivered, 0 dead.\n")
    assert len(receiver.received) == 1
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 0
    # Nothing that is secret is told: neither the key, nor an address, which may hold a password of its own.
    for text in (looked.output, sent.output, looked.stderr, sent.stderr):
        assert KEY not in text
        assert receiver.url not in text


def test_without_a_key_the_command_says_what_to_do(migrated_sqlite, monkeypatch, logging_restored):
    monkeypatch.setenv("COVERLINE_DATABASE_URL", migrated_sqlite)
    found = CliRunner().invoke(app, ["deliver", "--once"])
    assert found.exit_code == 2
    assert "COVERLINE_WEBHOOK_KEY is not set" in found.stderr


@pytest.mark.parametrize(
    ("written", "days"), [("", ()), ("7", (7,)), (" 7, 90,7 ", (90, 7)), ("0", None), ("x", None), ("4000", None)]
)
def test_days_of_notice_are_a_setting(monkeypatch, written, days):
    monkeypatch.setenv("COVERLINE_NOTICE_COVERAGE", written)
    if days is None:
        with pytest.raises(ValueError, match="notice_coverage"):
            Settings()
    else:
        assert Settings().notice_coverage == days
