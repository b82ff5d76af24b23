"""`coverline quote`: what a renewal costs, as the API would answer it."""

import json
from typing import Annotated, Any

import typer

from api.commands.asking import ask
from api.commands.quotes import show
from api.commands.running import console, run, running

REFUSED = 10


def quote(
    serial: Annotated[str, typer.Argument(metavar="SERIAL", help="The licence's serial.")],
    *,
    plan: Annotated[str, typer.Option(help="The plan's code, such as GOLD.")],
    months: Annotated[int, typer.Option(help="The length of the new term.")],
    order_date: Annotated[
        str | None, typer.Option(help="The day of the order, YYYY-MM-DD; today in the policy zone when left out.")
    ] = None,
    known_at: Annotated[str | None, typer.Option(help="Quote from what had been recorded by this instant.")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217; the account's own when left out.")] = None,
    no_dependents: Annotated[
        bool, typer.Option("--no-dependents", help="Show the base alone; such a quote cannot be ordered.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what the GraphQL field answers.")] = False,
) -> None:
    """What does it cost to renew this licence? Exit code 10 where the renewal is refused, with every reason why."""
    optional = {"orderDate": order_date, "knownAt": known_at, "currency": currency}
    asked: dict[str, Any] = {
        "license": {"serial": serial},
        "plan": plan,
        "months": months,
        "withDependents": not no_dependents,
        **{name: value for name, value in optional.items() if value is not None},
    }
    answer = run(quoted(asked))
    if as_json:
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        show(console(), asked, answer)
    raise typer.Exit(REFUSED if answer["__typename"] == "Problem" else 0)


async def quoted(asked: dict[str, Any]) -> dict[str, Any]:
    """The quote of one renewal, or its refusal, by the database of the environment."""
    async with running() as deployment:
        return (await ask(deployment, "renewal_quote", {"input": asked}))["renewalQuote"]
