"""The out-of-hours on-call service: to whom it is open, and which of its conditions are unmet (R-SLA-4, R-CHK-6)."""

from dataclasses import dataclass
from enum import Enum, auto

from entitlements.cases import Case
from entitlements.parameters import (
    ON_CALL_CHANNELS,
    ON_CALL_EXCLUDED_COUNTRIES,
    ON_CALL_EXCLUDED_LEVELS,
    ON_CALL_FEATURE,
    ON_CALL_LANGUAGES,
    ON_CALL_PIN,
    ON_CALL_PLANNED_MAINTENANCE,
    ON_CALL_PRIORITIES,
)


class Condition(Enum):
    """What the on-call service asks of a caller."""

    PIN = auto()
    LANGUAGE = auto()
    COUNTRY = auto()
    COUNTRY_UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Unmet:
    """A condition that does not hold, with the value it was judged on."""

    condition: Condition
    value: str | None


def is_open_to(case: Case) -> bool:
    """Whether the service is meant for this question: plan, channel, level, and gravity or planned maintenance."""
    guide, request, day = case.guide, case.request, case.day
    grave = request.priority is not None and request.priority in guide.value(ON_CALL_PRIORITIES, day)
    planned = request.planned_maintenance and guide.value(ON_CALL_PLANNED_MAINTENANCE, day)
    return (
        (grave or planned)
        and request.channel in guide.value(ON_CALL_CHANNELS, day)
        and case.level not in guide.value(ON_CALL_EXCLUDED_LEVELS, day)
        and case.grants(guide.value(ON_CALL_FEATURE, day))
    )


def unmet(case: Case) -> list[Unmet]:
    """Every condition of the service that does not hold, or cannot be told."""
    guide, request, day = case.guide, case.request, case.day
    found: list[Unmet] = []
    if guide.value(ON_CALL_PIN, day) and not request.pin_verified:
        found.append(Unmet(Condition.PIN, None))
    if request.language is not None and primary_language(request.language) not in guide.value(ON_CALL_LANGUAGES, day):
        found.append(Unmet(Condition.LANGUAGE, request.language))
    country = case.license.account.country
    if country is None:
        found.append(Unmet(Condition.COUNTRY_UNKNOWN, None))
    elif country in guide.value(ON_CALL_EXCLUDED_COUNTRIES, day):
        found.append(Unmet(Condition.COUNTRY, country))
    return found


def primary_language(tag: str) -> str:
    """The language of a BCP 47 tag without region or script, in lower case."""
    return tag.partition("-")[0].lower()
