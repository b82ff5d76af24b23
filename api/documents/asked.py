"""What may be quoted, what is asked for each, and the answer in the language that it is to be shown in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from api.asking import answered
from api.documents.document import Document
from api.documents.quotes import document_of
from schema.context import Context
from schema.languages import ENGLISH, closest
from schema.root import Schema

PROBLEM = "Problem"


class Quoted(StrEnum):
    """What a quote is of."""

    RENEWAL = "renewal"
    ATTACHMENT = "attachment"
    PLAN_CHANGE = "plan-change"

    @property
    def field(self) -> str:
        """The GraphQL field that answers it."""
        return {
            Quoted.RENEWAL: "renewalQuote",
            Quoted.ATTACHMENT: "attachmentQuote",
            Quoted.PLAN_CHANGE: "planChangeQuote",
        }[self]

    @property
    def operation(self) -> str:
        """The document that asks for it."""
        return f"{self.name.lower()}_quote"

    @property
    def needed(self) -> tuple[str, ...]:
        """The fields of its input, besides the licence, that must be given."""
        return {
            Quoted.RENEWAL: ("plan", "months"),
            Quoted.ATTACHMENT: ("product",),
            Quoted.PLAN_CHANGE: ("plan",),
        }[self]

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every field of its input besides the licence."""
        own = {Quoted.RENEWAL: ("withDependents",), Quoted.ATTACHMENT: ("quantity",), Quoted.PLAN_CHANGE: ()}
        return (*self.needed, *own[self], "orderDate", "knownAt", "currency")


@dataclass(frozen=True, slots=True)
class Answer:
    """A quote as GraphQL answers it, or the problem in its place, told in a language."""

    told: dict[str, Any]
    language: str
    quoted_on: date | None
    """The day, in the policy zone, as of which it is quoted; None for a problem."""

    @property
    def document(self) -> Document | None:
        """The quote as a document; None for a problem."""
        return document_of(self.told, self.language, self.quoted_on) if self.quoted_on else None


async def quote(
    schema: Schema, context: Context, quoted: Quoted, serial: str, given: Mapping[str, Any], language: str | None = None
) -> Answer:
    """A quote for a licence, told in a language; in that of its account when none is named.

    Raises Unanswered for what cannot be read.
    """
    variables = {"input": {"license": {"serial": serial}, **given}}

    async def ask() -> dict[str, Any]:
        return (await answered(schema, context, quoted.operation, variables))[quoted.field]

    if language is not None:
        context.language = closest([language])
    told = await ask()
    if told["__typename"] == PROBLEM:
        return Answer(told, context.language, None)
    if language is None and context.language != (own := language_of(told)):
        context.language = own
        told = await ask()
    return answer_of(context, told)


async def kept_quote(schema: Schema, context: Context, order: str, language: str | None = None) -> Answer | None:
    """What was quoted when a renewal was ordered, by the order's id; None without such an order of the viewer's."""

    async def ask() -> dict[str, Any] | None:
        node = (await answered(schema, context, "order_quote", {"id": order}))["node"]
        return node["quote"] if node else None

    if language is not None:
        context.language = closest([language])
    told = await ask()
    if told and language is None and context.language != (own := language_of(told)):
        context.language = own
        told = await ask()
    return answer_of(context, told) if told else None


def language_of(told: dict[str, Any]) -> str:
    """The language of the account that a quote is for, or the nearest there is; English otherwise."""
    return closest([told["license"]["account"]["language"] or ENGLISH])


def answer_of(context: Context, told: dict[str, Any]) -> Answer:
    """A quote that was told in the context's language."""
    return Answer(told, context.language, context.day_of(datetime.fromisoformat(told["knownAt"])))
