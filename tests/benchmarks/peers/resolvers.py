"""The four fields of the root, for peers that take the schema as it is written.

They answer plain dictionaries, which each peer's own default resolves further: nothing of coverline stands in its way.
"""

from functools import lru_cache
from inspect import isawaitable
from pathlib import Path
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema, execute, parse, validate

from tests.benchmarks.peers.asgi import Application, Receive, Scope, Send, written

SDL = (Path(__file__).parents[3] / "schema" / "schema.graphql").read_text(encoding="utf-8")


async def entitlement_check(_root: object, info: Any, **given: Any) -> Any:
    return await info.context["work"].check(given["input"])


async def entitlement_checks(_root: object, info: Any, **given: Any) -> Any:
    return await info.context["work"].checks(given["inputs"])


async def renewal_quote(_root: object, info: Any, **given: Any) -> Any:
    return await info.context["work"].quote(given["input"])


async def licenses(_root: object, info: Any, **given: Any) -> Any:
    # The day is an argument of the fields below; the document gives the same to all of them.
    return await info.context["work"].licenses(given["first"], given.get("after"), info.context["variables"]["on"])


ROOT = {
    "entitlementCheck": entitlement_check,
    "entitlementChecks": entitlement_checks,
    "renewalQuote": renewal_quote,
    "licenses": licenses,
}


class Cached(Application):
    """graphql-core over a schema. Documents that were read and found valid are kept by their text."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.document = lru_cache(maxsize=128)(self._document)

    def _document(self, text: str) -> DocumentNode:
        document = parse(text)
        if wrong := validate(self.schema, document):
            raise ValueError(f"{wrong}")
        return document

    async def ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = await self.read(receive)
        variables = asked["variables"]
        context = {"work": self.work, "variables": variables}
        document = self.document(asked["query"])
        found = execute(self.schema, document, variable_values=variables, context_value=context)
        result = await found if isawaitable(found) else found
        assert isinstance(result, ExecutionResult)
        await self.send(send, written(result.formatted))
