"""The front: what of a request is judged each time, and its plan."""

import re
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import answer_headers
from api.auth import NOW
from api.bodies import LARGEST_BODY, Refused, received
from api.deployment import Deployment
from api.encoding import json_of
from api.front.bodies import Asked, asked, text_of
from api.graphql import Begun
from api.logs import REQUEST
from api.metrics import Metrics
from api.negotiation import negotiated, response_type
from api.operations import trusted
from api.rates import Allowance
from api.settings import Settings
from api.store.keys import MARK
from api.telemetry import HEADER, REQUEST_ID, Answer, Observation, new_id, tell
from api.traces import Traces
from schema.compiled.awaiting import Waiting, begun
from schema.compiled.surprises import Surprise
from schema.costs import MOST_NODES
from schema.documents import KEPT, Document, cost_of
from schema.root import Schema
from schema.store import Viewer

CONTENT_TYPE = re.compile(rb'application/json(; ?charset="?utf-?8"?)?', re.IGNORECASE)
BEARER = b"Bearer "
CLOCK = NOW.encode()
OF_OURS = f"{MARK}_"
MOST_FORMS = 256
"""Forms of answers that are kept, by the headers that ask for them."""
Headers = list[tuple[bytes, bytes]]


class Form(NamedTuple):
    """How a request is answered: what its headers ask for."""

    language: str
    before: Headers
    """Headers of the answer that stand before its length."""
    content_type: tuple[bytes, bytes]


class Front:
    """Stands before the application, at the paths of some schemas."""

    def __init__(
        self,
        rest: ASGIApp,
        schemas: Mapping[str, Schema],
        settings: Settings,
        allowance: Allowance,
        watching: tuple[Metrics, Traces],
    ) -> None:
        self.deployment: Deployment | None = None
        """What is asked; nothing is answered here without it."""
        self.paths = frozenset(schemas)
        self._rest = rest
        self._documents = {path: Texts(schema) for path, schema in schemas.items()}
        self._allowance = allowance
        self._trusted_only = settings.trusted_only
        self._metrics, self._traces = watching
        self._forms: dict[tuple[bytes, bytes], Form | None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        began = perf_counter()
        head = self._head(scope)
        viewer = await self._viewer(head) if head is not None else None
        if head is None or viewer is None or viewer.key_id is None:
            await self._rest(scope, receive, send)
            return
        try:
            self._allowance.count_of(viewer.key_id)
            body = await _body(scope, receive)
        except (Refused, ClientDisconnect) as problem:
            refusal = problem if isinstance(problem, Refused) else None
            await self._hand_on(scope, Begun(viewer, refusal), receive, send)
            return
        request_id = head.request_id
        seen = Observation(self._traces)
        answer = await self._run(scope["path"], body, head, viewer, seen)
        if answer is None:
            await self._hand_on(scope, Begun(viewer, None), _again(body, receive), send)
            return
        form = head.form
        headers = [
            *form.before,
            (b"content-length", b"%d" % len(answer)),
            form.content_type,
            (HEADER, request_id.encode()),
        ]
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": answer})
        finally:
            tell(
                self._metrics,
                seen,
                Answer("POST", scope["path"], 200, perf_counter() - began, request_id, viewer),
            )

    async def _hand_on(self, scope: Scope, begun: Begun, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["begun"] = begun
        await self._rest(scope, receive, send)

    # ------------------------------------------------------------ who asks, and how

    def _head(self, scope: Scope) -> "Head | None":
        """What the headers say; None where the view has to look at them."""
        if scope["method"] != "POST" or scope.get("root_path") or self.deployment is None:
            return None
        given: list[tuple[bytes, bytes]] = scope["headers"]
        headers = dict(given)
        if len(headers) < len(given) or b"content-encoding" in headers or CLOCK in headers:
            return None
        if not CONTENT_TYPE.fullmatch(headers.get(b"content-type", b"")):
            return None
        key = _key(headers)
        wanted = headers.get(b"accept", b""), headers.get(b"accept-language", b"")
        form = self._forms[wanted] if wanted in self._forms else self._form(wanted)
        if key is None or form is None:
            return None
        request_id = headers.get(HEADER)
        named = request_id is not None and REQUEST_ID.fullmatch(request_id)
        return Head(key, form, request_id.decode() if request_id is not None and named else new_id())

    def _form(self, wanted: tuple[bytes, bytes]) -> Form | None:
        accept, accept_language = (text.decode("latin-1") for text in wanted)
        media_type, language = response_type(accept or None), negotiated(accept_language)
        if len(self._forms) >= MOST_FORMS:
            self._forms.clear()
        self._forms[wanted] = form = (
            Form(
                language,
                [(name.lower().encode(), value.encode()) for name, value in answer_headers(language).items()],
                (b"content-type", f"{media_type}; charset=utf-8".encode()),
            )
            if media_type is not None
            else None
        )
        return form

    async def _viewer(self, head: "Head") -> Viewer | None:
        deployment = self.deployment
        if deployment is None or deployment.key_reader is None:
            return None
        return await deployment.key_reader.viewer_of(head.key, deployment.clock())

    # ------------------------------------------------------------ what is asked

    async def _run(self, path: str, body: bytes, head: "Head", viewer: Viewer, seen: Observation) -> bytes | None:
        """The answer; None where the view has to give one."""
        found = asked(body)
        document = self._document(path, found, viewer) if found is not None else None
        if found is None or document is None or document.plans is None or self.deployment is None:
            return None
        plan, bill = document.plans.made.get(found.operation), document.bill(found.operation)
        if plan is None or bill is None:
            return None
        nodes = bill.asked(found.variables)
        if nodes > MOST_NODES:
            return None
        caller = viewer.key_id or ""
        try:
            self._allowance.begin(caller)
        except Refused:
            return None
        before = REQUEST.set(head.request_id)
        try:
            context = self.deployment.context(viewer, head.request_id, head.form.language, seen)
            seen.run(plan.name)  # it would be traced as well, but where there are traces there is no front
            data = await plan.run(context, found.variables)
        except Surprise:
            return None
        finally:
            REQUEST.reset(before)
            self._allowance.end(caller)
        return json_of({"data": data, "extensions": cost_of(nodes, bill.used(data))})

    def _document(self, path: str, found: Asked, viewer: Viewer) -> Document | None:
        texts = self._documents[path]
        if found.document_id is not None:
            text = trusted(found.document_id)
            return texts.kept(text) if text is not None else None
        if viewer.kind in self._trusted_only or viewer.scopes & self._trusted_only:
            return None
        return texts.document(found.query)


class Head(NamedTuple):
    """What the headers of a request say."""

    key: str
    form: Form
    request_id: str


class Texts:
    """The texts of a schema's documents, as they are written in JSON."""

    def __init__(self, schema: Schema) -> None:
        self.kept: Callable[[str], Document | None] = schema.documents.kept
        self._texts: dict[bytes, str] = {}

    def document(self, written: bytes) -> Document | None:
        """The document of a text as it is written, if it is kept."""
        text = self._texts.get(written)
        if text is not None:
            return self.kept(text)
        text = text_of(written)
        document = self.kept(text) if text is not None else None
        if text is not None and document is not None:
            if len(self._texts) >= KEPT:
                self._texts.clear()
            self._texts[written] = text
        return document


def _key(headers: Mapping[bytes, bytes]) -> str | None:
    """A key of ours among headers; None where there is none, or no plain one."""
    authorization = headers.get(b"authorization")
    if authorization is None:
        key = headers.get(b"x-api-key", b"")
    elif authorization.startswith(BEARER):
        key = authorization[len(BEARER) :].strip()
    else:
        return None
    text = key.decode("latin-1")
    return text if text.startswith(OF_OURS) else None


async def _body(scope: Scope, receive: Receive) -> bytes:
    """The bytes of a body. Nothing is set up to wait for one that is there."""
    first: Any = begun(receive())  # pyright: ignore[reportArgumentType]
    if first.__class__ is not Waiting and first["type"] == "http.request" and not first.get("more_body", False):
        body: bytes = first.get("body", b"")
        if len(body) <= LARGEST_BODY:
            return body
    return await received(Request(scope, _after(first, receive)))


def _after(first: Message | Awaitable[Message], receive: Receive) -> Receive:
    """Receives what was received first, or is being waited for, and then the rest."""
    heard = [first]

    async def receiving() -> Message:
        if not heard:
            return await receive()
        one = heard.pop()
        return await one if isinstance(one, Waiting) else one  # pyright: ignore[reportReturnType]

    return receiving


def _again(body: bytes, receive: Receive) -> Receive:
    """Receives a body that was read already."""
    return _after({"type": "http.request", "body": body, "more_body": False}, receive)
