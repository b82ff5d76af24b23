"""What the rules need of any guide, whoever's it is: clauses that answers cite, and a value for each of their codes.

The ids of these clauses are the engine's own names for what a guide says: another vendor's states them in its words.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from entitlements.facts import LicenseModel
from entitlements.guide import Guide
from entitlements.parameters import (
    ACTIVATION,
    CAUSE,
    CHANNEL,
    DUTY,
    ESCALATION_LEVELS,
    LEVEL,
    SERVICE,
    Family,
    Priority,
)
from entitlements.requests import Cause, Channel, Duty, Requester, Service

CITED = (
    "R-CHK-2", "R-CHK-3", "R-CHK-4", "R-CHK-5", "R-CHK-6", "R-CHK-8", "R-CHK-11", "R-CHK-13", "R-CHK-14", "R-CHK-15",
    "R-COT-1", "R-COT-3", "R-COT-4", "R-COT-6",
    "R-COV-2", "R-COV-3", "R-COV-4", "R-COV-6",
    "R-DATE-1", "R-DATE-2",
    "R-EOL-1", "R-EOL-2", "R-EOL-4", "R-EOL-5",
    "R-EXC-1",
    "R-REL-3",
    "R-REN-1", "R-REN-2", "R-REN-3", "R-REN-4", "R-REN-5", "R-REN-7", "R-REN-8",
    "R-REN-9", "R-REN-10", "R-REN-11", "R-REN-12",
    "R-SLA-4", "R-SLA-5",
    "R-SVC-4", "R-SVC-5",
)  # fmt: skip
"""The clauses that rules cite by name."""

CODED: tuple[tuple[Family[Any], type[StrEnum]], ...] = (
    (ACTIVATION, LicenseModel),
    (CHANNEL, Channel),
    (SERVICE, Service),
    (LEVEL, Requester),
    (CAUSE, Cause),
    (DUTY, Duty),
    (ESCALATION_LEVELS, Priority),
)
"""Values that are stated for each of the engine's codes."""


def gaps(guide: Guide) -> Iterator[str]:
    """Every sentence of what a guide lacks to answer whatever may be asked, with what to do; none for a whole one."""
    for rule in CITED:
        if rule not in guide.clauses:
            yield f"{guide.edition}: [{rule}]: is missing, and answers cite it; add it to clauses.toml"
    for family, codes in CODED:
        stated = guide.codes(family)
        for code in codes:
            if code not in stated:
                yield f"{guide.edition}: [{family.group}.{code}]: is missing; add it to one of the edition's files"
