"""Quotes as people read them: the dates, a line for each licence and fee, the total, and what is missing."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

COLOURS = {"EARLY": "green", "CONTINUOUS": "yellow", "LATE": "red"}


def show(console: Console, asked: dict[str, Any], answer: dict[str, Any]) -> None:
    """A quote, or the problems in its place."""
    what = f"{asked['license']['serial']}, {asked['plan']}, {asked['months']} months"
    if answer["__typename"] == "Problem":
        console.print(f"[bold red]REFUSED[/]  {escape(what)}")
        for problem in (answer, *answer["others"]):
            rule = f" ({problem['clause']['rule']})" if problem["clause"] else ""
            console.print(f"{problem['code']}: {escape(problem['message'])}{rule}")
        return
    standing = answer["standing"]
    console.print(f"[bold {COLOURS[standing]}]{standing}[/]  {escape(what)}, ordered on {answer['orderDate']}")
    console.print(_dates(answer))
    console.print(_lines(answer["lines"]))
    console.print(_outcome(answer))
    for lacking in answer["missing"]:
        console.print(f"[bold]Missing[/]  {lacking['code']}: {escape(lacking['message'])}")


def money(of: dict[str, Any] | None) -> str:
    """An amount with its currency; a word where there is none."""
    return f"{of['amount']} {of['currency']}" if of else "not configured"


def _dates(quote: dict[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    account, product = quote["license"]["account"], quote["license"]["product"]
    table.add_row(
        "Licence", escape(f"{product['name']} ({product['code']}), {account['name']} ({account['reference']})")
    )
    cut = quote["cutBy"]
    cut_by = f", cut by {cut['kind']} on {cut['on']}" if cut else ""
    table.add_row("Term", f"{quote['startsOn']} to {quote['expiresOn']}{cut_by}")
    late = f", {quote['yearsLate']} started year(s) late" if quote["yearsLate"] else ""
    free = f"the last day free of a fee is {quote['lastFreeOrderDate']}"
    table.add_row("Ordered", f"{_when(quote['lapseDays'])}{late}; {free}")
    return table


def _when(lapse: int) -> str:
    if not lapse:
        return "on the last covered day"
    return f"{abs(lapse)} day(s) {'after' if lapse > 0 else 'before'} the last covered day"


def _lines(lines: list[dict[str, Any]]) -> Table:
    table = Table("Line", "What", "Quantity", "Base", "Factor", "Amount", "Rule")
    for line in lines:
        clause = line["clause"]
        amount = money(line["amount"]) if line["amount"] else "[red]not configured[/]"
        cells = (
            line["kind"],
            escape(line["message"]),
            str(line["quantity"]),
            money(line["base"]),
            line["factor"],
            amount,
        )
        table.add_row(*cells, escape(clause["rule"]) if clause else "")
    return table


def _outcome(quote: dict[str, Any]) -> str:
    book = f"by price book {escape(quote['priceBook'])}"
    if quote["total"] is None:
        return f"[bold]Total[/]  [red]none[/], {book}: it cannot be ordered until what is missing is configured"
    note = "" if quote["orderable"] else "; the base alone is shown, and cannot be ordered without its dependents"
    return f"[bold]Total[/]  [bold]{money(quote['total'])}[/] {book}{note}"
