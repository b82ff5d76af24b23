"""The store that the schema asks: reads of facts as known at an instant, and pages of what a viewer may see."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement

from api.store import catalogue, documents, history, licenses, portfolio, pricing, records, webhooks, writing
from api.store.assembly import Contracts
from api.store.conditions import among
from api.store.contracts import By, contracts_of
from api.store.derived import ensure_derived
from api.store.engine import Database
from api.store.kept import KEPT, Kept
from api.store.lists import count, page_of
from api.store.read_model import ReadModel
from api.store.reading import Reader
from api.store.short_pages import page_at_once
from entitlements.editing.policies import FILE
from entitlements.facts import Account, Facts, Product, Release
from entitlements.guide import Guide
from entitlements.prices import Price
from entitlements.problems import Problem
from schema.sending import Delivery, DeliveryState, Endpoint
from schema.store import LicenseFilter, LicenseOrder, Page, PageRequest, Portfolio, Read, Viewer
from schema.writing import Change, ChangeAsked, DecisionKept, OrderKept, Recorded, Work


def machine_clock() -> datetime:
    """The instant of the machine's own clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SqlStore:
    """`schema.store.Store` on a database. Every read is one transaction, with a constant number of statements."""

    database: Database
    guide: Guide
    clock: writing.Clock = machine_clock
    """Says when a change is made; whatever is read names its own instants."""
    read_model: ReadModel | None = None
    """Keeps what was read for a while, where the operator chooses so."""
    kept: float = KEPT
    """Mebibytes of documents whose facts are kept; see `api.store.kept`."""
    reader: Reader | None = field(init=False)
    """Reads documents of facts; None within a transaction, where they may be out of date."""

    def __post_init__(self) -> None:
        raw = self.database.raw
        reader = Reader(self.database, raw, Kept(self.kept), self.read_model) if raw is not None else None
        object.__setattr__(self, "reader", reader)

    def by(self, clock: writing.Clock) -> "SqlStore":
        """The same store, whose changes are made by another clock; what it remembers of the catalogue is shared."""
        found = replace(self, clock=clock)
        object.__setattr__(found, "reader", self.reader)
        return found

    def version(self) -> object:
        """What stays the same for as long as nothing is committed; None where it is not told, or facts may be older."""
        return self.reader.version() if self.reader is not None else None

    async def ensure_derived(self) -> None:
        """Derives coverage again when it was derived under another edition than this store's guide; lists need it.

        Documents of facts, too, are written where this version has not written them yet.
        """
        await ensure_derived(self.database, self.guide)
        await documents.ensure(self.database, self.clock())

    async def facts_by_serial(self, viewer: Viewer, serials: Sequence[str], known_at: datetime) -> Mapping[str, Facts]:
        """The facts of the licences that exist and may be seen, as known at an instant."""
        read = await self.reader.facts(viewer, "serial", serials, known_at) if self.reader is not None else None
        if read is not None:
            return {serial: read[serial] for serial in serials if serial in read}
        found, asked = await self._facts(viewer, "serial", serials, known_at), set(serials)
        return {facts.license.serial: facts for facts in found if facts.license and facts.license.serial in asked}

    async def facts_by_id(self, viewer: Viewer, ids: Sequence[UUID], known_at: datetime) -> Mapping[UUID, Facts]:
        """The same by the licences' ids."""
        read = await self.reader.facts(viewer, "id", ids, known_at) if self.reader is not None else None
        if read is not None:
            return {id_: read[id_] for id_ in ids if id_ in read}
        found, asked = await self._facts(viewer, "id", ids, known_at), set(ids)
        return {facts.license.id: facts for facts in found if facts.license and facts.license.id in asked}

    async def _facts(
        self, viewer: Viewer, by: By, asked: Sequence[str] | Sequence[UUID], known_at: datetime
    ) -> Iterable[Facts]:
        """The facts of all licences of the contracts that some are of, from their rows."""
        contracts = Contracts()
        async with self.database.reading(viewer) as connection:
            contracts.take(await contracts_of(connection, by, asked, viewer, known_at))
        return contracts.facts()

    async def releases(self, known_at: datetime) -> tuple[Release, ...]:
        """Every release known at an instant, by date."""
        async with self.database.reading() as connection:
            return await catalogue.known_releases(connection, known_at)

    async def account_license_ids(
        self, viewer: Viewer, reference: str, known_at: datetime, day: date
    ) -> tuple[UUID, ...]:
        """The licences of an account known at an instant and not retired on a day, by serial."""
        async with self.database.reading(viewer) as connection:
            found = await connection.execute(licenses.licenses_of_account(viewer, reference, known_at, day))
            return tuple(row[0] for row in found)

    async def contracts(
        self, viewer: Viewer, chosen: Portfolio, after: UUID | None = None
    ) -> AsyncGenerator[Sequence[Read]]:
        """Every contract, in the order of the bases' ids after one, some at a time."""
        async with (
            self.database.reading(viewer) as connection,
            aclosing(portfolio.contracts(connection, viewer, chosen, after)) as found,
        ):
            async for some in found:
                yield some

    async def count_contracts(self, viewer: Viewer, chosen: Portfolio) -> int:
        """How many contracts that is."""
        async with self.database.reading(viewer) as connection:
            return await portfolio.count_contracts(connection, viewer, chosen)

    async def licenses(
        self, viewer: Viewer, chosen: LicenseFilter, order: LicenseOrder, page: PageRequest
    ) -> Page[UUID]:
        """A page of licences, as known now."""
        raw = self.database.raw
        found = page_at_once(raw, viewer, chosen, order, page) if raw is not None else None
        if found is not None:
            return found
        statement = licenses.chosen_licenses(viewer, chosen, order)
        async with self.database.reading(viewer) as connection:
            return await page_of(connection, statement, licenses.ORDERS[order], page, lambda row: row[0])

    async def count_licenses(self, viewer: Viewer, chosen: LicenseFilter) -> int:
        """How many licences a filter holds, as known now."""
        async with self.database.reading(viewer) as connection:
            return await count(connection, licenses.chosen_licenses(viewer, chosen))

    async def accounts(self, viewer: Viewer, search: str | None, page: PageRequest) -> Page[Account]:
        """A page of accounts by reference; the search is in reference and name, whatever the case."""
        statement = catalogue.chosen_accounts(viewer, search)
        async with self.database.reading(viewer) as connection:
            return await page_of(connection, statement, catalogue.BY_REFERENCE, page, catalogue.account_of)

    async def count_accounts(self, viewer: Viewer, search: str | None) -> int:
        """How many accounts a search finds."""
        async with self.database.reading(viewer) as connection:
            return await count(connection, catalogue.chosen_accounts(viewer, search))

    async def accounts_by_reference(self, viewer: Viewer, references: Sequence[str]) -> Mapping[str, Account]:
        """Accounts as known now."""
        found = await self._accounts(viewer, among(catalogue.accounts.c.reference, references))
        return {account.reference: account for account in found}

    async def accounts_by_id(self, viewer: Viewer, ids: Sequence[UUID]) -> Mapping[UUID, Account]:
        """Accounts as known now."""
        return {account.id: account for account in await self._accounts(viewer, among(catalogue.accounts.c.id, ids))}

    async def _accounts(self, viewer: Viewer, chosen: ColumnElement[bool]) -> list[Account]:
        async with self.database.reading(viewer) as connection:
            found = await connection.execute(catalogue.chosen_accounts(viewer).where(chosen))
            return [catalogue.account_of(row) for row in found]

    async def products_by_code(self, codes: Sequence[str], known_at: datetime) -> Mapping[str, Product]:
        """Products of the catalogue, which every viewer may see."""
        async with self.database.reading() as connection:
            found = await catalogue.known_products(connection, "code", codes, known_at)
        return {product.code: product for product in found}

    async def products_by_id(self, ids: Sequence[UUID], known_at: datetime) -> Mapping[UUID, Product]:
        """Products by id."""
        async with self.database.reading() as connection:
            found = await catalogue.known_products(connection, "id", ids, known_at)
        return {product.id: product for product in found}

    async def prices(
        self, book: str, currency: str, product_codes: Sequence[str] | None, known_at: datetime
    ) -> tuple[Price, ...]:
        """The prices of products in a book and a currency, as known at an instant, whatever their effective day."""
        async with self.database.reading() as connection:
            return await pricing.known_prices(connection, book, currency, product_codes, known_at)

    async def late_fee_policies(self, known_at: datetime) -> str | None:
        """The text of the operator's late-fee policies as known at an instant; None where none were known."""
        async with self.database.reading() as connection:
            return await pricing.known_document(connection, FILE, known_at)

    async def change(self, asked: ChangeAsked, work: Work) -> Change | Problem:
        """Brings something about once; see `api.store.writing`."""
        try:
            return await writing.change(self.database, self.guide, self.clock, self._within, asked, work)
        finally:
            if self.reader is not None:
                self.reader.forget()

    def _within(self, database: Database) -> "SqlStore":
        return SqlStore(database, self.guide, self.clock)

    async def license_of_charge(self, viewer: Viewer, reference: str) -> UUID | None:
        """The licence of a charge as known now; None for a charge that is not there, or not the viewer's to see."""
        async with self.database.reading(viewer) as connection:
            return await writing.license_of_charge(connection, viewer, reference)

    async def order(self, viewer: Viewer, id_: UUID) -> OrderKept | None:
        """An order; None for one that is not there, or not the viewer's to see."""
        async with self.database.reading(viewer) as connection:
            return await writing.order(connection, viewer, id_)

    async def endpoint(self, viewer: Viewer, id_: UUID, known_at: datetime) -> Endpoint | None:
        """An endpoint as known at an instant; None for one that is not there, was deleted, or is not the viewer's."""
        async with self.database.reading(viewer) as connection:
            return await webhooks.endpoint(connection, viewer, id_, known_at)

    async def endpoints(self, viewer: Viewer, known_at: datetime, page: PageRequest) -> Page[Endpoint]:
        """A page of a viewer's endpoints, the oldest first."""
        chosen = webhooks.chosen_endpoints(viewer, known_at)
        async with self.database.reading(viewer) as connection:
            return await page_of(connection, chosen, webhooks.BY_ENDPOINT, page, webhooks.endpoint_of)

    async def delivery(self, viewer: Viewer, id_: UUID) -> Delivery | None:
        """An event on its way to an endpoint, or there; None for one that is not the viewer's to see."""
        chosen = webhooks.chosen_deliveries(viewer).where(webhooks.deliveries.c.id == id_)
        async with self.database.reading(viewer) as connection:
            row = (await connection.execute(chosen)).one_or_none()
            return webhooks.delivery_of(row) if row is not None else None

    async def deliveries(
        self, viewer: Viewer, endpoint_id: UUID, states: Sequence[DeliveryState], page: PageRequest
    ) -> Page[Delivery]:
        """A page of what is on its way to an endpoint, or there, the oldest first; in some states, or in any."""
        chosen = webhooks.chosen_deliveries(viewer, endpoint_id, states)
        async with self.database.reading(viewer) as connection:
            return await page_of(connection, chosen, webhooks.BY_DELIVERY, page, webhooks.delivery_of)

    async def decision_record(self, viewer: Viewer, id_: UUID) -> DecisionKept | None:
        """A decision as it was recorded; None for one that is not there, or not the viewer's to see."""
        async with self.database.reading(viewer) as connection:
            return await records.record(connection, viewer, id_)

    async def edition_sources(self, digest: str) -> Mapping[str, Mapping[str, str]] | None:
        """The texts of an edition that a decision was recorded under, by edition and file."""
        async with self.database.reading() as connection:
            return await records.sources(connection, digest)

    async def history(self, viewer: Viewer, license_id: UUID, page: PageRequest) -> Page[Recorded]:
        """A page of what was recorded of a licence, the oldest first; empty for one that is not the viewer's to see."""
        chosen, order = history.chosen_changes(viewer, license_id)
        async with self.database.reading(viewer) as connection:
            return await page_of(connection, chosen, order, page, history.recorded_of)
