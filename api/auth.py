"""Who asks, and of which world: the viewer of a key, a token or a session; in a demonstration anyone on this machine.

A sandbox's key begins otherwise than all others, and is looked for in the sandbox alone; it alone may set the clock.
"""

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import NamedTuple

from starlette.requests import Request

from api.bodies import Refused
from api.deployment import Deployment
from api.key_sets import PAUSE, KeysUnavailable
from api.sessions import COOKIE, Session, is_own
from api.store.keys import MARK, SANDBOX_MARK
from api.tokens import TokenRefused, Tokens
from entitlements.messages import Message, listed, said
from schema.errors import BadInput
from schema.scalars import read_date_time
from schema.scopes import Scope
from schema.store import Viewer, ViewerKind

INTERNAL = Viewer(ViewerKind.INTERNAL, scopes=frozenset({Scope.ADMIN}))
"""Whoever runs the commands on this machine, or asks a demonstration from it."""
LOCAL_NAMES = {"localhost", "0.0.0.0"}  # noqa: S104 - a name that a browser may be given, not an address to listen on
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


NOW = "x-coverline-now"
"""The header by which a sandbox's key sets the clock."""
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)
"""Between which instants it may be set."""


class Caller(NamedTuple):
    """Who asks, and what is asked: the deployment itself, or its sandbox at the instant that the caller sets."""

    viewer: Viewer
    deployment: Deployment


async def caller_of(request: Request, *, demo: bool) -> Caller:
    """Who asks, and of which world. Raises Refused as `viewer_of` does, and 400 for a clock that cannot be set."""
    deployment: Deployment = request.app.state.deployment
    sandbox = deployment.sandbox
    if sandbox is None or not (_key(request) or "").startswith(f"{SANDBOX_MARK}_"):
        return Caller(await viewer_of(request, deployment, demo=demo), deployment)
    if not sandbox.is_there:
        raise _unknown()
    viewer = await viewer_of(request, sandbox, demo=False)  # a key ends by the real clock
    request.state.seen.is_sandbox = True
    now = _instant_set(request)
    return Caller(viewer, sandbox if now is None else sandbox.at(now))


def _instant_set(request: Request) -> datetime | None:
    """The instant that a caller of a sandbox calls now; None for the machine's own."""
    given = request.headers.getlist(NOW)
    if not given:
        return None
    try:
        [text] = given
        now = read_date_time(text)
    except (ValueError, BadInput):
        now = None
    if now is None or not EARLIEST <= now <= LATEST:
        message = said(
            "{header}: one instant from 2000 to 2099, as RFC 3339 with an offset, such as 2026-11-22T10:00:00+01:00.",
            header=NOW,
        )
        raise Refused(400, "BAD_CLOCK", message)
    return now


async def viewer_of(request: Request, deployment: Deployment, *, demo: bool) -> Viewer:
    """The viewer who asks this deployment.

    Raises Refused: 401 without a valid key or token, 503 while no token can be verified, 403 for a clock that is set
    elsewhere than in a sandbox.
    """
    viewer = await _viewer_of(request, deployment, demo=demo)
    if NOW in request.headers and not deployment.is_sandbox:
        message = said("{header}: the clock is for keys of a sandbox to set. Leave the header out.", header=NOW)
        raise Refused(403, "CLOCK_FORBIDDEN", message)
    return viewer


async def _viewer_of(request: Request, deployment: Deployment, *, demo: bool) -> Viewer:
    key = _key(request)
    if key is None and (session := session_of(request, deployment)):
        key = session.credential
    if key is None:
        if demo and is_local(request):
            return INTERNAL
        message = said("Send an API key as `Authorization: Bearer KEY` or `X-API-Key: KEY`.")
        local = said("A demonstration answers without one to this machine only.")
        raise _unauthenticated(listed(" ", [message, local]) if demo else message)
    return await viewer_by(key, deployment)


async def viewer_by(key: str, deployment: Deployment) -> Viewer:
    """The viewer of a key or a token. Raises Refused as `viewer_of` does."""
    if deployment.tokens is not None and not key.startswith((f"{MARK}_", f"{SANDBOX_MARK}_")):
        return await _viewer_of_token(deployment.tokens, key, deployment.clock())
    viewer = await deployment.keys.viewer_of(key, deployment.clock())
    if viewer is None:
        raise _unknown()
    return viewer


def session_of(request: Request, deployment: Deployment) -> Session | None:
    """The session of the console that a request of its own pages belongs to."""
    cookie = request.cookies.get(COOKIE)
    if not cookie or not deployment.settings.console or not is_own(request.method, request.headers):
        return None
    return deployment.sessions.read(cookie, deployment.clock())


async def _viewer_of_token(tokens: Tokens, text: str, now: datetime) -> Viewer:
    try:
        return await tokens.viewer_of(text, now)
    except TokenRefused:
        message = said("The token is not valid here. Get a new one from its issuer.")
        raise _unauthenticated(message, "invalid_token") from None
    except KeysUnavailable:
        message = said("The keys of the tokens' issuer cannot be read at the moment. Try again.")
        raise Refused(503, "UNAVAILABLE", message, {"Retry-After": str(PAUSE.seconds)}) from None


def is_local(request: Request) -> bool:
    """Whether a request comes from this machine itself: by its address, by the name it uses, and by no proxy."""
    if request.client is None or any(header in request.headers for header in FORWARDED):
        return False
    return _is_loopback(request.client.host) and (
        request.url.hostname in LOCAL_NAMES or _is_loopback(request.url.hostname)
    )


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        address = ip_address(host or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _key(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return request.headers.get("x-api-key") or None


def _unknown() -> Refused:
    return _unauthenticated(
        said("The API key is unknown, revoked or expired. `coverline keys create` makes a new one.")
    )


def _unauthenticated(message: Message, error: str | None = None) -> Refused:
    challenge = 'Bearer realm="coverline"' + (f', error="{error}"' if error else "")
    return Refused(401, "UNAUTHENTICATED", message, {"WWW-Authenticate": challenge})
