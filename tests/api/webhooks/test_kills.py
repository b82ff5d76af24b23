"""Workers killed at random while events go on being told: every one arrives, and those of a licence in their order."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from standardwebhooks import Webhook

from api.deployment import deployed
from api.settings import Settings
from api.store.deliveries import backlog
from tests.webhooks import KEY, hook, retired, sending

WORKERS = """
import asyncio, os
from api.deployment import deployed
from api.editions import load_guide
from api.settings import Settings
from api.webhooks.delivering import Deliverer

async def work():
    async with deployed(Settings()) as deployment:
        await Deliverer(deployment).run()

load_guide(Settings().edition)
while True:
    child = os.fork()
    if child == 0:
        asyncio.run(work())
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
"""
"""Delivers, and delivers again whenever the worker was killed; each worker is a process of its own."""
SERIALS = ("FAX-1", "FAX-1-HA", "FAX-2", "FAX-3", "CALL-1")
ENVIRONMENT = {
    "COVERLINE_WEBHOOK_KEY": KEY, "COVERLINE_WEBHOOK_PRIVATE": "true", "COVERLINE_DELIVERY_TIMEOUT": "0.5",
    "COVERLINE_DELIVERY_PAUSE": "0.05", "COVERLINE_DELIVERY_TRIES": "100", "COVERLINE_LOG_LEVEL": "error",
}  # fmt: skip


@contextmanager
def workers(url: str) -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, **ENVIRONMENT, "COVERLINE_DATABASE_URL": url}
    with subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", WORKERS], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def kill(process: "subprocess.Popen[str]", kills: int, chance: random.Random) -> None:
    """Kills each worker that comes up, some time after."""
    assert process.stdout is not None
    for _ in range(kills):
        pid = int(process.stdout.readline())
        time.sleep(chance.uniform(0.05, 0.5))
        os.kill(pid, signal.SIGKILL)


async def endure(url: str, receiver, kills: int, events: int) -> None:
    seed = random.SystemRandom().getrandbits(32)
    print(f"seed {seed}")  # noqa: T201 - shown when it fails
    chance = random.Random(seed)  # noqa: S311 - nobody need not guess it
    accepted: list[tuple[str, str, int]] = []  # in the order in which they came

    def answer(one) -> int:
        if chance.random() < 0.1:
            return 503
        accepted.append((one.id, one.data["license"]["serial"], one.data["sequence"]))
        return 200

    receiver.answer = answer
    settings = sending(Settings(database_url=url))
    async with deployed(settings) as deployment:
        _, secret = await hook(deployment, receiver.url)
        with workers(url) as process:
            killing = threading.Thread(target=kill, args=(process, kills, chance), daemon=True)
            killing.start()
            for number in range(events):
                for serial in SERIALS:
                    await retired(deployment, serial, f"20{30 + number // 28}-02-{number % 28 + 1:02}")
            await asyncio.to_thread(killing.join)
            ends = time.monotonic() + 120
            while (left := await backlog(deployment.database)) and (left.pending or left.unrouted):
                assert time.monotonic() < ends, left
                await asyncio.sleep(0.1)
    assert left.dead == 0
    first: dict[str, list[int]] = defaultdict(list)
    for _, serial, sequence in accepted:
        if sequence not in first[serial]:
            first[serial].append(sequence)
    assert first == {serial: list(range(1, events + 1)) for serial in SERIALS}
    for one in receiver.received[-len(SERIALS) :]:
        Webhook(secret).verify(one.body, one.headers)
    print(f"{len(accepted)} taken of {events * len(SERIALS)} told")  # noqa: T201 - how often twice


async def test_what_is_told_arrives_in_order_though_the_worker_is_killed_again_and_again(priced_url, receiver):
    await endure(priced_url, receiver, kills=4, events=4)


@pytest.mark.long
async def test_what_is_told_arrives_in_order_though_sixty_workers_are_killed(priced_url, receiver):
    await endure(priced_url, receiver, kills=60, events=60)
