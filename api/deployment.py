"""What a process runs on: the settings, the guide of its edition, the database, and the clock."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from api.documents.paths import path_of
from api.editions import load_guide
from api.settings import Settings
from api.store.engine import Database, open_database
from api.store.keys import ApiKeys
from api.store.store import SqlStore
from entitlements.guide import Guide
from schema.context import Context
from schema.languages import ENGLISH
from schema.store import Viewer

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The instant of the machine's own clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Deployment:
    """One edition over one database."""

    settings: Settings
    guide: Guide
    database: Database
    store: SqlStore
    clock: Clock

    @property
    def keys(self) -> ApiKeys:
        """The API keys in the database."""
        return ApiKeys(self.database, self.guide)

    def context(self, viewer: Viewer, request_id: str | None = None, language: str = ENGLISH) -> Context:
        """The surroundings of one request, with the one instant that it calls now."""
        return Context(
            viewer=viewer,
            guide=self.guide,
            store=self.store,
            now=self.clock(),
            price_book=self.settings.price_book,
            currency=self.settings.currency,
            due_days=self.settings.due_days,
            language=language,
            document_path=path_of,
            request_id=request_id or uuid4().hex,
        )


@asynccontextmanager
async def deployed(settings: Settings, clock: Clock = system_clock) -> AsyncGenerator[Deployment]:
    """A deployment, its database closed at the end."""
    guide = load_guide(settings.edition)
    database = open_database(settings.database_url, connections=settings.connections)
    try:
        yield Deployment(settings, guide, database, SqlStore(database, guide, clock), clock)
    finally:
        await database.close()
