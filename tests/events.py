"""Events as they stand in the outbox, and changes that tell of something."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from api.deployment import Deployment
from api.store import tables
from api.store.engine import Database
from api.store.tables import table_of
from schema.store import Viewer
from tests.ordering import OPERATOR, SCHEMA

outbox = table_of(tables.OutboxEvent)


async def changed(deployment: Deployment, mutation: str, viewer: Viewer = OPERATOR, **given: Any) -> dict[str, Any]:
    """What a mutation answers a viewer: the fields of its result that the problem has too."""
    name = f"{mutation[0].upper()}{mutation[1:]}Input"
    document = (
        f"mutation ($input: {name}!) {{ {mutation}(input: $input) {{ __typename ... on Problem {{ code message }} }} }}"
    )
    return (await asked(deployment, document, viewer, input=given))[mutation]


async def asked(deployment: Deployment, document: str, viewer: Viewer = OPERATOR, **variables: Any) -> dict[str, Any]:
    """The data of an answer to a viewer."""
    context = deployment.context(viewer)
    result = await SCHEMA.execute(document, variable_values=variables, context_value=context)
    assert not result.errors, result.errors
    assert result.data is not None
    return result.data


async def payloads(deployment: Deployment) -> list[Mapping[str, Any]]:
    """What is sent of every event, in the order in which they were told."""
    return await payloads_in(deployment.database)


async def payloads_in(database: Database) -> list[Mapping[str, Any]]:
    """The same of a database."""
    async with database.reading() as connection:
        rows = await connection.execute(select(outbox.c.payload).order_by(outbox.c.id))
        return [json.loads(text) for text in rows.scalars()]
