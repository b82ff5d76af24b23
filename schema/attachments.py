"""What is bought in the middle of a term: a module for a base, or a higher plan."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from entitlements import attachments, facts, money, problems
from entitlements.clauses import Clause as CitedClause
from entitlements.facts import Facts
from schema.clauses import Clause
from schema.context import Info, Language
from schema.licenses import License, LicenseRef
from schema.money import Money
from schema.plans import Plan
from schema.prices import book_of
from schema.problems import Problem, unknown_product
from schema.products import Product
from schema.quotes import UNSET, Asked, QuoteLine, as_asked, asked, missing, refused
from schema.shown import DocumentFormat, Shown


@strawberry.interface
class TermQuote:
    """The price of something for the rest of a term, by days. A quote that lacks a price has no total."""

    order_date: date
    starts_on: date
    expires_on: date = strawberry.field(description="The last day that is paid for.")
    orderable: bool = strawberry.field(description="False while the total is null.")
    price_book: str | None
    edition: str = strawberry.field(description="The guide's edition that priced it.")
    known_at: datetime = strawberry.field(description="It is quoted from what had been recorded by this instant.")
    quote: strawberry.Private[attachments.TermQuote]
    known: strawberry.Private[Facts]
    shown: strawberry.Private[Shown]

    @strawberry.field
    def license(self) -> License:
        """The base licence."""
        return License.of(self.quote.license, self.known, self.known_at)

    @strawberry.field
    def plan(self, info: Info) -> Plan:
        """The plan of these days: the base's on the order date, or the one it is raised to."""
        return Plan.of(info.context.guide, self.quote.plan, self.order_date)

    @strawberry.field
    def lines(self) -> list[QuoteLine]:
        """A line for each licence, and for each plan that holds within the days."""
        return [QuoteLine.of(line, self.known, self.known_at) for line in self.quote.lines]

    @strawberry.field(graphql_type=Money | None)
    def total(self) -> money.Money | None:
        """The sum of the lines; null while any line's price is not configured."""
        return self.quote.total

    @strawberry.field
    def missing(self) -> list[Problem]:
        """Every price that is not configured: what an order would be refused for."""
        return missing(self.quote.lines)

    @strawberry.field(graphql_type=list[Clause])
    def clauses(self) -> tuple[CitedClause, ...]:
        """Every clause that the quote rests on."""
        return self.quote.clauses

    @strawberry.field
    def document_path(
        self, info: Info, format: DocumentFormat = DocumentFormat.PDF, language: Language = UNSET
    ) -> str | None:
        """Where this quote is served as a document: by GET, with the same key. In the account's language by default."""
        return info.context.path_of(self.shown, format, language or None)


@strawberry.type
class AttachmentQuote(TermQuote):
    """A dependent licence bought for a base, to the last day of the base's unbroken coverage."""

    quantity: int
    bought: strawberry.Private[facts.Product]

    @strawberry.field
    def product(self) -> Product:
        """The product that is bought."""
        return Product.of(self.bought, self.known_at)


@strawberry.type
class PlanChangeQuote(TermQuote):
    """A plan raised from the order date to the term's last day; the dependents' with it."""


AttachmentQuoteResult = Annotated[AttachmentQuote | Problem, strawberry.union("AttachmentQuoteResult")]
PlanChangeQuoteResult = Annotated[PlanChangeQuote | Problem, strawberry.union("PlanChangeQuoteResult")]


@strawberry.input
class AttachmentQuoteInput:
    """A dependent licence to be bought for a base."""

    license: LicenseRef
    product: str = strawberry.field(description="The code of a dependent product.")
    quantity: int = 1
    order_date: date | None = strawberry.field(default=UNSET, description="Today in the policy zone when left out.")
    known_at: datetime | None = strawberry.field(
        default=UNSET, description="Quote from what had been recorded by this instant; now when left out."
    )
    currency: str | None = strawberry.field(default=UNSET, description="The account's currency when left out.")


@strawberry.input
class PlanChangeQuoteInput:
    """A higher plan for the rest of a term."""

    license: LicenseRef
    plan: str
    order_date: date | None = strawberry.field(default=UNSET, description="Today in the policy zone when left out.")
    known_at: datetime | None = strawberry.field(
        default=UNSET, description="Quote from what had been recorded by this instant; now when left out."
    )
    currency: str | None = strawberry.field(default=UNSET, description="The account's currency when left out.")


async def attachment_quote(info: Info, input: AttachmentQuoteInput) -> AttachmentQuoteResult:
    """What a module bought in mid-term would cost, or why it is refused. Nothing is written."""
    context = info.context
    found = await asked(context, input.license, input.order_date, input.known_at, input.currency)
    at = found.known_at if isinstance(found, Asked) else context.now
    product = await context.loaders.products_by_code.load((input.product, at)) if input.product.isprintable() else None
    if not isinstance(found, Asked) or product is None:
        unknown = unknown_product(context, input.product) if product is None else None
        return refused([one for one in (found, unknown) if isinstance(one, problems.Problem)])
    book = await book_of(context, found.known, found.license, found.known_at, found.currency, product.code)
    quote = attachments.attachment_quote(found.known, product, input.quantity, found.order_date, book, context.guide)
    if isinstance(quote, problems.Problem):
        return Problem.of(quote)
    wanted = {"product": product.code, "quantity": str(input.quantity)}
    shared = _shared(quote, found, "attachment", wanted, book.currency)
    return AttachmentQuote(**shared, quantity=input.quantity, bought=product)


async def plan_change_quote(info: Info, input: PlanChangeQuoteInput) -> PlanChangeQuoteResult:
    """What a higher plan would cost for the rest of the term, or why it is refused. Nothing is written."""
    context = info.context
    found = await asked(context, input.license, input.order_date, input.known_at, input.currency)
    if isinstance(found, problems.Problem):
        return Problem.of(found)
    book = await book_of(context, found.known, found.license, found.known_at, found.currency)
    quote = attachments.plan_change_quote(found.known, input.plan, found.order_date, book, context.guide)
    if isinstance(quote, problems.Problem):
        return Problem.of(quote)
    return PlanChangeQuote(**_shared(quote, found, "plan-change", {"plan": input.plan}, book.currency))


def _shared(
    quote: attachments.TermQuote, found: Asked, of: str, wanted: dict[str, str], currency: str
) -> dict[str, Any]:
    """What both kinds of quote have."""
    return {
        "order_date": quote.order_date,
        "starts_on": quote.starts_on,
        "expires_on": quote.expires_on,
        "orderable": quote.orderable,
        "price_book": quote.price_book,
        "edition": quote.edition,
        "quote": quote,
        "known": found.known,
        "known_at": found.known_at,
        "shown": Shown(of, quote.license.serial, wanted | as_asked(quote.order_date, found.known_at, currency)),
    }
