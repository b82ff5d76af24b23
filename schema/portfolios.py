"""A portfolio, one contract after another, each with what prices it: what reports and exports go through."""

from asyncio import sleep
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from uuid import UUID

from entitlements.facts import Account, Facts
from entitlements.late_fees import LateFeePolicies
from entitlements.prices import PriceBook, price_book
from entitlements.reports.rows import Contract, Row, Served
from schema.context import Context
from schema.prices import policies_of
from schema.store import Opened, Portfolio

RowsOf = Callable[[Contract], Iterable[Row]]
Place = tuple[UUID, int]
"""Where a row stands in a report: its contract's base, and its number among the contract's rows, from 0."""

TURN = 20
"""Contracts that are worked out before other requests have their turn."""


@dataclass(frozen=True, slots=True)
class Books:
    """The price books that a portfolio needs, each read once, as known at one instant."""

    context: Context
    chosen: Portfolio
    read: dict[tuple[str, str], PriceBook] = field(default_factory=dict[tuple[str, str], PriceBook])

    async def of(self, account: Account) -> PriceBook:
        """The book and currency of an account, or the deployment's where it has none."""
        context = self.context
        key = account.price_book or context.price_book, account.currency or context.currency
        if key not in self.read:
            prices = await context.store.prices(*key, None, self.chosen.known_at)
            self.read[key] = price_book(*key, prices)
        return self.read[key]


async def contracts(context: Context, chosen: Portfolio, after: UUID | None = None) -> AsyncGenerator[Contract]:
    """Every contract of a portfolio, in the order of the bases' ids after one."""
    books = Books(context, chosen)
    policies = await policies_of(context, chosen.known_at)
    done = 0
    async with aclosing(context.store.contracts(context.viewer, chosen, after)) as found:
        async for some in found:
            for read in some:
                contract = await _contract(read.facts, books, policies, context)
                yield replace(contract, served=_served(contract, read.opened)) if read.opened else contract
                done += 1
                if done % TURN == 0:
                    await sleep(0)


def _served(contract: Contract, opened: Mapping[UUID, Sequence[Opened]]) -> list[Served]:
    return [
        Served(license.serial, one.on, one.at, one.service)
        for license in contract.licenses
        for one in sorted(opened.get(license.id, ()), key=lambda one: (one.on, one.at))
    ]


async def _contract(facts: Facts, books: Books, policies: LateFeePolicies, context: Context) -> Contract:
    assert facts.license is not None  # noqa: S101 - the store gives contracts that exist
    return Contract(facts, facts.license, await books.of(facts.license.account), policies, context.guide)


async def rows(
    context: Context,
    chosen: Portfolio,
    rows_of: RowsOf,
    after: Place | None = None,
    read: Callable[[], None] = lambda: None,
) -> AsyncGenerator[tuple[Place, Row]]:
    """The rows of a report, each with its place; those after a place where one is given.

    `read` is told of every contract. Whoever does not read to the end closes it: it holds a connection.
    """
    begun = UUID(int=after[0].int - 1) if after is not None and after[0].int else None
    async with aclosing(contracts(context, chosen, begun)) as found:
        async for contract in found:
            read()
            for number, row in enumerate(rows_of(contract)):
                place = contract.base.id, number
                if (after is None or place > after) and _is_chosen(row, chosen):
                    yield place, row


def _is_chosen(row: Row, chosen: Portfolio) -> bool:
    account = row.license.account
    partner = account.partner.reference if account.partner else None
    return (chosen.account is None or account.reference == chosen.account) and (
        chosen.partner is None or partner == chosen.partner
    )
