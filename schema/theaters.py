"""Theaters: the service regions of the guide, each with its own zone."""

import strawberry

from entitlements.guide import Guide
from entitlements.parameters import THEATER


@strawberry.type
class Theater:
    """A service region."""

    code: str
    name: str
    time_zone: str = strawberry.field(description="The IANA name of its zone.")

    @classmethod
    def of(cls, guide: Guide, code: str) -> "Theater":
        """A theater by its code, as the guide has it now."""
        terms = guide.series(THEATER, code).entries[-1].value
        return cls(code=code, name=terms.name, time_zone=terms.zone.key)
