"""Whether the process lives, whether it can answer, and how much it has answered."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.deployment import Deployment
from api.logs import logger
from api.metrics import CONTENT_TYPE, Metrics
from api.store.revisions import is_current

log = logger(__name__)


async def alive(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> Response:
    """The database answers and is at the newest revision; 503 with what to do when not."""
    deployment: Deployment = request.app.state.deployment
    try:
        current = await is_current(deployment.database)
    except Exception:
        log.exception("the database does not answer")
        return JSONResponse({"status": "unavailable", "reason": "The database does not answer."}, 503)
    if not current:
        return JSONResponse(
            {"status": "unavailable", "reason": "The database is behind: run `coverline migrate`."}, 503
        )
    return JSONResponse({"status": "ok", "edition": deployment.guide.edition})


async def metrics(request: Request) -> Response:
    """The figures of this server, those of all its workers together."""
    figures: Metrics = request.app.state.metrics
    return Response(figures.exposition(), media_type=CONTENT_TYPE)
