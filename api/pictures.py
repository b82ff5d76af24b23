"""Pictures over HTTP: timelines and costs of delay as SVG, PNG and text, by the keys and with the rights of GraphQL."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.documents.formats import json_of
from api.drawings.asked import Drawn, Pictured, picture
from api.drawings.formats import MEDIA_TYPES, SUFFIXES, Format, bytes_of
from api.fetching import Endpoint, asked, form_of, given, headers, refusing, status_of
from api.negotiation import JSON
from api.rates import Allowance
from schema.root import Schema

UNSCRIPTED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A picture is one: a browser that shows it by itself runs and loads nothing."""


class Pictures:
    """The endpoints of pictures."""

    def __init__(self, schema: Schema, allowance: Allowance, *, demo: bool) -> None:
        self.schema = schema
        self.allowance = allowance
        self.demo = demo

    @property
    def routes(self) -> list[Route]:
        """One for each kind of picture."""
        return [
            Route(f"/pictures/{pictured}/{{serial:path}}", self._drawing(pictured), methods=["GET"])
            for pictured in Pictured
        ]

    def _drawing(self, pictured: Pictured) -> Endpoint:
        async def answer(request: Request) -> Response:
            wanted = given(request, pictured.needed, pictured.accepted)
            language = request.query_params.get("language")
            async with asked(request, self.allowance, demo=self.demo) as context:
                serial, form = _named(request)
                return await _shown(await picture(self.schema, context, pictured, serial, wanted, language), form)

        return refusing(answer)


def _named(request: Request) -> tuple[str, Format]:
    """The serial and the form: by the path's suffix, unless `format` is given; the path is a serial whole then."""
    path: str = request.path_params["serial"]
    if "format" not in request.query_params:
        for form, suffix in SUFFIXES.items():
            if path.endswith(suffix):
                return path.removesuffix(suffix), form
    return path, form_of(request, MEDIA_TYPES)


async def _shown(drawn: Drawn, form: Format) -> Response:
    if drawn.picture is None:
        problem = drawn.problem or {}
        return Response(json_of(problem), status_of(problem["code"]), headers(drawn.language), JSON)
    # Dots are set in another thread: they take a tenth of a second, and other callers wait for none of it.
    content = await run_in_threadpool(bytes_of, drawn.picture, form)
    told = headers(drawn.language, f"{drawn.picture.name}{SUFFIXES[form]}")
    return Response(content, 200, {**told, "Content-Security-Policy": UNSCRIPTED}, MEDIA_TYPES[form])
