"""Licences: those that a search finds, and one with its coverage, its history and what renewing it costs."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from starlette.responses import Response
from starlette.routing import Route

from api.console import words
from api.console.asking import Asked
from api.console.frame import bad_input
from entitlements.dates import ONE_DAY
from entitlements.messages import said
from schema.scopes import Scope

PAGE = 50
MONTHS = (12, 24, 36)
LOOK_AHEAD = timedelta(days=500)
"""How far the cost of waiting is looked at; up to 1,100 days may be asked for."""


async def licenses(asked: Asked) -> Response:
    """A page of licences."""
    chosen = {"search": asked.given("search"), "state": asked.given("state"), "account": asked.given("account")}
    variables: dict[str, Any] = {
        "filter": {name: value for name, value in chosen.items() if value},
        "first": PAGE,
        "after": asked.given("after"),
        "orderBy": asked.given("order") or "SERIAL",
    }
    found = (await asked.ask("portal_licenses", variables))["licenses"]
    states = {code: asked.wording.told(word) for code, word in words.STATES.items()}
    return asked.page("licenses.html", found=found, states=states, order=variables["orderBy"], **chosen)


async def license(asked: Asked) -> Response:
    """One licence."""
    serial, known, on = asked.request.path_params["serial"], asked.instant("known"), _day(asked, "on")
    times = {"on": on.isoformat(), "knownAt": known}
    answer = await asked.ask("license_overview", {"by": {"serial": serial}, "after": asked.given("after"), **times})
    found = answer["license"]
    if found is None:
        message = (
            said("no licence of this reference was known then, or it is not yours to see")
            if known
            else said("no licence of this reference exists, or it is not yours to see")
        )
        raise bad_input(message, "NOT_FOUND", 404)
    outlook = None
    plans = [plan["code"] for plan in answer["plans"]]
    if plans and asked.may(Scope.BILLING_READ) and not found["base"] and not found["retiredOn"]:
        outlook = await _outlook(asked, found, plans, on, known)
    return asked.page(
        "license.html",
        license=found,
        plans=answer["plans"],
        months=MONTHS,
        outlook=outlook,
        on=on,
        known=known,
        picture=picture(asked, "timeline", serial, {"on": times["on"]}, known),
        stretches=stretches(found, asked.context.today),
    )


async def _outlook(
    asked: Asked, found: dict[str, Any], plans: list[str], on: date, known: str | None
) -> dict[str, Any]:
    """What a renewal costs now and later, with the plan and months of the address, or else as it was last covered."""
    timeline = found["coverageTimeline"]
    plan = asked.given("plan") or (timeline[-1]["plan"]["code"] if timeline else plans[0])
    months = _months(asked)
    renewal = {"license": {"serial": found["serial"]}, "plan": plan, "months": months, "knownAt": known}
    days = {"from": on.isoformat(), "to": (on + min(LOOK_AHEAD, date.max - on)).isoformat()}
    asked_of = {"quote": renewal | {"orderDate": on.isoformat()}, "delay": renewal | days}
    outlook = await asked.ask("renewal_outlook", asked_of)
    drawn = picture(asked, "cost-of-delay", found["serial"], {"plan": plan, "months": months, **days}, known)
    return outlook | {"plan": plan, "months": months, "picture": drawn}


def _months(asked: Asked) -> int:
    text = asked.given("months") or str(MONTHS[0])
    if not (text.isascii() and text.isdecimal() and len(text) < len("1000")):
        raise bad_input(said("{field}: give a whole number of months.", field="months"))
    return int(text)


def _day(asked: Asked, name: str) -> date:
    text = asked.given(name)
    try:
        return date.fromisoformat(text) if text else asked.context.today
    except ValueError:
        raise bad_input(said("{field}: give a day, such as 2026-03-11.", field=name)) from None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of a licence that are alike, both ends inclusive: covered, a gap, of grace after the coverage, or late."""

    kind: str
    first: date
    last: date | None
    """None where it has no end."""
    is_now: bool
    period: dict[str, Any] | None = None


def stretches(found: dict[str, Any], today: date) -> list[Stretch]:
    """A licence's days in order: its periods of coverage, the gaps between them, and what follows the last."""
    told: list[Stretch] = []

    def add(kind: str, first: date, last: date | None, period: dict[str, Any] | None = None) -> None:
        told.append(Stretch(kind, first, last, first <= today and (last is None or today <= last), period))

    for period in found["coverageTimeline"]:
        first, last = date.fromisoformat(period["startsOn"]), date.fromisoformat(period["expiresOn"])
        before = told[-1].last if told else None
        if before is not None and first - before > ONE_DAY:
            add("gap", before + ONE_DAY, first - ONE_DAY)
        add("covered", first, last, period)
    free_until = found["coverageNow"]["lastFreeOrderDate"]
    if told and free_until and (last := told[-1].last) and last < (free := date.fromisoformat(free_until)):
        add("grace", last + ONE_DAY, free)
        add("late", free + ONE_DAY, None)
    return told


def picture(asked: Asked, kind: str, serial: str, wanted: dict[str, object], known: str | None) -> str | None:
    """Where a picture of a licence is served; None in a deployment that serves none."""
    routes = asked.request.app.routes
    if not any(isinstance(route, Route) and route.path.startswith(f"/pictures/{kind}/") for route in routes):
        return None
    query = wanted | ({"knownAt": known} if known else {}) | {"language": asked.wording.language}
    return f"/pictures/{kind}/{quote(serial, safe='')}.svg?{urlencode(query)}"
