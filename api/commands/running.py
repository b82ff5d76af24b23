"""What the commands run on: the settings of the environment, and a database at the newest revision."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from api.commands.failures import Failure
from api.deployment import Deployment, deployed
from api.settings import Settings, embedded_file
from api.store.engine import driver_url
from api.store.resetting import is_sandbox
from api.store.revisions import is_current, migrate

T = TypeVar("T")


WIDE = 200
"""Columns where nobody looks on: what goes through a pipe is not folded to a terminal's width."""


def console() -> Console:
    """Standard output, in colour on a terminal; made anew since tests and pipes replace it."""
    is_terminal = sys.stdout.isatty()
    return Console(highlight=False, soft_wrap=not is_terminal, width=None if is_terminal else WIDE)


def complaints() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def progress_bar(*, hidden: bool = False) -> Progress:
    """A bar on standard error that is gone at the end; nothing where that is no terminal, or it is `hidden`."""
    bar = complaints()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, console=bar, transient=True, disable=hidden or not bar.is_terminal)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run what is asynchronous to its end."""
    return asyncio.run(work)


def prepare(settings: Settings) -> None:
    """Make the folder of an embedded database when it is the first time, and that of the sandbox's."""
    for url in (settings.database_url, settings.sandbox):
        file = embedded_file(url) if url else None
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)


async def answering(settings: Settings, work: Awaitable[T], named_by: str = "COVERLINE_DATABASE_URL") -> T:
    """What a database answers; a sentence about the database, and what names it, where it does not."""
    try:
        return await work
    except OSError as problem:
        shown = driver_url(settings.database_url).render_as_string(hide_password=True)
        told = f"the database {shown} does not answer. Check {named_by}, and that the server runs."
        raise Failure(told) from problem


@asynccontextmanager
async def running(settings: Settings | None = None) -> AsyncGenerator[Deployment]:
    """A deployment whose database is current: an embedded one that is behind is brought up.

    A PostgreSQL that is behind is refused, since others may be using it.
    """
    chosen = settings or Settings()
    prepare(chosen)
    async with deployed(chosen) as deployment:
        if not await answering(chosen, is_current(deployment.database)):
            if not chosen.is_embedded:
                raise Failure("the database is behind this version of coverline. Bring it up with `coverline migrate`.")
            await migrate(chosen.database_url)
        if await is_sandbox(deployment.database):
            raise Failure("COVERLINE_DATABASE_URL names a sandbox's database. Name the real one, or a new one.")
        yield deployment
