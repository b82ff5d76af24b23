"""What must agree across the files of an edition: the codes that values name, and tables that match one another."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar, cast

from entitlements import parameters
from entitlements.dates import ONE_DAY
from entitlements.guide import Guide
from entitlements.parameters import Family, Parameter

T = TypeVar("T")


def disagreements(guide: Guide) -> Iterator[tuple[str, str]]:
    """Problems between values, each with the name of one: codes that name nothing, tables that do not match."""
    for where, code, family in _codes_named(guide):
        if code not in guide.codes(family):
            yield where, f"names {code}, which is not stated; add [{family.group}.{code}] or mend the name"
    plans = set(guide.codes(parameters.PLAN))
    for where, named, needed in _plans_of_features(guide):
        if not needed <= named <= plans:
            yield where, f"names the plans {sorted(named)}; state every plan of the edition: {sorted(needed)}"
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


def _plans_of_features(guide: Guide) -> Iterator[tuple[str, set[str], set[str]]]:
    """Each entry of a feature that was not ended: its name, the plans that it names, and those offered in its time."""
    for code in guide.codes(parameters.FEATURE):
        series = guide.series(parameters.FEATURE, code)
        for entry, following in pairwise([*series.entries, None]):
            if entry is not None and not entry.ended:
                last = following.effective - ONE_DAY if following else date.max
                yield series.name, set(entry.value.plans), _plans_between(guide, entry.effective, last)


def _plans_between(guide: Guide, first: date, last: date) -> set[str]:
    """The plans that are offered on some of the days between two, both inclusive."""
    found: set[str] = set()
    for code in guide.codes(parameters.PLAN):
        for entry, following in pairwise([*guide.series(parameters.PLAN, code).entries, None]):
            if entry is None or entry.ended or entry.effective > last:
                continue
            if following is None or following.effective > first:
                found.add(code)
    return found


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
