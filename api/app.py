"""The application, constructed: every route and middleware stands in a list here."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from api import answers, health, proofs
from api.console.routes import console
from api.demonstrations import Story, pages
from api.deployment import Clock, deployed, system_clock
from api.graphql import GraphQL
from api.metrics import Metrics
from api.quotes import Quotes
from api.rates import Allowance
from api.settings import Settings
from api.store.watching import watch_pool
from api.telemetry import Observing, RequestIds
from api.traces import traces_of
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
    schema = Schema(introspection=introspection, compiled=chosen.compiled)
    metrics, traces = Metrics(chosen.edition), traces_of(chosen)
    allowance = Allowance(chosen)
    routes = [
        Route("/graphql", GraphQL(schema, chosen, allowance, demo=demo)),
        *(subgraph(chosen, allowance, introspection=introspection, demo=demo) if chosen.federation else []),
        *Quotes(schema, allowance, demo=demo).routes,
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", health.metrics),
        Route("/.well-known/jwks.json", proofs.public_keys),
        Route("/records/{id}/pack", partial(proofs.pack, allowance=allowance, demo=demo)),
        *(console(schema, chosen, allowance, demo=demo) if chosen.console else []),
        *(pages(stories) if demo else []),
    ]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        try:
            async with deployed(chosen, clock, ephemeral_key=demo) as deployment:
                app.state.deployment = deployment
                watch_pool(deployment.database, metrics.connections.inc, metrics.connections.dec)
                traces.watch(deployment.database)
                yield
        finally:
            traces.close()

    app = Starlette(
        routes=routes,
        # Whatever answers a request stands after these two, so that its answer has an id and is told of.
        middleware=[Middleware(RequestIds), Middleware(Observing, metrics=metrics, traces=traces)],
        exception_handlers={HTTPException: answers.http_error, Exception: answers.fault},
        lifespan=lifespan,
    )
    app.state.metrics = metrics
    return app


def subgraph(settings: Settings, allowance: Allowance, *, introspection: bool, demo: bool) -> list[Route]:
    """Where a gateway asks."""
    schema = Schema(introspection=introspection, federation=True, compiled=settings.compiled)
    return [Route("/subgraph", GraphQL(schema, settings, allowance, demo=demo, pages=False))]
