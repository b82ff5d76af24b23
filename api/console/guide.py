"""The guide as it is read: what each plan covers, every clause with its place, the conflicts, and what is unset."""

from typing import Any

from starlette.responses import Response

from api.console.asking import Asked
from entitlements.messages import said

UNSET = "unset"
"""What the reading is called, within its conflict, that leaves a value to the operator."""
PARTS = {
    "plans": ("", said("Plans")),
    "clauses": ("/clauses", said("Clauses")),
    "conflicts": ("/conflicts", said("Conflicts")),
}


async def plans(asked: Asked) -> Response:
    """What each plan covers, on a day."""
    answer = await asked.ask("plans", {"on": asked.given("on")})
    features = [feature["code"] for feature in answer["plans"][0]["features"]] if answer["plans"] else []
    table = {plan["code"]: {feature["code"]: feature for feature in plan["features"]} for plan in answer["plans"]}
    return asked.page("plans.html", plans=answer["plans"], features=features, table=table, **_part(asked, "plans"))


async def clauses(asked: Asked) -> Response:
    """Every clause."""
    guide = (await asked.ask("guide", {}))["guide"]
    return asked.page("clauses.html", guide=guide, **_part(asked, "clauses"))


async def conflicts(asked: Asked) -> Response:
    """Where the guide contradicts itself, and what it leaves open."""
    guide = (await asked.ask("guide", {}))["guide"]
    unset = [conflict for conflict in guide["conflicts"] if conflict["chosen"]["id"].rpartition("/")[2] == UNSET]
    return asked.page("conflicts.html", guide=guide, unset=unset, **_part(asked, "conflicts"))


def _part(asked: Asked, part: str) -> dict[str, Any]:
    return {"part": part, "parts": {name: (path, asked.wording.told(title)) for name, (path, title) in PARTS.items()}}
