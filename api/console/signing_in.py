"""Signing in with a key or a token, signing out, and choosing a language."""

from secrets import compare_digest

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth import is_local, viewer_by
from api.bodies import Refused, submitted
from api.console.asking import LANGUAGE_COOKIE, Asked, chosen_language, here, own_page
from api.console.frame import bad_input, forget, framed, keep
from api.console.templates import ROOT, rendered
from api.console.wording import ConsoleWording
from api.deployment import Deployment
from api.rates import Allowance
from api.sessions import TooLong, is_own
from entitlements.messages import Message, said
from schema.languages import LANGUAGES

A_YEAR = 365 * 24 * 3600
ENDED = said("Your session has ended. Sign in again.")
FOREIGN = said(
    "The form was sent from another site, or by a browser that does not say from where. Load the page again."
)
UNSAFE = said("A session is kept over https alone. Open this page by its https address.")
STALE = said("The form is of another session. Load the page again.")


async def sign_in(request: Request, *, allowance: Allowance) -> Response:
    """Where one signs in, and what comes of it."""
    if request.method != "POST":
        message = ENDED if request.query_params.get("ended") else None
        return _form(request, request.query_params.get("next", ""), message)
    given = await submitted(request)
    if not is_own("POST", request.headers):
        raise bad_input(FOREIGN, "FOREIGN_FORM", 403)
    deployment: Deployment = request.app.state.deployment
    is_plain = request.headers.get("origin", "").startswith("http://")
    credential, back = given.get("credential", "").strip(), given.get("next", "")
    if is_plain and not is_local(request):
        return _form(request, back, UNSAFE, 400)
    if not credential:
        return _form(request, back, said("Give a key or a token."), 400)
    try:
        await allowance.known(request, viewer_by(credential, deployment))
        _, cookie = deployment.sessions.opened(credential, deployment.clock())
    except TooLong:
        return _form(request, back, said("The token is too long for a session. Ask its issuer for a shorter one."), 400)
    except Refused as refusal:
        if refusal.status != 401:  # noqa: PLR2004 - the status by its number, as everywhere
            raise
        request.state.seen.failed(refusal.code)
        return _form(request, back, refusal.message, 403)
    response = RedirectResponse(own_page(back), 303)
    keep(request, response, cookie, deployment)
    return response


def _form(request: Request, back: str, message: Message | None = None, status: int = 200) -> HTMLResponse:
    wording = ConsoleWording(chosen_language(request))
    values = {"back": own_page(back), "message": wording.told(message) if message else None, "here": here(request)}
    return HTMLResponse(rendered("sign_in.html", wording, **values), status)


async def sign_out(asked: Asked) -> Response:
    """Ends the session of this browser."""
    await filled_in(asked)
    response = RedirectResponse(f"{ROOT}/sign-in", 303)
    forget(response)
    return response


async def filled_in(asked: Asked) -> dict[str, str]:
    """What a form of this session brings. Raises Refused for one of another session or site."""
    given = await submitted(asked.request)
    form = asked.session.form if asked.session else ""
    if not form or not compare_digest(given.pop("form", "").encode(), form.encode()):
        raise bad_input(STALE, "STALE_FORM", 403)
    return given


async def choose_language(request: Request) -> Response:
    """Keeps the language that a reader chose, and goes back to the page."""
    language = request.query_params.get("to", "")
    response = RedirectResponse(own_page(request.query_params.get("next", "")), 303)
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=A_YEAR, path=ROOT, httponly=True, samesite="strict")
    return framed(request, response)
