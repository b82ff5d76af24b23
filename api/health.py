"""Whether the process lives, whether it can answer, and how much it has answered."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.deployment import Deployment
from api.logs import logger
from api.metrics import CONTENT_TYPE, Metrics
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

    Why a database does not answer is told to the log alone.
    """
    deployment: Deployment = request.app.state.deployment
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
    return JSONResponse({"status": "ok", "edition": deployment.guide.edition}, headers=FRESH)


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
    return Response(figures.exposition(), media_type=CONTENT_TYPE)
