"""Decisions as they were recorded, and the editions that they were made under."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import tables
from api.store.conditions import account_id, visible
from api.store.inserting import insert_into
from api.store.tables import table_of
from entitlements.decisions import Decision
from entitlements.guide import Guide
from entitlements.records import Hashes, Record
from schema.store import Viewer
from schema.writing import DecisionKept

editions = table_of(tables.KeptEdition)
records = table_of(tables.DecisionRecord)
licenses = table_of(tables.License)

TEXTS = ("request", "facts", "policy", "result")


async def keep(
    connection: AsyncConnection,
    viewer: Viewer,
    kept: DecisionKept,
    decision: Decision,
    day: date,
    *,
    guide: Guide,
    change_id: UUID,
) -> dict[str, Any]:
    """Keeps a decision at the account of its licence, or at the asker's own where there is none. Gives the row."""
    await _keep_edition(connection, guide)
    stands = await connection.scalar(select(account_id(viewer.account))) if viewer.account else None
    if kept.license_id is not None:
        stands = await connection.scalar(select(licenses.c.account_id).where(licenses.c.id == kept.license_id))
    values = {
        "id": kept.id, "account_id": stands, "license_id": kept.license_id, "recorded_at": kept.recorded_at,
        "at": decision.at, "day": day, "verdict": decision.verdict.value, "entitled": decision.entitled,
        "ticket": kept.ticket, "token": kept.token, "edition_digest": guide.digest, "change_id": change_id,
        **{name: getattr(kept.record, name) for name in TEXTS},
        **{f"{name}_hash": getattr(kept.hashes, name) for name in TEXTS},
    }  # fmt: skip
    await connection.execute(records.insert().values(values))
    return values


async def _keep_edition(connection: AsyncConnection, guide: Guide) -> None:
    if await connection.scalar(select(editions.c.digest).where(editions.c.digest == guide.digest)) is None:
        values = {"digest": guide.digest, "sources": json.dumps(guide.sources)}
        await connection.execute(insert_into(connection, editions).values(values).on_conflict_do_nothing())


async def record(connection: AsyncConnection, viewer: Viewer, id_: UUID) -> DecisionKept | None:
    """A decision as it was recorded; None for one that is not there, or not the viewer's to see."""
    c = records.c
    found = await connection.execute(select(records).where(c.id == id_, visible(c.account_id, viewer)))
    row = found.mappings().one_or_none()
    if row is None:
        return None
    return DecisionKept(
        id=row["id"],
        license_id=row["license_id"],
        recorded_at=row["recorded_at"],
        ticket=row["ticket"],
        record=Record(**{name: row[name] for name in TEXTS}),
        hashes=Hashes(**{name: row[f"{name}_hash"] for name in TEXTS}),
        token=row["token"],
    )


async def sources(connection: AsyncConnection, digest: str) -> Mapping[str, Mapping[str, str]] | None:
    """The texts of an edition that was kept."""
    text = await connection.scalar(select(editions.c.sources).where(editions.c.digest == digest))
    return json.loads(text) if text is not None else None
