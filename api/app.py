"""The application, constructed: every route and middleware stands in a list here."""

from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from api import answers, health, proofs
from api.demonstrations import Story, pages
from api.deployment import Clock, deployed, system_clock
from api.graphql import GraphQL
from api.quotes import Quotes
from api.settings import Settings
from api.telemetry import Counts, RequestIds
from schema.root import Schema


def create_app(
    settings: Settings | None = None,
    *,
    demo: bool = False,
    stories: Sequence[Story] = (),
    clock: Clock = system_clock,
) -> Starlette:
    """The application of some settings, those of the environment when left out.

    A demonstration answers callers on this machine without a key, and shows them GraphiQL and examples.
    """
    chosen = settings or Settings()
    introspection = demo or chosen.introspection
    schema = Schema(introspection=introspection)
    counter: Counter[tuple[str, int]] = Counter()
    routes = [
        Route("/graphql", GraphQL(schema, graphiql=demo or chosen.graphiql, demo=demo)),
        *(subgraph(introspection=introspection, demo=demo) if chosen.federation else []),
        *Quotes(schema, demo=demo).routes,
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", health.metrics),
        Route("/.well-known/jwks.json", proofs.public_keys),
        Route("/records/{id}/pack", partial(proofs.pack, demo=demo)),
        *(pages(stories) if demo else []),
    ]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        async with deployed(chosen, clock, ephemeral_key=demo) as deployment:
            app.state.deployment = deployment
            yield

    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(RequestIds),
            Middleware(Counts, counter=counter, paths=frozenset(route.path for route in routes)),
        ],
        exception_handlers={HTTPException: answers.http_error, Exception: answers.fault},
        lifespan=lifespan,
    )
    app.state.counter = counter
    return app


def subgraph(*, introspection: bool, demo: bool) -> list[Route]:
    """Where a gateway asks."""
    schema = Schema(introspection=introspection, federation=True)
    return [Route("/subgraph", GraphQL(schema, graphiql=False, demo=demo))]
