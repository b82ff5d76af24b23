"""The demonstration: stories of a made-up portfolio, and a page of examples that opens each of them in GraphiQL."""

import csv
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from api.operations import operations

DEMONSTRATION = Path(__file__).parent / "demonstration"
PORTFOLIO = DEMONSTRATION / "portfolio"
"""The interchange files."""
LAPSED = "lapse-of-120-days"
"""The story that is priced: its last day without a late fee."""


@dataclass(frozen=True, slots=True)
class Story:
    """A licence of the portfolio, what it shows, and the question that shows it."""

    id: str
    serial: str
    title: str
    text: str
    verdict: str
    question: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A document of a caller with variables, and what it shows."""

    title: str
    text: str
    operation: str
    variables: dict[str, Any]

    @property
    def address(self) -> str:
        """Where GraphiQL opens with it."""
        name = "".join(word.title() for word in self.operation.split("_"))
        given = {
            "query": operations()[self.operation],
            "variables": json.dumps(self.variables, indent=2),
            "operationName": name,
        }
        return "/graphql?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in given.items())


def read_stories() -> tuple[Story, ...]:
    """The stories of the portfolio."""
    told = tomllib.loads((DEMONSTRATION / "stories.toml").read_text(encoding="utf-8"))
    return tuple(_story(entry) for entry in told["story"])


def _story(entry: dict[str, Any]) -> Story:
    question = {_camel(name): _plain(value) for name, value in {"at": entry["at"], **entry.get("check", {})}.items()}
    return Story(
        id=entry["id"],
        serial=entry["serial"],
        title=entry["title"],
        text=entry["text"],
        verdict=entry["verdict"],
        question={"license": {"serial": entry["serial"]}, **question},
    )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _plain(value: object) -> object:
    """A value as JSON has it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def pages(stories: Sequence[Story]) -> list[Route]:
    """The page at the root of a demonstration, and the way from there into GraphiQL."""
    examples = _examples(stories)
    told = {story.id: Example(story.title, story.text, "check", {"input": story.question}) for story in stories}
    page = PAGE.format(examples=_listed(examples), stories=_listed(told))

    async def index(_request: Request) -> Response:
        return HTMLResponse(page)

    async def example(request: Request) -> Response:
        found = {**told, **examples}.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404, "There is no such example.")
        return RedirectResponse(found.address, status_code=303)

    return [Route("/", index), Route("/examples/{name}", example)]


def _examples(stories: Sequence[Story]) -> dict[str, Example]:
    """Every document, with variables for which the portfolio has an answer."""
    asked = [story.question for story in stories[:10]]
    variables: dict[str, dict[str, Any]] = {
        "checks": {"inputs": asked},
        "portal_licenses": {"first": 50},
        "account_checks": {"account": _some_account(), "check": {}},
        "license": {"by": asked[0]["license"]} if asked else {},
        **(_priced(next(story for story in stories if story.id == LAPSED)) if stories else {}),
        "guide": {},
        "plans": {},
    }
    documents = operations()
    return {name: Example(name, _purpose(documents[name]), name, given) for name, given in variables.items()}


def _priced(lapsed: Story) -> dict[str, dict[str, Any]]:
    """Examples of what a lapsed licence costs, and of what would be if it were renewed or had been."""
    license_, day = lapsed.question["license"], date.fromisoformat(lapsed.question["at"][:10])
    renewal = {"license": license_, "plan": "GOLD", "months": 12}
    year = {"from": (day - timedelta(days=150)).isoformat(), "to": (day + timedelta(days=200)).isoformat()}
    return {
        "renewal_quote": {"input": {**renewal, "orderDate": day.isoformat()}},
        "cost_of_delay": {"input": {**renewal, **year}},
        "what_if": {"changes": [{"renew": {**renewal, "orderDate": day.isoformat()}}], "check": lapsed.question},
    }


def _some_account() -> str:
    """An account that holds licences."""
    with (PORTFOLIO / "licenses.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["account"]


def _purpose(document: str) -> str:
    return document.partition("\n")[0].removeprefix("#").strip()


def _listed(examples: dict[str, Example]) -> str:
    return "\n".join(
        f'<li><a href="/examples/{name}">{escape(example.title)}</a>. {escape(example.text)}</li>'
        for name, example in examples.items()
    )


PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Coverline, a demonstration</title>
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 3rem auto; padding: 0 1rem }}</style>
<main>
<h1>Coverline, a demonstration</h1>
<p>Every link opens GraphiQL with a document and its variables; its play button asks. The endpoint is
<code>POST /graphql</code>, and from this machine it needs no key.</p>
<p><a href="/console">The console</a> is for people at work: a support desk, licences, a portfolio and the guide.</p>
<h2>What callers ask</h2>
<ul>
{examples}
</ul>
<h2>Licences of the portfolio, each with a question</h2>
<ul>
{stories}
</ul>
</main>
</html>
"""
