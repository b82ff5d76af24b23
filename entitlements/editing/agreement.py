"""What must agree across the files of an edition: the codes that values name, and tables that match one another."""

from collections.abc import Iterator
from typing import Any, TypeVar, cast

from entitlements import parameters
from entitlements.guide import Guide
from entitlements.parameters import Family, Parameter

T = TypeVar("T")


def disagreements(guide: Guide) -> Iterator[tuple[str, str]]:
    """Problems between values, each with the name of one: codes that name nothing, tables that do not match."""
    for where, code, family in _codes_named(guide):
        if code not in guide.codes(family):
            yield where, f"names {code}, which is not stated; add [{family.group}.{code}] or mend the name"
    plans = set(guide.codes(parameters.PLAN))
    for where, feature in _stated(guide, parameters.FEATURE):
        if set(feature.plans) != plans:
            yield where, f"names the plans {sorted(feature.plans)}; state every plan of the edition: {sorted(plans)}"
    for family in (
        parameters.REACTION,
        parameters.NOTIFICATION,
        parameters.ESCALATION_STEPS,
        parameters.CLOCKS_RUN_EXTENDED,
    ):
        for code in sorted(plans.symmetric_difference(guide.codes(family))):
            yield f"{family.group}.{code}", f"plans and {family.group} differ; state it for every plan and for no other"
    for code in guide.codes(parameters.THEATER):
        if code not in guide.codes(parameters.WEEK):
            yield f"theater.{code}", f"has no week; add [week.{code}]"
    for where, priority in _priorities_named(guide):
        if priority not in set(parameters.Priority):
            yield where, f"names the priority {priority}; write one of {', '.join(parameters.Priority)}"
    steps = {len(taken) for _, taken in _stated(guide, parameters.ESCALATION_STEPS)}
    for where, levels in _stated(guide, parameters.ESCALATION_LEVELS):
        if steps - {len(levels)}:
            yield where, f"has {len(levels)} levels for {sorted(steps)} steps; state one level for each step"


def _codes_named(guide: Guide) -> Iterator[tuple[str, str, Family[Any]]]:
    """Every code that a value names: the value's name, the code, and the family in which it must stand."""
    for where, plan in _stated(guide, parameters.INCLUDED_PLAN):
        yield where, plan, parameters.PLAN
    for parameter in (parameters.EXTENDED_DAYS_FEATURE, parameters.HOLIDAYS_FEATURE, parameters.ON_CALL_FEATURE):
        for where, feature in _stated(guide, parameter):
            yield where, feature, parameters.FEATURE
    for parameter, family in (
        (parameters.NORMAL_HOURS_ONLY_LEVELS, parameters.FEATURE),
        (parameters.ON_CALL_EXCLUDED_LEVELS, parameters.FEATURE),
        (parameters.ON_CALL_CHANNELS, parameters.CHANNEL),
        (parameters.FIXES_NEED_LATEST, parameters.SERVICE),
    ):
        for where, codes in _stated(guide, parameter):
            yield from ((where, code, family) for code in sorted(codes))
    for where, channel in _stated(guide, parameters.CHANNEL):
        yield where, channel.feature, parameters.FEATURE
    for where, feature in _stated(guide, parameters.SERVICE):
        if feature is not None:
            yield where, feature, parameters.FEATURE
    for where, feature in _stated(guide, parameters.LEVEL):
        yield where, feature, parameters.FEATURE
    for where, theater in _stated(guide, parameters.THEATER):
        yield where, theater.holidays, parameters.HOLIDAYS


def _priorities_named(guide: Guide) -> Iterator[tuple[str, str]]:
    for where, reactions in _stated(guide, parameters.REACTION):
        yield from ((where, priority) for priority in reactions.within)
    for where, within in _stated(guide, parameters.NOTIFICATION):
        yield from ((where, priority) for priority in within)
    for code in guide.codes(parameters.ESCALATION_LEVELS):
        yield f"escalation_levels.{code}", code


def _stated(guide: Guide, value: Parameter[T] | Family[T]) -> Iterator[tuple[str, T]]:
    """Every entry of a value that was not ended, or of all of a family's, with its name."""
    if isinstance(value, Parameter):
        found = [guide.values[value.name]]
    else:
        found = [guide.series(value, code) for code in guide.codes(value)]
    for series in found:
        for entry in series.entries:
            if not entry.ended:
                yield series.name, cast("T", entry.value)
