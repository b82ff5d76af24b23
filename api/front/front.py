"""The front: what of a request is judged each time, and its plan."""

from collections.abc import Awaitable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.bodies import LARGEST_BODY, Refused, received
from api.deployment import Deployment
from api.encoding import json_of
from api.front.answered import LONGEST, Answered, Kept
from api.front.bodies import Asked, around, asked, variables_of
from api.front.heads import Head, Headers, Heads
from api.front.kept import LONGEST_KEPT, Sent, Texts, Variables
from api.front.turns import Turn
from api.graphql import Begun
from api.logs import REQUEST, logger
from api.operations import trusted
from api.rates import Allowance
from api.settings import Settings
from api.store.key_reading import KeyReader
from api.telemetry import Answer, Observation, Telling, new_id
from api.traces import Traces
from schema.compiled.awaiting import Waiting, begun
from schema.compiled.plans import Plan
from schema.compiled.surprises import Surprise
from schema.costs import MOST_NODES, Bill
from schema.documents import Document, cost_of
from schema.root import Schema
from schema.store import Viewer

BEGINNING = 96
"""Bytes by which bodies are told apart at first."""
LONGEST_FRAME = 16 * 1024
MOST_FRAMES = 64
"""Bodies that are kept without their variables, so that they are read once; and bytes of one."""
FRONT = "front"
"""The name by which the application hands its front to the server."""


log = logger(__name__)


class Asking(NamedTuple):
    """What a request asks for."""

    plan: Plan
    bill: Bill
    sent: Sent


class Frame(NamedTuple):
    """A body without its variables, and what it asks for."""

    path: str
    before: bytes
    after: bytes
    found: Asked
    document: Document
    plan: Plan
    bill: Bill

    def sent(self, path: str, body: bytes) -> Sent | None:
        """The variables of a body that differs from it in them alone, if they were read before."""
        if path != self.path or not body.startswith(self.before) or not body.endswith(self.after):
            return None
        written = body[len(self.before) : -len(self.after)]
        return self.plan.kept.get(written) if written else None


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
        self._heads = Heads()
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

    def again(self, head: Head, body: bytes) -> Answered | None:
        """What was answered to the same before, if it still holds; otherwise nothing is judged or counted here."""
        began = perf_counter()
        deployment, reader = self.deployment, self.key_reader
        if deployment is None or reader is None:
            return None
        now = deployment.clock()
        viewer = reader.viewer_at_once(head.key, now)
        asking = self._asking_again(head.path, body, viewer) if viewer is not None else None
        if viewer is None or asking is None:
            return None
        kept = asking.sent.answer
        if kept is None or not kept.holds(viewer, head.form, deployment.store.version(), now):
            return None
        return kept.again(head, began) if self._allowance.has_room(viewer.key_id or "") else None

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
        return self._heads.read(path, given) if self.deployment is not None else None

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
        caller = viewer.key_id or ""
        try:
            self._allowance.begin(caller)
        except Refused:
            return None
        request_id = head.request_id or new_id()
        seen = Observation(self._traces)
        before = REQUEST.set(request_id)
        try:
            version = self.deployment.store.version()
            context = self.deployment.context(viewer, request_id, head.form.language, seen)
            seen.run(plan.name)  # it would be traced as well, but where there are traces there is no front
            data = await plan.run(context, sent.values, shares=True)
        except Surprise:
            return None
        finally:
            REQUEST.reset(before)
            self._allowance.end(caller)
        answer = json_of({"data": data, "extensions": cost_of(sent.nodes, bill.used(data))})
        if plan.is_steady and context.lasts_until is not None and version is not None and len(answer) <= LONGEST:
            sent.answer = Kept(answer, viewer, head.form, version, context.now, context.lasts_until, seen)
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
        return Asking(plan, bill, sent)

    def _asking_again(self, path: str, body: bytes, viewer: Viewer) -> Asking | None:
        """The same where bodies differ in their variables alone, and these were read before."""
        frame = self._frames.get(body[:BEGINNING])
        sent = frame.sent(path, body) if frame is not None else None
        if frame is None or sent is None or self._document(path, frame.found, viewer) is not frame.document:
            return None
        return Asking(frame.plan, frame.bill, sent)

    def _read(self, plan: Plan, bill: Bill, written: bytes) -> Sent | None:
        """Variables as they are written; None where the view has to look at them, or refuse what they ask for."""
        given = variables_of(written)
        nodes = bill.asked(given)
        if given is None or nodes > MOST_NODES:
            return None
        try:
            sent = Sent(nodes, plan.read(given))
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
