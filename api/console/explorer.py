"""GraphiQL from files of our own, with the documents of the callers as examples. Its libraries: see static/graphiql."""

from typing import Any

from graphql import introspection_from_schema
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from api.console.asking import Asked, chosen_language
from api.console.frame import HEADERS, POLICY, bad_input, framed
from api.console.templates import rendered
from api.console.wording import ConsoleWording
from api.operations import operations
from entitlements.messages import said
from schema.errors import FORBIDDEN

STYLES, LETTERS = "style-src 'self'", "font-src 'self'"
STYLED = POLICY.replace(STYLES, f"{STYLES} 'unsafe-inline'").replace(LETTERS, "font-src data:")
"""GraphiQL places its lists by styles that its script writes, and its letters stand in its style sheet."""


async def explorer(asked: Asked) -> Response:
    """GraphiQL, for who may have it."""
    _let_in(asked)
    return bare_page(asked.request, asked.frame())


def bare_page(request: Request, frame: dict[str, Any] | None = None) -> Response:
    """GraphiQL, alone or as a page of the console."""
    wording = ConsoleWording(chosen_language(request))
    examples = [
        {"name": name, "purpose": text.partition("\n")[0].removeprefix("#").strip(), "query": text}
        for name, text in operations().items()
    ]
    page = rendered("explorer.html", wording, examples=examples, **(frame or {"here": request.url.path}))
    return framed(request, HTMLResponse(page, headers={**HEADERS, "Content-Security-Policy": STYLED}))


async def schema(asked: Asked) -> Response:
    """What GraphiQL completes and explains fields by, also where introspection is off for callers."""
    _let_in(asked)
    return JSONResponse({"data": introspection_from_schema(asked.schema.graphql_core)})


def _let_in(asked: Asked) -> None:
    if not asked.explores:
        message = said("GraphiQL is for the operator's administrators, unless COVERLINE_GRAPHIQL opens it to everyone.")
        raise bad_input(message, FORBIDDEN, 403)
