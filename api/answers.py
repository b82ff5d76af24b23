"""Answers that are errors: JSON whatever went wrong, in the form of GraphQL's own."""

import json
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import Refused
from api.logs import logger
from api.negotiation import JSON, response_type
from schema.errors import INTERNAL_ERROR

log = logger(__name__)

CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}
LIMITED = {408, 413, 429, 431, 503}
"""Statuses that say: a limit refused it."""


def error(request: Request, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as `errors` with a code and the request's id."""
    request.state.seen.errors[code] += 1
    extensions = {"code": code, "requestId": request.state.request_id}
    body = {"errors": [{"message": message, "extensions": extensions}]}
    media_type = response_type(request.headers.get("accept")) or JSON
    return Response(
        json.dumps(body),
        status_code=status,
        media_type=f"{media_type}; charset=utf-8",
        headers={"Vary": "Accept", "Cache-Control": "no-store", **(headers or {})},
    )


def refused(request: Request, refusal: Refused) -> Response:
    """The answer to a request that was not executed; where it was too large, too slow or too much, that is counted."""
    if refusal.status in LIMITED:
        request.state.seen.refused(refusal.code)
    return error(request, refusal.status, refusal.code, refusal.message, refusal.headers)


async def http_error(request: Request, exception: Exception) -> Response:
    """The answer where no route fits."""
    if not isinstance(exception, HTTPException):
        return await fault(request, exception)
    code = CODES.get(exception.status_code, "BAD_REQUEST")
    return error(request, exception.status_code, code, exception.detail, exception.headers)


async def fault(request: Request, exception: Exception) -> Response:
    """The answer to what nobody expected; the log has the exception, under the request's id."""
    log.error("fault", request_id=request.state.request_id, exc_info=exception)
    message = f"This request met a fault of ours. Report it with the request id {request.state.request_id}."
    return error(request, 500, INTERNAL_ERROR, message)
