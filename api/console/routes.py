"""Every page of the console, and its address."""

from functools import partial

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from api.console import desk, explorer, guide, licenses, portfolio, signing_in, webhooks
from api.console.asking import Asked
from api.console.frame import Frame, bad_input
from api.console.templates import ROOT, STATIC
from api.rates import Allowance
from api.settings import Settings
from entitlements.messages import said
from schema.root import Schema


async def nowhere(_asked: Asked) -> Response:
    """What no page has for an address."""
    raise bad_input(said("There is no such page."), "NOT_FOUND", 404)


def console(schema: Schema, settings: Settings, allowance: Allowance, *, demo: bool) -> list[BaseRoute]:
    """The routes of the console."""
    frame = Frame(schema, settings, allowance, demo=demo)
    page, sign_in = frame.page, frame.open(partial(signing_in.sign_in, allowance=allowance))
    return [
        Route(ROOT, page(desk.desk), methods=["GET"]),
        Route(f"{ROOT}/sign-in", sign_in, methods=["GET", "POST"]),
        Route(f"{ROOT}/sign-out", page(signing_in.sign_out), methods=["POST"]),
        Route(f"{ROOT}/language", signing_in.choose_language, methods=["GET"]),
        Route(f"{ROOT}/records", page(desk.record), methods=["POST"]),
        Route(f"{ROOT}/records/{{id}}", page(desk.recorded), methods=["GET"]),
        Route(f"{ROOT}/licenses", page(licenses.licenses), methods=["GET"]),
        Route(f"{ROOT}/licenses/{{serial:path}}", page(licenses.license), methods=["GET"]),
        Route(f"{ROOT}/portfolio", page(portfolio.first_page), methods=["GET"]),
        Route(f"{ROOT}/portfolio/{{report}}.{{form}}", page(portfolio.download), methods=["GET"]),
        Route(f"{ROOT}/portfolio/{{report}}", page(portfolio.report), methods=["GET"]),
        Route(f"{ROOT}/webhooks", page(webhooks.webhooks), methods=["GET"]),
        Route(f"{ROOT}/webhooks", page(webhooks.create), methods=["POST"]),
        Route(f"{ROOT}/webhooks/{{id}}", page(webhooks.webhook), methods=["GET"]),
        Route(f"{ROOT}/webhooks/{{id}}", page(webhooks.change), methods=["POST"]),
        Route(f"{ROOT}/guide", page(guide.plans), methods=["GET"]),
        Route(f"{ROOT}/guide/clauses", page(guide.clauses), methods=["GET"]),
        Route(f"{ROOT}/guide/conflicts", page(guide.conflicts), methods=["GET"]),
        Route(f"{ROOT}/graphiql", page(explorer.explorer), methods=["GET"]),
        Route(f"{ROOT}/graphiql/schema", page(explorer.schema), methods=["GET"]),
        Mount(f"{ROOT}/static", StaticFiles(directory=STATIC)),
        Route(f"{ROOT}/{{path:path}}", page(nowhere), methods=["GET"]),
    ]
