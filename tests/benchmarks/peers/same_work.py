"""The floor of the work: no GraphQL, but the same key looked up, the same facts read, the same rules, the same `data`.

    COVERLINE_DATABASE_URL=URL python -m uvicorn tests.benchmarks.peers.same_work:application

It takes the same body at a path of its own for each question, and looks at the variables alone.
"""

from typing import Any

from tests.benchmarks.answers import Plain
from tests.benchmarks.peers.asgi import Application, Receive, Scope, Send, written
from tests.benchmarks.work import Work

KEY = b"x-api-key"


async def answered(work: Work, path: str, variables: dict[str, Any]) -> Plain:
    """The `data` of a question."""
    match path:
        case "/check":
            return {"entitlementCheck": await work.check(variables["input"])}
        case "/batch":
            return {"entitlementChecks": await work.checks(variables["inputs"])}
        case "/quote":
            return {"renewalQuote": await work.quote(variables["input"])}
        case _:
            return {"licenses": await work.licenses(**variables)}


class SameWork(Application):
    """Answers by the path that is asked."""

    async def ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = next(value for name, value in scope["headers"] if name == KEY)
        asked = await self.read(receive)
        if not await self.work.is_known(key.decode()):
            raise PermissionError("the key is not known")
        await self.send(send, written({"data": await answered(self.work, scope["path"], asked["variables"])}))


application = SameWork()
