"""`coverline deliver` and `coverline tick`: events on their way to webhooks, and those that time brings."""

import asyncio
import signal
from typing import Annotated

import typer
from prometheus_client import start_http_server

from api.commands.running import console, run, running
from api.deployment import Deployment
from api.logs import configure
from api.metrics import Metrics
from api.settings import Settings
from api.store.deliveries import Backlog, backlog
from api.webhooks.delivering import Deliverer
from api.webhooks.ticking import keep_ticking
from api.webhooks.ticking import tick as look

REFRESHED = 5.0
"""Seconds after which what waits is counted again."""


def deliver(
    *,
    once: Annotated[bool, typer.Option("--once", help="Deliver what is due now, and end.")] = False,
    metrics_port: Annotated[
        int | None, typer.Option(help="Serve figures at this port of this machine.", min=1, max=65535)
    ] = None,
) -> None:
    """Deliver events to webhooks until it is ended, and look for those that each day brings. Several share the work."""
    settings = Settings()
    configure(settings)

    async def work() -> Backlog:
        async with running(settings) as deployment:
            metrics = Metrics(settings.edition)
            worker = Deliverer(deployment, metrics.delivered)
            if once:
                await worker.drain()
            else:
                if metrics_port is not None:
                    start_http_server(metrics_port, addr=settings.host, registry=metrics.registry)
                await _until_ended(deployment, worker, metrics)
            return await backlog(deployment.database)

    left = run(work())
    console().print(f"{left.pending + left.unrouted} waiting to be delivered, {left.dead} dead.")


async def _until_ended(deployment: Deployment, worker: Deliverer, metrics: Metrics) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, ended.set)
    tasks = [
        asyncio.create_task(one)
        for one in (worker.run(), keep_ticking(deployment), _count(deployment, metrics), ended.wait())
    ]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _count(deployment: Deployment, metrics: Metrics) -> None:
    while True:
        metrics.waits(await backlog(deployment.database), deployment.clock())
        await asyncio.sleep(REFRESHED)


def tick() -> None:
    """Tell what time brought since the last tick: ends that are near or passed, charges that are overdue.

    Then drop the events that were delivered longer ago than COVERLINE_EVENT_DAYS.
    """
    settings = Settings()
    configure(settings)

    async def work() -> str:
        async with running(settings) as deployment:
            found = await look(deployment)
            told = f"{found.told} event(s) told, of the days from {found.first} to {found.last}"
            return f"{told}; {found.dropped} dropped that were delivered long ago."

    console().print(run(work()))
