"""The work behind an answer, as every server in Python does it beside coverline: the same reads, the same rules.

This is the one place that says which of the store's functions they call.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain
from typing import Any
from uuid import UUID

from api.editions import load_guide
from api.store.engine import open_database
from api.store.store import SqlStore
from entitlements.decisions import decide
from entitlements.editing.policies import build_policies
from entitlements.facts import Facts
from entitlements.guide import Guide
from entitlements.late_fees import LateFeePolicies
from entitlements.prices import PriceBook, price_book
from entitlements.quotes import RenewalAsked, renewal_quote
from entitlements.requests import CheckRequest
from schema.store import LicenseFilter, LicenseOrder, PageRequest, Viewer, ViewerKind
from tests.benchmarks.answers import Plain, checked, listed, quoted, serial_after

VIEWER = Viewer(ViewerKind.INTERNAL)
BOOK, CURRENCY = "LIST", "EUR"
"""Of an account that has none of its own."""

Asked = Mapping[str, Any]


class Work:
    """The work over the database of the environment."""

    def __init__(self) -> None:
        self.guide = load_guide("imagicle-care-4.1")
        self.database = open_database(os.environ["COVERLINE_DATABASE_URL"])
        self.store = SqlStore(self.database, self.guide)
        self.key_reader: Any = None

    async def is_known(self, key: str) -> bool:
        """Whether an API key lets its caller in, asked as coverline asks."""
        # Not above: they bring strawberry along, which the environment of some peers cannot have.
        from api.store.key_reading import reader_of  # noqa: PLC0415
        from api.store.keys import ApiKeys  # noqa: PLC0415

        keys = ApiKeys(self.database, self.guide)
        if self.key_reader is None:
            self.key_reader = reader_of(keys)
        now = datetime.now(UTC)
        return (await self.key_reader.viewer_of(key, now) or await keys.viewer_of(key, now)) is not None

    async def facts(self, serials: Sequence[str], known_at: datetime) -> Mapping[str, Facts]:
        """What a decision about each of these licences rests on."""
        return await self.store.facts_by_serial(VIEWER, serials, known_at)

    async def facts_by_id(self, ids: Sequence[UUID], known_at: datetime) -> Mapping[UUID, Facts]:
        """The same by the licences' ids."""
        return await self.store.facts_by_id(VIEWER, ids, known_at)

    async def checks(self, inputs: Sequence[Asked]) -> list[Plain]:
        """The answers of check.graphql and batch.graphql."""
        now = datetime.now(UTC)
        serials = [one["license"]["serial"] for one in inputs]
        found = await self.facts(serials, now)
        requests = (CheckRequest(datetime.fromisoformat(one["at"]), now, now) for one in inputs)
        return [
            checked(decide(found[serial], request, self.guide))
            for serial, request in zip(serials, requests, strict=True)
        ]

    async def check(self, asked: Asked) -> Plain:
        """The answer of check.graphql."""
        [answer] = await self.checks([asked])
        return answer

    async def licenses(self, first: int, after: str | None, on: str) -> Plain:
        """The answer of list.graphql."""
        now, day = datetime.now(UTC), date.fromisoformat(on)
        request = PageRequest(first=first, after=(serial_after(after),) if after else None)
        page = await self.store.licenses(VIEWER, LicenseFilter(on=day), LicenseOrder.SERIAL, request)
        return listed(page, await self.facts_by_id([id_ for _, id_ in page.items], now), day, self.guide)

    async def quote(self, asked: Asked) -> Plain:
        """The answer of quote.graphql."""
        now, serial = datetime.now(UTC), asked["license"]["serial"]
        known = (await self.facts([serial], now))[serial]
        renewal = RenewalAsked(asked["plan"], asked["months"], date.fromisoformat(asked["orderDate"]))
        text = await self.store.late_fee_policies(now)
        policies = _policies(text, self.guide) if text is not None else LateFeePolicies()
        return quoted(renewal_quote(known, renewal, await self._book(known, now), policies, self.guide))

    async def _book(self, known: Facts, known_at: datetime) -> PriceBook:
        assert known.license is not None
        account = known.license.account
        name, currency = account.price_book or BOOK, account.currency or CURRENCY
        of = chain((known.license, known.license.contract_base), known.dependents)
        codes = sorted({license.product.code for license in of})
        return price_book(name, currency, await self.store.prices(name, currency, codes, known_at))

    async def close(self) -> None:
        """Closes the database."""
        await self.database.close()


@lru_cache(maxsize=1)
def _policies(text: str, guide: Guide) -> LateFeePolicies:
    return build_policies(text, guide)
