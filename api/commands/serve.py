"""`coverline serve`: the API over HTTP, and its demonstration."""

import asyncio
import os
import secrets
import signal
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from rich.markup import escape
from rich.table import Table
from starlette.applications import Starlette

from api.app import create_app
from api.auth import INTERNAL
from api.commands.asking import ask
from api.commands.decisions import reasons, verdict
from api.commands.failures import BAD_INPUT, Failure, sentence
from api.commands.quotes import refusal_of
from api.commands.running import complaints, console, run, running
from api.demonstrations import PORTFOLIO, Story, read_stories
from api.deployment import Deployment
from api.documents.asked import Quoted, quote
from api.documents.text import text_of
from api.front.wire import Wire
from api.health import PATIENCE
from api.interchange.importing import import_folder
from api.logs import configuration, configure
from api.metrics import shared_figures
from api.sandboxes import BEHIND, bring_up, state_of
from api.settings import Settings, embedded_url
from api.store.recorded_codes import foreign_codes
from api.traces import traces_of
from schema.languages import ENGLISH
from schema.root import Schema

SHOWN = {
    "included-first-year",
    "platinum-over-gold",
    "lapse-of-120-days",
    "lapse-of-121-days",
    "module-base-lapsed",
    "overdue",
    "holiday-basic",
    "proactive-unknown",
}
"""The stories that are told at the start of a demonstration; the page at its root has them all."""
SERVER: dict[str, Any] = {
    "http": Wire,
    "loop": "auto" if sys.platform == "win32" else "uvloop",
    "ws": "none",
    "access_log": False,
    "server_header": False,
}
"""What the server is told in every case."""
SHOWN_PARTNER = "BOREALE"
"""A partner of the demonstration."""
QUOTED = "module-base-lapsed"
"""The story of which the first way to a yes, a renewal of a base with its dependents, is quoted as well."""


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.", min=0, max=65535)] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Serve a made-up portfolio, to this machine without a key.")
    ] = False,
) -> None:
    """Serve GraphQL at /graphql, the console at /console, and /healthz, /readyz and /metrics beside them."""
    settings = Settings()
    listening = {"host": host or settings.host, "port": settings.port if port is None else port}
    settings = settings.model_copy(update=listening)
    configure(settings)
    if demo:
        with tempfile.TemporaryDirectory(prefix="coverline-demo-") as folder:
            _serve_demonstration(settings, Path(folder))
    else:
        run(_prepare(settings))
        _listen(settings)


async def _prepare(settings: Settings) -> None:
    """What the first request should neither wait for nor fail on."""
    async with running(settings) as deployment:
        foreign = await foreign_codes(deployment.database, deployment.guide)
        if foreign is not None:
            raise Failure(foreign, BAD_INPUT)
        await deployment.store.ensure_derived()
        if deployment.sandbox and deployment.sandbox.is_there:
            await _prepare_sandbox(deployment.sandbox)


async def _prepare_sandbox(sandbox: Deployment) -> None:
    """A sandbox that is not well is told of, and everybody else is served all the same."""
    try:
        async with asyncio.timeout(PATIENCE):
            wrong = await state_of(sandbox)
        if wrong == BEHIND and sandbox.settings.is_embedded:
            await bring_up(sandbox)
            wrong = None
        if wrong is None:
            await sandbox.store.ensure_derived()
    except TimeoutError:
        wrong = f"its database does not answer within {PATIENCE:.0f} seconds."
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is the sandbox's alone
        wrong = sentence(problem)[0]
    if wrong is not None:
        complaints().print(f"The sandbox cannot be asked: {escape(wrong)}")


def _listen(settings: Settings) -> None:
    several = settings.workers > 1
    if several:
        # A session that one worker opened is read by all.
        os.environ.setdefault("COVERLINE_CONSOLE_SECRET", secrets.token_urlsafe(32))
    traces_of(settings).close()  # what is missing is said here, once, and not by every worker
    with shared_figures() if several else nullcontext():
        uvicorn.run(
            "api.commands.serve:worker" if several else create_app(settings, lasts=True),
            factory=several,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            log_config=configuration(settings),
            limit_concurrency=settings.clients,
            **SERVER,
        )


def worker() -> Starlette:
    """The application of one of several processes."""
    return create_app(lasts=True)


# ---------------------------------------------------------------- the demonstration


def _serve_demonstration(settings: Settings, folder: Path) -> None:
    update = {"database_url": embedded_url(folder / "demo.db"), "sandbox_url": "", "workers": 1}
    settings = settings.model_copy(update=update)
    stories = read_stories()
    run(_demonstrate(settings, stories))
    where = f"http://{settings.host}:{settings.port}"
    keys = f"COVERLINE_DATABASE_URL={settings.database_url} coverline keys create --for partner={SHOWN_PARTNER}"
    console().print(
        f"GraphQL is served at {where}/graphql, with examples to open in a browser at {where}/, and the console at "
        f"{where}/console. "
        "Requests from this machine need no key and see every account; all others need one. "
        "The database is the demonstration's own and goes with it, and so does the key that its decisions are signed "
        "with. A key of it, such as a partner's:"
    )
    console().print(keys, soft_wrap=True)
    # The server answers the signal to end and raises it again; as an exit, it lets the folder be removed.
    signal.signal(signal.SIGTERM, _leave)
    uvicorn.run(
        create_app(settings, demo=True, stories=stories),
        host=settings.host,
        port=settings.port,
        log_config=configuration(settings),
        limit_concurrency=settings.clients,
        proxy_headers=False,
        **SERVER,
    )


def _leave(_signal: int, _frame: object) -> None:
    sys.exit(0)


async def _demonstrate(settings: Settings, stories: tuple[Story, ...]) -> None:
    async with running(settings) as deployment:
        report = await import_folder(deployment.database, PORTFOLIO, now=deployment.clock(), guide=deployment.guide)
        if report.error_count:
            fix = "the demonstration is made for the shipped edition: leave COVERLINE_EDITION out."
            raise Failure("\n".join(["its own files cannot be loaded:", *map(str, report.errors), fix]))
        table = Table(
            "Licence", "Verdict", "Why", title="A made-up portfolio, and what is asked of it", show_lines=True
        )
        serial, renewal = "", dict[str, Any]()
        for story in (story for story in stories if story.id in SHOWN):
            decision = (await ask(deployment, "check", {"input": story.question}))["entitlementCheck"]
            table.add_row(escape(f"{story.serial}\n{story.title}"), verdict(decision), reasons(decision))
            if story.id == QUOTED:
                serial, renewal = _renewal(decision)
        console().print(table)
        answer = await quote(Schema(), deployment.context(INTERNAL), Quoted.RENEWAL, serial, renewal, ENGLISH)
        console().print("\nWhat the renewal costs that would turn the module's no into a yes:\n")
        typer.echo(text_of(answer.document) if answer.document else refusal_of(answer.told))


def _renewal(decision: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The licence and the renewal that a decision names as its first remedy, ordered on the day asked about."""
    act = decision["remedies"][0]["acts"][0]
    asked = {"plan": act["plan"]["code"], "months": act["months"], "orderDate": decision["at"][:10]}
    return act["license"]["serial"], asked
