"""Price books, late-fee policies and quotes for the tests. Everything has a default; days may be given as text.

BOOK is in euro and has, from 2015 on, for FAX and its module FAX-MODULE:

                     BASIC 12   GOLD 12   PLATINUM 12   GOLD 36
    FAX                600.00   1000.00       1600.00   2700.00
    FAX-MODULE         120.00    200.00        320.00    540.00
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from entitlements import quotes
from entitlements.attachments import TermQuote, attachment_quote, plan_change_quote
from entitlements.editing.policies import build_policies
from entitlements.facts import Facts, License, Product
from entitlements.guide import Entry, Guide
from entitlements.late_fees import LateFeePolicies
from entitlements.parameters import GRACE_DAYS, Parameter
from entitlements.prices import Price, PriceBook, price_book
from entitlements.problems import Problem
from entitlements.quotes import QuoteLine, RenewalAsked, RenewalQuote
from tests.builders import GUIDE, day, facts_of

POLICY_FILES = Path(__file__).parent / "entitlements" / "policies"

# ---------------------------------------------------------------- prices


def a_price(
    amount: str,
    product: str = "FAX",
    plan: str = "GOLD",
    months: int = 12,
    effective_from: str | date = "2015-01-01",
    currency: str = "EUR",
    book: str = "LIST",
) -> Price:
    return Price(book, currency, product, plan, months, day(effective_from), Decimal(amount))


def a_book(*prices: Price, currency: str = "EUR", name: str = "LIST") -> PriceBook:
    return price_book(name, currency, prices)


PRICES = (
    a_price("600.00", plan="BASIC"),
    a_price("1000.00"),
    a_price("1600.00", plan="PLATINUM"),
    a_price("2700.00", months=36),
    a_price("120.00", "FAX-MODULE", "BASIC"),
    a_price("200.00", "FAX-MODULE"),
    a_price("320.00", "FAX-MODULE", "PLATINUM"),
    a_price("540.00", "FAX-MODULE", months=36),
)
BOOK = a_book(*PRICES)

# ---------------------------------------------------------------- editions and policies


def guide_with(values: dict[Parameter[Any], Any], guide: Guide = GUIDE) -> Guide:
    """An invented edition: the guide with other values, each one value or (first day, value) pairs in order."""
    changed = dict(guide.values)
    for parameter, given in values.items():
        series = guide.values[parameter.name]
        clause = series.entries[0].clause
        dated = given if isinstance(given, list) else [(guide.first_in_force_from, given)]
        entries = tuple(Entry(day(effective), value, clause) for effective, value in dated)
        changed[parameter.name] = replace(series, entries=entries)
    return replace(guide, edition="invented-1", values=changed)


def edition_with_grace(days: int) -> Guide:
    return guide_with({GRACE_DAYS: days})


UNSET = LateFeePolicies()
"""What is shipped: no policy, so that the rate of the late fee is not configured (R-FEE-2)."""


def policies(text: str, guide: Guide = GUIDE) -> LateFeePolicies:
    """One policy, by its fields; or whole [[policy]] tables."""
    if "[[policy]]" not in text:
        named = "".join(f'{name} = "a test"\n' for name in ("name", "summary") if f"{name} = " not in text)
        begins = "" if "effective = " in text else "effective = 2015-01-01\n"
        text = f"[[policy]]\n{named}{begins}{text}"
    return build_policies(text, guide)


def policies_of(file: str, guide: Guide) -> LateFeePolicies:
    """The policies of a file of tests/entitlements/policies."""
    return build_policies((POLICY_FILES / file).read_text(encoding="utf-8"), guide, file)


A_TENTH_A_YEAR = policies("per_year = true\ntiers = [{ percent = 10 }]")
"""A tenth of the annual fee for each started year of lateness."""

# ---------------------------------------------------------------- quotes
# Answers are typed Any: a test that reads a field which its answer lacks fails, as it should.


def answer(
    of: License | Facts | None,
    order_date: str | date,
    plan: str = "GOLD",
    months: int = 12,
    book: PriceBook = BOOK,
    policies: LateFeePolicies = UNSET,
    guide: Guide = GUIDE,
    dependents: Iterable[License] = (),
    *,
    with_dependents: bool = True,
) -> RenewalQuote | Problem:
    """What is answered when a renewal is asked for."""
    facts = of if isinstance(of, Facts) else facts_of(of, dependents=dependents)
    asked = RenewalAsked(plan, months, day(order_date), with_dependents)
    return quotes.renewal_quote(facts, asked, book, policies, guide)


def quoted(*asked: Any, **more: Any) -> Any:
    """The quote of a renewal that is not refused."""
    found = answer(*asked, **more)
    assert isinstance(found, RenewalQuote), found
    return found


def refused(*asked: Any, **more: Any) -> Any:
    """The refusal of a renewal that is refused."""
    found = answer(*asked, **more)
    assert isinstance(found, Problem), found
    return found


def attached(
    base: License | None,
    product: Product,
    order_date: str | date,
    quantity: int = 1,
    book: PriceBook = BOOK,
    guide: Guide = GUIDE,
) -> Any:
    return attachment_quote(facts_of(base), product, quantity, day(order_date), book, guide)


def plan_changed(
    license: License | None,
    plan: str,
    order_date: str | date,
    dependents: Iterable[License] = (),
    book: PriceBook = BOOK,
    guide: Guide = GUIDE,
) -> Any:
    return plan_change_quote(facts_of(license, dependents=dependents), plan, day(order_date), book, guide)


def problem_codes(problem: object) -> list[str]:
    """The codes of a refusal, the first and the others."""
    assert isinstance(problem, Problem), problem
    return [str(problem.code), *(str(other.code) for other in problem.others)]


def total(quote: RenewalQuote | TermQuote | Problem) -> str | None:
    assert not isinstance(quote, Problem), quote
    return str(quote.total.amount) if quote.total else None


def lines(quote: RenewalQuote | TermQuote | Problem) -> list[tuple[str, str, str, str | None]]:
    """Kind, serial, factor and amount of every line."""
    assert not isinstance(quote, Problem), quote
    return [(str(line.kind), line.license.serial, line.factor, amount(line)) for line in quote.lines]


def amount(line: QuoteLine) -> str | None:
    return str(line.amount.amount) if line.amount else None


def amounts(quote: RenewalQuote | TermQuote | Problem) -> dict[str, str | None]:
    """The amount of every line by its kind, where no two are of one kind."""
    assert not isinstance(quote, Problem), quote
    found = {str(line.kind): amount(line) for line in quote.lines}
    assert len(found) == len(quote.lines)
    return found


def term(quote: RenewalQuote | Problem) -> tuple[str, str]:
    """First and last day of a quoted term."""
    assert isinstance(quote, RenewalQuote), quote
    return quote.term.starts_on.isoformat(), quote.term.expires_on.isoformat()
