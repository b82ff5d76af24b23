"""What proves a decision, over HTTP: the public keys that signatures are verified with, and dispute packs."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api import answers
from api.auth import caller_of
from api.bodies import Refused
from api.deployment import Deployment
from api.rates import Allowance
from api.signatures import published
from entitlements.messages import said
from schema.errors import FORBIDDEN
from schema.nodes import Kind, read_id_of
from schema.packs import pack_of
from schema.permissions import forbidden, lacked
from schema.scopes import Scope
from schema.store import Viewer

PACK = (Scope.ENTITLEMENTS_CHECK, Scope.BILLING_READ)
"""What a dispute pack needs: its facts tell of charges."""
KEPT = "public, max-age=300"
"""How long a verifier may keep the keys: a new one is known to all of them after that."""


async def public_keys(request: Request) -> Response:
    """The public keys, those no longer signed with too, as a JWK set. Nobody is asked who they are."""
    deployment: Deployment = request.app.state.deployment
    keys = published(deployment.signing.public)
    return JSONResponse(keys, headers={"Cache-Control": KEPT}, media_type="application/jwk-set+json")


async def pack(request: Request, *, allowance: Allowance, demo: bool) -> Response:
    """The dispute pack of a recorded decision, for a viewer who may see it."""
    try:
        viewer, deployment = await allowance.known(request, caller_of(request, demo=demo))
        await allowance.count(request, viewer)
        with allowance.one(request, viewer):
            return await _packed(request, deployment, viewer)
    except Refused as refusal:
        return answers.refused(request, refusal)


async def _packed(request: Request, deployment: Deployment, viewer: Viewer) -> Response:
    lacking = lacked(viewer, PACK)
    if lacking:
        raise Refused(403, FORBIDDEN, forbidden(said("a dispute pack"), lacking).said)
    id_ = read_id_of(Kind.DECISION_RECORD, request.path_params["id"])
    context = deployment.context(viewer, request.state.request_id, observer=request.state.seen)
    packed = await pack_of(context, id_, published(deployment.signing.public)) if id_ else None
    if packed is None:
        raise Refused(404, "NOT_FOUND", said("There is no such record, or it is not yours to see."))
    name = f"coverline-{request.path_params['id']}.json"
    return Response(
        json.dumps(packed, indent=1, sort_keys=True),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
