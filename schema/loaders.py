"""Reads of one request, gathered: what sibling fields ask for at once costs one call of the store."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from entitlements.facts import Account, Facts, Product, Release
from entitlements.prices import Price
from schema.store import Store, Viewer

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
AsKnown = tuple[K, datetime]
PriceKey = tuple[str, str, str, datetime]
"""A book, a currency, a product's code, and a known time."""


class Loaders:
    """One for each kind of key; a key that names nothing, or nothing of the viewer's, gives None."""

    def __init__(self, viewer: Viewer, store: Store) -> None:
        self._viewer = viewer
        self._store = store

    # Each is made when it is first asked for: most requests need one or two of them.

    @cached_property
    def _by_serial(self) -> DataLoader[AsKnown[str], Facts | None]:
        return DataLoader(_as_known(self._facts_by_serial))

    @cached_property
    def _by_id(self) -> DataLoader[AsKnown[UUID], Facts | None]:
        return DataLoader(_as_known(self._facts_by_id))

    @cached_property
    def _releases(self) -> DataLoader[datetime, tuple[Release, ...]]:
        return DataLoader(self._releases_known)

    @cached_property
    def accounts_by_reference(self) -> DataLoader[str, Account | None]:
        """Accounts as known now."""
        return DataLoader(_each(self._accounts_by_reference))

    @cached_property
    def accounts_by_id(self) -> DataLoader[UUID, Account | None]:
        """Accounts as known now."""
        return DataLoader(_each(self._accounts_by_id))

    @cached_property
    def products_by_code(self) -> DataLoader[AsKnown[str], Product | None]:
        """Products as known at an instant."""
        return DataLoader(_as_known(self._store.products_by_code))

    @cached_property
    def products_by_id(self) -> DataLoader[AsKnown[UUID], Product | None]:
        """Products as known at an instant."""
        return DataLoader(_as_known(self._store.products_by_id))

    @cached_property
    def prices(self) -> DataLoader[PriceKey, tuple[Price, ...]]:
        """The prices of a product."""
        return DataLoader(self._prices)

    @cached_property
    def late_fee_policies(self) -> DataLoader[datetime, str | None]:
        """The text of the late-fee policies as known at an instant."""
        return DataLoader(self._late_fee_policies)

    def facts_by_serial(self, serial: str, known_at: datetime) -> Awaitable[Facts | None]:
        """The facts of a licence by its serial."""
        return self._by_serial.load((serial, known_at))

    def facts_by_id(self, id_: UUID, known_at: datetime) -> Awaitable[Facts | None]:
        """The facts of a licence by its id."""
        return self._by_id.load((id_, known_at))

    async def facts_by_serial_at_once(self, serial: str, known_at: datetime) -> Facts | None:
        """The same where nothing else could be read together with it."""
        return (await self._store.facts_by_serial(self._viewer, (serial,), known_at)).get(serial)

    async def facts_by_id_at_once(self, id_: UUID, known_at: datetime) -> Facts | None:
        """The same where nothing else could be read together with it."""
        return (await self._store.facts_by_id(self._viewer, (id_,), known_at)).get(id_)

    async def facts_of_nothing(self, known_at: datetime) -> Facts:
        """What a check of an unknown licence rests on: the releases alone."""
        return Facts(license=None, releases=await self._releases.load(known_at))

    async def _facts_by_serial(self, serials: Sequence[str], known_at: datetime) -> Mapping[str, Facts]:
        found = await self._store.facts_by_serial(self._viewer, serials, known_at)
        self._by_id.prime_many(
            {(facts.license.id, known_at): facts for facts in found.values() if facts.license is not None}
        )
        return found

    async def _facts_by_id(self, ids: Sequence[UUID], known_at: datetime) -> Mapping[UUID, Facts]:
        return await self._store.facts_by_id(self._viewer, ids, known_at)

    async def _releases_known(self, instants: list[datetime]) -> list[tuple[Release, ...]]:
        return [await self._store.releases(known_at) for known_at in instants]

    async def _prices(self, keys: list[PriceKey]) -> list[tuple[Price, ...]]:
        """A batch with one call for each book, currency and known time in it."""
        groups: dict[tuple[str, str, datetime], list[str]] = {}
        for book, currency, code, known_at in dict.fromkeys(keys):
            groups.setdefault((book, currency, known_at), []).append(code)
        found: dict[PriceKey, list[Price]] = {}
        for (book, currency, known_at), codes in groups.items():
            for price in await self._store.prices(book, currency, codes, known_at):
                found.setdefault((book, currency, price.product, known_at), []).append(price)
        return [tuple(found.get(key, ())) for key in keys]

    async def _late_fee_policies(self, instants: list[datetime]) -> list[str | None]:
        return [await self._store.late_fee_policies(known_at) for known_at in instants]

    async def _accounts_by_reference(self, references: Sequence[str]) -> Mapping[str, Account]:
        return await self._store.accounts_by_reference(self._viewer, references)

    async def _accounts_by_id(self, ids: Sequence[UUID]) -> Mapping[UUID, Account]:
        return await self._store.accounts_by_id(self._viewer, ids)


def _each(read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> Callable[[list[K]], Awaitable[list[V | None]]]:
    async def load(keys: list[K]) -> list[V | None]:
        found = await read(keys)
        return [found.get(key) for key in keys]

    return load


def _as_known(
    read: Callable[[Sequence[K], datetime], Awaitable[Mapping[K, V]]],
) -> Callable[[list[AsKnown[K]]], Awaitable[list[V | None]]]:
    """A batch with one call for each known time in it; nearly always there is one."""

    async def load(keys: list[AsKnown[K]]) -> list[V | None]:
        groups: dict[datetime, list[K]] = {}
        for key, known_at in keys:
            groups.setdefault(known_at, []).append(key)
        found = {known_at: await read(group, known_at) for known_at, group in groups.items()}
        return [found[known_at].get(key) for key, known_at in keys]

    return load
