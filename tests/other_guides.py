"""Editions that the tests bring, as data alone: another vendor's guide, and a later edition of the shipped one."""

from pathlib import Path

from api.editions import usable_guide

EDITIONS = Path(__file__).parent / "editions"
HARBOUR = "harbour-care-1"
"""A vendor of buoys: plans DAY and NIGHT, theaters COAST and ISLANDS, thirty days of grace, six months included."""
HARBOUR_2 = "harbour-care-2"
"""The same vendor's next edition: from 2026 a third plan, DAWN, above the others."""
LATER = "imagicle-care-5.0"
"""From 2026: ninety days of grace, no telephone with BASIC, end users helped with GOLD and PLATINUM."""


def guide(edition: str):
    return usable_guide(edition, EDITIONS)
