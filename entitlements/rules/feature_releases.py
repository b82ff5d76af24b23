"""The right to a release: which one is asked for, whether it is held for good, whether it is out (R-CHK-14)."""

from collections.abc import Iterator
from datetime import date

from entitlements import releases
from entitlements.cases import Case
from entitlements.messages import said
from entitlements.reasons import ReasonCode, blocks, facts
from entitlements.requests import Service
from entitlements.rules import Finding


def offered(case: Case) -> Iterator[Finding]:
    """A release that is not out on the day cannot be had yet (R-CHK-14)."""
    if case.request.service is not Service.FEATURE_RELEASE:
        return
    yield case.guide.clause("R-CHK-14")
    yield case.guide.clause("R-REL-3")
    wanted = _wanted_release_day(case)
    if wanted is not None and wanted > case.day:
        message = said("{release} comes out on {released_on}", release=case.request.release, released_on=wanted)
        told = facts(release=case.request.release, released_on=wanted, day=case.day)
        yield blocks(ReasonCode.NOT_YET_OFFERED, message, case.guide.clause("R-CHK-14"), told)
    if wanted is None:
        message = said("no release is recorded by {day}", day=case.day)
        yield blocks(ReasonCode.FACTS_MISSING, message, case.guide.clause("R-CHK-14"), facts(missing="release"))


def holds_release(case: Case) -> bool:
    """Whether a release is asked for that a period already begun gives for good (R-CHK-14)."""
    wanted = _wanted_release_day(case)
    if wanted is None:
        return False
    begun = [period.expires_on for period in case.timeline.periods if period.starts_on <= case.day]
    return bool(begun) and wanted <= max(begun)


def _wanted_release_day(case: Case) -> date | None:
    """The date of the release that a FEATURE_RELEASE asks for: the named one, else the latest of the day."""
    if case.request.service is not Service.FEATURE_RELEASE:
        return None
    known = case.facts.releases
    wanted = (
        releases.by_name(known, case.request.release) if case.request.release else releases.latest_by(known, case.day)
    )
    return wanted.released_on if wanted else None
