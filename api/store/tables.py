"""The tables. Entities are stable: an id and the key they are known by. Everything else is a fact that was recorded.

A fact's row holds its own dates (valid time) beside `recorded_at` and `superseded_at` (known time): it was known from
the first until just before the second, and is known now while that is null. Rows are added or superseded, never
overwritten.

`account_id` on whatever belongs to a licence is its address, not a fact: it follows the licence's own, by the foreign
key, when the licence moves to another account. The account recorded as its holder is `license_facts.holder_id`.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from api.store.columns import Amount, Instant, KeyText
from api.store.identifiers import uuid7

Arguments = ClassVar[tuple[Any, ...]]

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

ALIVE = text("superseded_at IS NULL")
ALIVE_TERM = text("superseded_at IS NULL AND expires_on IS NOT NULL")


# SQLModel declares `__tablename__` as what computes a name; a name itself is what its documentation assigns.


def table_of(model: type[SQLModel]) -> Table:
    """The Core table of a model."""
    return cast("Table", vars(model)["__table__"])


def one_alive(name: str, *key: str) -> Index:
    """At most one row of a key is known now."""
    return Index(f"alive_{name}", *key, unique=True, sqlite_where=ALIVE, postgresql_where=ALIVE)


def each_once(name: str, *key: str) -> Index:
    """At most one row of a key was recorded at an instant; also how a key's history is found."""
    return Index(f"history_{name}", *key, "recorded_at", unique=True)


def of_license() -> ForeignKeyConstraint:
    """The licence a row belongs to, with its address; it follows when the licence moves to another account."""
    return ForeignKeyConstraint(
        ["account_id", "license_id"], ["licenses.account_id", "licenses.id"], onupdate="CASCADE"
    )


def superseded_later() -> CheckConstraint:
    """What is superseded was known for some time."""
    return CheckConstraint("superseded_at > recorded_at", name="superseded_later")


def of_change() -> Any:  # noqa: ANN401 - what a field is declared with
    """The change that recorded a fact; null for what was imported."""
    return Field(default=None, foreign_key="changes.id")


class Entity(SQLModel):
    """What stays the same for good."""

    id: UUID = Field(default_factory=uuid7, primary_key=True)


class Recorded(SQLModel):
    """When a fact was known: from `recorded_at` until just before `superseded_at`."""

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    recorded_at: datetime = Field(sa_type=Instant)
    superseded_at: datetime | None = Field(default=None, sa_type=Instant)


# ---------------------------------------------------------------- accounts and the catalogue


class Account(Entity, table=True):
    """A customer or a partner."""

    __tablename__ = "accounts"  # pyright: ignore[reportAssignmentType]
    reference: str = Field(sa_type=KeyText, unique=True)


class AccountFacts(Recorded, table=True):
    """What is recorded of an account, but for its name. `search` holds its reference, folded as searches are."""

    __tablename__ = "account_facts"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        one_alive("account_facts", "account_id"),
        each_once("account_facts", "account_id"),
        Index("of_partner_account_facts", "partner_id", sqlite_where=ALIVE, postgresql_where=ALIVE),
        superseded_later(),
    )
    account_id: UUID = Field(foreign_key="accounts.id")
    partner_id: UUID | None = Field(default=None, foreign_key="accounts.id")
    country: str | None = None
    theater: str
    language: str | None = None
    currency: str | None = None
    price_book: str | None = None
    segment: str | None = None
    search: str = Field(sa_type=Text)


class PersonalData(SQLModel, table=True):
    """All that is personal: the name in a version of an account's facts, and the reason that was written for a change.

    Its id is the one of that row, which knows when it was known and nothing of what it says; a row that is missing was
    erased. `account_id` is whose it is, null where no account is known of a change. `search` is a name as searches are
    folded.
    """

    __tablename__ = "personal_data"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (Index("of_account_personal_data", "account_id"),)
    id: UUID = Field(primary_key=True)
    account_id: UUID | None = Field(default=None, foreign_key="accounts.id")
    text: str = Field(sa_type=Text)
    search: str | None = Field(default=None, sa_type=Text)


class Product(Entity, table=True):
    """A product of the catalogue."""

    __tablename__ = "products"  # pyright: ignore[reportAssignmentType]
    code: str = Field(sa_type=KeyText, unique=True)


class ProductFacts(Recorded, table=True):
    """What is recorded of a product. `bases` holds the codes it may be attached to, each between semicolons."""

    __tablename__ = "product_facts"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        one_alive("product_facts", "product_id"),
        each_once("product_facts", "product_id"),
        superseded_later(),
    )
    product_id: UUID = Field(foreign_key="products.id")
    name: str
    kind: str
    family: str | None = None
    bases: str = ""


class Release(Recorded, table=True):
    """A seasonal release."""

    __tablename__ = "releases"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (one_alive("releases", "name"), each_once("releases", "name"), superseded_later())
    name: str = Field(sa_type=KeyText)
    season: str
    year: int
    released_on: date


class Milestone(Recorded, table=True):
    """A dated step of a product's end; `version` is empty for the product as a whole, `on` null once withdrawn."""

    __tablename__ = "milestones"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        one_alive("milestones", "product_id", "version", "kind"),
        each_once("milestones", "product_id", "version", "kind"),
        superseded_later(),
    )
    product_id: UUID = Field(foreign_key="products.id")
    version: str = ""
    kind: str
    on: date | None = None
    source: str | None = None
    change_id: UUID | None = of_change()


class Price(Recorded, table=True):
    """A price for the whole of so many months, one unit."""

    __tablename__ = "prices"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        one_alive("prices", "book", "currency", "product_id", "plan", "months", "effective_from"),
        each_once("prices", "book", "currency", "product_id", "plan", "months", "effective_from"),
        CheckConstraint("months >= 1", name="months_positive"),
        superseded_later(),
    )
    book: str
    currency: str
    product_id: UUID = Field(foreign_key="products.id")
    plan: str
    months: int
    effective_from: date
    amount: Decimal = Field(sa_type=Amount)


class Document(Recorded, table=True):
    """A file of the operator's that is kept as it was written, such as the late-fee policies."""

    __tablename__ = "documents"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (one_alive("documents", "name"), each_once("documents", "name"), superseded_later())
    name: str
    text: str = Field(sa_type=Text)
    digest: str


# ---------------------------------------------------------------- licences and what belongs to them


class License(Entity, table=True):
    """A licence: its serial, and the account where it stands now."""

    __tablename__ = "licenses"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (UniqueConstraint("account_id", "id"),)
    account_id: UUID = Field(foreign_key="accounts.id")
    serial: str = Field(sa_type=KeyText, unique=True)
    search: str = Field(sa_type=Text)


class Owned(Recorded):
    """A fact of a licence, with the licence's address."""

    account_id: UUID
    license_id: UUID


class LicenseFacts(Owned, table=True):
    """What is recorded of a licence itself. `holder_id` is the account that this row names."""

    __tablename__ = "license_facts"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        of_license(),
        one_alive("license_facts", "account_id", "license_id"),
        each_once("license_facts", "account_id", "license_id"),
        Index("of_holder_license_facts", "holder_id"),
        Index("of_base_license_facts", "base_id"),
        Index("of_product_license_facts", "product_id", sqlite_where=ALIVE, postgresql_where=ALIVE),
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        CheckConstraint("base_id <> license_id", name="base_is_another"),
        superseded_later(),
    )
    holder_id: UUID = Field(foreign_key="accounts.id")
    product_id: UUID = Field(foreign_key="products.id")
    base_id: UUID | None = Field(default=None, foreign_key="licenses.id")
    model: str
    quantity: int = 1
    effective_on: date | None = None
    executed_on: date | None = None
    registered_on: date | None = None
    license_expires_on: date | None = None
    retired_on: date | None = None
    installed_release: str | None = None
    cloud_connected: bool | None = None
    cloud_licensed: bool | None = None
    altered: bool | None = None
    change_id: UUID | None = of_change()


class Coverage(Owned, table=True):
    """A term of coverage, both ends inclusive; withdrawn while `expires_on` is null.

    A renewal names the last covered day that it continues from, `renewed_from`: from one day a licence is renewed once.
    """

    __tablename__ = "coverage"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        of_license(),
        one_alive("coverage", "account_id", "license_id", "order_reference"),
        each_once("coverage", "account_id", "license_id", "order_reference"),
        Index(
            "renewed_once",
            "account_id",
            "license_id",
            "renewed_from",
            unique=True,
            sqlite_where=ALIVE_TERM,
            postgresql_where=ALIVE_TERM,
        ),
        CheckConstraint(
            "expires_on IS NULL OR (plan IS NOT NULL AND starts_on IS NOT NULL AND kind IS NOT NULL)", name="whole"
        ),
        CheckConstraint("expires_on >= starts_on", name="in_order"),
        superseded_later(),
    )
    order_reference: str
    plan: str | None = None
    starts_on: date | None = None
    expires_on: date | None = None
    order_date: date | None = None
    kind: str | None = None
    renewed_from: date | None = None
    change_id: UUID | None = of_change()


class Option(Owned, table=True):
    """A feature agreed case by case; open-ended while `expires_on` is null."""

    __tablename__ = "options"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        of_license(),
        one_alive("options", "account_id", "license_id", "feature", "starts_on"),
        each_once("options", "account_id", "license_id", "feature", "starts_on"),
        CheckConstraint("expires_on >= starts_on", name="in_order"),
        superseded_later(),
    )
    feature: str
    starts_on: date
    expires_on: date | None = None


class Charge(Owned, table=True):
    """An amount due; withdrawn while `amount` is null. Its reference is unique among all accounts."""

    __tablename__ = "charges"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        of_license(),
        one_alive("charges", "reference"),
        each_once("charges", "reference"),
        Index("of_license_charges", "account_id", "license_id"),
        CheckConstraint("amount IS NULL OR (currency IS NOT NULL AND due_on IS NOT NULL)", name="whole"),
        superseded_later(),
    )
    reference: str
    order_reference: str | None = None
    amount: Decimal | None = Field(default=None, sa_type=Amount)
    currency: str | None = None
    due_on: date | None = None
    paid_on: date | None = None
    change_id: UUID | None = of_change()


class Warranty(Owned, table=True):
    """The manufacturer's warranty of a piece of hardware, through its last day."""

    __tablename__ = "warranties"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        of_license(),
        one_alive("warranties", "account_id", "license_id"),
        each_once("warranties", "account_id", "license_id"),
        superseded_later(),
    )
    supplier: str
    expires_on: date


# ---------------------------------------------------------------- who changed what, when and why


class Change(Entity, table=True):
    """What a caller brought about, once for each key that it was asked with. `subject` names what came of it (JSON).

    `viewer` is on whose behalf, `key_id` the API key. `digest` is of the input: the same key with another is refused.
    """

    __tablename__ = "changes"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (UniqueConstraint("viewer", "mutation", "idempotency_key"),)
    viewer: str
    key_id: str | None = None
    mutation: str
    idempotency_key: str
    digest: str
    at: datetime = Field(sa_type=Instant)
    subject: str = Field(default="", sa_type=Text)


class Order(Entity, table=True):
    """An order as it was placed: what was quoted, as canonical JSON, and the charge that it brought."""

    __tablename__ = "orders"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        of_license(),
        Index("of_account_orders", "account_id", "order_reference"),
    )
    account_id: UUID
    license_id: UUID
    order_reference: str
    charge_reference: str
    at: datetime = Field(sa_type=Instant)
    quote: str = Field(sa_type=Text)
    change_id: UUID = Field(foreign_key="changes.id")


class AuditEntry(SQLModel, table=True):
    """An entry of a hash chain: who did what, when. Entries are only ever added, and hold digests, no one's data.

    `chain` is the account's id, zeros for the operator's own; `details` the digest of what was left.
    """

    __tablename__ = "audit_entries"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (Index("of_change_audit_entries", "change_id"),)
    chain: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    action: str
    actor: str
    key_id: str | None = None
    change_id: UUID | None = None
    details: str
    previous: str
    hash: str


class AuditHead(SQLModel, table=True):
    """How long a chain is and how it ends. Its row is what whoever adds to the chain waits for."""

    __tablename__ = "audit_heads"  # pyright: ignore[reportAssignmentType]
    chain: UUID = Field(primary_key=True)
    seq: int
    hash: str


class KeptEdition(SQLModel, table=True):
    """An edition of the guide that a decision was recorded under: its files' texts, as JSON, by their digest."""

    __tablename__ = "kept_editions"  # pyright: ignore[reportAssignmentType]
    digest: str = Field(primary_key=True)
    sources: str = Field(sa_type=Text)


class DecisionRecord(Entity, table=True):
    """A decision as it was made: canonical texts of what was asked, known, followed and answered, with their sha256.

    `at` is the instant asked about and `day` its day in the policy zone. A decision about no licence that the asker may
    see stands at the asker's own account; at none where the asker is internal.
    """

    __tablename__ = "decision_records"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        of_license(),
        Index("of_license_decision_records", "account_id", "license_id", "day"),
    )
    account_id: UUID | None = Field(default=None, foreign_key="accounts.id")
    license_id: UUID | None = None
    recorded_at: datetime = Field(sa_type=Instant)
    at: datetime = Field(sa_type=Instant)
    day: date
    verdict: str
    entitled: bool
    ticket: str | None = None
    request: str = Field(sa_type=Text)
    facts: str = Field(sa_type=Text)
    policy: str = Field(sa_type=Text)
    result: str = Field(sa_type=Text)
    request_hash: str
    facts_hash: str
    policy_hash: str
    result_hash: str
    token: str | None = Field(default=None, sa_type=Text)
    edition_digest: str = Field(foreign_key="kept_editions.digest")
    change_id: UUID = Field(foreign_key="changes.id")


# ---------------------------------------------------------------- derived from the facts known now


class DerivedCoverage(SQLModel, table=True):
    """How a licence's coverage stands on the days from one to another, both inclusive, by what is known now.

    A licence's rows follow one another from the first day of the calendar to its last. `plan` is set while covered;
    `expires_on` is the last day of the unbroken coverage that holds or held last, `NEVER` before any.
    """

    __tablename__ = "derived_coverage"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        of_license(),
        Index("of_account_derived_coverage", "account_id", "expires_on"),
        CheckConstraint("through_on >= from_on", name="in_order"),
    )
    account_id: UUID = Field(primary_key=True)
    license_id: UUID = Field(primary_key=True)
    from_on: date = Field(primary_key=True)
    through_on: date
    state: str
    plan: str | None = None
    expires_on: date


NEVER = date.max
"""`expires_on` of a licence that was never covered yet: such licences come last by expiry."""


class DerivedEdition(SQLModel, table=True):
    """The one row that says under which edition of the guide coverage was derived."""

    __tablename__ = "derived_edition"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (CheckConstraint("id = 1", name="one_row"),)
    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    digest: str


class FactsDocument(SQLModel, table=True):
    """What is known now of a licence's contract, in one text: kept beside the facts it is made of, to be read at once.

    The text stands at the contract's base, `contract_id`, alone; it is null there where only the rows themselves can
    tell. It holds what is known since `written_at`.
    """

    __tablename__ = "facts_documents"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (of_license(), Index("of_contract_facts_documents", "contract_id"))
    license_id: UUID = Field(primary_key=True)
    account_id: UUID
    contract_id: UUID
    written_at: datetime = Field(sa_type=Instant)
    body: str | None = Field(default=None, sa_type=Text)


class ReadState(SQLModel, table=True):
    """The one row that says how far what is kept for reading is up to date.

    `catalogue` is another number after every change of a product, a milestone or a release. `form` is how the documents
    are written that every licence has; 0 until it has.
    """

    __tablename__ = "read_state"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (CheckConstraint("id = 1", name="one_row"),)
    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    catalogue: int = 1
    form: int = 0


# ---------------------------------------------------------------- events, and where they are sent


UNROUTED = text("routed_at IS NULL")
PENDING = text("state = 'PENDING'")
DEAD = text("state = 'DEAD'")


class OutboxEvent(Entity, table=True):
    """An event, written in the transaction of what it tells of. `payload` is the text that is sent, to the byte.

    `stream` is the licence that it is about, or the product; within it events are numbered from 1 without a gap.
    `account_id` is where the licence stood, null for a product: an event does not move with its licence. `name` is set
    for what is told once. `routed_at` says when it was handed to the endpoints that are to have it.
    """

    __tablename__ = "events"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        UniqueConstraint("stream", "seq"),
        Index("unrouted_events", "stream", "seq", sqlite_where=UNROUTED, postgresql_where=UNROUTED),
        Index("by_age_events", "at", "id"),
    )
    stream: UUID
    seq: int
    type: str
    name: str | None = Field(default=None, unique=True)
    account_id: UUID | None = Field(default=None, foreign_key="accounts.id")
    product: str
    at: datetime = Field(sa_type=Instant)
    on: date
    payload: str = Field(sa_type=Text)
    routed_at: datetime | None = Field(default=None, sa_type=Instant)


class EventStream(SQLModel, table=True):
    """How many events a stream has. Its row is what whoever adds to the stream waits for."""

    __tablename__ = "event_streams"  # pyright: ignore[reportAssignmentType]
    stream: UUID = Field(primary_key=True)
    seq: int


class Tick(SQLModel, table=True):
    """The one row that says through which day it was looked for what time brings."""

    __tablename__ = "ticks"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (CheckConstraint("id = 1", name="one_row"),)
    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    through_on: date


class TickUnderWay(SQLModel, table=True):
    """The one row that there is while time's events are looked for, so that what ends midway is taken up there.

    Of the days from `first_on` to `last_on` every contract is told whose base's id is up to `after`; `at` is when that
    was noted.
    """

    __tablename__ = "ticks_under_way"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (CheckConstraint("id = 1", name="one_row"),)
    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    first_on: date
    last_on: date
    after: UUID
    at: datetime = Field(sa_type=Instant)


class WebhookEndpoint(Recorded, table=True):
    """Where a viewer has events sent, as it was set; versions follow one another as those of facts do.

    `event_types`, `accounts` and `products` are lists (JSON) of what is wanted; all where one is empty. The secret is
    derived from the deployment's key and `secret_version`; that of the version before signs as well `former_until`.
    """

    __tablename__ = "webhook_endpoints"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        one_alive("webhook_endpoints", "endpoint_id"),
        each_once("webhook_endpoints", "endpoint_id"),
        Index("of_viewer_webhook_endpoints", "viewer", "endpoint_id", sqlite_where=ALIVE, postgresql_where=ALIVE),
        superseded_later(),
    )
    endpoint_id: UUID
    viewer: str
    account_id: UUID | None = Field(default=None, foreign_key="accounts.id")
    url: str
    event_types: str
    accounts: str
    products: str
    state: str
    secret_version: int = 1
    former_until: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    change_id: UUID | None = of_change()


class WebhookCircuit(SQLModel, table=True):
    """An endpoint that failed, until it takes something again; one that has no row is well.

    Nothing is sent to it before `paused_until`, and then one thing alone, under the lease that `probe` names.
    `failures` counts the tries that failed one after another since `failing_since`.
    """

    __tablename__ = "webhook_circuits"  # pyright: ignore[reportAssignmentType]
    endpoint_id: UUID = Field(primary_key=True)
    viewer: str
    failures: int
    failing_since: datetime = Field(sa_type=Instant)
    paused_until: datetime = Field(sa_type=Instant)
    probe: UUID | None = None


class WebhookDelivery(Entity, table=True):
    """An event on its way to an endpoint, or there. Whoever works on it holds its `lease` until `leased_until`.

    `error` is one of our codes; nothing that a receiver answers is kept but its status.
    """

    __tablename__ = "webhook_deliveries"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        UniqueConstraint("endpoint_id", "event_id"),
        Index("due_webhook_deliveries", "endpoint_id", "due_at", sqlite_where=PENDING, postgresql_where=PENDING),
        Index(
            "queued_webhook_deliveries", "endpoint_id", "stream", "seq", sqlite_where=PENDING, postgresql_where=PENDING
        ),
        Index("of_event_webhook_deliveries", "event_id"),
        Index("dead_webhook_deliveries", "endpoint_id", "id", sqlite_where=DEAD, postgresql_where=DEAD),
        Index("of_endpoint_webhook_deliveries", "endpoint_id", "id"),
    )
    endpoint_id: UUID
    event_id: UUID = Field(foreign_key="events.id")
    viewer: str
    stream: UUID
    seq: int
    state: str
    attempts: int = 0
    due_at: datetime = Field(sa_type=Instant)
    lease: UUID | None = None
    leased_until: datetime | None = Field(default=None, sa_type=Instant)
    tried_at: datetime | None = Field(default=None, sa_type=Instant)
    delivered_at: datetime | None = Field(default=None, sa_type=Instant)
    status: int | None = None
    error: str | None = None


# ---------------------------------------------------------------- callers


class ApiKey(Entity, table=True):
    """A caller's key: never its secret, only the secret's digest. An internal key has no account."""

    __tablename__ = "api_keys"  # pyright: ignore[reportAssignmentType]
    __table_args__: Arguments = (
        CheckConstraint("(kind = 'internal') = (account_id IS NULL)", name="account_unless_internal"),
    )
    prefix: str = Field(unique=True)
    digest: str
    kind: str
    account_id: UUID | None = Field(default=None, foreign_key="accounts.id")
    scopes: str
    created_at: datetime = Field(sa_type=Instant)
    expires_on: date | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
