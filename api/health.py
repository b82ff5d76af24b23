"""Whether the process lives, whether it can answer, and how much it has answered."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.deployment import Deployment
from api.logs import logger
from api.metrics import CONTENT_TYPE, Metrics
from api.sandboxes import state_of
from api.store.deliveries import backlog
from api.store.revisions import is_current

log = logger(__name__)


PATIENCE = 2.0
"""Seconds within which a database answers that is ready; whoever asks would not wait much longer."""
FRESH = {"Cache-Control": "no-store"}


async def alive(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"}, headers=FRESH)


async def ready(request: Request) -> Response:
    """The database answers and is at the newest revision; 503 with what is wrong and what to do when not.

    Why a database does not answer is told to the log alone. Where there is a sandbox its state is told, and neither the
    answer nor how long it takes depends on it.
    """
    deployment: Deployment = request.app.state.deployment
    unready, sandbox = await asyncio.gather(_of_database(deployment), _of_sandbox(deployment.sandbox))
    if unready:
        return unready
    told = {"status": "ok", "edition": deployment.guide.edition, **({"sandbox": sandbox} if sandbox else {})}
    return JSONResponse(told, headers=FRESH)


async def _of_database(deployment: Deployment) -> Response | None:
    try:
        async with asyncio.timeout(PATIENCE):
            current = await is_current(deployment.database)
    except TimeoutError:
        log.warning("the database does not answer in time", seconds=PATIENCE)
        return _unready("database", f"The database does not answer within {PATIENCE:.0f} seconds.")
    except Exception:
        log.exception("the database does not answer")
        return _unready("database", "The database does not answer. The log says why.")
    if not current:
        return _unready("migrations", "The database is not at the revision of this version: run `coverline migrate`.")
    return None


async def _of_sandbox(sandbox: Deployment | None) -> str | None:
    """What is told of the sandbox; None where there is none."""
    if sandbox is None or not sandbox.is_there:
        return None
    try:
        async with asyncio.timeout(PATIENCE / 2):
            return await state_of(sandbox) or "ok"
    except Exception:
        log.exception("the sandbox does not answer")
        return "unavailable"


async def answers(deployment: Deployment) -> bool:
    """Whether the database answers at all, in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            await is_current(deployment.database)
    except Exception:  # noqa: BLE001 - the log has it already, of the request that failed by it
        return False
    return True


def _unready(wrong: str, reason: str) -> Response:
    return JSONResponse({"status": "unavailable", "wrong": wrong, "reason": reason}, 503, FRESH)


async def metrics(request: Request) -> Response:
    """The figures of this server, those of all its workers together."""
    figures: Metrics = request.app.state.metrics
    deployment: Deployment = request.app.state.deployment
    try:
        async with asyncio.timeout(PATIENCE):
            figures.waits(await backlog(deployment.database), deployment.clock())
    except Exception:  # noqa: BLE001 - the other figures are told all the same
        log.warning("what waits to be delivered could not be counted")
    return Response(figures.exposition(), media_type=CONTENT_TYPE)
