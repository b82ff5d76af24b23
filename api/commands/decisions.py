"""Decisions as people read them: the verdict, why, what is promised, and what would help."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

COLOURS = {"ENTITLED": "green", "CONDITIONAL": "yellow", "NOT_ENTITLED": "red", "UNKNOWN": "magenta"}


def verdict(decision: dict[str, Any]) -> str:
    """A verdict in its colour."""
    return f"[bold {COLOURS[decision['verdict']]}]{decision['verdict']}[/]"


def reasons(decision: dict[str, Any]) -> str:
    """Every reason's code and sentence, one a line."""
    lines = [f"{reason['code']}: {escape(reason['message'])}" for reason in decision["reasons"]]
    return "\n".join(lines) or "every rule is met"


def show(console: Console, serial: str, decision: dict[str, Any]) -> None:
    """One decision in full."""
    console.print(f"{verdict(decision)}  {escape(serial)}  at {decision['at']}")
    if decision["license"]:
        console.print(_facts(decision))
    if decision["reasons"]:
        console.print(_reasons(decision))
    if decision["commitment"]:
        console.print(_commitment(decision["commitment"]))
    for number, remedy in enumerate(decision["remedies"], start=1):
        acts = [f"{act['kind']}: {escape(act['message'])}" for act in remedy["acts"] if act["kind"] != "NONE"]
        way = f"[bold]Way {number} to a yes[/]  {'; then '.join(acts)}"
        console.print(way if acts else f"[bold]No way to a yes[/]  {escape(remedy['acts'][0]['message'])}")
    for effect in decision["conflicts"]:
        otherwise, reading = effect["verdictOtherwise"], escape(effect["reading"]["text"])
        differs = "the commitment differs" if otherwise == decision["verdict"] else f"the verdict is {otherwise}"
        console.print(f"[bold]Disputed[/]  {effect['conflict']['id']}: where {reading!r}, {differs}")
    if decision["stableUntil"]:
        console.print(f"Holds until {decision['stableUntil']} unless something is recorded.")


def _facts(decision: dict[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    license_, plan, coverage = decision["license"], decision["plan"], decision["coverage"]
    if license_:
        account, product = license_["account"], license_["product"]
        table.add_row(
            "Licence", escape(f"{product['name']} ({product['code']}), {account['name']} ({account['reference']})")
        )
    if plan:
        table.add_row("Plan", escape(plan["name"]))
    if coverage:
        table.add_row("Coverage", f"{coverage['startsOn']} to {coverage['expiresOn']}, {coverage['source']}")
    return table


def _reasons(decision: dict[str, Any]) -> Table:
    table = Table("", "Reason", "What", "Rule")
    for reason in decision["reasons"]:
        mark = "[red]blocks[/]" if reason["blocking"] else "[yellow]notes[/]"
        clause = reason["clause"]
        table.add_row(mark, reason["code"], escape(reason["message"]), clause["rule"] if clause else "")
    return table


def _commitment(commitment: dict[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row("Commitment", commitment["strength"])
    for label, value in (
        ("Clock starts", commitment["clockStartsAt"]),
        ("Reaction by", commitment["reactBy"]),
        ("Notification by", commitment["notifyBy"]),
        ("Telephone", commitment["phone"]),
    ):
        if value:
            table.add_row(label, escape(value))
    for step in commitment["escalations"]:
        table.add_row(f"Escalation {step['step']}", escape(f"{step['level']}, {step['at']}"))
    return table
