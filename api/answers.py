"""Answers that are errors: JSON whatever went wrong, in the form of GraphQL's own."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import Refused
from api.encoding import json_of
from api.logs import logger
from api.negotiation import JSON, accepted, language_of, response_type
from schema.errors import INTERNAL_ERROR, fault_of_ours
from schema.languages import translated

log = logger(__name__)

CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}
LIMITED = {408, 413, 429, 431, 503}
"""Statuses that say: a limit refused it."""


def error(request: Request, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as `errors` with a code and the request's id."""
    language = language_of(request)
    request.state.seen.failed(code)
    extensions = {"code": code, "requestId": request.state.request_id}
    body = {"errors": [{"message": translated(message, language), "extensions": extensions}]}
    media_type = response_type(accepted(request.headers)) or JSON
    return Response(
        json_of(body),
        status_code=status,
        media_type=f"{media_type}; charset=utf-8",
        headers={**answer_headers(language), **(headers or {})},
    )


def answer_headers(language: str) -> dict[str, str]:
    """What every answer of the endpoint says of itself."""
    return {"Content-Language": language, "Vary": "Accept, Accept-Language", "Cache-Control": "no-store"}


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
    return error(request, 500, INTERNAL_ERROR, fault_of_ours(request.state.request_id))
