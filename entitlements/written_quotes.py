"""A renewal's quote as canonical text and back: what was agreed stays so, whatever prices and guide say later.

Messages are kept with what they were made of: the words that were agreed are theirs in English, and they can be told in
another language whenever the quote is read.
"""

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from entitlements.clauses import Clause, ClauseBasis
from entitlements.facts import Facts, Milestone, MilestoneKind
from entitlements.messages import made_again, made_of
from entitlements.money import Money
from entitlements.problems import ProblemCode
from entitlements.quotes import QuoteLine, QuoteLineKind, RenewalAsked, RenewalQuote
from entitlements.renewals import RenewalStanding, RenewedTerm, Standing


def written(quote: RenewalQuote) -> str:
    """A quote as text; licences stand there by their serials, clauses once."""
    clauses: dict[Clause, int] = {}

    def cited(clause: Clause | None) -> int | None:
        return None if clause is None else clauses.setdefault(clause, len(clauses))

    asked, standing, term = quote.asked, quote.standing, quote.term
    told: dict[str, Any] = {
        "license": quote.license.serial,
        "asked": asdict(asked),
        "standing": asdict(standing) | {"clause": cited(standing.clause)},
        "term": asdict(term),
        "lines": [_line(line) | {"clause": cited(line.clause)} for line in quote.lines],
        "total": _money(quote.total),
        "orderable": quote.orderable,
        "price_book": quote.price_book,
        "currency": quote.currency,
        "edition": quote.edition,
        "clauses": [cited(clause) for clause in quote.clauses],
    }
    told["cited"] = [asdict(clause) for clause in clauses]
    return json.dumps(told, default=str, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read(text: str, facts: Facts) -> RenewalQuote:
    """A quote from its text, of licences of the contract that these facts are of."""
    told: dict[str, Any] = json.loads(text)
    cited = [_clause(one) for one in told["cited"]]
    assert facts.license is not None  # noqa: S101 - what was quoted is never deleted
    base = facts.license.contract_base
    licenses = {one.serial: one for one in (base, facts.license, *facts.dependents)}
    asked, standing, term = told["asked"], told["standing"], told["term"]
    lines: list[dict[str, Any]] = told["lines"]
    positions: list[int] = told["clauses"]
    return RenewalQuote(
        license=licenses[told["license"]],
        asked=RenewalAsked(**_with(asked, "order_date")),
        standing=Standing(
            **_with(
                standing,
                *("expires_on", "order_date", "last_free_order_date", "starts_on"),
                standing=RenewalStanding(standing["standing"]),
                clause=cited[standing["clause"]],
            )
        ),
        term=RenewedTerm(
            **_with(
                term,
                *("starts_on", "expires_on", "full_expires_on"),
                cut_by=_milestone(term["cut_by"]) if term["cut_by"] else None,
            )
        ),
        lines=tuple(
            QuoteLine(
                **_with(
                    line,
                    kind=QuoteLineKind(line["kind"]),
                    license=licenses.get(line["license"], base),
                    base=_read_money(line["base"]),
                    amount=_read_money(line["amount"]),
                    clause=None if line["clause"] is None else cited[line["clause"]],
                    message=made_again(line["message"]),
                    missing=(ProblemCode(line["missing"][0]), made_again(line["missing"][1]))
                    if line["missing"]
                    else None,
                )
            )
            for line in lines
        ),
        total=_read_money(told["total"]),
        orderable=told["orderable"],
        price_book=told["price_book"],
        currency=told["currency"],
        edition=told["edition"],
        clauses=tuple(cited[position] for position in positions),
    )


def _line(line: QuoteLine) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "license": line.license.serial,
        "quantity": line.quantity,
        "message": made_of(line.message),
        "base": _money(line.base),
        "factor": line.factor,
        "amount": _money(line.amount),
        "days": line.days,
        "divisor": line.divisor,
        "missing": [line.missing[0], made_of(line.missing[1])] if line.missing else None,
    }


def _money(money: Money | None) -> list[str] | None:
    return [str(money.amount), money.currency] if money is not None else None


def _read_money(told: list[str] | None) -> Money | None:
    return Money(Decimal(told[0]), told[1]) if told is not None else None


def _with(told: dict[str, Any], *dates: str, **read: Any) -> dict[str, Any]:  # noqa: ANN401 - of any field
    """The fields of a value: dates read from their text, others as they are given or stand there."""
    return {**told, **{name: date.fromisoformat(told[name]) for name in dates}, **read}


def _milestone(told: dict[str, Any]) -> Milestone:
    return Milestone(**_with(told, "on", kind=MilestoneKind(told["kind"])))


def _clause(told: dict[str, Any]) -> Clause:
    reads = tuple(_clause(one) for one in told["reads"])
    return Clause(**_with(told, basis=ClauseBasis(told["basis"]), reads=reads))
