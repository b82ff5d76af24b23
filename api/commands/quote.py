"""`coverline quote`: what a renewal, a module or a higher plan costs, as the API would answer it."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from api.asking import Unanswered
from api.auth import INTERNAL
from api.commands.asking import failure
from api.commands.failures import BAD_INPUT, Failure
from api.commands.quotes import refusal_of
from api.commands.running import console, run, running
from api.documents import asked
from api.documents.asked import Answer, Quoted
from api.documents.formats import Format, file_of, json_of
from schema.languages import LANGUAGES
from schema.root import Schema

REFUSED = 10
A = {Quoted.RENEWAL: "a renewal", Quoted.ATTACHMENT: "an attachment", Quoted.PLAN_CHANGE: "a plan change"}


def quote(
    serial: Annotated[str, typer.Argument(metavar="SERIAL", help="The licence's serial.")],
    *,
    of: Annotated[Quoted, typer.Option("--of", help="What is quoted.")] = Quoted.RENEWAL,
    plan: Annotated[str | None, typer.Option(help="The plan's code, such as GOLD.")] = None,
    months: Annotated[int | None, typer.Option(help="The length of the new term; for a renewal.")] = None,
    product: Annotated[str | None, typer.Option(help="The module's code; for an attachment.")] = None,
    quantity: Annotated[int | None, typer.Option(help="How many; for an attachment.")] = None,
    order_date: Annotated[
        str | None, typer.Option(help="The day of the order, YYYY-MM-DD; today in the policy zone when left out.")
    ] = None,
    known_at: Annotated[str | None, typer.Option(help="Quote from what had been recorded by this instant.")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217; the account's own when left out.")] = None,
    no_dependents: Annotated[
        bool, typer.Option("--no-dependents", help="Show the base alone; such a quote cannot be ordered.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", case_sensitive=False, help="How it is shown.")] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    language: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(LANGUAGES)}; the account's own when left out.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="A file to write; standard output when left out.")] = None,
) -> None:
    """What does it cost? Exit code 10 where it is refused, with every reason why."""
    options = {
        "plan": plan,
        "months": months,
        "product": product,
        "quantity": quantity,
        "orderDate": order_date,
        "knownAt": known_at,
        "currency": currency,
        "withDependents": False if no_dependents else None,
    }
    given = {name: value for name, value in options.items() if value is not None}
    _check(of, given)
    shown = Format.JSON if as_json else form
    if shown is Format.PDF and output is None and is_terminal():
        raise Failure("a PDF is not for a terminal: name a file with --output, or send it through a pipe", BAD_INPUT)
    answer = run(_quoted(of, serial, given, language))
    _show(answer, shown, output)
    raise typer.Exit(REFUSED if answer.document is None else 0)


def is_terminal() -> bool:
    """Whether people look at standard output."""
    return sys.stdout.isatty()


def _check(of: Quoted, given: dict[str, Any]) -> None:
    """Refuse what the quote needs and lacks, or would ignore."""
    lacking = [_option(name) for name in of.needed if name not in given]
    if lacking:
        raise Failure(f"a quote of {A[of]} needs {' and '.join(lacking)}", BAD_INPUT)
    ignored = [_option(name) for name in given if name not in of.accepted]
    if ignored:
        raise Failure(f"a quote of {A[of]} has no {' and no '.join(ignored)}", BAD_INPUT)


def _option(name: str) -> str:
    return "--no-dependents" if name == "withDependents" else f"--{name}"


async def _quoted(of: Quoted, serial: str, given: dict[str, Any], language: str | None) -> Answer:
    """The quote, or its refusal, by the database of the environment."""
    async with running() as deployment:
        try:
            return await asked.quote(Schema(), deployment.context(INTERNAL), of, serial, given, language)
        except Unanswered as problem:
            raise failure(problem) from None


def _show(answer: Answer, form: Format, output: Path | None) -> None:
    file = file_of(answer, form)
    if file is None:
        if form is Format.JSON:
            typer.echo(json_of(answer.told), nl=False)
        else:
            console().print(refusal_of(answer.told))
    else:
        write(file.content, output, is_text=form is not Format.PDF)


def write(content: bytes, output: Path | None, *, is_text: bool) -> None:
    """Write what was made to a file, or to standard output."""
    if output is None:
        typer.echo(content.decode() if is_text else content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as problem:
        raise Failure(f"{output} cannot be written: {problem.strerror}") from problem
