"""The application, constructed: every route and middleware stands in a list here."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api import answers, health, proofs
from api.console.routes import console
from api.demonstrations import Story, pages
from api.deployment import Clock, Deployment, deployed, system_clock
from api.front.front import FRONT, Front
from api.graphql import GraphQL
from api.metrics import Metrics
from api.pictures import Pictures
from api.quotes import Quotes
from api.rates import Allowance
from api.settings import Settings
from api.store.watching import watch_pool
from api.telemetry import Observing, RequestIds, Telling
from api.traces import traces_of
from api.webhooks.delivering import Deliverer
from api.webhooks.ticking import keep_ticking
from schema.root import Schema

SELDOM = 100
"""How often the garbage collector looks at what is aging before it looks at everything; it does so every 10 times."""


def create_app(
    settings: Settings | None = None,
    *,
    demo: bool = False,
    stories: Sequence[Story] = (),
    clock: Clock = system_clock,
    lasts: bool = False,
) -> Starlette:
    """The application of some settings, those of the environment when left out.

    A demonstration answers callers on this machine without a key, and shows them GraphiQL and examples. One that lasts
    is the only thing that its process is for.
    """
    chosen = settings or Settings()
    introspection = demo or chosen.introspection
    schema = Schema(introspection=introspection, compiled=chosen.compiled)
    schemas = {"/graphql": schema}
    if chosen.federation:  # where a gateway asks
        schemas["/subgraph"] = Schema(introspection=introspection, federation=True, compiled=chosen.compiled)
    metrics, traces = Metrics(chosen.edition), traces_of(chosen)
    tell, allowance = Telling(metrics), Allowance(chosen)
    routes = [
        *(
            Route(path, GraphQL(one, chosen, allowance, demo=demo, pages=one is schema))
            for path, one in schemas.items()
        ),
        *Quotes(schema, allowance, demo=demo).routes,
        *Pictures(schema, allowance, demo=demo).routes,
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", health.metrics),
        Route("/.well-known/jwks.json", proofs.public_keys),
        Route("/records/{id}/pack", partial(proofs.pack, allowance=allowance, demo=demo)),
        *(console(schema, chosen, allowance, demo=demo) if chosen.console else []),
        *(pages(stories) if demo else []),
    ]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[dict[str, Front | None]]:
        try:
            async with deployed(chosen, clock, ephemeral_key=demo) as deployment:
                app.state.deployment = deployment
                if application.front is not None:
                    application.front.deployment = deployment
                for each in filter(None, (deployment, deployment.sandbox)):
                    watch_pool(each.database, metrics.connections.inc, metrics.connections.dec)
                    traces.watch(each.database)
                async with delivering(deployment, metrics):
                    if lasts:
                        keep_for_good()
                    yield {FRONT: application.front}
        finally:
            traces.close()

    application = Application(
        routes=routes,
        # Whatever answers a request stands after these two, so that its answer has an id and is told of.
        middleware=[Middleware(RequestIds), Middleware(Observing, tell=tell, traces=traces)],
        exception_handlers={HTTPException: answers.http_error, Exception: answers.fault},
        lifespan=lifespan,
    )
    application.state.metrics = metrics
    if chosen.compiled and not chosen.traces:  # a trace has a span for each part of the way through the view
        rest = partial(Starlette.__call__, application)
        application.front = Front(rest, schemas, chosen, allowance, (tell, traces))
    return application


def keep_for_good() -> None:
    """Have the garbage collector leave alone what is there by now, and seldom go through all that is kept since.

    What a request leaves behind goes by itself, or while it is young; to go through some ten thousand contracts takes
    as long as several batches, and would be done for each few of them.
    """
    gc.collect()
    gc.freeze()
    young, aging, _ = gc.get_threshold()
    gc.set_threshold(young, aging, SELDOM)


class Application(Starlette):
    """The application, and what answers queries that were asked before."""

    front: Front | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or whatever else a server says."""
        if self.front is not None and scope["type"] == "http" and scope["path"] in self.front.paths:
            await self.front(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


@asynccontextmanager
async def delivering(deployment: Deployment, metrics: Metrics) -> AsyncGenerator[None]:
    """Delivers events meanwhile, and looks for those of each day, where the settings say so."""
    work = (
        [Deliverer(deployment, metrics.delivered).run(), keep_ticking(deployment)]
        if deployment.settings.deliver
        else []
    )
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
