"""Who asks: the viewer of a key, a token or a session of the console, or in a demonstration anyone on this machine."""

from datetime import datetime
from ipaddress import ip_address

from starlette.requests import Request

from api.bodies import Refused
from api.deployment import Deployment
from api.key_sets import PAUSE, KeysUnavailable
from api.sessions import COOKIE, Session, is_own
from api.store.keys import MARK
from api.tokens import TokenRefused, Tokens
from entitlements.messages import Message, listed, said
from schema.scopes import Scope
from schema.store import Viewer, ViewerKind

INTERNAL = Viewer(ViewerKind.INTERNAL, scopes=frozenset({Scope.ADMIN}))
"""Whoever runs the commands on this machine, or asks a demonstration from it."""
LOCAL_NAMES = {"localhost", "0.0.0.0"}  # noqa: S104 - a name that a browser may be given, not an address to listen on
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


async def viewer_of(request: Request, deployment: Deployment, *, demo: bool) -> Viewer:
    """The viewer who asks. Raises Refused: 401 without a valid key or token, 503 while no token can be verified."""
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
    if deployment.tokens is not None and not key.startswith(f"{MARK}_"):
        return await _viewer_of_token(deployment.tokens, key, deployment.clock())
    viewer = await deployment.keys.viewer_of(key, deployment.clock())
    if viewer is None:
        message = said("The API key is unknown, revoked or expired. `coverline keys create` makes a new one.")
        raise _unauthenticated(message)
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


def _unauthenticated(message: Message, error: str | None = None) -> Refused:
    challenge = 'Bearer realm="coverline"' + (f', error="{error}"' if error else "")
    return Refused(401, "UNAUTHENTICATED", message, {"WWW-Authenticate": challenge})
