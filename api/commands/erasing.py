"""`coverline erase`: the person behind an account, out of the database."""

from typing import Annotated

import typer
from rich.markup import escape

from api.commands.failures import BAD_INPUT, Failure
from api.commands.running import console, run, running
from api.store.erasing import UnknownAccount, sweep
from api.store.erasing import erase as erased


def erase(
    reference: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's reference.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase an account's name and the reasons written with its changes, for good; the audit log stays valid."""
    if not yes:
        typer.confirm(f"Erase the name of {reference} and the reasons of its changes? It cannot be undone.", abort=True)

    async def work() -> tuple[int, bool]:
        async with running() as deployment:
            count = await erased(deployment.database, reference, deployment.clock())
            return count, await sweep(deployment.database)

    try:
        count, is_swept = run(work())
    except UnknownAccount as problem:
        raise Failure(f"{problem}; `accounts` in the API lists them.", BAD_INPUT) from None
    console().print(
        f"{escape(reference)} is erased: {count:,} rows held its name or a reason. Its reference stays, and so do the "
        "references of tickets, and backups made before. Take it out of the files that are imported, or the next "
        "import brings it back."
    )
    if not is_swept:
        console().print("Another process has the database open: end it and erase again, to clear its log of it too.")
