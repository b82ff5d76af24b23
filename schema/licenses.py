"""Licences: what is recorded of them, and what follows from it."""

from collections import defaultdict
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

from entitlements import facts, lifecycle
from entitlements.charges import is_outstanding
from entitlements.coverage import CoverageState, Period, activation, timeline
from entitlements.facts import LicenseModel
from entitlements.messages import said
from entitlements.parameters import ActivationBasis
from entitlements.validity import SERIAL
from schema import accounts, history, products, store, timelines
from schema.charges import Charge
from schema.compiled.awaiting import WAITS, at_once
from schema.context import Context, Info
from schema.coverage import Coverage, CoveragePeriod
from schema.errors import BadInput
from schema.nodes import Kind, Node, read_id_of, write_id
from schema.paging import Listing, PageInfo, is_day, is_text
from schema.products import Milestone, Product
from schema.redactions import REDACTIONS, Redaction, amounts, hides_amounts, of_others
from schema.store import LicenseOrder, PageRequest

if TYPE_CHECKING:
    from schema.accounts import Account


@strawberry.input(one_of=True)
class LicenseRef:
    """A licence by its serial or by its global id: exactly one of them."""

    serial: strawberry.Maybe[str]
    id: strawberry.Maybe[strawberry.ID]


def _account_at_once(license: "License", info: Info) -> Any:  # noqa: ANN401 - an account, or WAITS
    if license.known_at != info.context.now:
        return WAITS
    return accounts.Account.of(license.license.account)


def _coverage_at_once(
    license: "License", info: Info, on: date | None = strawberry.UNSET, known_at: datetime | None = strawberry.UNSET
) -> Any:  # noqa: ANN401 - a coverage, or WAITS
    context = info.context
    if context.known(known_at, license.known_at) != license.known_at:
        return WAITS
    return Coverage.of(license.license, on or context.today, context.guide)


@strawberry.type
class License(Node):
    """A licence, as known at one instant: now, or the known time of the decision around it."""

    serial: str
    model: LicenseModel
    quantity: int
    licensed_until: date | None = strawberry.field(
        description="The last day the licence itself runs; null for perpetual."
    )
    retired_on: date | None = strawberry.field(
        description="From the next day the licence is neither covered nor renewed."
    )
    installed_release: str | None
    contract: strawberry.Private[facts.Facts]
    """What is known of the licence, or of another one of its contract."""
    license: strawberry.Private[facts.License]
    known_at: strawberry.Private[datetime]

    @strawberry.field
    @at_once(_account_at_once)
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("schema.accounts")]:
        """The account that holds the licence."""
        found = _account_at_once(self, info)
        if found is not WAITS:
            return found
        context, held_by = info.context, self.license.account
        if await context.loaders.accounts_by_id.load(held_by.id) is None:
            current = await context.loaders.facts_by_id(self.license.id, context.now)
            held_by = current.license.account if current and current.license else held_by
        return accounts.Account.of(held_by, is_past=True)

    @strawberry.field
    def product(self, info: Info) -> Product:
        """The product that is licensed."""
        return products.named(info.context, self.license.product, self.known_at)

    @strawberry.field
    def base(self) -> Annotated["License", strawberry.lazy("schema.licenses")] | None:
        """The base licence of a dependent one; null for a base."""
        return self._of_same_contract(self.license.base) if self.license.base else None

    @strawberry.field
    def dependents(self) -> list[Annotated["License", strawberry.lazy("schema.licenses")]]:
        """The licences whose coverage ends with this one's."""
        if self.license.base is not None:
            return []
        return [self._of_same_contract(dependent) for dependent in self.contract.dependents]

    @strawberry.field
    def activated_on(self, info: Info) -> date | None:
        """The day that starts coverage; null when nothing recorded gives one."""
        found = activation(self.license, info.context.guide)
        return found.on if found else None

    @strawberry.field
    def activation_basis(self, info: Info) -> ActivationBasis | None:
        """Which recorded date started coverage."""
        found = activation(self.license, info.context.guide)
        return found.basis if found else None

    @strawberry.field(graphql_type=list[Charge])
    async def charges(
        self,
        info: Info,
        outstanding_on: date | None = strawberry.UNSET,
        known_at: datetime | None = strawberry.UNSET,
    ) -> list[facts.Charge]:
        """The licence's own charges; with `outstandingOn` only those ordered by that day and not paid by its end.

        Empty, with an entry in `redactions`, for a viewer without the scope billing:read.
        """
        if hides_amounts(info.context.viewer):
            return []
        known = await self._known(info, known_at)
        own = [charge for charge in known.charges if charge.serial == self.serial]
        return [charge for charge in own if is_outstanding(charge, outstanding_on)] if outstanding_on else own

    @strawberry.field
    @at_once(_coverage_at_once)
    async def coverage(
        self, info: Info, on: date | None = strawberry.UNSET, known_at: datetime | None = strawberry.UNSET
    ) -> Coverage:
        """The coverage on a day; today when left out."""
        found = _coverage_at_once(self, info, on, known_at)
        if found is not WAITS:
            return found
        context = info.context
        known = await self._known(info, known_at)
        return Coverage.of(known.license, on or context.today, context.guide)

    @strawberry.field(graphql_type=list[CoveragePeriod])
    async def coverage_timeline(self, info: Info, known_at: datetime | None = strawberry.UNSET) -> tuple[Period, ...]:
        """Every period of coverage, in order, without overlap."""
        known = await self._known(info, known_at)
        return timeline(known.license, info.context.guide).periods if known.license else ()

    @strawberry.field
    async def timeline(
        self,
        info: Info,
        from_: Annotated[date | None, strawberry.argument(name="from")] = strawberry.UNSET,
        to: date | None = strawberry.UNSET,
        known_at: datetime | None = strawberry.UNSET,
    ) -> list[timelines.CoverageStretch]:
        """How coverage stands from a day to another, both inclusive, gaps and all; over the calendar when left out."""
        known = await self._known(info, known_at)
        return timelines.timeline(info, known.license, from_ or None, to or None) if known.license else []

    @strawberry.field(graphql_type=Milestone | None)
    async def end_of_support(self, info: Info, known_at: datetime | None = strawberry.UNSET) -> facts.Milestone | None:
        """The milestone that ends the licence's coverage: its product's or its release's; null without any."""
        known = await self._known(info, known_at)
        return lifecycle.end_of_support(known.license, info.context.guide) if known.license else None

    @strawberry.field(description=REDACTIONS)
    def redactions(self, info: Info) -> list[Redaction]:  # noqa: D102 - described as every such field is
        viewer = info.context.viewer
        found = amounts(viewer, "charges")
        if self.known_at != info.context.now:
            found += of_others(viewer, "account", said("In place of a holder not yours to see stands the present one."))
        return found

    @strawberry.field
    async def history(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> history.LicenseChangeConnection:
        """Who recorded what of the licence and of its product's end, when and why, the oldest first; until now."""
        page = history.LISTING.page(first, after, last, before)
        return await history.connection(info.context, self.license.id, page)

    async def _known(self, info: Info, known_at: datetime | None) -> facts.Facts:
        """The licence's facts at another known time, or those at hand."""
        instant = info.context.known(known_at, self.known_at)
        if instant == self.known_at:
            known = self.contract
            return known if known.license is self.license else replace(known, license=self.license)
        return await info.context.loaders.facts_by_id(self.license.id, instant) or facts.Facts(license=None)

    def _of_same_contract(self, license: facts.License) -> "License":
        return License.of(license, self.contract, self.known_at)

    @classmethod
    def of(cls, license: facts.License, known: facts.Facts, known_at: datetime) -> "License":
        """A licence from the facts of the contract that it is part of."""
        return cls(
            id=write_id(Kind.LICENSE, license.id),
            serial=license.serial,
            model=license.model,
            quantity=license.quantity,
            licensed_until=license.license_expires_on,
            retired_on=license.retired_on,
            installed_release=license.installed_release,
            contract=known,
            license=license,
            known_at=known_at,
        )


@strawberry.type
class LicenseEdge:
    """A licence in a list."""

    node: License
    cursor: str


@strawberry.type
class LicenseConnection:
    """A page of licences."""

    edges: list[LicenseEdge]
    page_info: PageInfo
    chosen: strawberry.Private[store.LicenseFilter]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        """How many licences the whole list holds."""
        return await info.context.store.count_licenses(info.context.viewer, self.chosen)


@strawberry.input
class LicenseFilter:
    """Which licences a list holds, as known now; every field given must hold."""

    account: str | None = strawberry.field(default=strawberry.UNSET, description="An account's reference.")
    product: str | None = strawberry.field(default=strawberry.UNSET, description="A product's code.")
    plan: str | None = strawberry.field(
        default=strawberry.UNSET, description="The code of the plan in force on the day."
    )
    state: CoverageState | None = strawberry.field(default=strawberry.UNSET, description="The state on the day.")
    on: date | None = strawberry.field(
        default=strawberry.UNSET, description="The day of plan, state and expiry; today when left out."
    )
    expires_from: date | None = strawberry.field(default=strawberry.UNSET, description="The earliest last covered day.")
    expires_to: date | None = strawberry.field(default=strawberry.UNSET, description="The latest last covered day.")
    search: str | None = strawberry.field(
        default=strawberry.UNSET, description="Part of a serial, or of its account's reference or name."
    )


def listing(order: LicenseOrder) -> Listing:
    """How the cursors of a list of licences are written: they hold for one order only."""
    return Listing(f"licenses/{order.value}", (is_text,) if order is LicenseOrder.SERIAL else (is_day, is_text))


def chosen(info: Info, wanted: LicenseFilter | None) -> store.LicenseFilter:
    """The store's filter from the caller's."""
    asked = wanted or LicenseFilter()
    for name in ("account", "product", "plan", "search"):
        text: str | None = getattr(asked, name)
        if text and not text.isprintable():
            raise BadInput(said("{field}: printable characters only.", field=f"filter.{name}"))
    return store.LicenseFilter(
        on=asked.on or info.context.today,
        account=asked.account or None,
        product=asked.product or None,
        plan=asked.plan or None,
        state=asked.state or None,
        expires_from=asked.expires_from or None,
        expires_to=asked.expires_to or None,
        search=asked.search or None,
    )


async def connection(
    info: Info, wanted: store.LicenseFilter, order: LicenseOrder, asked: PageRequest
) -> LicenseConnection:
    """A page of licences with their facts."""
    context = info.context
    page = await context.store.licenses(context.viewer, wanted, order, asked)
    found = await context.store.facts_by_id(context.viewer, [id_ for _, id_ in page.items], context.now)
    write = listing(order).cursor
    edges = [
        LicenseEdge(node=License.of(known.license, known, context.now), cursor=write(key))
        for key, id_ in page.items
        if (known := found.get(id_)) is not None and known.license is not None
    ]
    return LicenseConnection(edges=edges, page_info=PageInfo.of(page, [edge.cursor for edge in edges]), chosen=wanted)


def facts_of(context: Context, by: LicenseRef, known_at: datetime) -> Awaitable[facts.Facts | None]:
    """The facts of the licence that a reference names; None for one malformed, unknown or not the viewer's."""
    loaders = context.loaders
    if by.serial and SERIAL.fullmatch(by.serial.value):
        load = loaders.facts_by_serial_at_once if context.is_alone else loaders.facts_by_serial
        return load(by.serial.value, known_at)
    id_ = read_id_of(Kind.LICENSE, by.id.value) if by.id else None
    if id_ is None:
        return _nothing()
    return (loaders.facts_by_id_at_once if context.is_alone else loaders.facts_by_id)(id_, known_at)


async def facts_of_each(context: Context, asked: Sequence[tuple[LicenseRef, datetime]]) -> list[facts.Facts | None]:
    """The facts of many licences, each as known at an instant; they are read together, whoever else reads."""
    serials: defaultdict[datetime, list[str]] = defaultdict(list)
    ids: defaultdict[datetime, list[UUID]] = defaultdict(list)
    keys: list[str | UUID | None] = []
    for by, known_at in asked:
        key: str | UUID | None = None
        if by.serial and SERIAL.fullmatch(by.serial.value):
            key = by.serial.value
            serials[known_at].append(key)
        elif by.id and (key := read_id_of(Kind.LICENSE, by.id.value)):
            ids[known_at].append(key)
        keys.append(key)
    store, viewer = context.store, context.viewer
    found: defaultdict[datetime, dict[Any, facts.Facts]] = defaultdict(dict)
    for known_at, some in serials.items():
        found[known_at].update(await store.facts_by_serial(viewer, some, known_at))
    for known_at, some in ids.items():
        found[known_at].update(await store.facts_by_id(viewer, some, known_at))
    return [found[known_at].get(key) for key, (_, known_at) in zip(keys, asked, strict=True)]


async def _nothing() -> None:
    return None


async def license(info: Info, by: LicenseRef, known_at: datetime | None = strawberry.UNSET) -> License | None:
    """A licence by serial or id, as known at an instant, now when left out.

    Null when it does not exist, was not known then, or is not the viewer's to see.
    """
    instant = info.context.known(known_at, info.context.now)
    known = await facts_of(info.context, by, instant)
    return License.of(known.license, known, instant) if known and known.license else None


async def licenses(
    info: Info,
    *,
    wanted: Annotated[LicenseFilter | None, strawberry.argument(name="filter")] = strawberry.UNSET,
    order_by: LicenseOrder = LicenseOrder.SERIAL,
    first: int | None = strawberry.UNSET,
    after: str | None = strawberry.UNSET,
    last: int | None = strawberry.UNSET,
    before: str | None = strawberry.UNSET,
) -> LicenseConnection:
    """The licences that the viewer may see, as known now: the first or the last 1 to 100 of a list."""
    page = listing(order_by).page(first, after, last, before)
    return await connection(info, chosen(info, wanted), order_by, page)
