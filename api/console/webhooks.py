"""Webhooks: where a viewer's events are sent, what became of them, and how both are changed."""

import json
from secrets import token_urlsafe
from typing import Any, cast
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from api.asking import Unanswered
from api.console import words
from api.console.asking import Asked
from api.console.frame import STATUSES, bad_input
from api.console.signing_in import filled_in
from api.console.templates import ROOT
from entitlements.events import EventType
from entitlements.messages import listed, said
from schema.errors import BAD_USER_INPUT
from schema.paging import LARGEST
from schema.permissions import NEEDED
from schema.sending import DeliveryState

PLACE = f"{ROOT}/webhooks"
UNKNOWN = said("no webhook of that id exists, or it is not yours to see")
PAGE = 20
TYPE = "type."
"""What the name of a type's checkbox begins with."""
Given = dict[str, str]
"""The fields of a form."""
Wanted = dict[str, Any]
"""An address with the types, accounts and products that are asked for, as GraphQL takes and answers them."""
NOTHING: Wanted = {"url": "", "eventTypes": [], "accounts": [], "products": []}


async def webhooks(asked: Asked) -> Response:
    """Every webhook of the viewer's, and a form that adds one."""
    return await _listed(asked, NOTHING)


async def _listed(asked: Asked, wanted: Wanted, problem: dict[str, Any] | None = None) -> Response:
    found = (await asked.ask("webhooks", {"first": LARGEST}))["webhooks"]
    values = {"webhooks": [edge["node"] for edge in found["edges"]], "wanted": wanted, **_form(asked, problem)}
    return _told(asked, "webhooks.html", problem, **values)


async def create(asked: Asked) -> Response:
    """Adds a webhook and tells its secret; the same form, sent again, tells it again and adds nothing."""
    given = await filled_in(asked)
    wanted = _wanted(given)
    answer = await _changed(asked, "create_webhook", given.get("key", ""), **wanted)
    if answer["__typename"] == "Problem":
        return await _listed(asked, wanted, answer)
    return _secret(asked, answer)


async def webhook(asked: Asked) -> Response:
    """One webhook: what it is sent, what became of that, and what may be changed."""
    return await _shown(asked, None)


async def _shown(asked: Asked, wanted: Wanted | None, problem: dict[str, Any] | None = None) -> Response:
    state = asked.given("state")
    variables: dict[str, Any] = {"id": _id(asked), "last": PAGE, "before": asked.given("before")}
    if state is not None:
        if state not in words.DELIVERIES:
            known = listed(", ", [one.value for one in words.DELIVERIES])
            raise bad_input(said("{field}: one of {known}.", field="state", known=known))
        variables["states"] = [state]
    found = (await asked.ask("webhook_overview", variables))["webhook"]
    if found is None:
        raise bad_input(UNKNOWN, "NOT_FOUND", 404)
    return _told(
        asked,
        "webhook.html",
        problem,
        webhook=found,
        wanted=wanted or found,
        is_changing=wanted is not None,
        before=json.dumps({name: found[name] for name in NOTHING}),
        state=state,
        states={one.value: asked.wording.told(word) for one, word in words.DELIVERIES.items()},
        failures={one.value: asked.wording.told(word) for one, word in words.FAILURES.items()},
        told_of={edge["node"]["id"]: _told_of(edge["node"]["payload"]) for edge in found["deliveries"]["edges"]},
        again=[one.value for one in DeliveryState if one is not DeliveryState.PENDING],
        replayed=_count(asked.given("replayed")),
        **_form(asked, problem),
    )


async def change(asked: Asked) -> Response:
    """Does what a form of a webhook's page asks for."""
    given = await filled_in(asked)
    act = ACTS.get(given.get("act", ""))
    if act is None:
        raise bad_input(said("The form cannot be read. Load the page again."))
    return await act(asked, given)


async def _update(asked: Asked, given: Given) -> Response:
    """Changes what a form says otherwise than the page that it was on: what was changed meanwhile elsewhere stays."""
    changes: dict[str, Any] = {}
    wanted = None
    if "enabled" in given:
        changes["enabled"] = given["enabled"] == "true"
    else:
        wanted = _wanted(given)
        before = _read(given.get("before", ""))
        changes = {name: value for name, value in wanted.items() if value != before.get(name)}
    if changes:
        answer = await _changed(asked, "update_webhook", given.get("key", ""), webhook=_id(asked), **changes)
        if answer["__typename"] == "Problem":
            return await _shown(asked, wanted, answer)
    return _back(asked)


async def _rotate(asked: Asked, given: Given) -> Response:
    """Gives a webhook a new secret, and tells it."""
    answer = await _changed(asked, "rotate_webhook_secret", given.get("key", ""), webhook=_id(asked))
    return await _shown(asked, None, answer) if answer["__typename"] == "Problem" else _secret(asked, answer)


async def _delete(asked: Asked, given: Given) -> Response:
    """Ends a webhook."""
    answer = await _changed(asked, "delete_webhook", given.get("key", ""), webhook=_id(asked))
    if answer["__typename"] == "Problem":
        return await _shown(asked, None, answer)
    return RedirectResponse(PLACE, 303)


async def _replay(asked: Asked, given: Given) -> Response:
    """Sends a delivery again, or all that were given up."""
    delivery, key = given.get("delivery"), given.get("key", "")
    named = {"deliveries": [delivery]} if delivery else {}
    # A page has a button for each delivery and one key.
    once = f"{key} {delivery}" if delivery and key else key
    answer = await _changed(asked, "replay_deliveries", once, webhook=_id(asked), **named)
    if answer["__typename"] == "Problem":
        return await _shown(asked, None, answer)
    return _back(asked, f"?replayed={answer['count']}")


ACTS = {"update": _update, "rotate": _rotate, "delete": _delete, "replay": _replay}
"""What the forms of a webhook's page do. All are sent to the page's own address, which can be loaded again."""


# ---------------------------------------------------------------- what they have in common


def _id(asked: Asked) -> str:
    return asked.request.path_params["id"]


def _back(asked: Asked, query: str = "") -> Response:
    return RedirectResponse(f"{PLACE}/{quote(_id(asked), safe='')}{query}", 303)


async def _changed(asked: Asked, name: str, key: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - any input's
    """What a mutation answers; a Problem too where a field cannot be read, so that nobody fills in a form twice."""
    try:
        answer = await asked.ask(name, {"input": {"idempotencyKey": key, **given}})
    except Unanswered as refused:
        if refused.code != BAD_USER_INPUT:
            raise
        return {"__typename": "Problem", "code": refused.code, "message": str(refused)}
    return next(iter(answer.values()))


def _told(asked: Asked, template: str, problem: dict[str, Any] | None, **values: Any) -> Response:  # noqa: ANN401
    response = asked.page(template, problem=problem, **values)
    if problem is not None:
        response.status_code = STATUSES.get(problem["code"], 422)
    return response


def _form(asked: Asked, problem: dict[str, Any] | None) -> dict[str, Any]:
    """What a form needs that may be sent once; one that was refused may be sent with something else."""
    return {
        "key": token_urlsafe(16),
        "types": {one.name: (one.value, asked.wording.told(word)) for one, word in words.EVENTS.items()},
        "may_write": asked.may(*NEEDED["Mutation.createWebhook"]),
        "refusals": [problem, *problem.get("others", ())] if problem else [],
    }


def _secret(asked: Asked, answer: dict[str, Any]) -> Response:
    return asked.page("webhook_secret.html", webhook=answer["webhook"], secret=answer["secret"])


def _wanted(given: Given) -> Wanted:
    """What a form asks for."""
    types = [one.name for one in EventType if TYPE + one.name in given]
    lists = {name: _lines(given.get(name, "")) for name in ("accounts", "products")}
    return {"url": given.get("url", "").strip(), "eventTypes": types, **lists}


def _lines(text: str) -> list[str]:
    """One reference or code a line, each once."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _told_of(payload: str) -> dict[str, Any]:
    """What an event is about: a licence with its serial, or none, and the product with its code."""
    data: dict[str, Any] = json.loads(payload)["data"]
    return {"license": data.get("license"), "product": data["product"]}


def _count(text: str | None) -> int | None:
    """A number of an address; None for what is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < len("1000000") else None


def _read(text: str) -> dict[str, Any]:
    """What the page of a form showed; nothing of what no page wrote."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
