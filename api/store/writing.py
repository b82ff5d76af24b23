"""Changes that callers ask for: each is one transaction, done once for its key, with its facts and what derives.

The transaction begins with the key: whoever comes with the same one waits for the first to end, and then finds what
came of it. The contract is locked next, so that its facts are read as nobody can change them.
"""

import json
from asyncio import Lock
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, and_, func, literal, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from api.store import audit, circuits, derived, documents, entities, outbox, recording, records, tables, webhooks
from api.store.conditions import among, folded, known_now, visible
from api.store.engine import Database
from api.store.identifiers import uuid7
from api.store.inserting import insert_into
from api.store.personal import person, personal_data
from api.store.recording import Fact, Ledger, Outcome
from api.store.retrying import again
from api.store.row_security import name_of
from api.store.tables import table_of
from entitlements.chains import OPERATOR, details_of
from entitlements.decisions import Decision
from entitlements.events import Event
from entitlements.facts import Charge, License, MilestoneKind, Term
from entitlements.guide import Guide
from entitlements.messages import Message, said
from entitlements.problems import Problem, ProblemCode
from schema.sending import Endpoint, EndpointState
from schema.store import Store, Viewer
from schema.writing import Change, ChangeAsked, DecisionKept, OrderKept, Subject, Work

accounts = table_of(tables.Account)
products = table_of(tables.Product)
milestones = table_of(tables.Milestone)
licenses = table_of(tables.License)
license_facts = table_of(tables.LicenseFacts)
coverage = table_of(tables.Coverage)
charges = table_of(tables.Charge)
changes = table_of(tables.Change)
orders = table_of(tables.Order)

INSTANT = timedelta(microseconds=1)
"""The shortest time between two instants that are kept."""
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Within(Database):
    """A transaction that is under way, as a database: what is read in it is read one after the other."""

    connection: AsyncConnection = field(kw_only=True)
    turn: Lock = field(default_factory=Lock)

    @asynccontextmanager
    async def reading(self, viewer: Viewer | None = None) -> AsyncGenerator[AsyncConnection]:  # noqa: ARG002
        """The transaction's own connection, which is narrowed to its viewer already."""
        async with self.turn:
            yield self.connection


async def change(
    database: Database,
    guide: Guide,
    clock: Clock,
    reads: Callable[[Database], Store],
    asked: ChangeAsked,
    work: Work,
) -> Change | Problem:
    """Brings something about once, trying again where the database could not complete the transaction."""

    async def once() -> Change | Problem:
        async with database.writing(asked.viewer) as connection:
            id_ = await _begin(connection, asked, clock())
            if id_ is None:
                return await _first_change(connection, asked)
            store = reads(Within(database.engine, connection=connection))
            writing = SqlWriting(connection, guide, clock, store, id_, asked.reason)
            found = await work(writing)
            if isinstance(found, Problem):
                await connection.rollback()
                return found
            return await writing.complete(found)

    return await again(once)


async def _begin(connection: AsyncConnection, asked: ChangeAsked, now: datetime) -> UUID | None:
    """Takes the key, once whoever else has it has ended; None when something came of it already."""
    values = {
        "id": uuid7(), "viewer": name_of(asked.viewer), "key_id": asked.viewer.key_id, "mutation": asked.mutation,
        "idempotency_key": asked.key, "digest": asked.digest, "at": now, "subject": "",
    }  # fmt: skip
    statement = insert_into(connection, changes).values(values).on_conflict_do_nothing().returning(changes.c.id)
    return (await connection.execute(statement)).scalar_one_or_none()


async def _first_change(connection: AsyncConnection, asked: ChangeAsked) -> Change | Problem:
    c = changes.c
    own = (c.viewer == name_of(asked.viewer), c.mutation == asked.mutation, c.idempotency_key == asked.key)
    row = (await connection.execute(select(c.id, c.digest, c.at, c.subject).where(*own))).one()
    if row.digest != asked.digest:
        message = said(
            "the key {key} was used for another {mutation}; give each request a key of its own",
            key=repr(asked.key),
            mutation=asked.mutation,
        )
        return Problem(ProblemCode.IDEMPOTENCY_KEY_REUSED, message, ("idempotencyKey",))
    return Change(row.id, row.at, tuple(json.loads(row.subject)))


@dataclass(slots=True)
class SqlWriting:
    """`schema.writing.Writing` within a transaction."""

    connection: AsyncConnection
    guide: Guide
    clock: Clock
    store: Store
    change_id: UUID
    reason: str | None = None
    at: datetime = field(init=False)
    touched: set[UUID] = field(default_factory=set[UUID])
    told: set[UUID] = field(default_factory=set[UUID])
    """Licences of which anything was recorded."""
    touched_products: set[UUID] = field(default_factory=set[UUID])
    chains: set[UUID] = field(default_factory=set[UUID])
    left: list[object] = field(default_factory=list[object])
    events: list[Event] = field(default_factory=list[Event])

    def __post_init__(self) -> None:
        self.at = self.clock()

    async def complete(self, subject: Subject) -> Change:
        """Derives what follows, and notes what came of the change; the caller's transaction ends next."""
        if self.touched_products:
            await derived.forget_products(self.connection, list(self.touched_products))
            await derived.derive_missing(self.connection, self.guide)
        if self.touched:
            await derived.rebuild(self.connection, list(self.touched), self.guide)
        if self.told:
            await documents.rewrite(self.connection, list(self.told), self.at)
        noted = update(changes).where(changes.c.id == self.change_id)
        await self.connection.execute(noted.values(at=self.at, subject=json.dumps(subject)))
        await outbox.write(self.connection, self.events, self.at)
        await self._tell()
        return Change(self.change_id, self.at, subject)

    async def _tell(self) -> None:
        """Tells of the change in the audit log of each account that it is about."""
        own = changes.c.id == self.change_id
        change = (await self.connection.execute(select(changes).where(own))).mappings().one()
        details = details_of([audit.of_change(change), *self.left])
        act = audit.Act(self.at, change["mutation"], change["viewer"], details, change["key_id"], self.change_id)
        chains = sorted(self.chains or {OPERATOR})
        for chain in chains:
            await audit.append(self.connection, chain, act)
        if self.reason is not None:
            kept = person(self.change_id, None if chains[-1] == OPERATOR else chains[-1], self.reason)
            await self.connection.execute(personal_data.insert().values(kept))

    def tell(self, event: Event) -> None:
        """Tells of the change to whoever is to hear of it, in its transaction."""
        self.events.append(event)

    def _leave(self, table: Table, values: Mapping[str, Any], *, is_new: bool = True) -> None:
        """Notes a row that the change leaves, and whose it is."""
        self.chains.add(values.get("account_id") or OPERATOR)
        if is_new:
            self.left.append(audit.row(table, values))

    # -------------------------------------------------------- locks

    async def lock_contract(self, license_id: UUID) -> None:
        """Locks a licence with its contract, its account for new orders, and its products against new milestones."""
        own, member = license_facts.alias(), license_facts.alias()
        at_own = (own.c.account_id == licenses.c.account_id, own.c.license_id == licenses.c.id, known_now(own))
        found = select(licenses.c.account_id, func.coalesce(own.c.base_id, licenses.c.id)).join(own, and_(*at_own))
        account_id, base_id = (await self.connection.execute(found.where(licenses.c.id == license_id))).one()
        # The base's row is what every order of a contract waits for; SQLite has locked everything already.
        await self._execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update(key_share=True))
        await self._execute(select(licenses.c.id).where(licenses.c.id == base_id).with_for_update())
        c = member.c
        within = (c.account_id == account_id, or_(c.license_id == base_id, c.base_id == base_id), known_now(member))
        members = (await self.connection.execute(select(c.license_id, c.product_id).where(*within))).all()
        ids, of = [id_ for id_, _ in members], sorted({product_id for _, product_id in members})
        sold = select(products.c.id).where(among(products.c.id, of)).order_by(products.c.id)
        await self._execute(sold.with_for_update(read=True))
        await self._after(
            *(
                self._newest(table, table.c.account_id == account_id, among(table.c.license_id, ids))
                for table in (license_facts, coverage, charges)
            ),
            self._newest(milestones, among(milestones.c.product_id, of)),
        )

    async def lock_product(self, code: str) -> UUID | None:
        """Locks a product; None when there is none of that code."""
        id_ = await self.connection.scalar(select(products.c.id).where(products.c.code == code).with_for_update())
        if id_ is not None:
            await self._after(self._newest(milestones, milestones.c.product_id == id_))
        return id_

    async def _execute(self, statement: Any) -> None:  # noqa: ANN401 - a select that locks
        await self.connection.execute(statement)

    @staticmethod
    def _newest(table: Table, *chosen: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a select of one instant
        return select(func.max(table.c.recorded_at).label("newest")).where(*chosen)

    async def _after(self, *newest: Any) -> None:  # noqa: ANN401 - selects of one instant each
        """What is written now is known from now on, and later than what it follows, whatever the clocks say."""
        every = union_all(*newest).subquery()
        last = await self.connection.scalar(select(func.max(every.c.newest)))
        self.at = max(self.clock(), self.at, *([last + INSTANT] if last is not None else []))

    # -------------------------------------------------------- what is there

    async def has_order(self, license_id: UUID, order_reference: str) -> bool:
        """Whether the account of a licence ever used an order reference."""
        account = select(licenses.c.account_id).where(licenses.c.id == license_id).scalar_subquery()
        return await self._any(
            *(
                select(literal(1)).where(table.c.account_id == account, table.c.order_reference == order_reference)
                for table in (coverage, charges, orders)
            )
        )

    async def has_charge(self, reference: str) -> bool:
        """Whether a charge of that reference was ever recorded, whoever it is of: references are unique among all."""
        if self.connection.dialect.name == "postgresql":
            return bool(await self.connection.scalar(select(func.coverline_has_charge(reference))))
        return await self._any(select(literal(1)).where(charges.c.reference == reference))

    async def has_renewal(self, license_id: UUID, renewed_from: date) -> bool:
        """Whether a renewal of a licence continues from a day."""
        c = coverage.c
        own = (c.license_id == license_id, c.account_id == await self._address(license_id))
        alive = (c.renewed_from == renewed_from, c.expires_on.is_not(None), known_now(coverage))
        return await self._any(select(literal(1)).where(*own, *alive))

    async def _any(self, *statements: Any) -> bool:  # noqa: ANN401 - selects of one number each
        return (await self.connection.execute(union_all(*statements).limit(1))).first() is not None

    async def _address(self, license_id: UUID) -> UUID:
        """The account where a licence stands."""
        statement = select(licenses.c.account_id).where(licenses.c.id == license_id)
        return (await self.connection.execute(statement)).scalar_one()

    async def _current(self, table: Table, *key: ColumnElement[bool]) -> dict[str, Any]:
        """The columns of the version known now; empty when there is none."""
        row = (await self.connection.execute(select(table).where(*key, known_now(table)))).mappings().one_or_none()
        aside = {"id", "recorded_at", "superseded_at", "change_id"}
        return {name: value for name, value in row.items() if name not in aside} if row is not None else {}

    # -------------------------------------------------------- facts

    async def write_term(self, license_id: UUID, term: Term, renewed_from: date | None = None) -> None:
        """A term of coverage, or a later version of it; that one continues from where the one before did."""
        before = await self._term(license_id, term.order_reference)
        values = {
            "plan": term.plan, "starts_on": term.starts_on, "expires_on": term.expires_on, "kind": term.kind.value,
            "order_date": term.order_date, "renewed_from": renewed_from or before.get("renewed_from"),
        }  # fmt: skip
        await self._write_term(license_id, term.order_reference, before | values)

    async def withdraw_term(self, license_id: UUID, order_reference: str) -> None:
        """A term of coverage that no longer is one."""
        before = await self._term(license_id, order_reference)
        await self._write_term(license_id, order_reference, before | {"expires_on": None})

    async def _term(self, license_id: UUID, order_reference: str) -> dict[str, Any]:
        c = coverage.c
        return await self._current(
            coverage,
            c.account_id == await self._address(license_id),
            c.license_id == license_id,
            c.order_reference == order_reference,
        )

    async def _write_term(self, license_id: UUID, order_reference: str, values: dict[str, Any]) -> None:
        address = {"account_id": await self._address(license_id), "license_id": license_id}
        await self._record(recording.COVERAGE, {**values, **address, "order_reference": order_reference})
        self.touched.add(license_id)

    async def write_charge(self, license_id: UUID, charge: Charge, *, withdrawn: bool = False) -> None:
        """A charge, or a later version of it."""
        values = {
            "account_id": await self._address(license_id), "license_id": license_id, "reference": charge.reference,
            "order_reference": charge.order_reference, "amount": None if withdrawn else charge.amount,
            "currency": charge.currency, "due_on": charge.due_on, "paid_on": charge.paid_on,
        }  # fmt: skip
        await self._record(recording.CHARGES, values)

    def new_id(self) -> UUID:
        """An identifier that nothing has."""
        return uuid7()

    async def add_license(self, license: License) -> bool:
        """A new licence, with the identifier that it was given; False when its serial is in use."""
        values = {
            "id": license.id, "account_id": license.account.id, "serial": license.serial,
            "search": folded(license.serial),
        }  # fmt: skip
        statement = (
            insert_into(self.connection, licenses).values(values).on_conflict_do_nothing().returning(licenses.c.id)
        )
        if (await self.connection.execute(statement)).first() is None:
            return False
        await self.write_license(license)
        return True

    async def write_license(self, license: License) -> None:
        """A later version of what is recorded of a licence."""
        values = {
            "account_id": await self._address(license.id), "license_id": license.id, "holder_id": license.account.id,
            "product_id": license.product.id, "base_id": license.base.id if license.base else None,
            "model": license.model.value, "quantity": license.quantity, "effective_on": license.effective_on,
            "executed_on": license.executed_on, "registered_on": license.registered_on,
            "license_expires_on": license.license_expires_on, "retired_on": license.retired_on,
            "installed_release": license.installed_release, "cloud_connected": license.cloud_connected,
            "cloud_licensed": license.cloud_licensed, "altered": license.altered,
        }  # fmt: skip
        await self._record(recording.LICENSES, values)
        self.touched.add(license.id)

    async def write_milestone(
        self, product_id: UUID, version: str | None, kind: MilestoneKind, on: date | None, source: str
    ) -> None:
        """A milestone of a product or of one of its versions; withdrawn without a day."""
        values = {"product_id": product_id, "version": version or "", "kind": kind.value, "on": on, "source": source}
        await self._record(recording.MILESTONES, values)
        self.touched_products.add(product_id)

    async def unfit_base(self, serial: str) -> Message | None:
        """Why a dependent licence and its base do not go together; None when they do."""
        for fault in await entities.unfit_attachments(self.connection, self.change_id, 2):
            if fault.serial == serial:
                if fault.base_is_dependent:
                    return said("{base} is itself a dependent licence", base=fault.base)
                if fault.accounts_differ:
                    return said("{base} is in another account", base=fault.base)
                return said("its product may not be attached to that of {base}", base=fault.base)
        return None

    async def keep_order(self, license_id: UUID, order_reference: str, charge_reference: str, quote: str) -> UUID:
        """Keeps an order as it is placed."""
        id_ = uuid7()
        values = {
            "id": id_, "account_id": await self._address(license_id), "license_id": license_id,
            "order_reference": order_reference, "charge_reference": charge_reference, "at": self.at, "quote": quote,
            "change_id": self.change_id,
        }  # fmt: skip
        await self.connection.execute(orders.insert().values(values))
        self._leave(orders, values)
        return id_

    async def keep_decision(self, viewer: Viewer, kept: DecisionKept, decision: Decision, day: date) -> None:
        """Keeps a decision about a day, with the edition that it was made under."""
        values = await records.keep(
            self.connection, viewer, kept, decision, day, guide=self.guide, change_id=self.change_id
        )
        self._leave(records.records, values)

    # -------------------------------------------------------- where events are sent

    async def lock_endpoint(self, viewer: Viewer, id_: UUID) -> Endpoint | None:
        """An endpoint of a viewer's that nobody else changes; None for one that is not there, or not the viewer's."""
        c = webhooks.endpoints.c
        await self._execute(select(c.id).where(c.endpoint_id == id_, known_now(webhooks.endpoints)).with_for_update())
        await self._after(self._newest(webhooks.endpoints, c.endpoint_id == id_))
        return await webhooks.endpoint(self.connection, viewer, id_, self.at)

    async def count_endpoints(self, viewer: Viewer) -> int:
        """How many endpoints a viewer has."""
        return await webhooks.count_endpoints(self.connection, viewer)

    async def write_endpoint(self, viewer: Viewer, endpoint: Endpoint) -> None:
        """A new endpoint of a viewer's, or a later version of one; to a deleted one nothing is sent any more."""
        owner = await webhooks.owner_of(self.connection, viewer)
        await self._record(recording.WEBHOOKS, {**webhooks.values_of(endpoint), **owner})
        if endpoint.state is EndpointState.DELETED:
            await webhooks.withdraw(self.connection, viewer, endpoint.id)
        # Last: a worker that notes a try has its delivery first, and then the circuit.
        await circuits.forget(self.connection, endpoint.id)

    async def replay(self, viewer: Viewer, endpoint_id: UUID, ids: Sequence[UUID] | None) -> int:
        """Has deliveries of an endpoint sent again: those named, or all that are dead; gives how many."""
        owner = await webhooks.owner_of(self.connection, viewer)
        self._leave(webhooks.deliveries, owner, is_new=False)
        return await webhooks.replay(self.connection, viewer, endpoint_id, ids, self.at)

    async def _record(self, ledger: Ledger, values: dict[str, Any]) -> None:
        fact = Fact({**values, "change_id": self.change_id}, self.at)
        [recorded] = await recording.record(self.connection, ledger, [fact], self.at)
        is_new = recorded.outcome is not Outcome.UNCHANGED
        if is_new and "license_id" in values:
            self.told.add(values["license_id"])
        self._leave(ledger.table, {**fact.values, "recorded_at": self.at}, is_new=is_new)
        if recorded.outcome is Outcome.TOO_EARLY:
            raise RuntimeError(f"{ledger.table.name} has a version of {recorded.newest}, later than {self.at}")


# ---------------------------------------------------------------- what changes left


async def license_of_charge(connection: AsyncConnection, viewer: Viewer, reference: str) -> UUID | None:
    """The licence of a charge as known now; None for a charge that is not there, or not the viewer's to see."""
    c = charges.c
    alive = (
        c.reference == reference,
        known_now(charges),
        c.amount.is_not(None),
        visible(_column(c.account_id), viewer),
    )
    return (await connection.execute(select(c.license_id).where(*alive))).scalar_one_or_none()


async def order(connection: AsyncConnection, viewer: Viewer, id_: UUID) -> OrderKept | None:
    """An order; None for one that is not there, or not the viewer's to see."""
    c = orders.c
    columns = (c.id, c.license_id, c.order_reference, c.charge_reference, c.at, c.quote)
    row = (await connection.execute(select(*columns).where(c.id == id_, visible(c.account_id, viewer)))).one_or_none()
    return OrderKept(*row) if row is not None else None


def _column(column: Column[Any]) -> ColumnElement[Any]:
    return column
