"""GraphQL over HTTP: the library's view, made to negotiate, to refuse in JSON, and to answer with the right status."""

from typing import Any, NamedTuple, cast

from cross_web import AsyncHTTPRequestAdapter, HTTPException, StarletteRequestAdapter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import asgi
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.types.execution import ExecutionResult, PreExecutionError

from api import answers
from api.auth import caller_of
from api.bodies import Parameters, Refused, in_query, posted
from api.console.explorer import bare_page
from api.deployment import Deployment
from api.encoding import json_of
from api.negotiation import GRAPHQL_RESPONSE, JSON, accepted, language_of, response_type, wants_page
from api.operations import trusted
from api.rates import Allowance
from api.settings import Settings
from entitlements.messages import Message, said
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


class Begun(NamedTuple):
    """A request by POST of which others found out who sends it, and counted it."""

    viewer: Viewer
    refusal: Refused | None


class GraphQL(asgi.GraphQL[Context, None]):
    """The endpoint. GraphiQL is served to browsers where that is switched on."""

    request_adapter_class = Asked

    def __init__(
        self, schema: Schema, settings: Settings, allowance: Allowance, *, demo: bool, pages: bool = True
    ) -> None:
        super().__init__(schema, graphql_ide=None, subscription_protocols=())
        self.allowance = allowance
        self.trusted_only = settings.trusted_only
        self.graphiql = pages and (demo or settings.graphiql)
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
        accept = accepted(request.headers)
        if request.method not in {"GET", "POST"}:
            raise Refused(405, "METHOD_NOT_ALLOWED", said("Send the request by POST."), {"Allow": "GET, POST"})
        if self.graphiql and request.method == "GET" and wants_page(accept):
            return bare_page(request)
        if response_type(accept) is None:
            message = said("Answers are {new} or {old}. Accept one of them.", new=GRAPHQL_RESPONSE, old=JSON)
            raise Refused(406, "NOT_ACCEPTABLE", message)
        begun: Begun | None = getattr(request.state, "begun", None)
        if begun is not None:
            request.state.viewer, request.state.deployment = begun.viewer, request.app.state.deployment
            if begun.refusal is not None:
                raise begun.refusal
            return await self.run(request)
        viewer, request.state.deployment = await self.allowance.known(request, caller_of(request, demo=self.demo))
        request.state.viewer = viewer
        if request.method == "GET" and not _is_safe(request):
            message = said(
                "Send the request by POST, or by GET with a trusted documentId or a header {header}.",
                header=PREFLIGHT[0],
            )
            raise Refused(403, "PREFLIGHT_REQUIRED", message)
        await self.allowance.count(request, viewer)
        return await self.run(request)

    # ------------------------------------------------------------ what the library's view asks for

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002
        """The surroundings of this request."""
        state = request.state
        deployment: Deployment = state.deployment
        return deployment.context(state.viewer, state.request_id, language_of(request), state.seen)

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """What the answer begins from: its media type and its language."""
        media_type = response_type(accepted(request.headers)) or JSON
        return Response(media_type=media_type, headers=answers.answer_headers(language_of(request)))

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
                message = said(
                    "documentId: not the sha256 of a trusted document, which are those of schema/operations."
                )
                raise Refused(400, "UNKNOWN_DOCUMENT", message)
            return text
        if viewer.kind in self.trusted_only or viewer.scopes & self.trusted_only:
            message = said("You may send trusted documents only, each by its documentId.")
            raise Refused(403, "TRUSTED_DOCUMENT_REQUIRED", message)
        return parameters.query

    async def execute_operation(self, request: Request, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - the library's own
        """Run an operation, now that its body is there: a slow one takes nobody's place."""
        with self.allowance.one(request, request.state.viewer):
            return await super().execute_operation(request, *arguments, **named)

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """The body: without `data` where the request was refused before anything was executed."""
        body = await super().process_result(request, result)
        for error in result.errors or ():
            request.state.seen.failed((error.extensions or {}).get("code", "NONE"))
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
            json_of(response_data),
            status_code=400 if is_refused and media_type == GRAPHQL_RESPONSE else 200,
            media_type=f"{media_type}; charset=utf-8",
            headers={name: sub_response.headers[name] for name in answers.answer_headers("")},
        )


def _is_safe(request: Request) -> bool:
    """Whether a page of another site could not have made a browser send this, or could do no harm by it."""
    names = request.query_params.keys()
    return ("documentId" in names and "query" not in names) or any(header in request.headers for header in PREFLIGHT)


def _refusal(request: Request, refusal: HTTPException) -> Refused:
    """What the library's view refuses by itself: an operation that may not be run by this method."""
    if request.method == "GET":
        message = said("{reason}. Send it by POST.", reason=refusal.reason)
        return Refused(405, "METHOD_NOT_ALLOWED", message, {"Allow": "POST"})
    return Refused(refusal.status_code, "BAD_REQUEST", Message(refusal.reason, {}))
