"""Nodes: whatever has a global id."""

from uuid import UUID

import strawberry

from schema import ids
from schema.ids import Kind, read_id, read_id_of

__all__ = ["Kind", "Node", "read_id", "read_id_of", "write_id"]


@strawberry.interface
class Node:
    """Anything that has a global id and can be fetched again by it."""

    id: strawberry.ID = strawberry.field(description="Opaque, global, and stable.")


def write_id(kind: Kind, uuid: UUID) -> strawberry.ID:
    """The global id of an object."""
    return strawberry.ID(ids.write_id(kind, uuid))
