"""API keys: who may call, and on whose behalf. Only a digest of the secret is kept, so a key is shown once."""

import hashlib
import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hmac import compare_digest
from typing import Any, Self
from uuid import UUID

from sqlalchemy import select as select_columns
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.store import audit, tables
from api.store.engine import Database
from api.store.tables import table_of
from entitlements.chains import OPERATOR, details_of
from entitlements.dates import day_of
from entitlements.guide import Guide
from entitlements.parameters import POLICY_ZONE
from schema.permissions import MAY_HOLD
from schema.scopes import Scope, in_order, read_scopes
from schema.store import Viewer, ViewerKind

MARK = "cvl"
SANDBOX_MARK = "cvs"
"""How the keys of a sandbox begin."""
NOTED_EVERY = timedelta(minutes=5)
"""The last use is noted this often, so that a read does not become a write each time."""
OVERLAP = timedelta(days=7)
"""For how many days on a key holds that another one takes the place of."""
api_keys = table_of(tables.ApiKey)
accounts = table_of(tables.Account)
NOBODYS_DIGEST = hashlib.sha256(b"").hexdigest()


class KeyRefused(ValueError):  # noqa: N818 - it is an answer to whoever asked, not a fault
    """A key that cannot be created or is not there; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key. `expires_on` is its last day, in the policy's time zone; None without an end."""

    id: UUID
    prefix: str
    kind: ViewerKind
    account: str | None
    """The reference of the partner or customer; None for an internal key."""
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_on: date | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    @property
    def is_for_sandbox(self) -> bool:
        """Whether it opens a sandbox, and nothing else."""
        return self.prefix.startswith(f"{SANDBOX_MARK}_")

    @property
    def viewer(self) -> Viewer:
        """Who asks with this key."""
        return Viewer(self.kind, self.account, str(self.id), frozenset(self.scopes))


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """The keys in a database, which begin with its mark. Days are taken in the guide's policy zone."""

    database: Database
    guide: Guide
    mark: str = MARK

    async def create(
        self, viewer: Viewer, scopes: Collection[Scope], now: datetime, expires_on: date | None = None
    ) -> tuple[ApiKey, str]:
        """Adds a key for a viewer, and its text, which cannot be had again.

        Raises KeyRefused for an account that is not there, a scope that such a viewer may not hold, no scope at all,
        and a last day that is over.
        """
        if expires_on is not None and expires_on < self._day(now):
            raise KeyRefused(f"{expires_on} is over; give a last day that is still to come")
        if not scopes:
            raise KeyRefused("a key without a scope may do nothing; give it one")
        beyond = set(scopes) - MAY_HOLD[viewer.kind]
        if beyond:
            allowed = ", ".join(in_order(MAY_HOLD[viewer.kind]))
            raise KeyRefused(f"{', '.join(in_order(beyond))} is not for a {viewer.kind.value}; it may hold {allowed}")
        async with self.database.session(writes=True) as session:
            account_id = await self._account_id(session, viewer)
            row, text = self._made(viewer.kind.value, account_id, " ".join(in_order(scopes)), now, expires_on)
            session.add(row)
            await session.flush()
            await self._tell(session, "createKey", row, now)
        return key_of(row, viewer.account, self.mark), text

    @staticmethod
    async def _account_id(session: AsyncSession, viewer: Viewer) -> UUID | None:
        if viewer.kind is ViewerKind.INTERNAL:
            return None
        id_ = select_columns(accounts.c.id).where(accounts.c.reference == viewer.account)
        found = await session.scalar(id_)
        if found is None:
            raise KeyRefused(f"there is no account {viewer.account}; `accounts.csv` brings one in")
        return found

    async def rotate(self, id_: UUID, now: datetime, overlap: timedelta = OVERLAP) -> tuple[ApiKey, ApiKey, str]:
        """Adds a key like one that is there, which holds for some days on; the old one, the new one, and its text.

        The new key holds for as long as the old one did before. Raises KeyRefused for a key that is not there, or that
        is revoked or past its last day.
        """
        async with self.database.session(writes=True) as session:
            old, reference = await self._one(session, id_)
            today = self._day(now)
            if old.revoked_at is not None or (old.expires_on is not None and old.expires_on < today):
                raise KeyRefused(f"the key {id_} no longer holds; create a new one with `coverline keys create`")
            row, text = self._made(old.kind, old.account_id, old.scopes, now, old.expires_on)
            last = today + overlap
            old.expires_on = last if old.expires_on is None else min(old.expires_on, last)
            session.add_all([old, row])
            await session.flush()
            await self._tell(session, "rotateKey", old, now)
            await self._tell(session, "createKey", row, now)
            return key_of(old, reference, self.mark), key_of(row, reference, self.mark), text

    async def all(self) -> tuple[ApiKey, ...]:
        """Every key, the oldest first, revoked ones too."""
        statement = (
            select(tables.ApiKey, col(tables.Account.reference))
            .outerjoin(tables.Account, col(tables.Account.id) == col(tables.ApiKey.account_id))
            .order_by(col(tables.ApiKey.created_at), col(tables.ApiKey.id))
        )
        async with self.database.session() as session:
            return tuple(key_of(row, reference, self.mark) for row, reference in (await session.exec(statement)).all())

    async def revoke(self, id_: UUID, now: datetime) -> ApiKey:
        """Revokes a key from now on; one that is revoked stays so. Raises KeyRefused for an unknown id."""
        async with self.database.session(writes=True) as session:
            row, reference = await self._one(session, id_)
            if row.revoked_at is None:
                row.revoked_at = now
                session.add(row)
                await self._tell(session, "revokeKey", row, now)
            return key_of(row, reference, self.mark)

    @staticmethod
    async def _one(session: AsyncSession, id_: UUID) -> tuple[tables.ApiKey, str | None]:
        """A key, locked, with the reference of its account."""
        row = await session.get(tables.ApiKey, id_, with_for_update=True)
        if row is None:
            raise KeyRefused(f"there is no key {id_}; `coverline keys list` shows the ids")
        account = await session.get(tables.Account, row.account_id) if row.account_id else None
        return row, account.reference if account else None

    async def find(self, text: str, now: datetime) -> ApiKey | None:
        """The key that a caller sent, if it is known, not revoked and not past its last day. Its use is noted.

        An unknown key takes as long as a wrong secret.
        """
        statement = (
            select(tables.ApiKey, col(tables.Account.reference))
            .outerjoin(tables.Account, col(tables.Account.id) == col(tables.ApiKey.account_id))
            .where(col(tables.ApiKey.prefix) == prefix_of(text))
        )
        async with self.database.session() as session:
            found = (await session.exec(statement)).one_or_none()
        row, reference = found or (None, None)
        if not is_text_of(text, row.digest if row else NOBODYS_DIGEST, self.mark) or row is None:
            return None
        key = key_of(row, reference, self.mark)
        if not self.holds(key, now):
            return None
        if is_to_be_noted(key, now):
            await self._note(row.id, now)
        return key

    def holds(self, key: ApiKey, now: datetime) -> bool:
        """Whether a key is neither revoked nor past its last day."""
        return key.revoked_at is None and (key.expires_on is None or key.expires_on >= self._day(now))

    async def viewer_of(self, text: str, now: datetime) -> Viewer | None:
        """Who asks with a key; None for one that is unknown, revoked or expired."""
        key = await self.find(text, now)
        return key.viewer if key else None

    async def _tell(self, session: AsyncSession, action: str, row: tables.ApiKey, now: datetime) -> None:
        """Tells of a key in the audit log of the account that it is for."""
        told = {name: getattr(row, name) for name in ("id", "prefix", "kind", "account_id", "scopes", "expires_on")}
        act = audit.Act(now, action, audit.COMMAND_LINE, details_of([audit.row(api_keys, told)]), str(row.id))
        await audit.append(await session.connection(), row.account_id or OPERATOR, act)

    async def _note(self, id_: UUID, now: datetime) -> None:
        """Notes a use, unless another writer is busy: a question never waits for that, and the next use is noted."""
        noting = update(api_keys).where(api_keys.c.id == id_).values(last_used_at=now)
        with suppress(OperationalError):
            async with self.database.writing(waits=False) as connection:
                await connection.execute(noting)

    def _day(self, now: datetime) -> date:
        zone = self.guide.value(POLICY_ZONE, self.guide.in_force_from)
        return day_of(now, zone)

    def _made(
        self, kind: str, account_id: UUID | None, scopes: str, now: datetime, expires_on: date | None
    ) -> tuple[tables.ApiKey, str]:
        """A new key's row, and its text."""
        prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        row = tables.ApiKey(
            prefix=prefix,
            digest=_digest(secret, self.mark),
            kind=kind,
            account_id=account_id,
            scopes=scopes,
            created_at=now,
            expires_on=expires_on,
        )
        return row, f"{self.mark}_{prefix}_{secret}"


class Presented(str):
    """The text of a key that is presented again and again. What is worked out of it is worked out once."""

    __slots__ = ("digest", "prefix")
    prefix: str
    digest: str

    def __new__(cls, text: str) -> Self:
        """The same text."""
        made = super().__new__(cls, text)
        made.prefix, made.digest = prefix_of(text), _digest(_secret_of(text), MARK)
        return made


def prefix_of(text: str) -> str:
    """By what the key of a text is found; empty for a text that is none."""
    if isinstance(text, Presented):
        return text.prefix
    prefix = text.split("_", 2)[1:2]
    return prefix[0] if prefix and prefix[0].isascii() and prefix[0].isalnum() else ""


def is_text_of(text: str, digest: str, expected: str = MARK) -> bool:
    """Whether a text is that of the key with a digest, and with the mark of its world."""
    if isinstance(text, Presented) and expected == MARK:
        return compare_digest(text.digest, digest) and text.startswith(f"{MARK}_")
    return compare_digest(_digest(_secret_of(text), expected), digest) and text.partition("_")[0] == expected


def _secret_of(text: str) -> str:
    return text.partition("_")[2].partition("_")[2]


def is_to_be_noted(key: ApiKey, now: datetime) -> bool:
    """Whether its use was noted so long ago that it is noted again."""
    return key.last_used_at is None or now - key.last_used_at >= NOTED_EVERY


def _digest(secret: str, mark: str) -> str:
    """What is kept of a secret: in a sandbox another digest, so that no key of one world is one of another."""
    text = secret if mark == MARK else f"{mark}_{secret}"
    return hashlib.sha256(text.encode("utf-8", errors="surrogateescape")).hexdigest()


def key_of(row: Any, account: str | None, mark: str = MARK) -> ApiKey:  # noqa: ANN401 - whatever has the columns of a key
    """A key, of its row and the reference of its account."""
    return ApiKey(
        id=row.id,
        prefix=f"{mark}_{row.prefix}",
        kind=ViewerKind(row.kind),
        account=account,
        scopes=in_order(read_scopes(row.scopes.split())),
        created_at=row.created_at,
        expires_on=row.expires_on,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
