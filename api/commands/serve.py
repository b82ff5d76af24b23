"""`coverline serve`: the API over HTTP, and its demonstration."""

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

from api.app import create_app
from api.auth import INTERNAL
from api.commands.asking import ask
from api.commands.decisions import reasons, verdict
from api.commands.failures import Failure
from api.commands.quotes import refusal_of
from api.commands.running import console, run, running
from api.connections import Connection
from api.demonstrations import PORTFOLIO, Story, read_stories
from api.documents.asked import Quoted, quote
from api.documents.text import text_of
from api.interchange.importing import import_folder
from api.logs import configuration, configure
from api.metrics import shared_figures
from api.settings import Settings, embedded_url
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
    "http": Connection,
    "loop": "auto" if sys.platform == "win32" else "uvloop",
    "ws": "none",
    "access_log": False,
    "server_header": False,
}
"""What the server is told in every case."""
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
    """Serve GraphQL at /graphql, and /healthz, /readyz and /metrics beside it."""
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
        await deployment.store.ensure_derived()


def _listen(settings: Settings) -> None:
    several = settings.workers > 1
    traces_of(settings).close()  # what is missing is said here, once, and not by every worker
    with shared_figures() if several else nullcontext():
        uvicorn.run(
            "api.app:create_app" if several else create_app(settings),
            factory=several,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            log_config=configuration(settings),
            limit_concurrency=settings.clients,
            **SERVER,
        )


# ---------------------------------------------------------------- the demonstration


def _serve_demonstration(settings: Settings, folder: Path) -> None:
    update = {"database_url": embedded_url(folder / "demo.db"), "workers": 1}
    settings = settings.model_copy(update=update)
    stories = read_stories()
    run(_demonstrate(settings, stories))
    where = f"http://{settings.host}:{settings.port}"
    console().print(
        f"GraphQL is served at {where}/graphql, with examples to open in a browser at {where}/. "
        "Requests from this machine need no key and see every account; all others need one. "
        "The database is the demonstration's own and goes with it, and so does the key that its decisions are signed "
        "with."
    )
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
            raise Failure("\n".join(["the demonstration's own files cannot be loaded:", *map(str, report.errors)]))
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
