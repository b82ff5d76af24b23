"""Mutations: each is done once for its key, and answered as known from when it was done, however often it is asked."""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from entitlements import facts, problems
from entitlements.facts import Facts
from entitlements.messages import Message, said
from entitlements.problems import ProblemCode
from entitlements.quotes import unknown_license
from schema.context import Context
from schema.errors import BadInput
from schema.licenses import LicenseRef, facts_of
from schema.store import ViewerKind
from schema.writing import Change, ChangeAsked, Subject, Writing

LONGEST_KEY = 255
REFERENCE = re.compile(r"[!-~]([ -~]{0,62}[!-~])?")
"""A reference that an order may be given: 1 to 64 printable characters of ASCII, without spaces around it."""
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""The years that facts may name."""

Doing = Callable[[Context, Writing], Awaitable[Subject | problems.Problem]]
"""What a mutation does within its transaction, in the surroundings of the moment at which it is done."""


def key_field() -> Any:  # noqa: ANN401 - what a field of an input is declared with
    """The field of an input that makes it happen once."""
    description = "1 to 255 characters; the same key with the same input answers the first result again."
    return strawberry.field(description=description)


async def changed(
    context: Context,
    mutation: str,
    input: Any,  # noqa: ANN401 - the input of any mutation
    doing: Doing,
    *,
    reason: str | None = None,
    internal: bool = False,
) -> Change | problems.Problem:
    """Does what a mutation asks for, once for its key; its answer is worked out as known from then.

    `internal` mutations are refused to partners and customers.
    """
    context.now = context.arrived
    key: str = input.idempotency_key
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise BadInput(
            said("{field}: 1 to {longest} printable characters.", field="idempotencyKey", longest=LONGEST_KEY)
        )
    if internal and context.viewer.kind is not ViewerKind.INTERNAL:
        return forbidden(said("{mutation} is for the operator alone", mutation=mutation))

    async def work(writing: Writing) -> Subject | problems.Problem:
        return await doing(within(context, writing), writing)

    asked = ChangeAsked(context.viewer, mutation, key, digest(input), reason)
    done = await context.store.change(asked, work)
    if isinstance(done, Change):
        context.now = done.at
    return done


def forbidden(message: Message, *field: str) -> problems.Problem:
    """The refusal of what is not the viewer's to do."""
    return problems.Problem(ProblemCode.FORBIDDEN, message, field)


async def contract_of(context: Context, by: LicenseRef) -> facts.License | problems.Problem:
    """The licence that a mutation is about, as the caller can know it; or that there is none.

    It is read before the mutation's transaction: within, only that transaction's own connection is read from.
    """
    known = await facts_of(context, by, context.arrived)
    return unknown_license(context.guide) if known is None or known.license is None else known.license


def within(context: Context, writing: Writing) -> Context:
    """A request's surroundings within a transaction, at its moment; it arrived when it did."""
    around = replace(context, store=writing.store, now=writing.at)
    around.arrived = context.arrived
    return around


async def locked(context: Context, writing: Writing, license_id: UUID) -> tuple[Context, Facts]:
    """A contract that nobody else changes, with the surroundings of now and its facts as they are."""
    await writing.lock_contract(license_id)
    now = within(context, writing)
    known = await now.loaders.facts_by_id(license_id, now.now)
    if known is None or known.license is None:
        raise LookupError(f"licence {license_id} was there a moment ago")
    return now, known


def reference(text: str, where: str) -> str:
    """A reference as it may be recorded."""
    if not REFERENCE.fullmatch(text):
        raise BadInput(said("{field}: 1 to 64 printable ASCII characters, without spaces around them.", field=where))
    return text


def explained(text: str, where: str) -> str:
    """A text for people that is recorded with a fact."""
    if not 1 <= len(text.strip()) <= 500 or not text.isprintable():  # noqa: PLR2004 - said in the message
        raise BadInput(said("{field}: 1 to {longest} printable characters.", field=where, longest=500))
    return text.strip()


def recordable(on: date | None, where: str) -> list[problems.Problem]:
    """The refusal of a day that no fact may name; empty for others and for none."""
    if not on or FIRST_YEAR <= on.year <= LAST_YEAR:
        return []
    message = said("give a date from {first} to {last}", first=FIRST_YEAR, last=LAST_YEAR)
    return [problems.Problem(ProblemCode.INVALID_DATE, message, (where,))]


def serial_in_use(serial: str) -> problems.Problem:
    """The refusal of a serial that is in use."""
    message = said("serial {serial} is in use; give another one", serial=serial)
    return problems.Problem(ProblemCode.ALREADY_EXISTS, message, ("serial",))


# ---------------------------------------------------------------- what makes two inputs the same


def digest(input: object) -> str:
    """A digest of an input without its key: what is left out and what is null are the same, 1.0 and 1.00 too."""
    told = json.dumps(_told(input), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def _told(value: Any) -> Any:  # noqa: ANN401 - any value of an input
    match value:
        case strawberry.Some():
            return {"given": _told(value.value)}  # pyright: ignore[reportUnknownMemberType]
        case Enum():
            return value.name
        case Decimal():
            return format(value.normalize(), "f")
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case list():
            return [_told(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
        case _ if is_dataclass(value):
            named = {
                field.name: getattr(value, field.name) for field in fields(value) if field.name != "idempotency_key"
            }
            return {name: _told(one) for name, one in named.items() if one is not None and one is not strawberry.UNSET}
        case _:
            return value
