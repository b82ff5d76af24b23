"""What a process runs on: the settings, the guide of its edition, the database, and the clock."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from uuid import uuid4

from api.documents.paths import path_of
from api.editions import usable_guide
from api.sessions import Sessions, sessions_of
from api.settings import Settings, embedded_file
from api.signatures import SigningKeys, new_key
from api.store.engine import Database, DatabaseRefused, driver_url, open_database
from api.store.key_reading import KeyReader, reader_of
from api.store.keys import MARK, SANDBOX_MARK, ApiKeys
from api.store.read_model import ReadModel
from api.store.store import SqlStore
from api.time_zones import engine
from api.tokens import Tokens, tokens_of
from api.webhooks.secrets import Secrets
from entitlements.guide import Guide
from schema.context import Context
from schema.languages import ENGLISH
from schema.observing import Nobody, Observer
from schema.store import Viewer, ViewerKind

Clock = Callable[[], datetime]
NOBODY = Viewer(ViewerKind.CUSTOMER)
"""Who sees nothing."""
JUST_BEFORE = timedelta(milliseconds=10)
"""Ten thousand changes of a contract fit, since each is recorded a microsecond after the last."""


def system_clock() -> datetime:
    """The instant of the machine's own clock, in UTC."""
    return datetime.now(UTC)


class SandboxRefused(ValueError):  # noqa: N818 - it is an answer to the operator, not a fault
    """A sandbox that there is not, or a database that cannot be one; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One edition over one database."""

    settings: Settings
    guide: Guide
    database: Database
    store: SqlStore
    clock: Clock
    signing: SigningKeys = field(default_factory=SigningKeys)
    secrets: Secrets = field(default_factory=lambda: Secrets(None))
    """How webhooks are signed."""
    tokens: Tokens | None = None
    """What bearer tokens are judged by; None where only keys are taken."""
    sandbox: "Deployment | None" = None
    """The sandbox beside it; None where none is configured, and within a sandbox."""
    key_reader: KeyReader | None = None
    """What reads keys at once; None in a sandbox."""
    is_sandbox: bool = False
    sessions: Sessions = field(default_factory=Sessions)
    """Those of the console."""
    surroundings: Context = field(init=False)
    """Of no request, from which those of each are made."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "surroundings", self._surroundings())

    @property
    def keys(self) -> ApiKeys:
        """The API keys in the database."""
        return ApiKeys(self.database, self.guide, SANDBOX_MARK if self.is_sandbox else MARK)

    @property
    def is_there(self) -> bool:
        """Whether the database may be asked: a file that is not there would be made by asking."""
        file = embedded_file(self.settings.database_url)
        return file is None or file.is_file()

    def at(self, now: datetime) -> "Deployment":
        """The same, with its clock stopped at an instant.

        What is written is recorded just before it, so that whoever asks at that instant again is told of it.
        """

        def stopped() -> datetime:
            return now

        def writing() -> datetime:
            return now - JUST_BEFORE

        return replace(self, clock=stopped, store=self.store.by(writing))

    def context(
        self,
        viewer: Viewer,
        request_id: str | None = None,
        language: str = ENGLISH,
        observer: Observer | None = None,
    ) -> Context:
        """The surroundings of one request, with the one instant that it calls now."""
        context = self.surroundings.anew(viewer, self.clock(), language)
        context.request_id = request_id or uuid4().hex
        context.observer = observer or Nobody()
        return context

    def _surroundings(self) -> Context:
        """What is the same for every request."""
        return Context(
            viewer=NOBODY,
            guide=self.guide,
            store=self.store,
            now=self.clock(),
            price_book=self.settings.price_book,
            currency=self.settings.currency,
            due_days=self.settings.due_days,
            engine=engine(),
            sending=self.secrets,
            sign=self.signing.sign,
            document_path=path_of,
        )


@asynccontextmanager
async def deployed(
    settings: Settings, clock: Clock = system_clock, *, ephemeral_key: bool = False
) -> AsyncGenerator[Deployment]:
    """A deployment, its database closed at the end.

    With `ephemeral_key`, and where no folder of signing keys is configured, it signs with a key that goes with it.
    So does whoever sends webhooks without a key of their own.
    """
    signing = SigningKeys(settings.signing_keys, new_key() if ephemeral_key and not settings.signing_keys else None)
    signing.files()  # keys that cannot be used are found here, not by the first decision
    key = settings.webhook_key.get_secret_value() if settings.webhook_key is not None else None
    secrets = Secrets(key or (token_urlsafe() if ephemeral_key else None), settings.webhook_private)
    guide = usable_guide(settings.edition, settings.editions)
    database = open_database(settings.database_url, connections=settings.connections)
    sandbox = _sandbox(settings, guide, clock)
    try:
        model = ReadModel(settings.read_model_seconds) if settings.read_model_seconds else None
        store = SqlStore(database, guide, clock, model, settings.kept_documents)
        reader = reader_of(ApiKeys(database, guide))
        try:
            yield Deployment(
                settings,
                guide,
                database,
                store,
                clock,
                signing=signing,
                secrets=secrets,
                tokens=tokens_of(settings),
                sandbox=sandbox,
                key_reader=reader,
                sessions=sessions_of(settings),
            )
        finally:
            await reader.close()
    finally:
        await database.close()
        if sandbox:
            await sandbox.database.close()


def _sandbox(settings: Settings, guide: Guide, clock: Clock) -> Deployment | None:
    """A sandbox takes keys alone and signs nothing: what was decided under a made-up clock is no proof of anything."""
    if settings.sandbox is None:
        return None
    try:
        database = open_database(settings.sandbox, connections=settings.connections)
    except DatabaseRefused as problem:
        raise SandboxRefused(f"COVERLINE_SANDBOX_URL cannot be used: {problem}") from None
    if driver_url(settings.sandbox) == driver_url(settings.database_url):
        raise SandboxRefused("COVERLINE_SANDBOX_URL names the database of COVERLINE_DATABASE_URL; name one of its own")
    own = settings.model_copy(update={"database_url": settings.sandbox, "sandbox_url": ""})
    return Deployment(own, guide, database, SqlStore(database, guide, clock), clock, is_sandbox=True)
