"""ariadne over the schema as it is written, its parser and its validation cached by the text.

    COVERLINE_DATABASE_URL=URL .tools/peers/bin/python -m uvicorn tests.benchmarks.peers.ariadne_cached:application

ariadne and graphene are no requirements of the project's: they have an environment of their own.
"""

from functools import lru_cache
from typing import Any

from ariadne import QueryType, make_executable_schema  # pyright: ignore[reportMissingImports]
from ariadne.asgi import GraphQL  # pyright: ignore[reportMissingImports]
from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate

from tests.benchmarks.peers.asgi import Application, Receive, Scope, Send
from tests.benchmarks.peers.resolvers import ROOT, SDL

query = QueryType()
for name, resolve in ROOT.items():
    query.set_field(name, resolve)
schema = make_executable_schema(SDL, query)

parsed = lru_cache(maxsize=128)(parse)
found: dict[int, list[GraphQLError]] = {}


def validated(schema: GraphQLSchema, document: DocumentNode, *others: Any, **more: Any) -> list[GraphQLError]:
    """What is wrong with a document, worked out once; the parser keeps documents, so that they stay the same ones."""
    if id(document) not in found:
        found[id(document)] = validate(schema, document, *others, **more)
    return found[id(document)]


class Ariadne(Application):
    """ariadne's own application, after the work is open."""

    def __init__(self) -> None:
        self.view = GraphQL(
            schema,
            context_value=lambda _, data: {"work": self.work, "variables": data["variables"]},
            query_parser=lambda _, data: parsed(data["query"]),
            query_validator=validated,
        )

    async def ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.view(scope, receive, send)  # pyright: ignore[reportArgumentType]


application = Ariadne()
