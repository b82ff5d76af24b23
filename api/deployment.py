"""What a process runs on: the settings, the guide of its edition, the database, and the clock."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from api.documents.paths import path_of
from api.editions import load_guide
from api.sessions import Sessions, sessions_of
from api.settings import Settings
from api.signatures import SigningKeys, new_key
from api.store.engine import Database, open_database
from api.store.keys import ApiKeys
from api.store.store import SqlStore
from api.time_zones import engine
from api.tokens import Tokens, tokens_of
from entitlements.guide import Guide
from schema.context import Context
from schema.languages import ENGLISH
from schema.observing import Nobody, Observer
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
    signing: SigningKeys = field(default_factory=SigningKeys)
    tokens: Tokens | None = None
    """What bearer tokens are judged by; None where only keys are taken."""
    sessions: Sessions = field(default_factory=Sessions)
    """Those of the console."""

    @property
    def keys(self) -> ApiKeys:
        """The API keys in the database."""
        return ApiKeys(self.database, self.guide)

    def context(
        self,
        viewer: Viewer,
        request_id: str | None = None,
        language: str = ENGLISH,
        observer: Observer | None = None,
    ) -> Context:
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
            engine=engine(),
            sign=self.signing.sign,
            document_path=path_of,
            request_id=request_id or uuid4().hex,
            observer=observer or Nobody(),
        )


@asynccontextmanager
async def deployed(
    settings: Settings, clock: Clock = system_clock, *, ephemeral_key: bool = False
) -> AsyncGenerator[Deployment]:
    """A deployment, its database closed at the end.

    With `ephemeral_key`, and where no folder of signing keys is configured, it signs with a key that goes with it.
    """
    signing = SigningKeys(settings.signing_keys, new_key() if ephemeral_key and not settings.signing_keys else None)
    signing.files()  # keys that cannot be used are found here, not by the first decision
    guide = load_guide(settings.edition)
    database = open_database(settings.database_url, connections=settings.connections)
    try:
        store = SqlStore(database, guide, clock)
        yield Deployment(settings, guide, database, store, clock, signing, tokens_of(settings), sessions_of(settings))
    finally:
        await database.close()
