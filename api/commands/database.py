"""`coverline migrate`, `coverline schema` and `coverline doctor`: what the installation stands on."""

import platform
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import Annotated

import typer
from rich.markup import escape

from api.commands.failures import FAILED, sentence
from api.commands.running import answering, console, prepare, run
from api.deployment import Deployment, deployed
from api.editions import usable_guide
from api.key_sets import keys_in
from api.logs import configure
from api.sandboxes import NOT_MADE, state_of
from api.sandboxes import bring_up as bring_up_sandbox
from api.settings import Settings
from api.signatures import SigningKeys
from api.store.deliveries import backlog
from api.store.engine import driver_url
from api.store.recorded_codes import foreign_codes
from api.store.revisions import is_current
from api.store.revisions import migrate as bring_up
from api.store.row_security import lack
from api.tokens import Tokens
from schema.root import sdl, subgraph_sdl

LAGGING = timedelta(minutes=5)
"""For how long a delivery may be due before something is wrong."""


def migrate() -> None:
    """Bring the database to the newest revision."""
    settings = Settings()
    configure(settings)
    prepare(settings)
    run(answering(settings, bring_up(settings.database_url)))
    console().print(f"{_shown(settings)} is at the newest revision.")
    run(_migrate_sandbox(settings))


async def _migrate_sandbox(settings: Settings) -> None:
    async with deployed(settings) as deployment:
        sandbox = deployment.sandbox
        if sandbox and await _state_of(sandbox) != NOT_MADE:
            await bring_up_sandbox(sandbox)
            console().print(f"{_shown(sandbox.settings)}, the sandbox, is at the newest revision.")


def schema(
    *,
    federation: Annotated[bool, typer.Option("--federation", help="Print the Federation 2 subgraph instead.")] = False,
) -> None:
    """Print the GraphQL schema."""
    typer.echo(subgraph_sdl() if federation else sdl(), nl=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and what to do where it is not well."""

    subject: str
    told: str
    is_well: bool = True


def doctor() -> None:
    """Check configuration, database, migrations and guide, and say what to do. Exit code 1 when one is not well."""

    async def work() -> list[Finding]:
        return [finding async for finding in _findings()]

    found = run(work())
    for finding in found:
        mark = "[green]well[/]    " if finding.is_well else "[red]not well[/]"
        console().print(f"{mark}  {finding.subject}: {escape(finding.told)}")
    if not all(finding.is_well for finding in found):
        raise typer.Exit(FAILED)


async def _findings() -> AsyncGenerator[Finding]:
    yield Finding("installation", f"coverline {version('coverline')}, Python {platform.python_version()}, {sys.prefix}")
    try:
        settings = Settings()
    except Exception as problem:  # noqa: BLE001 - every problem becomes a finding
        yield Finding("configuration", sentence(problem)[0], is_well=False)
        return
    yield Finding("configuration", f"edition {settings.edition}, {settings.workers} worker(s), port {settings.port}")
    try:
        guide = usable_guide(settings.edition, settings.editions)
    except Exception as problem:  # noqa: BLE001 - the same
        yield Finding("guide", sentence(problem)[0], is_well=False)
        return
    yield Finding("guide", f"{guide.title}: {len(guide.clauses)} clauses, {len(guide.conflicts)} conflicts")
    try:
        shown = _shown(settings)
        async with deployed(settings) as deployment:
            current = await answering(settings, is_current(deployment.database))
            lacking = await lack(deployment.database) if current else None
            priced = await _priced(deployment) if current else None
            sandbox = await _sandbox(deployment.sandbox) if deployment.sandbox else None
            foreign = await foreign_codes(deployment.database, guide) if current else None
            delivered = await _delivered(deployment) if current else None
    except Exception as problem:  # noqa: BLE001 - the same
        yield Finding("database", sentence(problem)[0], is_well=False)
        return
    told = "at the newest revision" if current else "behind: run `coverline migrate`"
    yield Finding("database", f"{shown}, {told}", is_well=current)
    if foreign is not None:
        yield Finding("edition", foreign, is_well=False)
    if current and not settings.is_embedded:
        yield Finding("row-level security", lacking or "on", is_well=lacking is None)
    if sandbox is not None:
        yield sandbox
    if deployment.tokens is not None:
        yield await _tokens(deployment.tokens)
    yield Finding("signing keys", _signed_by(settings))
    for finding in (priced, delivered):
        if finding is not None:
            yield finding


async def _state_of(sandbox: Deployment) -> str | None:
    return await answering(sandbox.settings, state_of(sandbox), "COVERLINE_SANDBOX_URL")


async def _sandbox(sandbox: Deployment) -> Finding:
    """Whether the sandbox can be asked; one that nobody made yet is well."""
    try:
        wrong = await _state_of(sandbox)
        lacking = await lack(sandbox.database) if wrong is None else None
    except Exception as problem:  # noqa: BLE001 - every problem becomes a finding
        return Finding("sandbox", sentence(problem)[0], is_well=False)
    told = f"{_shown(sandbox.settings)}, {wrong or lacking or 'ready'}"
    return Finding("sandbox", told, is_well=wrong in {None, NOT_MADE} and lacking is None)


async def _priced(deployment: Deployment) -> Finding:
    """What quotes are priced from for accounts that name no book of their own."""
    book, currency = deployment.settings.price_book, deployment.settings.currency
    now = deployment.clock()
    count = len(await deployment.store.prices(book, currency, None, now))
    if not count:
        return Finding("price book", f"{book} has no prices in {currency}, so quotes have no totals; import prices.csv")
    rate = await deployment.store.late_fee_policies(now)
    fees = "with late-fee policies" if rate is not None else "without a late-fee policy, so late quotes have no total"
    return Finding("price book", f"{book} has {count:,} prices in {currency}, {fees}")


async def _delivered(deployment: Deployment) -> Finding:
    """Whether events reach the webhooks that are to have them."""
    left = await backlog(deployment.database)
    lag = left.lag(deployment.clock())
    told = f"{left.pending + left.unrouted} event(s) waiting, {left.dead} dead, {left.failing} webhook(s) failing"
    if lag > LAGGING:
        late = f"{told}; the oldest has been due for {lag // timedelta(minutes=1)} minutes: run `coverline deliver`"
        return Finding("webhooks", late, is_well=False)
    if deployment.secrets.key is None:
        told = f"{told}; COVERLINE_WEBHOOK_KEY is not set, so none can be made"
    return Finding("webhooks", told)


async def _tokens(tokens: Tokens) -> Finding:
    """Whether the keys of the tokens' issuer are there."""
    try:
        count = len(keys_in(await tokens.keys.read(), tokens.algorithm))
    except Exception as problem:  # noqa: BLE001 - every problem becomes a finding
        told = f"the keys of {tokens.issuer} cannot be read ({type(problem).__name__}); check COVERLINE_OIDC_JWKS"
        return Finding("tokens", told, is_well=False)
    if not count:
        told = f"{tokens.issuer} publishes no key for {tokens.algorithm}; check COVERLINE_OIDC_ALGORITHM"
        return Finding("tokens", told, is_well=False)
    return Finding("tokens", f"of {tokens.issuer}, for {tokens.audience}, {tokens.algorithm} by {count} key(s)")


def _signed_by(settings: Settings) -> str:
    key = SigningKeys(settings.signing_keys).active
    if key is None:
        return "none, so decisions are recorded without a signature; `coverline signing-keys create` makes one"
    return f"decisions are signed with {key.thumbprint()}"


def _shown(settings: Settings) -> str:
    return driver_url(settings.database_url).render_as_string(hide_password=True)
