"""The application, constructed: every route and middleware stands in a list here."""

from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from api import answers, health
from api.demonstrations import Story, pages
from api.deployment import Clock, deployed, system_clock
from api.graphql import GraphQL
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
    schema = Schema(introspection=demo or chosen.introspection)
    counter: Counter[tuple[str, int]] = Counter()
    routes = [
        Route("/graphql", GraphQL(schema, chosen, demo=demo)),
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", health.metrics),
        *(pages(stories) if demo else []),
    ]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        async with deployed(chosen, clock) as deployment:
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
