"""Whether a request can be judged at all: INVALID_REQUEST names the field and what is allowed there (R-CHK-15)."""

import re
from collections.abc import Iterator

from entitlements.dates import day_of
from entitlements.facts import Facts
from entitlements.guide import Guide
from entitlements.hours import within_calendars
from entitlements.messages import Message, listed, said
from entitlements.parameters import CALENDAR_FIRST_DAY, CALENDAR_LAST_DAY, POLICY_ZONE, THEATER
from entitlements.reasons import Reason, ReasonCode, blocks, facts
from entitlements.releases import by_name
from entitlements.requests import CheckRequest, Malformed

SERIAL = re.compile(r"[!-~]{1,64}")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
LISTED = 12
"""How many allowed names a message lists at most."""


def invalid(known: Facts, request: CheckRequest, guide: Guide) -> tuple[Reason, ...]:
    """A reason for every field that cannot be judged; empty for a valid request."""
    faults = (*request.malformed, *_faults(known, request, guide))
    return tuple([_refused(fault, guide) for fault in faults]) if faults else ()


def _refused(fault: Malformed, guide: Guide) -> Reason:
    message = said("{field}: {fault}", field=fault.field, fault=fault.message)
    told = facts(field=fault.field, allowed=fault.message)
    return blocks(ReasonCode.INVALID_REQUEST, message, guide.clause("R-CHK-15"), told)


def _faults(known: Facts, request: CheckRequest, guide: Guide) -> Iterator[Malformed]:
    at = guide.in_force_from
    if request.serial is not None and not SERIAL.fullmatch(request.serial):
        yield Malformed("license", said("a serial is 1 to 64 printable ASCII characters without spaces"))
    if not within_calendars(guide, day_of(request.at, guide.value(POLICY_ZONE, at))):
        first, last = guide.value(CALENDAR_FIRST_DAY, at), guide.value(CALENDAR_LAST_DAY, at)
        yield Malformed("at", said("the calendars hold the days from {first} to {last}", first=first, last=last))
    if request.known_at > request.now:
        yield Malformed("knownAt", said("what will be known is not known yet: ask for now or an earlier instant"))
    if request.theater is not None and request.theater not in guide.codes(THEATER):
        yield Malformed("theater", said("one of {codes}", codes=listed(", ", guide.codes(THEATER))))
    if request.language is not None and not LANGUAGE.fullmatch(request.language):
        yield Malformed("language", said("a BCP 47 language tag such as en or pt-BR"))
    for field, name in (("installedRelease", request.installed_release), ("release", request.release)):
        if name is not None and by_name(known.releases, name) is None:
            yield Malformed(field, said("a release known at the time: {releases}", releases=_listed(known)))
    for position, pause in enumerate(request.pauses):
        if pause.ends_at <= pause.starts_at:
            yield Malformed(
                f"pauses.{position}", said("a pause ends after it starts: give a `to` later than its `from`")
            )


def _listed(known: Facts) -> Message:
    if not known.releases:
        return said("none is recorded")
    newest = sorted(known.releases, key=lambda release: release.released_on, reverse=True)
    names = listed(", ", (release.name for release in newest[:LISTED]))
    return said("{releases} and older ones", releases=names) if len(newest) > LISTED else names
