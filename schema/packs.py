"""Dispute packs, put together from what the viewer may see."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from entitlements import packs
from entitlements.facts import Facts
from entitlements.packs import Change, Disputed
from schema.context import Context
from schema.nodes import Kind, write_id
from schema.records import edition_of
from schema.store import PageRequest, ViewerKind

PAGE = 100


async def pack_of(context: Context, id_: UUID, keys: Mapping[str, Any]) -> dict[str, Any] | None:
    """The pack of a recorded decision, sealed where there is a key to seal with; None for one not the viewer's to see.

    `keys` are the public keys, as a JWK set.
    """
    kept = await context.store.decision_record(context.viewer, id_)
    if kept is None:
        return None
    guide = await edition_of(context, kept)
    known = await context.loaders.facts_by_id(kept.license_id, context.now) if kept.license_id else None
    now = known or Facts(license=None, releases=await context.store.releases(context.now))
    name = write_id(Kind.DECISION_RECORD, kept.id)
    disputed = Disputed(name, kept.recorded_at, kept.ticket, kept.record, kept.hashes, kept.token)
    packed = packs.pack(disputed, guide, now, context.now, await _changes(context, kept.license_id), keys)
    packed["seal"] = context.sign({"jti": name, "pack": packs.digest(packed)})
    return packed


async def _changes(context: Context, license_id: UUID | None) -> list[Change]:
    """Every change of the licence, the oldest first; key ids for internal viewers alone."""
    found: list[Change] = []
    page = PageRequest(first=PAGE)
    is_internal = context.viewer.kind is ViewerKind.INTERNAL
    while license_id is not None:
        part = await context.store.history(context.viewer, license_id, page)
        found += [
            Change(one.at, tuple(one.kinds), one.by, one.key_id if is_internal else None, one.mutation, one.reason)
            for _, one in part.items
        ]
        if not part.has_next:
            break
        page = PageRequest(first=PAGE, after=part.items[-1][0])
    return found
