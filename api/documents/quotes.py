"""Quotes as documents, from what GraphQL answers for them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from api.documents.document import Document, Line
from api.documents.wording import Wording, cut, file_name, named
from entitlements.messages import Message, listed, said

LONGEST_RULE = 24
"""Of a rule in its column; an operator's policy may be called anything."""

TITLES = {
    "RenewalQuote": said("Quote for a renewal"),
    "AttachmentQuote": said("Quote for an additional licence"),
    "PlanChangeQuote": said("Quote for a higher plan"),
}
STANDINGS = {
    "EARLY": said("early: before the coverage ends"),
    "CONTINUOUS": said("continuous: within the days of grace"),
    "LATE": said("late"),
}
COLUMNS = (said("Line"), said("Quantity"), said("Base"), said("Factor"), said("Amount"), said("Clause"))


def document_of(quote: dict[str, Any], language: str, quoted_on: date) -> Document:
    """A quote, told in a language, as a document of the day as of which it was quoted."""
    wording = Wording(language)
    serial = quote["license"]["serial"]
    total = quote["total"]
    return Document(
        wording=wording,
        title=wording.told(TITLES[quote["__typename"]]),
        name=file_name("quote", serial, quote["orderDate"]),
        dated=quoted_on,
        facts=tuple((wording.told(label), text) for label, text in _facts(quote, wording, quoted_on)),
        columns=tuple(wording.told(heading) for heading in COLUMNS),
        lines=tuple(_line(line, wording) for line in quote["lines"]),
        currency=next((line["amount"]["currency"] for line in quote["lines"] if line["amount"]), ""),
        total=(
            wording.told(said("Total")),
            _amount(total, wording) if total else wording.told(said("none")),
        ),
        gaps=tuple(cut(lacking["message"]) for lacking in quote["missing"]),
        notes=tuple(wording.told(note) for note in _notes(quote)),
    )


def _facts(quote: dict[str, Any], wording: Wording, quoted_on: date) -> Iterator[tuple[Message, str]]:
    license, account = quote["license"], quote["license"]["account"]
    yield said("Account"), named(account["name"], account["reference"])
    yield said("Licence"), cut(license["serial"])
    yield said("Product"), named(license["product"]["name"], license["product"]["code"])
    if "quantity" in quote:
        bought = quote["product"]
        yield said("Additional"), f"{quote['quantity']} × {named(bought['name'], bought['code'])}"
    yield said("Plan"), named(quote["plan"]["name"], quote["plan"]["code"])
    days = said("{first} to {last}", first=wording.day(quote["startsOn"]), last=wording.day(quote["expiresOn"]))
    yield said("Term"), wording.told(days)
    if cut_by := quote.get("cutBy"):
        yield said("Cut by the end of support on"), wording.day(cut_by["on"])
    if "months" in quote:
        yield said("Months asked for"), str(quote["months"])
    yield said("Ordered on"), wording.day(quote["orderDate"])
    if "standing" in quote:
        yield from _standing(quote, wording)
    yield said("Quoted as of"), wording.day(quoted_on)


def _standing(quote: dict[str, Any], wording: Wording) -> Iterator[tuple[Message, str]]:
    yield said("Standing"), wording.told(STANDINGS[quote["standing"]])
    lapse = quote["lapseDays"]
    if lapse > 0:
        yield said("Days after the last covered day"), str(lapse)
    else:
        yield said("Days before the last covered day"), str(-lapse)
    if quote["yearsLate"]:
        yield said("Started years late"), str(quote["yearsLate"])
    yield said("Last order date without a late fee"), wording.day(quote["lastFreeOrderDate"])


def _line(line: dict[str, Any], wording: Wording) -> Line:
    amount, clause = line["amount"], line["clause"]
    return Line(
        kind=line["kind"],
        what=cut(line["message"]),
        quantity=str(line["quantity"]),
        base=_amount(line["base"], wording),
        factor="–" if line["factor"] == "unset" else line["factor"],
        amount=_amount(amount, wording),
        rule=cut(clause["rule"], LONGEST_RULE) if clause else "",
        paid=Decimal(amount["amount"]) if amount else None,
    )


def _notes(quote: dict[str, Any]) -> Iterator[Message]:
    if quote["total"] is None:
        yield said("It cannot be ordered until what is missing is configured.")
    elif quote["orderable"]:
        yield said("It can be ordered at this total.")
    else:
        yield said("It cannot be ordered without its dependents: the base alone is shown.")
    yield said("Price book {book}; guide {edition}.", book=cut(quote["priceBook"]), edition=quote["edition"])
    rules = dict.fromkeys(cut(clause["rule"]) for clause in quote["clauses"])
    yield said("Clauses: {rules}", rules=listed(", ", rules))
    yield said("This is a quote, not an invoice.")


def _amount(money: dict[str, Any] | None, wording: Wording) -> str:
    return wording.amount(Decimal(money["amount"]) if money else None, money["currency"] if money else "")
