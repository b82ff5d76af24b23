"""`coverline picture`: a licence's timeline, or what waiting costs, as a picture or as rows of words."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from api.asking import Unanswered
from api.auth import INTERNAL
from api.commands.asking import failure
from api.commands.failures import BAD_INPUT, Failure
from api.commands.quote import REFUSED, write
from api.commands.quotes import refusal_of
from api.commands.running import console, run, running
from api.drawings import asked
from api.drawings.asked import Drawn, Pictured
from api.drawings.formats import SUFFIXES, Format, bytes_of
from schema.errors import BadInput
from schema.languages import LANGUAGES
from schema.root import Schema


def picture(
    pictured: Annotated[Pictured, typer.Argument(metavar="timeline|cost-of-delay", help="What is shown.")],
    serial: Annotated[str, typer.Argument(metavar="SERIAL", help="The licence's serial.")],
    *,
    plan: Annotated[str | None, typer.Option(help="The plan's code, such as GOLD; for a cost of delay.")] = None,
    months: Annotated[
        int | None, typer.Option(help="The length of the new term, 12 when left out; for a cost of delay.")
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="The day that is marked, YYYY-MM-DD; today in the policy zone when left out.")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", help="The first day shown, YYYY-MM-DD.")] = None,
    to: Annotated[str | None, typer.Option(help="The last day shown, inclusive.")] = None,
    known_at: Annotated[str | None, typer.Option(help="Show what had been recorded by this instant.")] = None,
    form: Annotated[
        Format | None, typer.Option("--format", case_sensitive=False, help="By the file's suffix when left out.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(LANGUAGES)}; the account's own when left out.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="A file to write; standard output when left out.")] = None,
) -> None:
    """Draw a timeline or a cost of delay. Exit code 10 where there is none, with every reason why."""
    options = {"plan": plan, "months": months, "on": on, "from": from_, "to": to, "knownAt": known_at}
    given = {name: value for name, value in options.items() if value is not None}
    _check(pictured, given)
    chosen = form or _form_of(output)
    if chosen is Format.PNG and output is None and sys.stdout.isatty():
        raise Failure("a PNG is not for a terminal: name a file with --output, or send it through a pipe", BAD_INPUT)
    drawn = run(_drawn(pictured, serial, given, language))
    if drawn.picture is None:
        console().print(refusal_of(drawn.problem or {}))
        raise typer.Exit(REFUSED)
    write(bytes_of(drawn.picture, chosen), output, is_text=chosen is not Format.PNG)


def _check(pictured: Pictured, given: dict[str, Any]) -> None:
    """Refuse what the picture needs and lacks, or would ignore."""
    lacking = [f"--{name}" for name in pictured.needed if name not in given]
    if lacking:
        raise Failure(f"a picture of {pictured} needs {' and '.join(lacking)}", BAD_INPUT)
    ignored = [f"--{name}" for name in given if name not in pictured.accepted]
    if ignored:
        raise Failure(f"a picture of {pictured} has no {' and no '.join(ignored)}", BAD_INPUT)


def _form_of(output: Path | None) -> Format:
    if output is None:
        return Format.TEXT
    found = next((form for form, suffix in SUFFIXES.items() if suffix == output.suffix.lower()), None)
    if found is None:
        known = ", ".join(SUFFIXES.values())
        raise Failure(f"{output}: the suffix says the form, one of {known}; or name one with --format", BAD_INPUT)
    return found


async def _drawn(pictured: Pictured, serial: str, given: dict[str, Any], language: str | None) -> Drawn:
    """The picture, or its refusal, by the database of the environment."""
    async with running() as deployment:
        try:
            return await asked.picture(Schema(), deployment.context(INTERNAL), pictured, serial, given, language)
        except Unanswered as problem:
            raise failure(problem) from None
        except BadInput as problem:
            raise Failure(str(problem.said), BAD_INPUT) from None
