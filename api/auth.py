"""Who asks: the viewer of an API key, or in a demonstration anyone on this machine."""

from ipaddress import ip_address

from starlette.requests import Request

from api.bodies import Refused
from api.deployment import Deployment
from schema.scopes import Scope
from schema.store import Viewer, ViewerKind

INTERNAL = Viewer(ViewerKind.INTERNAL, scopes=frozenset({Scope.ADMIN}))
"""Whoever runs the commands on this machine, or asks a demonstration from it."""
LOCAL_NAMES = {"localhost", "0.0.0.0"}  # noqa: S104 - a name that a browser may be given, not an address to listen on
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


async def viewer_of(request: Request, deployment: Deployment, *, demo: bool) -> Viewer:
    """The viewer who asks. Raises Refused, 401, for a request without a valid key."""
    key = _key(request)
    if key is None:
        if demo and is_local(request):
            return INTERNAL
        where = " A demonstration answers without one to this machine only." if demo else ""
        raise _unauthenticated(f"Send an API key as `Authorization: Bearer KEY` or `X-API-Key: KEY`.{where}")
    viewer = await deployment.keys.viewer_of(key, deployment.clock())
    if viewer is None:
        raise _unauthenticated("The API key is unknown, revoked or expired. `coverline keys create` makes a new one.")
    return viewer


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


def _unauthenticated(message: str) -> Refused:
    return Refused(401, "UNAUTHENTICATED", message, {"WWW-Authenticate": 'Bearer realm="coverline"'})
