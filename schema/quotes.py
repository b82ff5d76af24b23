"""Quotes: what a renewal costs, line by line, on the day that it is ordered."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import strawberry

from entitlements import facts, money, problems, quotes
from entitlements.clauses import Clause as CitedClause
from entitlements.facts import Facts
from entitlements.messages import said
from entitlements.quotes import QuoteLineKind, RenewalAsked, unknown_license
from entitlements.renewals import RenewalStanding
from schema.clauses import Clause
from schema.context import Context, Info, Language
from schema.errors import BadInput
from schema.licenses import License, LicenseRef, facts_of
from schema.money import Money
from schema.plans import Plan
from schema.prices import pricing_of
from schema.problems import Problem, known_later
from schema.products import Milestone
from schema.scalars import write_date, write_date_time
from schema.shown import DocumentFormat, Shown

UNSET = strawberry.UNSET
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@strawberry.type
class QuoteLine:
    """What one licence is charged for one thing."""

    kind: QuoteLineKind
    quantity: int
    factor: str = strawberry.field(
        description="The exact multiplier before rounding, such as 306/365; unset where a rate is not configured."
    )
    days: int | None
    divisor: int | None
    line: strawberry.Private[quotes.QuoteLine]
    known: strawberry.Private[Facts]
    known_at: strawberry.Private[datetime]

    @strawberry.field
    def message(self, info: Info, language: Language = UNSET) -> str:
        """What is charged, in words."""
        return info.context.told(self.line.message, language)

    @strawberry.field
    def license(self) -> License:
        """The licence that the line is for; the base's where what is bought is no licence yet."""
        found = self.line.license
        bought = found.contract_base if self.kind is QuoteLineKind.ATTACHMENT else found
        return License.of(bought, self.known, self.known_at)

    @strawberry.field(graphql_type=Money | None)
    def base(self) -> money.Money | None:
        """The price book's amount that the line is computed from, times quantity; null when not configured."""
        return self.line.base

    @strawberry.field(graphql_type=Money | None)
    def amount(self) -> money.Money | None:
        """Base times factor, rounded half up once; null when not configured."""
        return self.line.amount

    @strawberry.field(graphql_type=Clause | None)
    def clause(self) -> CitedClause | None:
        """The rule, or the operator's policy, that the line follows from."""
        return self.line.clause

    @classmethod
    def of(cls, line: quotes.QuoteLine, known: Facts, known_at: datetime) -> "QuoteLine":
        """A line of a quote of the contract that these facts are of."""
        return cls(
            kind=line.kind,
            quantity=line.quantity,
            factor=line.factor,
            days=line.days,
            divisor=line.divisor,
            line=line,
            known=known,
            known_at=known_at,
        )


def missing(lines: Iterable[quotes.QuoteLine]) -> list[Problem]:
    """Every price or rate that lines lack, each once."""
    return [
        Problem.missing(lacking) for lacking in dict.fromkeys(line.missing for line in lines) if lacking is not None
    ]


@strawberry.type
class RenewalQuote:
    """A renewal ordered on a day: its dates and its price. A quote that lacks a price has no total."""

    months: int = strawberry.field(description="The length of the whole term that was asked for.")
    order_date: date
    lapse_days: int = strawberry.field(
        description="Days from the last covered day to the order date; negative when early."
    )
    standing: RenewalStanding
    last_free_order_date: date
    starts_on: date
    expires_on: date
    years_late: int
    orderable: bool = strawberry.field(description="False while the total is null, and without its dependents.")
    price_book: str | None
    edition: str = strawberry.field(description="The guide's edition that priced it.")
    known_at: datetime = strawberry.field(description="It is quoted from what had been recorded by this instant.")
    quote: strawberry.Private[quotes.RenewalQuote]
    known: strawberry.Private[Facts]
    shown: strawberry.Private[Shown]

    @strawberry.field
    def license(self) -> License:
        """The licence that is renewed."""
        return License.of(self.quote.license, self.known, self.known_at)

    @strawberry.field
    def plan(self, info: Info) -> Plan:
        """The plan that is quoted."""
        return Plan.of(info.context.guide, self.quote.asked.plan, self.order_date)

    @strawberry.field(graphql_type=Milestone | None)
    def cut_by(self) -> facts.Milestone | None:
        """Set when end of support cuts the term."""
        return self.quote.cut_by

    @strawberry.field
    def lines(self) -> list[QuoteLine]:
        """The base's line, one for each dependent with a part of the term, then back pay and late fee."""
        return [QuoteLine.of(line, self.known, self.known_at) for line in self.quote.lines]

    @strawberry.field(graphql_type=Money | None)
    def total(self) -> money.Money | None:
        """The sum of the lines; null while any line's price is not configured."""
        return self.quote.total

    @strawberry.field
    def missing(self) -> list[Problem]:
        """Every price or rate that is not configured: what an order would be refused for."""
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

    @classmethod
    def of(
        cls, quote: quotes.RenewalQuote, known: Facts, known_at: datetime, shown: Shown | None = None
    ) -> "RenewalQuote":
        """A quote of the contract that these facts are of; shown as it was asked for, unless as something else."""
        asked = quote.asked
        renewal = {
            "plan": asked.plan,
            "months": str(asked.months),
            "withDependents": str(asked.with_dependents).lower(),
            **as_asked(asked.order_date, known_at, quote.currency),
        }
        return cls(
            months=quote.asked.months,
            order_date=quote.asked.order_date,
            lapse_days=quote.standing.lapse_days,
            standing=quote.standing.standing,
            last_free_order_date=quote.standing.last_free_order_date,
            starts_on=quote.term.starts_on,
            expires_on=quote.term.expires_on,
            years_late=quote.standing.years_late,
            orderable=quote.orderable,
            price_book=quote.price_book,
            edition=quote.edition,
            quote=quote,
            known=known,
            known_at=known_at,
            shown=shown or Shown("renewal", quote.license.serial, renewal),
        )


def as_asked(order_date: date, known_at: datetime, currency: str) -> dict[str, str]:
    """What every quote is asked for with, so that the very same one is answered again."""
    return {"orderDate": write_date(order_date), "knownAt": write_date_time(known_at), "currency": currency}


RenewalQuoteResult = Annotated[RenewalQuote | Problem, strawberry.union("RenewalQuoteResult")]


@strawberry.input
class RenewalQuoteInput:
    """A renewal that is asked for."""

    license: LicenseRef
    plan: str
    months: int
    order_date: date | None = strawberry.field(default=UNSET, description="Today in the policy zone when left out.")
    known_at: datetime | None = strawberry.field(
        default=UNSET, description="Quote from what had been recorded by this instant; now when left out."
    )
    currency: str | None = strawberry.field(default=UNSET, description="The account's currency when left out.")
    with_dependents: bool = strawberry.field(
        default=True, description="False shows the base alone; such a quote is never orderable."
    )


# ---------------------------------------------------------------- what every quote asks for


@dataclass(frozen=True, slots=True)
class Asked:
    """What a quote is worked out from, besides prices: the facts of a licence that exists, a day, a known time."""

    known: Facts
    license: facts.License
    order_date: date
    known_at: datetime
    currency: str | None


async def asked(
    context: Context,
    by: LicenseRef,
    order_date: date | None = None,
    known_at: datetime | None = None,
    currency: str | None = None,
) -> Asked | problems.Problem:
    """The facts that a quote is asked of, with today and now where nothing is given; or why there are none."""
    if currency and not CURRENCY.fullmatch(currency):
        raise BadInput(said("{field}: three capital letters of ISO 4217, such as EUR.", field="currency"))
    later = known_later(context, known_at)
    if later is not None:
        return later
    instant = known_at or context.now
    known = await facts_of(context, by, instant)
    if known is None or known.license is None:
        return unknown_license(context.guide)
    return Asked(known, known.license, order_date or context.today, instant, currency or None)


def refused(found: Sequence[problems.Problem]) -> Problem:
    """The first refusal, with the others beside it."""
    return Problem.of(problems.of(list(found)))


async def renewal_quote(info: Info, input: RenewalQuoteInput) -> RenewalQuoteResult:
    """What a renewal would cost, or why it is refused. Nothing is written."""
    context = info.context
    found = await asked(context, input.license, input.order_date, input.known_at, input.currency)
    if isinstance(found, problems.Problem):
        return Problem.of(found)
    book, policies = await pricing_of(context, found.known, found.license, found.known_at, found.currency)
    renewal = RenewalAsked(input.plan, input.months, found.order_date, input.with_dependents)
    quote = quotes.renewal_quote(found.known, renewal, book, policies, context.guide)
    if isinstance(quote, problems.Problem):
        return Problem.of(quote)
    return RenewalQuote.of(quote, found.known, found.known_at)
