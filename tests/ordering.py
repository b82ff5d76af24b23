"""An application that can be ordered from: the priced portfolio of `tests.portfolio`, on a clock that goes on.

On 2026-03-11 FAX-1 has Gold to 2026-09-30 and a dependent of quantity 2; FAX-2 is expired since 2025-11-30, 101 days;
FAX-3 has Platinum to 2026-12-31 and owes CH-2 since 2026-03-01.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from api.app import create_app
from api.deployment import deployed
from api.operations import operation
from api.settings import Settings
from schema.permissions import MAY_HOLD
from schema.root import Schema
from schema.store import Viewer, ViewerKind
from tests.portfolio import NOW, PRICING, load, load_more

SCHEMA = Schema()
PARTNER = Viewer(ViewerKind.PARTNER, "NORTH", scopes=MAY_HOLD[ViewerKind.PARTNER])
CUSTOMER = Viewer(ViewerKind.CUSTOMER, "ACME", scopes=MAY_HOLD[ViewerKind.CUSTOMER])
OPERATOR = Viewer(ViewerKind.INTERNAL, scopes=MAY_HOLD[ViewerKind.INTERNAL])


class Ticking:
    """A clock that goes on by a second each time it is read, or by another step."""

    def __init__(self, at: datetime = NOW, step: timedelta = timedelta(seconds=1)) -> None:
        self.at = at
        self.step = step

    def __call__(self) -> datetime:
        self.at += self.step
        return self.at


def fill(settings: Settings, folder: Path, pricing: Mapping[str, str] = PRICING) -> None:
    """The portfolio with its prices, in a database that is migrated when it is not."""

    async def filling() -> None:
        await load(settings, folder / "files")
        await load_more(settings, folder / "pricing", pricing)

    asyncio.run(filling())


Asking = Callable[..., dict[str, Any]]


@contextmanager
def asking(settings: Settings, clock: Callable[[], datetime] | None = None) -> Iterator[Asking]:
    """Asks over HTTP; gives the data of an answer without errors."""
    app = create_app(settings, demo=True, clock=clock or Ticking())
    with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50_000)) as caller:

        def ask(document: str, **variables: Any) -> dict[str, Any]:
            answer = caller.post("/graphql", json={"query": document, "variables": variables}).json()
            assert "errors" not in answer, answer["errors"]
            return answer["data"]

        yield ask


def asked_by(settings: Settings, viewer: Viewer, document: str, clock: Callable[[], datetime], **variables: Any) -> Any:
    """The data of an answer to a viewer for whom there are no keys yet."""

    async def ask() -> Any:
        async with deployed(settings, clock) as deployment:
            result = await SCHEMA.execute(document, variable_values=variables, context_value=deployment.context(viewer))
            assert not result.errors, result.errors
            return result.data

    return asyncio.run(ask())


def quoting(serial: str = "FAX-2", plan: str = "GOLD", months: int = 12, **more: Any) -> dict[str, Any]:
    return {"license": {"serial": serial}, "plan": plan, "months": months, **more}


def order(
    key: str = "k-1", total: str = "1000.00", reference: str = "PO-1", due: str | None = None, **quote: Any
) -> dict[str, Any]:
    """The input of an order of a renewal: of FAX-2, Gold for a year, unless told otherwise."""
    asked = {"idempotencyKey": key, "quote": quoting(**quote), "orderReference": reference, "expectedTotal": total}
    return asked | ({"dueOn": due} if due else {})


ORDER = operation("order_renewal")
PAY = operation("record_payment")
COVERAGE = """query ($serial: String!, $knownAt: DateTime) { license(by: {serial: $serial}) {
  coverage(knownAt: $knownAt) { state expiresOn }
  coverageTimeline(knownAt: $knownAt) { plan { code } startsOn expiresOn orderReference }
  charges(knownAt: $knownAt) { reference amount { amount currency } dueOn paidOn }
} }"""
CHECK = """query ($serial: String!, $at: DateTime, $knownAt: DateTime) {
  entitlementCheck(input: {license: {serial: $serial}, at: $at, knownAt: $knownAt}) { verdict reasons { code } } }"""
