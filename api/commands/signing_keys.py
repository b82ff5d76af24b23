"""`coverline signing-keys`: the keys that sign decisions, in the folder that COVERLINE_SIGNING_KEYS names."""

import json

import typer
from rich.table import Table

from api.commands.running import console
from api.deployment import system_clock
from api.settings import Settings
from api.signatures import SigningKeys, published

signing_keys = typer.Typer(help="Keys that decisions are signed with.", no_args_is_help=True)


def _keys() -> SigningKeys:
    return SigningKeys(Settings().signing_keys)


@signing_keys.command()
def create() -> None:
    """Make the first key."""
    key = _keys().create(system_clock())
    console().print(f"Decisions are signed with {key.thumbprint()} from now on. Its file is not to be lost or shown.")


@signing_keys.command()
def rotate() -> None:
    """Make a new key, destroy the private half of the one before; what it signed stays verifiable."""
    key = _keys().rotate(system_clock())
    console().print(f"Decisions are signed with {key.thumbprint()} from now on; earlier ones stay verifiable.")


@signing_keys.command("list")
def list_keys() -> None:
    """Every key, the oldest first; never a private one."""
    keys = _keys()
    active, table = keys.active, Table("Key", "File", "Signs")
    for path, key in keys.files():
        table.add_row(key.thumbprint(), path.name, "yes" if key is active else "")
    console().print(table)


@signing_keys.command()
def jwks() -> None:
    """Print the public keys, as /.well-known/jwks.json serves them: all that a verifier needs."""
    typer.echo(json.dumps(published(_keys().public), indent=2))
