"""GraphQL over HTTP: the library's view, made to negotiate, to refuse in JSON, and to answer with the right status."""

import json
from typing import Any, cast

from cross_web import AsyncHTTPRequestAdapter, HTTPException, StarletteRequestAdapter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import asgi
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.http.ides import get_graphql_ide_html
from strawberry.types.execution import ExecutionResult, PreExecutionError

from api import answers
from api.auth import viewer_of
from api.bodies import Parameters, Refused, in_query, posted
from api.deployment import Deployment
from api.negotiation import GRAPHQL_RESPONSE, JSON, response_type, wants_page
from api.operations import trusted
from api.rates import Allowance
from api.settings import Settings
from schema.context import Context
from schema.root import Schema
from schema.store import Viewer

PREFLIGHT = ("x-requested-with", "apollo-require-preflight", "graphql-require-preflight")
"""Headers that a page of another site cannot send without asking first; a GET of a text needs one of them."""


class Asked(StarletteRequestAdapter):
    """The library's view of a request, with the request itself."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.request = request


class GraphQL(asgi.GraphQL[Context, None]):
    """The endpoint. GraphiQL is served to browsers where that is switched on."""

    request_adapter_class = Asked

    def __init__(self, schema: Schema, settings: Settings, *, demo: bool) -> None:
        super().__init__(schema, graphql_ide=None, subscription_protocols=())
        self.allowance = Allowance(settings)
        self.trusted_only = settings.trusted_only
        self.graphiql = demo or settings.graphiql
        self.demo = demo

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Refused as refusal:
            response = answers.refused(request, refusal)
        except HTTPException as refusal:
            response = answers.refused(request, _refusal(request, refusal))
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        accept = request.headers.get("accept")
        if request.method not in {"GET", "POST"}:
            raise Refused(405, "METHOD_NOT_ALLOWED", "Send the request by POST.", {"Allow": "GET, POST"})
        if self.graphiql and request.method == "GET" and wants_page(accept):
            return HTMLResponse(get_graphql_ide_html("graphiql"), headers={"Vary": "Accept"})
        if response_type(accept) is None:
            raise Refused(406, "NOT_ACCEPTABLE", f"Answers are {GRAPHQL_RESPONSE} or {JSON}. Accept one of them.")
        viewer = await self.allowance.known(request, viewer_of(request, self._deployment(request), demo=self.demo))
        request.state.viewer = viewer
        if request.method == "GET" and not _is_safe(request):
            message = f"Send the request by POST, or by GET with a trusted documentId or a header {PREFLIGHT[0]}."
            raise Refused(403, "PREFLIGHT_REQUIRED", message)
        await self.allowance.count(request, viewer)
        return await self.run(request)

    # ------------------------------------------------------------ what the library's view asks for

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002
        """The surroundings of this request."""
        return self._deployment(request).context(request.state.viewer, request.state.request_id)

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """What the answer begins from: its media type."""
        accepted = response_type(request.headers.get("accept")) or JSON
        return Response(media_type=accepted)

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:  # noqa: ARG002
        """Never here: that was decided before."""
        return False

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """The operation to run."""
        asked = cast("Asked", request).request
        parameters = in_query(asked) if asked.method == "GET" else await posted(asked)
        query = self._document(parameters, asked.state.viewer)
        return GraphQLRequestData(query, parameters.variables, parameters.operation_name, None)

    def _document(self, parameters: Parameters, viewer: Viewer) -> str | None:
        """The text to run. Raises Refused for an id that names none, or a text from a viewer who may only send ids."""
        if parameters.document_id is not None:
            text = trusted(parameters.document_id)
            if text is None:
                message = "documentId: not the sha256 of a trusted document, which are those of schema/operations."
                raise Refused(400, "UNKNOWN_DOCUMENT", message)
            return text
        if viewer.kind in self.trusted_only:
            message = f"A {viewer.kind.value} sends trusted documents only, each by its documentId."
            raise Refused(403, "TRUSTED_DOCUMENT_REQUIRED", message)
        return parameters.query

    async def execute_operation(self, request: Request, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - the library's own
        """Run an operation, now that its body is there: a slow one takes nobody's place."""
        with self.allowance.one(request, request.state.viewer):
            return await super().execute_operation(request, *arguments, **named)

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """The body: without `data` where the request was refused before anything was executed."""
        body = await super().process_result(request, result)
        if isinstance(result, PreExecutionError) or (
            result.data is None and not any(error.path for error in result.errors or ())
        ):
            body.pop("data", None)
        return body

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """The answer: 400 for a refused request, except where the caller accepts plain JSON only."""
        media_type = sub_response.media_type or JSON
        is_refused = "data" not in response_data
        return Response(
            json.dumps(response_data, separators=(",", ":")),
            status_code=400 if is_refused and media_type == GRAPHQL_RESPONSE else 200,
            media_type=f"{media_type}; charset=utf-8",
            headers={"Vary": "Accept", "Cache-Control": "no-store"},
        )

    @staticmethod
    def _deployment(request: Request | WebSocket) -> Deployment:
        state: Any = request.app.state
        return state.deployment


def _is_safe(request: Request) -> bool:
    """Whether a page of another site could not have made a browser send this, or could do no harm by it."""
    names = request.query_params.keys()
    return ("documentId" in names and "query" not in names) or any(header in request.headers for header in PREFLIGHT)


def _refusal(request: Request, refusal: HTTPException) -> Refused:
    """What the library's view refuses by itself: an operation that may not be run by this method."""
    if request.method == "GET":
        return Refused(405, "METHOD_NOT_ALLOWED", f"{refusal.reason}. Send it by POST.", {"Allow": "POST"})
    return Refused(refusal.status_code, "BAD_REQUEST", refusal.reason)
