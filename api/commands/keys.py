"""`coverline keys`: who may call the API, and on whose behalf."""

import json
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table

from api.auth import READ_SCOPES
from api.commands.failures import BAD_INPUT, Failure
from api.commands.running import console, run, running
from api.store.keys import ApiKey
from schema.store import Viewer, ViewerKind

keys = typer.Typer(help="API keys: who may call, and on whose behalf.", no_args_is_help=True)


@keys.command()
def create(
    *,
    for_: Annotated[str, typer.Option("--for", help="internal, partner=REF or customer=REF.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="What the key may do; every read scope when left out.")
    ] = None,
    expires_on: Annotated[str | None, typer.Option(help="The key's last day, YYYY-MM-DD.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Create a key. It is shown once."""
    viewer, last_day = _viewer(for_), _day(expires_on)
    scopes = tuple(scope or READ_SCOPES)
    unknown = [one for one in scopes if one not in READ_SCOPES]
    if unknown:
        raise Failure(f"{', '.join(unknown)} is no scope; the scopes are {', '.join(READ_SCOPES)}.", BAD_INPUT)

    async def work() -> tuple[ApiKey, str]:
        async with running() as deployment:
            return await deployment.keys.create(viewer, scopes, deployment.clock(), last_day)

    key, text = run(work())
    if as_json:
        typer.echo(json.dumps({"id": str(key.id), "key": text}))
    else:
        console().print(f"{text}\nThe key {key.id} is shown this once. Send it as `Authorization: Bearer KEY`.")


@keys.command("list")
def list_keys(*, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Every key, the oldest first; never the keys themselves."""

    async def work() -> tuple[ApiKey, ...]:
        async with running() as deployment:
            return await deployment.keys.all()

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
    try:
        known = UUID(id_)
    except ValueError:
        raise Failure(f"{id_!r} is no id of a key; `coverline keys list` shows the ids.", BAD_INPUT) from None

    async def work() -> ApiKey:
        async with running() as deployment:
            return await deployment.keys.revoke(known, deployment.clock())

    key = run(work())
    console().print(f"The key {key.id} is revoked.")


def _viewer(for_: str) -> Viewer:
    kind, _, reference = for_.partition("=")
    try:
        viewer = Viewer(ViewerKind(kind), reference or None)
    except ValueError:
        viewer = None
    if viewer is None or (viewer.kind is ViewerKind.INTERNAL) == bool(viewer.account):
        raise Failure(f"--for {for_}: write internal, partner=REF or customer=REF.", BAD_INPUT)
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
        "for": f"{key.kind.value}={key.account}" if key.account else key.kind.value,
        "scopes": list(key.scopes),
        "createdAt": key.created_at.isoformat(),
        "expiresOn": key.expires_on.isoformat() if key.expires_on else None,
        "revokedAt": key.revoked_at.isoformat() if key.revoked_at else None,
        "lastUsedAt": key.last_used_at.isoformat() if key.last_used_at else None,
    }
