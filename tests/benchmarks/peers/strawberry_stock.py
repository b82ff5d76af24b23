"""The project's own types under a plain strawberry schema and strawberry's plain view.

    COVERLINE_DATABASE_URL=URL [PEER_CACHES=1] python -m uvicorn tests.benchmarks.peers.strawberry_stock:application

As strawberry comes: every document is parsed and validated each time. With PEER_CACHES its ParserCache and
ValidationCache are on. No keys, limits, costs, counters or logs.
"""

import os
from datetime import UTC, datetime
from typing import Any

import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache
from strawberry.schema.config import StrawberryConfig

from schema.codes import CODES
from schema.context import Context
from schema.root import Query
from schema.scalars import SCALARS
from schema.scopes import Scope as Right
from schema.store import Viewer, ViewerKind
from schema.subgraph import SCALARS as OF_SUBGRAPH
from tests.benchmarks.peers.asgi import Application, Receive, Scope, Send

VIEWER = Viewer(ViewerKind.INTERNAL, scopes=frozenset({Right.ADMIN}))
EXTENSIONS: list[type[SchemaExtension]] = [ParserCache, ValidationCache] if os.environ.get("PEER_CACHES") else []

schema = strawberry.Schema(
    query=Query, types=CODES, extensions=EXTENSIONS, config=StrawberryConfig(scalar_map=SCALARS | OF_SUBGRAPH)
)


class Stock(Application):
    """strawberry's own view, after the work is open."""

    def __init__(self) -> None:
        self.view = View(self)

    async def ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.view(scope, receive, send)


class View(GraphQL[Context, None]):
    """Gives resolvers the context that they expect."""

    def __init__(self, stock: Stock) -> None:
        super().__init__(schema, graphql_ide=None, subscription_protocols=())
        self.stock = stock

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Any:
        work = self.stock.work
        return Context(VIEWER, work.guide, work.store, datetime.now(UTC))


application = Stock()
