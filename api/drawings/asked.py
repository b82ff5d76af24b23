"""What there are pictures of, what is asked for each, and the picture in the language that it is to be shown in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from api.asking import answered
from api.documents.asked import PROBLEM, language_of
from api.drawings.delays import cost_of_delay_of
from api.drawings.picture import Picture
from api.drawings.timelines import timeline_of
from entitlements.dates import MONTHS
from entitlements.quotes import unknown_license
from schema.context import Context
from schema.languages import closest
from schema.root import Schema
from schema.scalars import read_date, read_date_time

TWO_YEARS = timedelta(days=2 * 365)
"""Order dates that are looked at where no last one is given."""


class Pictured(StrEnum):
    """What a picture is of."""

    TIMELINE = "timeline"
    COST_OF_DELAY = "cost-of-delay"

    @property
    def needed(self) -> tuple[str, ...]:
        """What must be given besides the licence."""
        return ("plan",) if self is Pictured.COST_OF_DELAY else ()

    @property
    def accepted(self) -> tuple[str, ...]:
        """Everything that may be given besides the licence."""
        own = ("months",) if self is Pictured.COST_OF_DELAY else ()
        return (*self.needed, *own, "on", "from", "to", "knownAt")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture, or the problem in its place, in a language."""

    language: str
    picture: Picture | None
    problem: dict[str, Any] | None = None
    """As GraphQL answers it."""


async def picture(
    schema: Schema,
    context: Context,
    pictured: Pictured,
    serial: str,
    given: Mapping[str, Any],
    language: str | None = None,
) -> Drawn:
    """A picture of a licence, told in a language; in that of its account when none is named.

    `on` is the day that is marked, today when left out; `from` and `to` are the days that are shown, both inclusive.
    Raises Unanswered for what cannot be read, BadInput for a day that is none.
    """
    if language is not None:
        context.language = closest([language])
    days = {name: read_date(given[name]) if name in given else None for name in ("on", "from", "to")}
    known_at = {"knownAt": given["knownAt"]} if "knownAt" in given else {}
    if known_at:
        read_date_time(given["knownAt"])
    on = days["on"] or context.today
    if pictured is Pictured.TIMELINE:
        variables = {"by": {"serial": serial}, "on": on.isoformat(), **_written(days), **known_at}
        told = (await answered(schema, context, "timeline", variables))["license"]
        if told is None:
            return Drawn(context.language, None, _unknown(context))
        own = _own(context, {"license": told}, language)
        return Drawn(own, timeline_of(told, own, on, (days["from"], days["to"])))
    first = days["from"] or on
    last = days["to"] or first + min(TWO_YEARS, date.max - first)
    asked = {"plan": given["plan"], "months": given.get("months", MONTHS), **known_at}
    window = {"from": first.isoformat(), "to": last.isoformat()}
    variables = {"input": {"license": {"serial": serial}, **asked, **window}}
    told = (await answered(schema, context, "cost_of_delay", variables))["costOfDelay"]
    if told["__typename"] == PROBLEM:
        return Drawn(context.language, None, told)
    own = _own(context, told, language)
    return Drawn(own, cost_of_delay_of(told, own, on, first, last))


def _written(days: Mapping[str, date | None]) -> dict[str, str]:
    return {name: day.isoformat() for name, day in days.items() if day is not None and name != "on"}


def _own(context: Context, told: dict[str, Any], language: str | None) -> str:
    return context.language if language is not None else language_of(told)


def _unknown(context: Context) -> dict[str, Any]:
    """What quotes answer for a licence that does not exist or is not the viewer's to see."""
    problem = unknown_license(context.guide)
    clause = problem.clause
    cited = {"id": clause.id, "rule": clause.rule, "summary": clause.summary} if clause else None
    told = {"code": problem.code.value, "message": context.told(problem.message), "field": problem.field}
    return {"__typename": PROBLEM, **told, "clause": cited, "others": []}
