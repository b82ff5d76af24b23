"""What proves a decision, over HTTP: the public keys that signatures are verified with."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.deployment import Deployment
from api.signatures import published

KEPT = "public, max-age=300"
"""How long a verifier may keep the keys: a new one is known to all of them after that."""


async def public_keys(request: Request) -> Response:
    """The public keys, those no longer signed with too, as a JWK set. Nobody is asked who they are."""
    deployment: Deployment = request.app.state.deployment
    keys = published(deployment.signing.public)
    return JSONResponse(keys, headers={"Cache-Control": KEPT}, media_type="application/jwk-set+json")
