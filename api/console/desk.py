"""The support desk: may this ticket be opened, why, what is promised; and the decision kept under its number."""

import json
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from api.console import words
from api.console.asking import Asked
from api.console.frame import bad_input
from api.console.signing_in import filled_in
from api.console.templates import ROOT
from entitlements.messages import Message, said
from entitlements.problems import ProblemCode
from schema.scopes import Scope

PRIORITIES = ("P1", "P2", "P3", "P4")
CHOICES = {"service": words.SERVICES, "channel": words.CHANNELS, "requester": words.REQUESTERS}
DEFAULTS = {"service": "TICKET", "channel": "ONLINE", "requester": "ADMINISTRATOR", "priority": ""}
FOUND = 20
"""Licences that a search shows."""
TICKET = 255
"""Characters of a ticket's number at most."""


async def desk(asked: Asked) -> Response:
    """The question, and its answer once a licence is named."""
    serial = asked.given("serial")
    if serial is None and not asked.may(Scope.ENTITLEMENTS_CHECK):
        return RedirectResponse(asked.places[0][1], 303)
    values: dict[str, Any] = {
        "given": {name: asked.given(name) or usual for name, usual in DEFAULTS.items()},
        "choices": {name: _told(asked, table) for name, table in CHOICES.items()},
        "priorities": PRIORITIES,
        "serial": serial or "",
        "decision": None,
        "found": None,
        "record": None,
    }
    if serial is None:
        return asked.page("desk.html", **values)
    question = _question(asked, serial)
    decision = (await asked.ask("check", {"input": question}))["entitlementCheck"]
    if decision["license"] is None:
        found = await _search(asked, serial) if asked.may(Scope.LICENSES_READ) else None
        if found and (meant := _meant(found, serial)):
            return RedirectResponse(asked.address(serial=meant), 303)
        return asked.page("desk.html", **values | {"found": found, "decision": None, "missed": decision})
    kept = question | {"at": decision["at"], "knownAt": decision["knownAt"]}
    record = {"check": json.dumps(kept), "key": token_urlsafe(16)}
    theater = decision["commitment"]["theater"] if decision["commitment"] else None
    zone = theater["timeZone"] if theater else asked.zone
    return asked.page("desk.html", **values | {"decision": decision, "record": record, "zone": zone})


def _question(asked: Asked, serial: str) -> dict[str, Any]:
    question: dict[str, Any] = {"license": {"serial": serial}}
    question |= {name: value for name in DEFAULTS if (value := asked.given(name))}
    question |= {field: at for name, field in (("at", "at"), ("known", "knownAt")) if (at := asked.instant(name))}
    if language := asked.given("language"):
        question["language"] = language
    if asked.given("pin"):
        question["pinVerified"] = True
    return question


async def _search(asked: Asked, text: str) -> dict[str, Any]:
    """Licences whose serial or account has a text."""
    return (await asked.ask("portal_licenses", {"filter": {"search": text}, "first": FOUND}))["licenses"]


def _meant(found: dict[str, Any], serial: str) -> str | None:
    """The one serial that differs from what was typed by capitals alone."""
    alike = [one for edge in found["edges"] if (one := edge["node"]["serial"]).casefold() == serial.casefold()]
    return alike[0] if len(alike) == 1 and alike[0] != serial else None


def _told(asked: Asked, table: dict[str, Message]) -> dict[str, str]:
    return {code: asked.wording.told(word) for code, word in table.items()}


# ---------------------------------------------------------------- decisions that are kept


async def record(asked: Asked) -> Response:
    """Keeps the decision that the page showed, under a ticket's number, and goes to the record."""
    given = await filled_in(asked)
    ticket = given.get("ticket", "").strip()
    if len(ticket) > TICKET:
        raise bad_input(said("A ticket's number has up to {most} characters.", most=TICKET))
    try:
        check = json.loads(given.get("check", ""))
    except ValueError:
        raise bad_input(said("The form cannot be read. Load the page again.")) from None
    variables = {"input": {"idempotencyKey": given.get("key", ""), "check": check, "ticket": ticket or None}}
    answer = (await asked.ask("record_decision", variables))["recordDecision"]
    if answer["__typename"] == "Problem":
        status = 403 if answer["code"] == ProblemCode.FORBIDDEN else 422
        raise bad_input(Message(answer["message"], {}), answer["code"], status)
    return RedirectResponse(f"{ROOT}/records/{quote(answer['id'], safe='')}", 303)


async def recorded(asked: Asked) -> Response:
    """A decision that was recorded."""
    found = (await asked.ask("decision_record", {"id": asked.request.path_params["id"]}))["decisionRecord"]
    if found is None:
        raise bad_input(said("There is no such record, or it is not yours to see."), "NOT_FOUND", 404)
    path = f"/records/{quote(found['id'], safe='')}/pack"
    pack = path if asked.may(Scope.ENTITLEMENTS_CHECK) and asked.may(Scope.BILLING_READ) else None
    return asked.page("record.html", record=found, pack=pack, zone=asked.zone)
