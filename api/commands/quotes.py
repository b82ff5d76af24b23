"""Refusals of quotes as people read them: every obstacle with its code and its rule."""

from typing import Any

from rich.markup import escape


def refusal_of(problem: dict[str, Any]) -> str:
    """The problems in a quote's place, one a line."""
    lines = ["[bold red]REFUSED[/]"]
    for one in (problem, *problem["others"]):
        rule = f" ({escape(one['clause']['rule'])})" if one["clause"] else ""
        lines.append(f"{one['code']}: {escape(one['message'])}{rule}")
    return "\n".join(lines)
