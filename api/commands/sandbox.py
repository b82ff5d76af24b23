"""`coverline sandbox`: the world that keys of kind `sandbox` ask."""

import typer

from api.commands.running import console, run, running
from api.sandboxes import reset as put_back

sandbox = typer.Typer(help="The sandbox: what its keys see, and how it begins anew.", no_args_is_help=True)


@sandbox.callback()
def _group() -> None:
    """Has the only command named."""


@sandbox.command()
def reset() -> None:
    """Put the sandbox back to the demonstration portfolio; its keys stay."""

    async def work() -> None:
        async with running() as deployment:
            await put_back(deployment)

    run(work())
    console().print("The sandbox holds the demonstration portfolio again, and nothing else. Its keys stay.")
