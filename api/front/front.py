"""The front: what of a request is judged each time, and its plan."""

import re
from collections.abc import Awaitable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import answer_headers
from api.auth import NOW
from api.bodies import LARGEST_BODY, Refused, received
from api.deployment import Deployment
from api.encoding import json_of
from api.front.bodies import Asked, around, asked, variables_of
from api.front.kept import LONGEST_KEPT, Sent, Texts, Variables
from api.front.turns import Turn
from api.graphql import Begun
from api.logs import REQUEST, logger
from api.negotiation import negotiated, response_type
from api.operations import trusted
from api.rates import Allowance
from api.settings import Settings
from api.store.key_reading import KeyReader
from api.store.keys import MARK, Presented
from api.telemetry import HEADER, REQUEST_ID, Answer, Observation, Telling, new_id
from api.traces import Traces
from schema.compiled.awaiting import Waiting, begun
from schema.compiled.plans import Plan
from schema.compiled.surprises import Surprise
from schema.costs import MOST_NODES, Bill
from schema.documents import Document, cost_of
from schema.root import Schema
from schema.store import Viewer

CONTENT_TYPE = re.compile(rb'application/json(; ?charset="?utf-?8"?)?', re.IGNORECASE)
BEARER = b"Bearer "
CLOCK = NOW.encode()
OF_OURS = f"{MARK}_"
MOST_FORMS = 256
"""Forms of answers that are kept, by the headers that ask for them."""
Headers = list[tuple[bytes, bytes]]
OK = b"HTTP/1.1 200 OK\r\n"
Asking = tuple[Plan, Bill, Sent]
BEGINNING = 96
"""Bytes by which bodies are told apart at first."""
LONGEST_FRAME = 16 * 1024
MOST_FRAMES = 64
"""Bodies that are kept without their variables, so that they are read once; and bytes of one."""
FRONT = "front"
"""The name by which the application hands its front to the server."""


log = logger(__name__)


class Form(NamedTuple):
    """How a request is answered: what its headers ask for."""

    language: str
    before: Headers
    """Headers of the answer that stand before its length."""
    content_type: tuple[bytes, bytes]
    start: bytes
    """The same headers as they are written, up to the length itself."""
    middle: bytes
    """What is written between the length and the request's id."""


class Head(NamedTuple):
    """What the headers of a request say."""

    path: str
    key: str
    form: Form
    request_id: str | None
    """The caller's own; None where there is none, or no plain one."""


class Frame(NamedTuple):
    """A body without its variables, and what it asks for."""

    path: str
    before: bytes
    after: bytes
    found: Asked
    document: Document
    plan: Plan
    bill: Bill


class Answered(NamedTuple):
    """The answer to a request, and what is told of it."""

    body: bytes
    form: Form
    path: str
    request_id: str
    viewer: Viewer
    seen: Observation
    began: float

    def written(self, first: bytes) -> bytes:
        """The answer as HTTP/1.1 writes it, with all its headers after some that the server writes first."""
        form, body, request_id = self.form, self.body, self.request_id.encode()
        return b"%b%b%b%d%b%b\r\n\r\n%b" % (OK, first, form.start, len(body), form.middle, request_id, body)

    @property
    def headers(self) -> Headers:
        """The same headers as a list."""
        length = (b"content-length", b"%d" % len(self.body))
        return [*self.form.before, length, self.form.content_type, (HEADER, self.request_id.encode())]


class Front:
    """Stands before the application, at the paths of some schemas."""

    def __init__(
        self,
        rest: ASGIApp,
        schemas: Mapping[str, Schema],
        settings: Settings,
        allowance: Allowance,
        watching: tuple[Telling, Traces],
    ) -> None:
        self.deployment: Deployment | None = None
        """What is asked; nothing is answered here without it."""
        self.paths = frozenset(schemas)
        self._rest = rest
        self._documents = {path: Texts(schema) for path, schema in schemas.items()}
        self._allowance = allowance
        self._trusted_only = settings.trusted_only
        self._tell, self._traces = watching
        self._forms: dict[tuple[bytes, bytes], Form | None] = {}
        self._sent = Variables()
        self._frames: dict[bytes, Frame] = {}
        self.turn = Turn(lambda: self.key_reader)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if "begun" in scope.get("state", {}):
            await self._rest(scope, receive, send)
            return
        began = perf_counter()
        is_plain = scope["method"] == "POST" and not scope.get("root_path")
        head = self.heard(scope["path"], scope["headers"]) if is_plain else None
        known = await self._known(head) if head is not None else None
        if head is None or known is None:
            await self._rest(scope, receive, send)
            return
        body = None
        if known.refusal is None:
            try:
                body = await _body(scope, receive)
            except (Refused, ClientDisconnect) as problem:
                known = Begun(known.viewer, problem if isinstance(problem, Refused) else None)
        answered = await self._run(head, known.viewer, body, began) if body is not None else None
        if answered is None:
            scope.setdefault("state", {})["begun"] = known
            await self._rest(scope, _again(body, receive) if body is not None else receive, send)
            return
        try:
            await send({"type": "http.response.start", "status": 200, "headers": answered.headers})
            await send({"type": "http.response.body", "body": answered.body})
        finally:
            self.tell(answered)

    @property
    def key_reader(self) -> KeyReader | None:
        """What tells who asks."""
        return self.deployment.key_reader if self.deployment is not None else None

    async def answer(self, head: Head, body: bytes) -> Answered | Begun | None:
        """The answer to a request whose body is there; what was judged of it where it has to be handed on."""
        began = perf_counter()
        known = await self._known(head)
        if known is None or known.refusal is not None:
            return known
        return await self._run(head, known.viewer, body, began) or known

    def tell(self, answered: Answered, status: int = 200) -> None:
        """Tell of an answer that was sent."""
        seconds = perf_counter() - answered.began
        self._tell(answered.seen, Answer("POST", answered.path, status, seconds, answered.request_id, answered.viewer))

    # ------------------------------------------------------------ who asks, and how

    def heard(self, path: str, given: Headers) -> Head | None:
        """What the headers of a POST say, whose names are in lower case; None where the view has to look at them."""
        headers = dict(given)
        if len(headers) < len(given) or b"content-encoding" in headers or CLOCK in headers:
            return None
        if self.deployment is None or not CONTENT_TYPE.fullmatch(headers.get(b"content-type", b"")):
            return None
        key = _key(headers)
        wanted = headers.get(b"accept", b""), headers.get(b"accept-language", b"")
        form = self._forms[wanted] if wanted in self._forms else self._form(wanted)
        if key is None or form is None:
            return None
        request_id = headers.get(HEADER)
        is_plain = request_id is not None and REQUEST_ID.fullmatch(request_id)
        return Head(path, Presented(key), form, request_id.decode() if request_id is not None and is_plain else None)

    def _form(self, wanted: tuple[bytes, bytes]) -> Form | None:
        accept, accept_language = (text.decode("latin-1") for text in wanted)
        media_type, language = response_type(accept or None), negotiated(accept_language)
        if len(self._forms) >= MOST_FORMS:
            self._forms.clear()
        self._forms[wanted] = form = _form_of(media_type, language) if media_type is not None else None
        return form

    async def _known(self, head: Head) -> Begun | None:
        """Who asks, counted; None where the view has to find out."""
        deployment, reader = self.deployment, self.key_reader
        if deployment is None or reader is None:
            return None
        viewer = await reader.viewer_of(head.key, deployment.clock())
        if viewer is None or viewer.key_id is None:
            return None
        try:
            self._allowance.count_of(viewer.key_id)
        except Refused as refusal:
            return Begun(viewer, refusal)
        return Begun(viewer, None)

    # ------------------------------------------------------------ what is asked

    async def _run(self, head: Head, viewer: Viewer, body: bytes, began: float) -> Answered | None:
        """The answer; None where the view has to give one."""
        asking = self._asking_again(head.path, body, viewer) or self._asking(head.path, body, viewer)
        if asking is None or self.deployment is None:
            return None
        plan, bill, sent = asking
        nodes, values = sent
        caller = viewer.key_id or ""
        try:
            self._allowance.begin(caller)
        except Refused:
            return None
        request_id = head.request_id or new_id()
        seen = Observation(self._traces)
        before = REQUEST.set(request_id)
        try:
            context = self.deployment.context(viewer, request_id, head.form.language, seen)
            seen.run(plan.name)  # it would be traced as well, but where there are traces there is no front
            data = await plan.run(context, values, shares=True)
        except Surprise:
            return None
        finally:
            REQUEST.reset(before)
            self._allowance.end(caller)
        answer = json_of({"data": data, "extensions": cost_of(nodes, bill.used(data))})
        return Answered(answer, head.form, head.path, request_id, viewer, seen, began)

    def _asking(self, path: str, body: bytes, viewer: Viewer) -> Asking | None:
        """What a body asks for; None where the view has to look at it."""
        found = asked(body)
        document = self._document(path, found, viewer) if found is not None else None
        if found is None or document is None or document.plans is None:
            return None
        plan, bill = document.plans.made.get(found.operation), document.bill(found.operation)
        if plan is None or bill is None:
            return None
        sent = plan.kept.get(found.variables) or self._read(plan, bill, found.variables)
        if sent is None:
            return None
        if len(body) <= LONGEST_FRAME and (parts := around(body, found)):
            if len(self._frames) >= MOST_FRAMES:
                self._frames.clear()
            self._frames[body[:BEGINNING]] = Frame(path, *parts, found, document, plan, bill)
        return plan, bill, sent

    def _asking_again(self, path: str, body: bytes, viewer: Viewer) -> Asking | None:
        """The same where bodies differ in their variables alone, and these were read before."""
        frame = self._frames.get(body[:BEGINNING])
        if frame is None or frame.path != path or not body.startswith(frame.before) or not body.endswith(frame.after):
            return None
        sent = frame.plan.kept.get(written) if (written := body[len(frame.before) : -len(frame.after)]) else None
        if sent is None or self._document(path, frame.found, viewer) is not frame.document:
            return None
        return frame.plan, frame.bill, sent

    def _read(self, plan: Plan, bill: Bill, written: bytes) -> Sent | None:
        """Variables as they are written; None where the view has to look at them, or refuse what they ask for."""
        given = variables_of(written)
        nodes = bill.asked(given)
        if given is None or nodes > MOST_NODES:
            return None
        try:
            sent = nodes, plan.read(given)
        except Surprise:
            return None
        if len(written) <= LONGEST_KEPT:
            self._sent.keep(plan, written, sent)
        return sent

    def _document(self, path: str, found: Asked, viewer: Viewer) -> Document | None:
        texts = self._documents[path]
        if found.document_id is not None:
            text = trusted(found.document_id)
            return texts.kept(text) if text is not None else None
        if viewer.kind in self._trusted_only or viewer.scopes & self._trusted_only:
            return None
        return texts.document(found.query)


def _form_of(media_type: str, language: str) -> Form:
    before = [(name.lower().encode(), value.encode()) for name, value in answer_headers(language).items()]
    content_type = (b"content-type", f"{media_type}; charset=utf-8".encode())
    start = b"".join([*(b"%b: %b\r\n" % one for one in before), b"content-length: "])
    return Form(language, before, content_type, start, b"\r\n%b: %b\r\n%b: " % (*content_type, HEADER))


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
