"""The sandbox: a world of its own beside the real one, with the demonstration portfolio and a clock that callers set.

It is another database, and a deployment of its own over it: nothing that is asked of the one can reach the other. Its
keys stand in its own database, so the real one knows none of them.
"""

from pathlib import Path

from api.demonstrations import PORTFOLIO
from api.deployment import Deployment, SandboxRefused
from api.interchange.importing import import_folder
from api.store.resetting import emptying, is_empty, is_sandbox, is_unused
from api.store.revisions import is_current, migrate

NONE = (
    "there is no sandbox: COVERLINE_SANDBOX_URL is to name a database of its own, sqlite:///PATH or "
    "postgresql://USER@HOST/NAME"
)
OTHER = "COVERLINE_SANDBOX_URL names a database that is no sandbox's, and it is left as it is; name an empty one"
NOT_MADE = "not made yet: `coverline keys create --for sandbox` makes it"
BEHIND = "behind: run `coverline migrate`"


async def prepared(deployment: Deployment, folder: Path | None = None) -> Deployment:
    """The sandbox of a deployment, made of the files in a folder when it is the first time.

    Raises SandboxRefused where none is configured, its database is not a sandbox's, or the files cannot be loaded.
    """
    sandbox = deployment.sandbox
    if sandbox is None:
        raise SandboxRefused(NONE)
    if await is_empty(sandbox.database):
        await migrate(sandbox.settings.database_url)
    await bring_up(sandbox)
    if not await is_sandbox(sandbox.database):
        await _load(sandbox, folder)
    return sandbox


async def bring_up(sandbox: Deployment) -> None:
    """Brings a sandbox's database to the newest revision. Raises SandboxRefused for one that is not a sandbox's."""
    is_ours = await is_sandbox(sandbox.database)
    if not is_ours and not (await is_current(sandbox.database) and await is_unused(sandbox.database)):
        raise SandboxRefused(OTHER)
    await migrate(sandbox.settings.database_url)


async def reset(deployment: Deployment, folder: Path | None = None) -> None:
    """Puts a sandbox back to the interchange files in a folder, those of the demonstration when left out.

    Its keys stay. All or nothing. Raises SandboxRefused as `prepared` does.
    """
    await _load(await prepared(deployment, folder), folder)


async def _load(sandbox: Deployment, folder: Path | None) -> None:
    now, files = sandbox.clock(), folder or PORTFOLIO
    report = await import_folder(sandbox.database, files, now=now, guide=sandbox.guide, before=emptying(now))
    if not report.is_loaded:
        raise SandboxRefused("\n".join(["the sandbox's files cannot be loaded:", *map(str, report.errors)]))


async def state_of(sandbox: Deployment) -> str | None:
    """What is wrong with a sandbox, and what to do; None where nothing is."""
    if not sandbox.is_there or await is_empty(sandbox.database):
        return NOT_MADE
    if not await is_sandbox(sandbox.database):
        return OTHER
    return None if await is_current(sandbox.database) else BEHIND
