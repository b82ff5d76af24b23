"""Quotes over HTTP, for people and their files: text, JSON and PDF, by the keys and with the rights of GraphQL.

They are read, never written: GET alone.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.bodies import Refused
from api.documents.asked import Answer, Quoted, kept_quote, quote
from api.documents.formats import MEDIA_TYPES, Format, file_of, json_of
from api.fetching import HOW, Endpoint, asked, form_of, given, headers, only, refusing, status_of
from api.rates import Allowance
from entitlements.messages import said
from schema.root import Schema


class Quotes:
    """The endpoints of quotes."""

    def __init__(self, schema: Schema, allowance: Allowance, *, demo: bool) -> None:
        self.schema = schema
        self.allowance = allowance
        self.demo = demo

    @property
    def routes(self) -> list[Route]:
        """One for each kind of quote, and one for what was quoted when a renewal was ordered."""
        return [
            *(Route(f"/quotes/{quoted}/{{serial:path}}", self._quoting(quoted), methods=["GET"]) for quoted in Quoted),
            Route("/orders/{order}/quote", refusing(self._kept), methods=["GET"]),
        ]

    def _quoting(self, quoted: Quoted) -> Endpoint:
        async def answer(request: Request) -> Response:
            wanted = given(request, quoted.needed, quoted.accepted)
            serial, language = request.path_params["serial"], request.query_params.get("language")
            async with asked(request, self.allowance, demo=self.demo) as context:
                form = form_of(request, MEDIA_TYPES)
                return await _shown(await quote(self.schema, context, quoted, serial, wanted, language), form)

        return refusing(answer)

    async def _kept(self, request: Request) -> Response:
        """What was quoted and agreed when a renewal was ordered."""
        only(request, HOW)
        order, language = request.path_params["order"], request.query_params.get("language")
        async with asked(request, self.allowance, demo=self.demo) as context:
            form = form_of(request, MEDIA_TYPES)
            kept = await kept_quote(self.schema, context, order, language)
            if kept is None:
                raise Refused(404, "NOT_FOUND", said("no order of this id exists, or it is not yours to see"))
            return await _shown(kept, form)


async def _shown(answer: Answer, form: Format) -> Response:
    # Letters are set in another thread: they take a tenth of a second, and other callers wait for none of it.
    file = await run_in_threadpool(file_of, answer, form)
    if file is None:
        status = status_of(answer.told["code"])
        return Response(json_of(answer.told), status, headers(answer.language), MEDIA_TYPES[Format.JSON])
    return Response(file.content, 200, headers(answer.language, file.name), MEDIA_TYPES[form])
