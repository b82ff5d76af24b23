"""`coverline audit`: whether the audit log, and what it tells of, is what was written."""

import json
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape

from api.commands.failures import BAD_INPUT, Failure
from api.commands.running import console, run, running
from api.deployment import Deployment
from api.signatures import SignatureRefused
from api.signatures import verify as verified
from api.store.audit import all_heads, faults
from entitlements.canonical import Unreadable, told_in
from entitlements.chains import Head, told

NOT_PROVEN = 10

audit = typer.Typer(help="The audit log: hash chains of everything that was done.", no_args_is_help=True)


@audit.command()
def verify(
    *,
    heads: Annotated[
        Path | None, typer.Option(help="Heads that `coverline audit heads` printed earlier, kept elsewhere.")
    ] = None,
) -> None:
    """Check every chain, and every row that a change left. Exit code 0 when all is as it was written, 10 when not.

    An end that was cut together with its head and its change is found by heads that were kept elsewhere alone.
    """

    async def work() -> tuple[int, list[str]]:
        async with running() as deployment:
            noted = _noted(heads, deployment) if heads else []
            return await faults(deployment.database, noted)

    count, found = run(work())
    for fault in found:
        console().print(f"[red]fails[/]  {escape(fault)}")
    if found:
        raise typer.Exit(NOT_PROVEN)
    console().print(f"All {count:,} entries, and what they tell of, are as they were written.")
    if heads is None:
        console().print("That nothing was cut from the end, heads kept elsewhere would prove: `coverline audit heads`.")


@audit.command("heads")
def print_heads() -> None:
    """Print the head of every chain, signed where there is a key: to keep where the database's owner cannot write."""

    async def work() -> dict[str, Any]:
        async with running() as deployment:
            async with deployment.database.reading() as connection:
                found = [told(head) for head in await all_heads(connection)]
            at = deployment.clock().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            return {"at": at, "heads": found, "token": deployment.signing.sign({"at": at, "heads": found})}

    typer.echo(json.dumps(run(work()), indent=1))


def _noted(file: Path, deployment: Deployment) -> list[Head]:
    """Heads that were printed earlier; signed ones are taken from their signature."""
    try:
        held = told_in(file.read_text(encoding="utf-8"))
        if held.get("token"):
            held = verified(held["token"], deployment.signing.public)
        return [Head(UUID(one["chain"]), int(one["seq"]), str(one["hash"])) for one in held["heads"]]
    except OSError as problem:
        raise Failure(f"{file} cannot be read: {problem.strerror}.", BAD_INPUT) from None
    except SignatureRefused as problem:
        raise Failure(
            f"the heads in {file} are not signed by a key of this deployment: {problem}.", NOT_PROVEN
        ) from None
    except (Unreadable, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError):
        raise Failure(f"{file} holds no heads; give what `coverline audit heads` printed.", BAD_INPUT) from None
