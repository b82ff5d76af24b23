"""Who asks with a key, read by the drivers themselves for every request: a revoked key is refused by the next one.

A key is kept for as long as nothing was committed. SQLite tells that at once; PostgreSQL is asked by a prepared
statement for all requests that are waiting. Only keys that hold are told here, and only where nothing is to be noted of
them; for all others, and when anything fails, `ApiKeys` finds out what is wrong.
"""

import asyncio
import sqlite3
from asyncio import Future, Task
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy import ARRAY, Dialect, Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import asyncpg as postgresql
from sqlalchemy.dialects.sqlite import aiosqlite as sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.keys import ApiKey, ApiKeys, accounts, api_keys, is_text_of, is_to_be_noted, key_of, prefix_of
from api.store.raw import VERSION, PostgresRaw, out_of_the_pool, reading_only
from schema.store import Viewer

COLUMNS = [column for column in api_keys.c if column.name != "account_id"]
OF_ACCOUNT = accounts.c.id == api_keys.c.account_id
MOST_KEPT = 1024
"""Keys that are kept."""


class KeyReader(Protocol):
    """What reads keys at once."""

    def when_known(self, texts: Iterable[str], then: Callable[[], None]) -> None:
        """Calls back once keys are known as of now or later. Who asks with them is told at once until that returns."""
        ...

    def viewer_at_once(self, text: str, now: datetime) -> Viewer | None:
        """Who asks with a key that is known already, the very same for as long as nothing was committed; else None."""
        ...

    async def viewer_of(self, text: str, now: datetime) -> Viewer | None:
        """Who asks with a key; None where it has to be asked for elsewhere."""
        ...

    async def close(self) -> None:
        """Give up the connection."""
        ...


def reader_of(keys: ApiKeys) -> KeyReader:
    """What reads the keys of a database at once."""
    engine = keys.database.engine
    return SqliteKeys(keys, Path(engine.url.database or "")) if keys.database.kind == "sqlite" else PostgresKeys(keys)


class Kept(NamedTuple):
    """A key as it was read, the digest of its secret, and who asks with it."""

    key: ApiKey
    digest: str
    viewer: Viewer

    def viewer_of(self, text: str, now: datetime, keys: ApiKeys) -> Viewer | None:
        """Who asks with a text; None where it is not the key's, or that does not hold or has to be noted."""
        if not is_text_of(text, self.digest) or not keys.holds(self.key, now) or is_to_be_noted(self.key, now):
            return None
        return self.viewer


class _Row(dict[str, Any]):
    """A row whose columns are attributes."""

    __getattr__ = dict[str, Any].__getitem__


def _kept(row: Sequence[Any]) -> Kept:
    """The key of a row."""
    *values, reference = row
    told = _Row(zip((column.name for column in COLUMNS), values, strict=True))
    key = key_of(told, reference)
    return Kept(key, told["digest"], key.viewer)


# ---------------------------------------------------------------- SQLite


SQLITE: Dialect = sqlite.dialect()
BY_PREFIX = str(
    select(*COLUMNS, accounts.c.reference)
    .select_from(api_keys.outerjoin(accounts, OF_ACCOUNT))
    .where(api_keys.c.prefix == bindparam("prefix"))
    .compile(dialect=SQLITE)
)
READERS = [column.type.dialect_impl(SQLITE).result_processor(SQLITE, None) for column in COLUMNS]


class SqliteKeys:
    """Keys that were read since the last commit, on a connection that only reads."""

    def __init__(self, keys: ApiKeys, file: Path) -> None:
        self._keys = keys
        self._file = file
        self._connection: sqlite3.Connection | None = None
        self._version: object = None
        self._kept: dict[str, Kept] = {}
        """By prefix."""

    def when_known(self, texts: Iterable[str], then: Callable[[], None]) -> None:  # noqa: ARG002 - as the protocol
        """Calls back: nothing has to be waited for."""
        then()

    async def viewer_of(self, text: str, now: datetime) -> Viewer | None:
        """The same: nothing has to be waited for."""
        return self.viewer_at_once(text, now)

    def viewer_at_once(self, text: str, now: datetime) -> Viewer | None:
        """Who asks with a key; read again whenever another connection has committed anything."""
        raw = self._keys.database.raw
        version = raw.version() if raw is not None else None
        if version is None:
            return None
        if version != self._version or len(self._kept) > MOST_KEPT:
            self._kept.clear()
            self._version = version
        prefix = prefix_of(text)
        try:
            kept = self._kept.get(prefix) or self._read(self._connection or self._connected(), prefix)
        except sqlite3.Error:
            return None
        return kept.viewer_of(text, now, self._keys) if kept is not None else None

    def _read(self, connection: sqlite3.Connection, prefix: str) -> Kept | None:
        """The key with a prefix, which no two keys have."""
        for *values, reference in connection.execute(BY_PREFIX, (prefix,)):
            read = [reader(value) if reader else value for reader, value in zip(READERS, values, strict=True)]
            kept = self._kept[prefix] = _kept([*read, reference])
            return kept
        return None

    def _connected(self) -> sqlite3.Connection:
        self._connection = reading_only(self._file)
        return self._connection

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


# ---------------------------------------------------------------- PostgreSQL


POSTGRESQL: Dialect = postgresql.dialect()
ALONE = str(select(VERSION).compile(dialect=POSTGRESQL))
TOLD = select(VERSION.label("version")).subquery("told")
ASKED = api_keys.c.prefix == any_(bindparam("prefixes", type_=ARRAY(Text())))
AMONG = str(
    select(TOLD.c.version, *COLUMNS, accounts.c.reference)
    .select_from(TOLD.outerjoin(api_keys, ASKED).outerjoin(accounts, OF_ACCOUNT))
    .compile(dialect=POSTGRESQL)
)
"""The version, with each key as it is then; a single row without a key where there is none."""
NOBODY = ""
"""What is found for no text of a key: whoever asks for the version alone."""
Known = tuple[object, Kept | None]
"""The version that the database told, and a key as it was then."""
UNKNOWN: Known = (None, None)


class PostgresKeys:
    """Keys by version, asked for on one connection outside of the pool; requests that come meanwhile wait for the next.

    So a request is never told a version that was asked for before it came, and could miss what was committed between.
    """

    def __init__(self, keys: ApiKeys) -> None:
        self._keys = keys
        self._engine: AsyncEngine = keys.database.engine
        self._raw = keys.database.raw if isinstance(keys.database.raw, PostgresRaw) else None
        if self._raw is not None:
            self._raw.looks = self.version
        self._driver: Any = None
        self._alone: Any = None
        self._among: Any = None
        self._waiting: dict[str, list[Future[Known]]] = {}
        self._reading: Task[None] | None = None
        self._opened = 0
        """Connections so far: what one told may mean something else told by another."""
        self._version: object = None
        self._kept: dict[str, Kept] = {}
        """By prefix, as of the version."""
        self._lasts = False
        """Whether the version was the same the last time."""
        self._is_now = False
        """Whether the version is being told to those who waited for it."""

    def when_known(self, texts: Iterable[str], then: Callable[[], None]) -> None:
        """Calls back with a version that was asked for after this; the facts may be told of it, too."""
        asked = [self._asked(prefix) for prefix in {prefix_of(text) for text in set(texts)}]
        asked[-1].add_done_callback(partial(self._call_back, then))  # one statement reads all of them

    def _call_back(self, then: Callable[[], None], last: Future[Known]) -> None:
        version, _ = last.result()
        if version is None or version != self._version or self._raw is None:
            then()
            return
        self._is_now = True
        try:
            with self._raw.telling(version):
                then()
        finally:
            self._is_now = False

    def viewer_at_once(self, text: str, now: datetime) -> Viewer | None:
        """Who asks with a key, while the version is told to those who waited for it."""
        kept = self._kept.get(prefix_of(text)) if self._is_now else None
        return kept.viewer_of(text, now, self._keys) if kept is not None else None

    async def viewer_of(self, text: str, now: datetime) -> Viewer | None:
        """Who asks with a key, as committed when it was asked or later; facts may be told of the same version."""
        if self._is_now:
            return self.viewer_at_once(text, now)
        version, kept = await self._asked(prefix_of(text))
        viewer = kept.viewer_of(text, now, self._keys) if kept is not None else None
        if viewer is not None and version is not None and self._raw is not None:
            self._raw.tell(version)
        return viewer

    async def version(self) -> object:
        """The version when it was asked for or later; None where the database does not tell."""
        version, _ = await self._asked(NOBODY)
        return version

    def _asked(self, prefix: str) -> Future[Known]:
        answer: Future[Known] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(prefix, []).append(answer)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return answer

    async def _read(self) -> None:
        asked: dict[str, list[Future[Known]]] = {}
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, {}
                _settle(asked, await self._known(list(asked)))
                await asyncio.sleep(0)  # those that are answered now may ask again, together with those that wait
        finally:
            _settle(asked, {})
            _settle(self._waiting, {})
            self._waiting, self._reading = {}, None

    async def _known(self, prefixes: list[str]) -> dict[str, Known]:
        """What is known of each; nothing of any where the database does not answer."""
        try:
            if self._driver is None:
                await self._connect()
            kept = all(prefix in self._kept or prefix == NOBODY for prefix in prefixes)
            if not (kept and self._lasts and await self._is_same()):
                self._keep(await self._among.fetch(prefixes))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError, OSError):
            self._leave()
            return {}
        return {prefix: (self._version, self._kept.get(prefix)) for prefix in prefixes}

    async def _is_same(self) -> bool:
        [[version]] = await self._alone.fetch()
        return (self._opened, version) == self._version

    def _keep(self, rows: Sequence[Sequence[Any]]) -> None:
        """Keeps the keys of rows, which are of the version that is told with them."""
        told = rows[0][0]
        version = (self._opened, told) if told is not None else None
        self._lasts = version is not None and version == self._version
        if not self._lasts or len(self._kept) > MOST_KEPT:
            self._kept = {}
        self._version = version
        at = 1 + COLUMNS.index(api_keys.c.prefix)
        self._kept |= {row[at]: _kept(row[1:]) for row in rows if row[at] is not None}

    async def _connect(self) -> None:
        self._driver = await out_of_the_pool(self._engine)
        self._opened += 1
        self._alone, self._among = await self._driver.prepare(ALONE), await self._driver.prepare(AMONG)

    def _leave(self) -> None:
        if self._driver is not None:
            self._driver.terminate()
        self._driver = None
        self._lasts = False

    async def close(self) -> None:
        """Close the connection."""
        if self._raw is not None:
            self._raw.looks = None
        self._leave()


def _settle(asked: Mapping[str, list[Future[Known]]], known: Mapping[str, Known]) -> None:
    for prefix, answers in asked.items():
        for answer in answers:
            if not answer.done():
                answer.set_result(known.get(prefix, UNKNOWN))
