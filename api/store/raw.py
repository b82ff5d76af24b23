"""Hot reads on the drivers themselves: a statement compiled once, on connections that are held for it.

SQLite is read on the event loop: a read of few licences takes less time than handing it to a thread. PostgreSQL keeps
the statement prepared; what one viewer asks for while a read is under way goes together in the next. Row-level security
narrows these reads as it does all others. Whatever goes wrong here is left to the engine's own connections, which
answer, or tell what is wrong.
"""

import asyncio
import json
import logging
import sqlite3
from asyncio import Future, Task
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy import ColumnElement, Select, String, literal_column
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.dialects.sqlite import aiosqlite as aiosqlite_dialect
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.row_security import NARROWING, narrowed_to
from schema.store import Viewer, ViewerKind

log = logging.getLogger(__name__)

Row = Sequence[Any]
Key = str | UUID
Began = Callable[[str], Callable[[str | None], None]]
"""Told that a statement begins; what it gives is told that it ended, and the kind of its failure."""
SQLITE = aiosqlite_dialect.dialect()
POSTGRESQL = asyncpg_dialect.dialect()
AT_ONCE = 100
"""Licences that are read on the event loop; more of them would keep everybody else waiting."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
VERSION: ColumnElement[str] = literal_column(
    "CASE WHEN NOT pg_is_in_recovery()"
    " THEN concat_ws(' ', pg_backend_pid(), pg_postmaster_start_time(), pg_current_snapshot()) END",
    String(),
)
"""What is told twice by PostgreSQL only if nothing was committed between; none by a standby.

A snapshot says of every transaction that has written and not ended that it goes on: by its number, or because that is
after all that have ended. Once it ends, the snapshot is another, and never the same again, since no number is given
twice. So what was read after a version was told is of it or newer; and where the version is told once more later, it is
of it. Neither is older than what is told to whoever is answered with it.

A standby does not number those that go on. After a crash, lost numbers are given again, and behind a proxy another
server may answer, which is why the process and its server's start are told as well.
"""
HELD = 2
"""Connections to PostgreSQL for internal viewers, and as many for all others."""
TOGETHER = 200
"""Licences that are read by one statement, where requests that wait are put together."""


@dataclass(frozen=True, slots=True)
class Text:
    """A statement as a driver takes it: its text, its parameters in their order, and those that are always the same."""

    text: str
    names: tuple[str, ...]
    constants: dict[str, Any]

    def given(self, **values: Any) -> list[Any]:  # noqa: ANN401 - as the driver takes them
        """The parameters, those that are told in place of those that are kept."""
        kept = self.constants | values
        return [kept[name] for name in self.names]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A statement whose parameters are a list, `asked`, and for most viewers the account of whoever asks, `viewer`."""

    name: str
    statement: Select[*tuple[Any, ...]]
    _texts: dict[str, Text] = field(default_factory=dict[str, Text])

    def text(self, dialect: Dialect) -> Text:
        """The statement, compiled once for each driver."""
        found = self._texts.get(dialect.name)
        if found is None:
            found = self._texts[dialect.name] = _text_of(self.statement.compile(dialect=dialect))
        return found


def _text_of(compiled: Any) -> Text:  # noqa: ANN401 - what the library compiles for a dialect
    return Text(str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params))


class Raw(Protocol):
    """Connections of a driver, held for hot reads."""

    watcher: Began | None

    def moment(self, at: datetime) -> Any:  # noqa: ANN401 - text or an instant, as the driver gives them
        """An instant as rows hold it, to be compared with theirs."""
        ...

    def version(self) -> object:
        """What stays the same for as long as nothing is committed; None where it is not known at this moment."""
        ...

    async def look(self) -> object:
        """The version at this moment or later; None where the database does not tell."""
        ...

    async def rows(self, question: Question, viewer: Viewer, asked: Sequence[Key]) -> Sequence[Row] | None:
        """The rows, perhaps with some that another request asked for; None where the engine has to answer."""
        ...

    def at_once(self, question: Question, viewer: Viewer, given: Mapping[str, Any]) -> Sequence[Row] | None:
        """The rows of what is read along an index, without waiting; None where the engine has to answer."""
        ...

    async def close(self) -> None:
        """Give up the connections."""
        ...


def raw_of(engine: AsyncEngine) -> Raw:
    """The hot reads of an engine's database."""
    if engine.dialect.name == "sqlite":
        return SqliteRaw(Path(engine.url.database or ""))
    return PostgresRaw(engine)


def reading_only(file: Path) -> sqlite3.Connection:
    """A connection to a file of SQLite that only reads, and never waits: the event loop would wait with it."""
    address = f"{file.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=0, check_same_thread=False)


async def out_of_the_pool(engine: AsyncEngine) -> Any:  # noqa: ANN401 - the driver's own
    """A connection of PostgreSQL's driver that is no longer the pool's. It plans what it prepares once.

    The server would compare a plan for a list of any length with one for the list at hand, and so plan a hot read each
    time it runs, which takes ten times as long as to run it.
    """
    pooled = await engine.raw_connection()
    driver: Any = pooled.driver_connection  # detached, it is told no longer
    pooled.detach()
    await driver.execute("SET plan_cache_mode = force_generic_plan")
    return driver


# ---------------------------------------------------------------- SQLite


class SqliteRaw:
    """Two connections, which only read: one for the event loop, and one for a thread that reads much."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connections: dict[bool, sqlite3.Connection] = {}
        self._opened = 0
        """Connections so far: each counts commits from a number of its own."""
        self._version: object = None
        self._thread = asyncio.Lock()
        self.watcher: Began | None = None

    def moment(self, at: datetime) -> str:
        """An instant as text, as it is kept."""
        return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")

    def version(self) -> object:
        """A number that every commit of another connection changes."""
        if self._version is None:
            try:
                told = self._connected(apart=False).execute("PRAGMA data_version").fetchone()
            except sqlite3.Error:
                return None
            self._version = self._opened, *told
            asyncio.get_running_loop().call_soon(self._look_again)
        return self._version

    async def look(self) -> object:
        """The same number."""
        return self.version()

    def _look_again(self) -> None:
        """What reads one after the other, without letting the loop go on, reads the same version."""
        self._version = None

    async def rows(self, question: Question, viewer: Viewer, asked: Sequence[Key]) -> Sequence[Row] | None:
        """The rows; those of few licences before anything else is done."""
        if len(asked) <= AT_ONCE:
            return self._rows(question, viewer, asked)
        async with self._thread:
            return await asyncio.to_thread(self._rows, question, viewer, asked, apart=True)

    def _rows(
        self, question: Question, viewer: Viewer, asked: Sequence[Key], *, apart: bool = False
    ) -> Sequence[Row] | None:
        items = json.dumps([one.hex if isinstance(one, UUID) else one for one in asked])
        return self._told(question, viewer, {"asked": items}, apart=apart)

    def at_once(self, question: Question, viewer: Viewer, given: Mapping[str, Any]) -> Sequence[Row] | None:
        """The rows, before anything else is done."""
        return self._told(question, viewer, given, apart=False)

    def _told(
        self, question: Question, viewer: Viewer, given: Mapping[str, Any], *, apart: bool
    ) -> Sequence[Row] | None:
        text = question.text(SQLITE)
        ended = self.watcher(text.text) if self.watcher else None
        failure = None
        try:
            values = text.given(**given, viewer=viewer.account)
            return self._connected(apart=apart).execute(text.text, values).fetchall()
        except sqlite3.Error as problem:
            failure = type(problem).__name__
            return None
        finally:
            if ended is not None:
                ended(failure)

    def _connected(self, *, apart: bool) -> sqlite3.Connection:
        found = self._connections.get(apart)
        if found is None:
            found = self._connections[apart] = reading_only(self._file)
            self._opened += 1
        return found

    async def close(self) -> None:
        """Close the connections."""
        async with self._thread:
            while self._connections:
                self._connections.popitem()[1].close()


# ---------------------------------------------------------------- PostgreSQL


@dataclass(slots=True)
class _Batch:
    """What one viewer asks for by one statement, together."""

    question: Question
    viewer: Viewer
    asked: list[Key]
    answer: Future[Sequence[Row] | None]


@dataclass(slots=True)
class _Held:
    """A connection and its prepared statements, by their text."""

    driver: Any
    prepared: dict[str, Any] = field(default_factory=dict[str, Any])

    async def fetch(self, text: str, given: Sequence[Any]) -> Sequence[Row]:
        """The rows of a statement."""
        if text not in self.prepared:
            self.prepared[text] = await self.driver.prepare(text)
        return await self.prepared[text].fetch(*given)


def _bytes_of(moment: int) -> bytes:
    return moment.to_bytes(8, signed=True)


def _number_of(moment: bytes) -> int:
    return int.from_bytes(moment, signed=True)


class _Connections:
    """The connections for viewers of a kind."""

    def __init__(self) -> None:
        self.free: list[_Held] = []
        self.places = asyncio.Semaphore(HELD)


class PostgresRaw:
    """Connections outside of the pool: some for internal viewers, others for those whose transactions are narrowed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._internal = _Connections()
        self._narrowed = _Connections()
        self._waiting: dict[tuple[str, ViewerKind, str | None], _Batch] = {}
        self._running: set[Task[None]] = set()
        self._narrowing = _text_of(NARROWING.compile(dialect=POSTGRESQL))
        self._told: tuple[Task[Any] | None, object] | None = None
        self._telling: object = None
        """What is told to all, in no task."""
        self.looks: Callable[[], Awaitable[object]] | None = None
        """Asks for the version for all who wait; None where nobody does."""
        self.watcher: Began | None = None

    def moment(self, at: datetime) -> int:
        """Microseconds from the epoch of PostgreSQL, which can tell its infinities, too."""
        return (at - EPOCH) // MICROSECOND

    def version(self) -> object:
        """What the running task was told, until it waits for anything."""
        if self._telling is not None:
            return self._telling
        if self._told is None:
            return None
        task, version = self._told
        return version if task is not None and task is asyncio.current_task() else None

    def tell(self, version: object) -> None:
        """Tells the running task a version that was asked for after its request came, until it waits for anything.

        Whatever it goes on for after waiting, such as a body or a change of its own, may be newer than the version. The
        loop forgets before it goes on with any task that has waited. Other tasks may go on before, for requests that
        came later than the version, and are told nothing.
        """
        self._told = asyncio.current_task(), version
        asyncio.get_running_loop().call_soon(self._forget)

    def _forget(self) -> None:
        self._told = None

    @contextmanager
    def telling(self, version: object) -> Generator[None]:
        """Meanwhile whoever asks is told a version that was asked for after their requests came. Nobody waits in it."""
        self._telling = version
        try:
            yield
        finally:
            self._telling = None

    async def look(self) -> object:
        """What is told to whoever asks from now on."""
        return await self.looks() if self.looks is not None else None

    async def rows(self, question: Question, viewer: Viewer, asked: Sequence[Key]) -> Sequence[Row] | None:
        """The rows, with those that other requests of the viewer wait for."""
        key = (question.name, viewer.kind, viewer.account)
        batch = self._waiting.get(key)
        if batch is None or len(batch.asked) >= TOGETHER:
            answer = asyncio.get_running_loop().create_future()
            batch = self._waiting[key] = _Batch(question, viewer, [], answer)
            task = asyncio.create_task(self._run(key, batch))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        batch.asked += asked
        return await asyncio.shield(batch.answer)

    def at_once(self, question: Question, viewer: Viewer, given: Mapping[str, Any]) -> None:  # noqa: ARG002 - as the protocol
        """Whoever asks PostgreSQL has to wait for it."""
        return

    async def _run(self, key: tuple[str, ViewerKind, str | None], batch: _Batch) -> None:
        connections = self._internal if batch.viewer.kind is ViewerKind.INTERNAL else self._narrowed
        async with connections.places:
            if self._waiting.get(key) is batch:
                del self._waiting[key]
            found = None
            try:
                found = await self._read(connections, batch)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError, OSError) as problem:
                log.warning("a hot read was left to the engine: %s", type(problem).__name__)
            finally:
                if not batch.answer.done():
                    batch.answer.set_result(found)

    async def _read(self, connections: _Connections, batch: _Batch) -> Sequence[Row]:
        text = batch.question.text(POSTGRESQL)
        given = text.given(asked=batch.asked, viewer=batch.viewer.account)
        held = connections.free.pop() if connections.free else await self._connected()
        ended = self.watcher(text.text) if self.watcher else None
        failure = None
        try:
            if connections is self._internal:
                found = await held.fetch(text.text, given)
            else:
                narrow = self._narrowing
                async with held.driver.transaction():
                    await held.fetch(narrow.text, narrow.given(**narrowed_to(batch.viewer)))
                    found = await held.fetch(text.text, given)
        except BaseException as problem:
            failure = type(problem).__name__
            held.driver.terminate()  # whatever state it is in, it is not asked again
            raise
        finally:
            if ended is not None:
                ended(failure)
        connections.free.append(held)
        return found

    async def _connected(self) -> _Held:
        driver = await out_of_the_pool(self._engine)
        await driver.set_type_codec(
            "timestamptz", schema="pg_catalog", encoder=_bytes_of, decoder=_number_of, format="binary"
        )
        return _Held(driver)

    async def close(self) -> None:
        """Close the connections."""
        for connections in (self._internal, self._narrowed):
            while connections.free:
                with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                    await connections.free.pop().driver.close()
