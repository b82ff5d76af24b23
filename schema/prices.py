"""What a contract is priced with: the book and currency of its account, and the operator's late-fee policies."""

from asyncio import gather
from datetime import datetime
from functools import lru_cache
from itertools import chain

from entitlements.editing.policies import build_policies
from entitlements.facts import Facts, License
from entitlements.guide import Guide
from entitlements.late_fees import LateFeePolicies
from entitlements.prices import PriceBook, price_book
from schema.context import Context


async def book_of(
    context: Context, known: Facts, license: License, known_at: datetime, currency: str | None = None, *others: str
) -> PriceBook:
    """The prices, as known at an instant, of a licence's contract and of other products.

    The book and the currency are the account's, or the deployment's where it has none; a currency asked for goes first.
    """
    account = license.account
    name = account.price_book or context.price_book
    chosen = currency or account.currency or context.currency
    codes = {one.product.code for one in (license, license.contract_base, *known.dependents)}
    found = await gather(
        *(context.loaders.prices.load((name, chosen, code, known_at)) for code in sorted({*codes, *others}))
    )
    return price_book(name, chosen, chain.from_iterable(found))


async def policies_of(context: Context, known_at: datetime) -> LateFeePolicies:
    """The operator's late-fee policies as known at an instant; none leaves the fee unset (R-FEE-2)."""
    text = await context.loaders.late_fee_policies.load(known_at)
    return _policies(text, context.guide) if text is not None else LateFeePolicies()


async def pricing_of(
    context: Context, known: Facts, license: License, known_at: datetime, currency: str | None = None
) -> tuple[PriceBook, LateFeePolicies]:
    """Both, read at once."""
    return await gather(book_of(context, known, license, known_at, currency), policies_of(context, known_at))


@lru_cache(maxsize=16)
def _policies(text: str, guide: Guide) -> LateFeePolicies:
    return build_policies(text, guide)
