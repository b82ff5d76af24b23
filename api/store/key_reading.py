"""Who asks with a key, read by the drivers themselves for every request: a revoked key is refused by the next one.

On SQLite a key is kept for as long as nothing was committed, which the database tells at once. On PostgreSQL a prepared
statement reads the keys of all requests that are waiting. Only keys that hold are told here, and only where nothing is
to be noted of them; for all others, and when anything fails, `ApiKeys` finds out what is wrong.
"""

import asyncio
import hashlib
import sqlite3
from asyncio import Future, Task
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy import ARRAY, Dialect, Select, Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import asyncpg as postgresql
from sqlalchemy.dialects.sqlite import aiosqlite as sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.keys import ApiKey, ApiKeys, accounts, api_keys, is_text_of, is_to_be_noted, key_of, prefix_of
from api.store.raw import out_of_the_pool, reading_only
from schema.store import Viewer

COLUMNS = [column for column in api_keys.c if column.name != "account_id"]
MOST_KEPT = 1024
"""Keys that are kept."""


class KeyReader(Protocol):
    """What reads keys at once."""

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


def _rows(condition: Any) -> Select[Any]:  # noqa: ANN401 - a condition of the library's
    joined = api_keys.outerjoin(accounts, accounts.c.id == api_keys.c.account_id)
    return select(*COLUMNS, accounts.c.reference).select_from(joined).where(condition)


class Kept(NamedTuple):
    """A key as it was read, and who asks with it."""

    key: ApiKey
    viewer: Viewer


class _Row(dict[str, Any]):
    """A row whose columns are attributes."""

    __getattr__ = dict[str, Any].__getitem__


def _kept(text: str, row: Sequence[Any]) -> Kept | None:
    """The key of a row if the text is its own."""
    *values, reference = row
    told = _Row(zip((column.name for column in COLUMNS), values, strict=True))
    if not is_text_of(text, told["digest"]):
        return None
    key = key_of(told, reference)
    return Kept(key, key.viewer)


# ---------------------------------------------------------------- SQLite


SQLITE: Dialect = sqlite.dialect()
BY_PREFIX = str(_rows(api_keys.c.prefix == bindparam("prefix")).compile(dialect=SQLITE))
READERS = [column.type.dialect_impl(SQLITE).result_processor(SQLITE, None) for column in COLUMNS]


class SqliteKeys:
    """Keys that were read since the last commit, on a connection that only reads."""

    def __init__(self, keys: ApiKeys, file: Path) -> None:
        self._keys = keys
        self._file = file
        self._connection: sqlite3.Connection | None = None
        self._version: object = None
        self._kept: dict[bytes, Kept] = {}

    async def viewer_of(self, text: str, now: datetime) -> Viewer | None:
        """Who asks with a key; read again whenever another connection has committed anything."""
        raw = self._keys.database.raw
        version = raw.version() if raw is not None else None
        if version is None:
            return None
        if version != self._version or len(self._kept) > MOST_KEPT:
            self._kept.clear()
            self._version = version
        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
        try:
            kept = self._kept.get(digest) or self._read(self._connection or self._connected(), text, digest)
        except sqlite3.Error:
            return None
        if kept is None or not self._keys.holds(kept.key, now) or is_to_be_noted(kept.key, now):
            return None
        return kept.viewer

    def _read(self, connection: sqlite3.Connection, text: str, digest: bytes) -> Kept | None:
        found = connection.execute(BY_PREFIX, (prefix_of(text),)).fetchall()
        for *values, reference in found:
            read = [reader(value) if reader else value for reader, value in zip(READERS, values, strict=True)]
            kept = _kept(text, [*read, reference])
            if kept is not None:
                self._kept[digest] = kept
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


AMONG = str(
    _rows(api_keys.c.prefix == any_(bindparam("prefixes", type_=ARRAY(Text())))).compile(dialect=postgresql.dialect())
)


class PostgresKeys:
    """Keys read on one connection outside of the pool. Requests that come while it is busy are read for together."""

    def __init__(self, keys: ApiKeys) -> None:
        self._keys = keys
        self._engine: AsyncEngine = keys.database.engine
        self._driver: Any = None
        self._statement: Any = None
        self._waiting: dict[str, list[Future[Sequence[Any] | None]]] = {}
        self._reading: Task[None] | None = None

    async def viewer_of(self, text: str, now: datetime) -> Viewer | None:
        """Who asks with a key, as committed when it was asked or later."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(prefix_of(text), []).append(answer)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        row = await answer
        kept = _kept(text, row) if row is not None else None
        if kept is None or not self._keys.holds(kept.key, now) or is_to_be_noted(kept.key, now):
            return None
        return kept.viewer

    async def _read(self) -> None:
        asked: dict[str, list[Future[Sequence[Any] | None]]] = {}
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, {}
                rows = await self._rows(list(asked))
                _settle(asked, rows)
        finally:
            _settle(asked, {})
            _settle(self._waiting, {})
            self._waiting, self._reading = {}, None

    async def _rows(self, prefixes: list[str]) -> dict[str, Sequence[Any]]:
        try:
            if self._statement is None:
                self._driver = await out_of_the_pool(self._engine)
                self._statement = await self._driver.prepare(AMONG)
            rows = await self._statement.fetch(prefixes)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError, OSError):
            self._leave()
            return {}
        at = COLUMNS.index(api_keys.c.prefix)
        return {row[at]: tuple(row) for row in rows}

    def _leave(self) -> None:
        if self._driver is not None:
            self._driver.terminate()
        self._driver = self._statement = None

    async def close(self) -> None:
        """Close the connection."""
        self._leave()


def _settle(asked: Mapping[str, list[Future[Sequence[Any] | None]]], rows: Mapping[str, Sequence[Any]]) -> None:
    for prefix, answers in asked.items():
        for answer in answers:
            if not answer.done():
                answer.set_result(rows.get(prefix))
