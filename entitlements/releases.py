"""Seasonal releases: which is the latest, and which of two is newer (R-REL)."""

from collections.abc import Sequence
from datetime import date

from entitlements.facts import Release
from entitlements.guide import Guide
from entitlements.parameters import RELEASE_ORDER, SEASONS, ReleaseOrder, SeasonalRelease


def by_name(releases: Sequence[Release], name: str | None) -> Release | None:
    """The release of a name; None without a name, or where it is not known."""
    return next((release for release in releases if release.name == name), None)


def latest_by(releases: Sequence[Release], day: date) -> Release | None:
    """The latest release dated on or before a day."""
    released = [release for release in releases if release.released_on <= day]
    return max(released, key=lambda release: release.released_on, default=None)


def is_at_least(
    installed: Release, wanted: SeasonalRelease, releases: Sequence[Release], guide: Guide, day: date
) -> bool | None:
    """Whether a release is a given seasonal one or a newer one, by date (R-REL-1).

    None where the wanted one is not known, so that no date can be compared.
    """
    if guide.value(RELEASE_ORDER, day) is ReleaseOrder.SEASON:
        seasons = guide.value(SEASONS, day)
        return (installed.year, seasons.index(installed.season)) >= (
            wanted.year,
            seasons.index(wanted.season),
        )
    minimum = next((r for r in releases if r.season == wanted.season and r.year == wanted.year), None)
    return None if minimum is None else installed.released_on >= minimum.released_on
