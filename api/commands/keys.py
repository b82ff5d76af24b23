"""`coverline keys`: who may call the API, and on whose behalf."""

import json
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table

from api.auth import NOW as CLOCK
from api.commands.failures import BAD_INPUT, Failure
from api.commands.running import console, run, running
from api.deployment import Deployment
from api.sandboxes import prepared
from api.store.keys import OVERLAP, ApiKey, ApiKeys
from schema.scopes import READ_SCOPES, Scope
from schema.store import Viewer, ViewerKind

keys = typer.Typer(help="API keys: who may call, and on whose behalf.", no_args_is_help=True)

SANDBOX = "sandbox"


@keys.command()
def create(
    *,
    for_: Annotated[str, typer.Option("--for", help="internal, partner=REF, customer=REF or sandbox.")],
    scope: Annotated[
        list[str] | None, typer.Option(help=f"What the key may do: {', '.join(Scope)}; the reading ones when left out.")
    ] = None,
    expires_on: Annotated[str | None, typer.Option(help="The key's last day, YYYY-MM-DD.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Create a key. It is shown once."""
    viewer, last_day = _viewer(for_), _day(expires_on)
    scopes = frozenset(_scope(one) for one in scope) if scope else READ_SCOPES

    async def work() -> tuple[ApiKey, str]:
        async with running() as deployment:
            asked = await prepared(deployment) if for_ == SANDBOX else deployment
            return await asked.keys.create(viewer, scopes, deployment.clock(), last_day)

    key, text = run(work())
    if as_json:
        typer.echo(json.dumps({"id": str(key.id), "key": text}))
    else:
        _show(key, text)


@keys.command("list")
def list_keys(*, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Every key, the oldest first, a sandbox's after the others; never the keys themselves."""

    async def work() -> list[ApiKey]:
        async with running() as deployment:
            return [key for keys in _all_keys(deployment) for key in await keys.all()]

    found = [_as_data(key) for key in run(work())]
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    table = Table("Id", "Key", "For", "Scopes", "Created", "Last day", "Revoked", "Last used")
    for key in found:
        table.add_row(
            key["id"],
            f"{key['prefix']}_…",
            escape(key["for"]),
            escape(" ".join(key["scopes"])),
            *(key[name] or "" for name in ("createdAt", "expiresOn", "revokedAt", "lastUsedAt")),
        )
    console().print(table)


@keys.command()
def revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A key's id, as `coverline keys list` shows it.")],
) -> None:
    """Revoke a key from now on."""
    known = _id(id_)

    async def work() -> ApiKey:
        async with running() as deployment:
            return await (await _keys_with(deployment, known)).revoke(known, deployment.clock())

    key = run(work())
    console().print(f"The key {key.id} is revoked.")


@keys.command()
def rotate(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A key's id, as `coverline keys list` shows it.")],
    *,
    overlap: Annotated[int, typer.Option(help="Days on which the old key still holds.", min=0, max=365)] = OVERLAP.days,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Create a key in place of another one, which holds for some days on. The new key is shown once."""
    known = _id(id_)

    async def work() -> tuple[ApiKey, ApiKey, str]:
        async with running() as deployment:
            found = await _keys_with(deployment, known)
            return await found.rotate(known, deployment.clock(), timedelta(days=overlap))

    old, new, text = run(work())
    if as_json:
        replaces = {"id": str(old.id), "expiresOn": old.expires_on.isoformat() if old.expires_on else None}
        typer.echo(json.dumps({"id": str(new.id), "key": text, "replaces": replaces}))
    else:
        _show(new, text)
        console().print(f"The key {old.id} holds through {old.expires_on}; `coverline keys revoke` ends it at once.")


def _all_keys(deployment: Deployment) -> list[ApiKeys]:
    """The keys of every world that there is."""
    sandbox = deployment.sandbox
    return [deployment.keys, *([sandbox.keys] if sandbox and sandbox.is_there else [])]


async def _keys_with(deployment: Deployment, id_: UUID) -> ApiKeys:
    """The keys of the world that has a key; those of the real one where none has it."""
    for keys in _all_keys(deployment):
        if any(key.id == id_ for key in await keys.all()):
            return keys
    return deployment.keys


def _show(key: ApiKey, text: str) -> None:
    console().print(f"{text}\nThe key {key.id} is shown this once. Send it as `Authorization: Bearer KEY`.")
    if key.is_for_sandbox:
        console().print(f"It opens the sandbox and nothing else; a header `{CLOCK}` sets the clock of a request.")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Failure(f"{text!r} is no id of a key; `coverline keys list` shows the ids.", BAD_INPUT) from None


def _scope(text: str) -> Scope:
    try:
        return Scope(text)
    except ValueError:
        raise Failure(f"{text} is no scope; the scopes are {', '.join(Scope)}.", BAD_INPUT) from None


def _viewer(for_: str) -> Viewer:
    if for_ == SANDBOX:
        return Viewer(ViewerKind.INTERNAL)  # the operator of that world
    kind, _, reference = for_.partition("=")
    try:
        viewer = Viewer(ViewerKind(kind), reference or None)
    except ValueError:
        viewer = None
    if viewer is None or (viewer.kind is ViewerKind.INTERNAL) == bool(viewer.account):
        raise Failure(f"--for {for_}: write internal, partner=REF, customer=REF or sandbox.", BAD_INPUT)
    return viewer


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Failure(f"--expires-on {text}: write a day as YYYY-MM-DD.", BAD_INPUT) from None


def _as_data(key: ApiKey) -> dict[str, Any]:
    return {
        "id": str(key.id),
        "prefix": key.prefix,
        "for": SANDBOX if key.is_for_sandbox else "=".join(filter(None, (key.kind.value, key.account))),
        "scopes": list(key.scopes),
        "createdAt": key.created_at.isoformat(),
        "expiresOn": key.expires_on.isoformat() if key.expires_on else None,
        "revokedAt": key.revoked_at.isoformat() if key.revoked_at else None,
        "lastUsedAt": key.last_used_at.isoformat() if key.last_used_at else None,
    }
