"""Around every page: who is let in, what a browser may do with it, and what is said when something fails."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import health
from api.answers import LIMITED
from api.asking import Unanswered
from api.auth import is_local, session_of, viewer_of
from api.bodies import Refused
from api.console.asking import Asked, chosen_language, here
from api.console.templates import ROOT, rendered
from api.console.wording import ConsoleWording
from api.deployment import Deployment
from api.logs import logger
from api.rates import Allowance
from api.sessions import COOKIE
from api.settings import Settings
from entitlements.messages import Message, said
from schema.errors import BAD_USER_INPUT, FORBIDDEN, INTERNAL_ERROR, fault_of_ours
from schema.root import Schema
from schema.scopes import Scope
from schema.store import ViewerKind

log = logger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing is run, shown or asked that does not come from this origin, and nothing that is written into a page."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
    "X-Content-Type-Options": "nosniff",
}
STATUSES = {FORBIDDEN: 403, INTERNAL_ERROR: 500}
TITLES = {
    400: said("This cannot be answered"),
    403: said("Not yours to see"),
    404: said("Not found"),
    429: said("Too many requests"),
    500: said("A fault of ours"),
    503: said("The database does not answer"),
}
ABSENT = said("Try again in a minute. Whoever runs the server finds the cause by `coverline doctor`.")

TELLING = timedelta(days=1)
"""How long a browser keeps a session that is over, so that its holder is told so."""

Page = Callable[[Asked], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Frame:
    """What pages have in common."""

    def __init__(self, schema: Schema, settings: Settings, allowance: Allowance, *, demo: bool) -> None:
        self.schema = schema
        self.allowance = allowance
        self.graphiql = settings.graphiql or demo
        self.demo = demo

    def page(self, answer: Page) -> Endpoint:
        """An endpoint for who is signed in; the others are led to where one signs in."""
        return self.open(partial(self._answered, answer=answer))

    def open(self, answer: Endpoint) -> Endpoint:
        """An endpoint for anybody, whose failures are told on a page."""

        async def endpoint(request: Request) -> Response:
            try:
                response = await answer(request)
            except Refused as refusal:
                response = refused(request, refusal)
            except Unanswered as problem:
                response = await self._unanswered(request, problem)
            except Exception:
                log.exception("fault", request_id=request.state.request_id)
                response = await self._failed(request)
            return framed(request, response)

        return endpoint

    async def _answered(self, request: Request, answer: Page) -> Response:
        deployment: Deployment = request.app.state.deployment
        session = session_of(request, deployment)
        is_open = self.demo and is_local(request) and (session is None or session.credential is None)
        try:
            viewer = await self.allowance.known(request, viewer_of(request, deployment, demo=self.demo))
        except Refused as refusal:
            if refusal.status != 401:  # noqa: PLR2004 - the status by its number, as everywhere
                raise
            return _led_to_sign_in(request)
        cookie = None
        if is_open and session is None:
            session, cookie = deployment.sessions.opened(None, deployment.clock())
        request.state.viewer = viewer
        explores = self.graphiql or (viewer.kind is ViewerKind.INTERNAL and viewer.may(Scope.ADMIN))
        asked = Asked(request, deployment, self.schema, self.allowance, viewer, session, explores, is_open)
        response = await answer(asked)
        if cookie is not None:
            keep(request, response, cookie, deployment)
        return response

    async def _unanswered(self, request: Request, problem: Unanswered) -> Response:
        request.state.seen.failed(problem.code)
        if problem.is_ours:
            return await self._failed(request)
        return told(request, STATUSES.get(problem.code, 400), problem.code, Message(str(problem), {}))

    async def _failed(self, request: Request) -> Response:
        if not await health.answers(request.app.state.deployment):
            return told(request, 503, "UNAVAILABLE", ABSENT)
        return told(request, 500, INTERNAL_ERROR, fault_of_ours(request.state.request_id))


def framed(request: Request, response: Response) -> Response:
    """An answer with what a browser may do with it."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Language", chosen_language(request))
    return response


def refused(request: Request, refusal: Refused) -> Response:
    """The page of what was refused."""
    if refusal.status in LIMITED:
        request.state.seen.refused(refusal.code)
    request.state.seen.failed(refusal.code)
    response = told(request, refusal.status, refusal.code, refusal.message)
    response.headers.update(refusal.headers)
    return response


def told(request: Request, status: int, code: str, message: Message) -> HTMLResponse:
    """A page that says what is wrong and what to do."""
    wording = ConsoleWording(chosen_language(request))
    title = wording.told(TITLES.get(status, TITLES[400]))
    page = rendered(
        "error.html",
        wording,
        title=title,
        message=wording.told(message),
        code=code,
        request_id=request.state.request_id,
        here=here(request),
    )
    return HTMLResponse(page, status)


def bad_input(message: Message, code: str = BAD_USER_INPUT, status: int = 400) -> Refused:
    """A refusal of what was filled in."""
    return Refused(status, code, message)


def keep(request: Request, response: Response, cookie: str, deployment: Deployment) -> None:
    """Have a browser keep a session: read by no script, sent by no other site, and over TLS except on this machine."""
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int((deployment.sessions.holds + TELLING).total_seconds()),
        secure=request.url.scheme == "https" or not is_local(request),
        httponly=True,
        samesite="strict",
    )


def forget(response: Response) -> None:
    """Have the browser forget its session."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


def _led_to_sign_in(request: Request) -> Response:
    """To where one signs in; but first once more to the page itself, where a link of another site led to it.

    A browser sends a strict cookie only when a page of this origin asks.
    """
    if request.method == "GET" and request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        return HTMLResponse(rendered("again.html", ConsoleWording(chosen_language(request)), here=here(request)))
    ended = "&ended=1" if COOKIE in request.cookies else ""
    response = RedirectResponse(f"{ROOT}/sign-in?next={quote(here(request), safe='')}{ended}", 303)
    if ended:
        forget(response)
    return response
