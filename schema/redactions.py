"""Redactions: what a viewer sees less of than the operator does is said, never left a silent blank.

An entry stands there whether or not something is behind it, so that it tells no more than a blank would.
"""

import strawberry

from entitlements.messages import Message, said
from schema.context import Info, Language
from schema.scopes import Scope
from schema.store import Viewer, ViewerKind

REDACTIONS = "What the viewer sees less of here than the operator does; empty where it sees the same."


@strawberry.type
class Redaction:
    """A field of this object that is withheld from the viewer, wholly or in part."""

    field: str
    permission: str = strawberry.field(
        description="What would show it: a scope, or `internal` for what only the operator sees."
    )
    text: strawberry.Private[Message]

    @strawberry.field
    def message(self, info: Info, language: Language = strawberry.UNSET) -> str:
        """What is shown instead, and how the whole is obtained."""
        return info.context.told(self.text, language)


def hides_amounts(viewer: Viewer) -> bool:
    """Whether charges and amounts are withheld."""
    return not viewer.may(Scope.BILLING_READ)


def amounts(viewer: Viewer, *fields: str) -> list[Redaction]:
    """The entries of fields that tell of charges and amounts."""
    if not hides_amounts(viewer):
        return []
    scope = Scope.BILLING_READ.value
    text = said(
        "Charges and amounts are withheld. Ask the operator for a key or token with the scope {scope}.", scope=scope
    )
    return [Redaction(field=field, permission=scope, text=text) for field in fields]


def of_others(viewer: Viewer, field: str, instead: Message) -> list[Redaction]:
    """The entry of a field that may name an account which is not the viewer's to see."""
    if viewer.kind is ViewerKind.INTERNAL:
        return []
    text = said("{instead} The operator sees the whole; ask there.", instead=instead)
    return [Redaction(field=field, permission=ViewerKind.INTERNAL.value, text=text)]
