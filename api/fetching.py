"""What is fetched by GET for people: who asks, what was asked for and in which form, and what is refused.

What there is not and what is not the caller's to see look the same.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from api import answers
from api.asking import Unanswered
from api.auth import caller_of
from api.bodies import Refused
from api.negotiation import language_of, preferred
from api.rates import Allowance
from entitlements.messages import listed, said
from entitlements.problems import ProblemCode
from schema.context import Context
from schema.errors import BAD_USER_INPUT, BadInput

Endpoint = Callable[[Request], Awaitable[Response]]
F = TypeVar("F", bound=StrEnum)

HOW = ("format", "language")
"""Parameters of how it is shown; the others are of what is shown."""
NUMBERS = {"months", "quantity"}
SWITCHES = {"true": True, "false": False}
STATUSES = {ProblemCode.UNKNOWN_LICENSE: 404, ProblemCode.FORBIDDEN: 403}
"""Of refusals; whatever else the rules refuse is 422."""


@asynccontextmanager
async def asked(request: Request, allowance: Allowance, *, demo: bool) -> AsyncGenerator[Context]:
    """The surroundings of whoever asks, within what that caller may ask for."""
    viewer, deployment = await allowance.known(request, caller_of(request, demo=demo))
    await allowance.count(request, viewer)
    state = request.state
    with allowance.one(request, viewer):
        yield deployment.context(viewer, state.request_id, language_of(request), state.seen)


def refusing(answer: Endpoint) -> Endpoint:
    """An endpoint that tells in JSON what it refuses."""

    async def endpoint(request: Request) -> Response:
        try:
            return await answer(request)
        except Refused as refusal:
            return answers.refused(request, refusal)
        except Unanswered as problem:
            return answers.error(request, 500 if problem.is_ours else 400, problem.code, str(problem))
        except BadInput as problem:
            return answers.error(request, 400, BAD_USER_INPUT, problem.said)

    return endpoint


def form_of(request: Request, media_types: Mapping[F, str]) -> F:
    """The form by its parameter, or else by the Accept header; the first for who takes anything."""
    named = request.query_params.get("format")
    if named is not None:
        if named not in set(media_types):
            message = said("{field}: one of {known}.", field="format", known=listed(", ", media_types))
            raise Refused(400, "BAD_REQUEST", message)
        return next(form for form in media_types if form == named)
    accepted = preferred(request.headers.get("accept"), list(media_types.values()))
    if accepted is None:
        known = listed(", ", media_types.values())
        raise Refused(406, "NOT_ACCEPTABLE", said("It is served as {known}. Accept one of them.", known=known))
    return next(form for form, media_type in media_types.items() if media_type == accepted)


def given(request: Request, needed: tuple[str, ...], accepted: tuple[str, ...]) -> dict[str, object]:
    """What is asked for, as GraphQL takes it. Raises Refused for what is missing and what would be ignored."""
    only(request, (*accepted, *HOW))
    found = {name: value for name, value in request.query_params.items() if name not in HOW}
    lacking = [name for name in needed if name not in found]
    if lacking:
        message = said("Missing in the query: {lacking}.", lacking=listed(", ", lacking))
        raise Refused(400, "BAD_REQUEST", message)
    return {name: _read(name, value) for name, value in found.items()}


def only(request: Request, accepted: tuple[str, ...]) -> None:
    """Refuse what would be ignored: a name that is not known, or one that is given twice."""
    names = [name for name, _ in request.query_params.multi_items()]
    unknown = [name for name in names if name not in accepted or names.count(name) > 1]
    if unknown:
        message = said(
            "{field}: not in this query, or twice; it takes {known}.", field=unknown[0], known=listed(", ", accepted)
        )
        raise Refused(400, "BAD_REQUEST", message)


def headers(language: str, file: str | None = None) -> dict[str, str]:
    """What an answer says of itself; with the name of the file that it is, where it is one."""
    named = {"Content-Disposition": f'inline; filename="{file}"'} if file else {}
    return {**answers.answer_headers(language), "X-Content-Type-Options": "nosniff", **named}


def status_of(code: str) -> int:
    """The status of a refusal of the rules."""
    return next((status for refused, status in STATUSES.items() if refused == code), 422)


def _read(name: str, value: str) -> object:
    """A number or a switch as JSON has it; anything else as it stands, for GraphQL to judge."""
    if name in NUMBERS and value.isascii() and value.isdecimal() and len(value) < len(str(2**31)):
        return int(value)
    return SWITCHES.get(value, value) if name == "withDependents" else value
