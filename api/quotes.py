"""Quotes over HTTP, for people and their files: text, JSON and PDF, by the keys and with the rights of GraphQL.

They are read, never written: GET alone. What there is not and what is not the caller's to see look the same.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import answers
from api.asking import Unanswered
from api.auth import caller_of
from api.bodies import Refused
from api.documents.asked import Answer, Quoted, kept_quote, quote
from api.documents.formats import MEDIA_TYPES, Format, file_of, json_of
from api.negotiation import language_of, preferred
from api.rates import Allowance
from entitlements.messages import listed, said
from entitlements.problems import ProblemCode
from schema.context import Context
from schema.root import Schema

HOW = ("format", "language")
"""Parameters of the document; the others are of the quote."""
NUMBERS = {"months", "quantity"}
SWITCHES = {"true": True, "false": False}


Endpoint = Callable[[Request], Awaitable[Response]]


class Quotes:
    """The endpoints of quotes."""

    def __init__(self, schema: Schema, allowance: Allowance, *, demo: bool) -> None:
        self.schema = schema
        self.allowance = allowance
        self.demo = demo

    @property
    def routes(self) -> list[Route]:
        """One for each kind of quote, and one for what was quoted when a renewal was ordered."""
        return [
            *(Route(f"/quotes/{quoted}/{{serial:path}}", self._quoting(quoted), methods=["GET"]) for quoted in Quoted),
            Route("/orders/{order}/quote", _refusing(self._kept), methods=["GET"]),
        ]

    def _quoting(self, quoted: Quoted) -> Endpoint:
        async def answer(request: Request) -> Response:
            given = _given(request, quoted)
            serial, language = request.path_params["serial"], request.query_params.get("language")
            async with self._asked(request) as (form, context):
                return await _shown(await quote(self.schema, context, quoted, serial, given, language), form)

        return _refusing(answer)

    async def _kept(self, request: Request) -> Response:
        """What was quoted and agreed when a renewal was ordered."""
        _only(request, HOW)
        order, language = request.path_params["order"], request.query_params.get("language")
        async with self._asked(request) as (form, context):
            kept = await kept_quote(self.schema, context, order, language)
            if kept is None:
                raise Refused(404, "NOT_FOUND", said("no order of this id exists, or it is not yours to see"))
            return await _shown(kept, form)

    @asynccontextmanager
    async def _asked(self, request: Request) -> AsyncGenerator[tuple[Format, Context]]:
        """The form that is asked for, and the surroundings of whoever asks, within what that caller may ask for."""
        viewer, deployment = await self.allowance.known(request, caller_of(request, demo=self.demo))
        await self.allowance.count(request, viewer)
        state = request.state
        with self.allowance.one(request, viewer):
            yield _format(request), deployment.context(viewer, state.request_id, language_of(request), state.seen)


def _refusing(answer: Endpoint) -> Endpoint:
    """An endpoint that tells in JSON what it refuses."""

    async def endpoint(request: Request) -> Response:
        try:
            return await answer(request)
        except Refused as refusal:
            return answers.refused(request, refusal)
        except Unanswered as problem:
            return answers.error(request, 500 if problem.is_ours else 400, problem.code, str(problem))

    return endpoint


def _format(request: Request) -> Format:
    """The form by its parameter, or else by the Accept header; JSON for who takes anything."""
    named = request.query_params.get("format")
    if named is not None:
        if named not in set(Format):
            message = said("{field}: one of {known}.", field="format", known=listed(", ", Format))
            raise Refused(400, "BAD_REQUEST", message)
        return Format(named)
    accepted = preferred(request.headers.get("accept"), list(MEDIA_TYPES.values()))
    if accepted is None:
        known = listed(", ", MEDIA_TYPES.values())
        raise Refused(406, "NOT_ACCEPTABLE", said("Quotes are {known}. Accept one of them.", known=known))
    return next(form for form, media_type in MEDIA_TYPES.items() if media_type == accepted)


def _given(request: Request, quoted: Quoted) -> dict[str, Any]:
    """The fields of the quote's input, as GraphQL takes them."""
    _only(request, (*quoted.accepted, *HOW))
    given = {name: value for name, value in request.query_params.items() if name not in HOW}
    lacking = [name for name in quoted.needed if name not in given]
    if lacking:
        message = said("Missing in the query: {lacking}.", lacking=listed(", ", lacking))
        raise Refused(400, "BAD_REQUEST", message)
    return {name: _read(name, value) for name, value in given.items()}


def _only(request: Request, accepted: tuple[str, ...]) -> None:
    """Refuse what would be ignored: a name that is not known, or one that is given twice."""
    names = [name for name, _ in request.query_params.multi_items()]
    unknown = [name for name in names if name not in accepted or names.count(name) > 1]
    if unknown:
        message = said(
            "{field}: not in this query, or twice; it takes {known}.", field=unknown[0], known=listed(", ", accepted)
        )
        raise Refused(400, "BAD_REQUEST", message)


def _read(name: str, value: str) -> object:
    """A number or a switch as JSON has it; anything else as it stands, for GraphQL to judge."""
    if name in NUMBERS and value.isascii() and value.isdecimal() and len(value) < len(str(2**31)):
        return int(value)
    return SWITCHES.get(value, value) if name == "withDependents" else value


STATUSES = {ProblemCode.UNKNOWN_LICENSE: 404, ProblemCode.FORBIDDEN: 403}
"""Of refusals; whatever else the rules refuse is 422."""


async def _shown(answer: Answer, form: Format) -> Response:
    # Letters are set in another thread: they take a tenth of a second, and other callers wait for none of it.
    file = await run_in_threadpool(file_of, answer, form)
    headers = {**answers.answer_headers(answer.language), "X-Content-Type-Options": "nosniff"}
    if file is None:
        status = STATUSES.get(answer.told["code"], 422)
        return Response(json_of(answer), status, headers, MEDIA_TYPES[Format.JSON])
    headers["Content-Disposition"] = f'inline; filename="{file.name}"'
    return Response(file.content, 200, headers, MEDIA_TYPES[form])
