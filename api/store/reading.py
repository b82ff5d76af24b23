"""The hot read: the documents of facts that licences have, as one statement for any number of them.

The statement is written once and compiled once for each engine. What it gives is made into the same facts that the rows
would give; where it cannot tell, nothing is answered, and the rows are read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, func, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import catalogue, tables
from api.store.columns import LATEST
from api.store.conditions import among_parameter, known_now
from api.store.contracts import ASKED, By, Packed, seen
from api.store.documents import FORM, Stored, documents, read, state
from api.store.engine import Database
from api.store.kept import Kept
from api.store.personal import named, personal_data
from api.store.raw import Key, Question, Raw, Row
from api.store.read_model import ReadModel
from api.store.tables import table_of
from entitlements.facts import Account, Facts, License, Product, Release
from schema.store import Viewer, ViewerKind

K = TypeVar("K", bound=Key)
REMEMBERED = 4096
"""Accounts that are kept by what was read of them."""
RECORDED = catalogue.RECORDED


# ---------------------------------------------------------------- the statement


@cache
def question(by: By, kind: ViewerKind) -> Question:
    """The statement for licences by serial or id, as a kind of viewer may see them."""
    return Question(f"documents by {by} for {kind.value}", _documents(by, kind))


def _documents(by: By, kind: ViewerKind) -> Select[*tuple[Any, ...]]:
    """A row for each licence that exists and may be seen; without a body where only its rows can tell."""
    license, own, contract = table_of(tables.License).alias(), documents.alias(), documents.alias()
    account, facts = table_of(tables.Account).alias(), table_of(tables.AccountFacts).alias()
    partner, of_partner = table_of(tables.Account).alias(), table_of(tables.AccountFacts).alias()
    person, partners = personal_data.alias(), personal_data.alias()
    return (
        select(
            contract.c.body,
            contract.c.written_at,
            facts.c.recorded_at,
            of_partner.c.recorded_at,
            state.c.catalogue,
            state.c.form,
            Packed(account.c.id, account.c.reference, named(person), *(facts.c[name] for name in RECORDED)),
            Packed(partner.c.id, partner.c.reference, named(partners), *(of_partner.c[name] for name in RECORDED)),
        )
        .select_from(license)
        .join(account, account.c.id == license.c.account_id)
        .join(facts, and_(facts.c.account_id == account.c.id, known_now(facts)))
        .outerjoin(person, person.c.id == facts.c.id)
        .join(state, state.c.id == literal_column("1"))
        .outerjoin(own, own.c.license_id == license.c.id)
        .outerjoin(contract, contract.c.license_id == own.c.contract_id)
        .outerjoin(partner, and_(partner.c.id == facts.c.partner_id, seen(partner.c.id, kind)))
        .outerjoin(of_partner, and_(of_partner.c.account_id == partner.c.id, known_now(of_partner)))
        .outerjoin(partners, partners.c.id == of_partner.c.id)
        .where(among_parameter(license.c[by], ASKED), seen(license.c.account_id, kind))
    )


# ---------------------------------------------------------------- what is the same for every licence


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Products with their milestones, and releases, as known since an instant; by the number of its state."""

    number: int
    since: datetime
    products: Mapping[str, Product]
    releases: tuple[Release, ...]


async def catalogue_of(connection: AsyncConnection) -> Catalogue:
    """The catalogue as known now. Its number is read first: what is read after it can only be newer."""
    number = (await connection.execute(select(state.c.catalogue))).scalar_one()
    told = (tables.ProductFacts, tables.Milestone, tables.Release)
    newest = union_all(*(select(func.max(table_of(one).c.recorded_at).label("at")) for one in told)).subquery()
    since = await connection.scalar(select(func.max(newest.c.at)))
    products = await catalogue.known_products(connection, None, (), LATEST)
    by_id = {product.id.hex: replace(product, bases=()) for product in products}
    return Catalogue(number, since or LATEST, by_id, await catalogue.known_releases(connection, LATEST))


# ---------------------------------------------------------------- facts


class Reader:
    """Facts from documents."""

    def __init__(self, database: Database, raw: Raw, kept: Kept, model: ReadModel | None = None) -> None:
        self._database = database
        self._raw = raw
        self._kept = kept
        self._model = model
        self._catalogue: Catalogue | None = None

    async def facts(self, viewer: Viewer, by: By, asked: Sequence[K], at: datetime) -> Mapping[K, Facts] | None:
        """The facts of the licences that exist and may be seen, as known at an instant; None where rows must tell.

        They are by what they were asked for, and may be of more licences of the same contracts.
        """
        if self._model is None:
            return await self._unchanged(viewer, by, asked, at)
        found = self._model.facts(viewer, asked, at)
        if found is not None:
            return found
        began = self._model.clock()
        found = await self._unchanged(viewer, by, asked, at)
        if found is not None:
            self._model.keep(viewer, found, asked, began, at)
        return found

    def version(self) -> object:
        """The database's version, if all facts are of it; None where they may be older."""
        return self._raw.version() if self._model is None else None

    def forget(self) -> None:
        """Forgets what was read: this process has changed something."""
        if self._model is not None:
            self._model.forget()

    async def _unchanged(self, viewer: Viewer, by: By, asked: Sequence[K], at: datetime) -> Mapping[K, Facts] | None:
        version = self._raw.version()
        if version is None and self._kept.keeps:
            version = await self._raw.look()
        if version is None:
            return await self._read(viewer, by, asked, at)
        found = self._kept.unchanged(version, viewer, asked, at)
        if found is None:
            found = await self._read(viewer, by, asked, at)
            if found is not None:
                self._kept.keep(version, viewer, found, asked, at)
        return found

    async def _read(self, viewer: Viewer, by: By, asked: Sequence[K], at: datetime) -> Mapping[K, Facts] | None:
        if viewer.kind is not ViewerKind.INTERNAL and viewer.account is None:
            return {}
        rows = await self._raw.rows(question(by, viewer.kind), viewer, asked)
        if rows is None:
            return None
        if not rows:
            return {}
        known = await self._known(rows[0][4])
        if known is None or known.since > at:
            return None
        found = _facts_of_all(rows, known, self._raw.moment(at), self._kept)
        return _by_key(found, by) if found is not None else None

    async def _known(self, number: int) -> Catalogue | None:
        """The catalogue of a number; None while it is changing."""
        if self._catalogue is None or self._catalogue.number != number:
            async with self._database.reading() as connection:
                self._catalogue = await catalogue_of(connection)
        return self._catalogue if self._catalogue.number == number else None


def _by_key(found: Mapping[UUID, Facts], by: By) -> Mapping[Any, Facts]:
    if by == "id":
        return found
    return {facts.license.serial: facts for facts in found.values() if facts.license is not None}


def _facts_of_all(rows: Sequence[Row], known: Catalogue, at: Any, kept: Kept) -> dict[UUID, Facts] | None:  # noqa: ANN401 - see Raw.moment
    """The facts of every licence of the rows' contracts; None where rows must tell."""
    found: dict[UUID, Facts] = {}
    told: set[str] = set()
    for body, written_at, account_at, partner_at, number, form, own, partner in rows:
        if body is None or form != FORM or number != known.number:
            return None
        if written_at > at or account_at > at or (partner_at is not None and partner_at > at):
            return None
        if body in told:
            continue
        told.add(body)
        held_by = partner if partner_at is not None else None
        found.update(kept.contract((body, own, held_by, number), body, partial(_facts_of, body, own, held_by, known)))
    return found


def _facts_of(body: str, own: str, held_by: str | None, known: Catalogue) -> dict[UUID, Facts]:
    """The facts of a contract's licences; they share their parts."""
    contract, account, products = read(body), _account(own, held_by), known.products
    base, *others = contract.licenses
    first = _license(base, None, account, products[base.product])
    dependents = tuple([_license(one, first, account, products[one.product]) for one in others])
    return {
        license.id: Facts(license, known.releases, dependents, contract.charges) for license in (first, *dependents)
    }


def _license(stored: Stored, base: License | None, account: Account, product: Product) -> License:
    return License(
        stored.id,
        stored.serial,
        account,
        product,
        stored.model,
        base,
        stored.quantity,
        stored.effective_on,
        stored.executed_on,
        stored.registered_on,
        stored.license_expires_on,
        stored.retired_on,
        stored.installed_release,
        stored.cloud_connected,
        stored.cloud_licensed,
        stored.altered,
        stored.terms,
        stored.options,
        stored.warranty,
    )


@lru_cache(maxsize=REMEMBERED)
def _account(own: str, partner: str | None) -> Account:
    id_, reference, *rest = msgspec.json.decode(own, type=list[str | None])
    told: dict[str, Any] = dict(zip(catalogue.ACCOUNT_COLUMNS, rest, strict=True))
    held_by = _account(partner, None) if partner is not None else None
    return Account(UUID(id_), str(reference), **told, partner=held_by)
