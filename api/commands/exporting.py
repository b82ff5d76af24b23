"""`coverline export`: a report's rows as a table or a calendar."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from rich.markup import escape

from api.auth import INTERNAL
from api.commands.failures import BAD_INPUT, Failure
from api.commands.running import complaints, progress_bar, run, running
from api.interchange.exports.columns import Title
from api.interchange.exports.exporting import export as write_report
from api.interchange.exports.formats import Format, writer_of
from api.interchange.exports.outputs import (
    STANDARD,
    Closed,
    file_at,
    scratch_folder,
    silence,
    standard_output,
    writing_to,
)
from api.interchange.exports.reports import QUESTIONS, WITHOUT_CALENDAR, Report, days_of
from schema.context import Context
from schema.errors import BadInput
from schema.questions import Scope
from schema.reports import ReportScope, refusal
from schema.scalars import read_date, read_date_time

T = TypeVar("T")

BROKEN_PIPE = 141
"""What a shell sees of a program that wrote where nobody reads any more."""
PIPE = Path("-")


@dataclass(frozen=True, slots=True)
class Given:
    """The days that were given."""

    first: date | None
    last: date | None
    on: date | None


def export(
    report: Annotated[Report, typer.Argument(help="What to export.")],
    *,
    format_: Annotated[
        Format | None, typer.Option("--format", help="By the file's suffix when left out, and else csv.")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", help="The first day, YYYY-MM-DD.")] = None,
    to: Annotated[str | None, typer.Option(help="The last day, inclusive.")] = None,
    on: Annotated[str | None, typer.Option(help="The day of charges and late-fees; today when left out.")] = None,
    known_at: Annotated[str | None, typer.Option(help="Report from what had been recorded by this instant.")] = None,
    account: Annotated[str | None, typer.Option(help="Only this customer, by its reference.")] = None,
    partner: Annotated[str | None, typer.Option(help="Only this partner's customers, by its reference.")] = None,
    output: Annotated[Path, typer.Option(help="The file to write; - is standard output.")] = PIPE,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a report as csv, xlsx, parquet or a calendar (ics). A file is written whole or not at all.

    Without days, renewals and end-of-support look a year ahead from today in the policy zone, gaps and leakage at the
    calendar year, charges and late-fees at today.
    """
    chosen = format_ or _format_of(output)
    if chosen is Format.ICS and report in WITHOUT_CALENDAR:
        raise Failure(f"{report} has no days for a calendar; write it as csv, xlsx or parquet.", BAD_INPUT)
    is_shown = output == PIPE and sys.stdout.isatty()
    if is_shown and not chosen.is_text:
        raise Failure(f"{chosen} is not for a terminal; name a file with --output.", BAD_INPUT)
    writer = writer_of(chosen)
    known = read_option("--known-at", known_at, read_date_time)
    given = Given(
        read_option("--from", from_, read_date), read_option("--to", to, read_date), read_option("--on", on, read_date)
    )
    name = STANDARD if output == PIPE else str(output)
    where = standard_output(whole=not chosen.is_text) if output == PIPE else file_at(output, force=force)

    async def work() -> tuple[Title, int]:
        async with running() as deployment:
            context = deployment.context(INTERNAL)
            await deployment.store.ensure_derived()
            first, last = _days(report, given, context.today)
            await _check(context, ReportScope(known_at=known, account=account, partner=partner), first, last)
            question = QUESTIONS[report]
            title = Title(question, report, first, last, known or context.now, context.guide.edition)
            with scratch_folder() as scratch, where as file, progress_bar(hidden=is_shown) as bar:
                with writing_to(name):
                    sheet = writer(file, title, scratch)
                task = bar.add_task(report)

                def told(done: int, total: int) -> None:
                    bar.update(task, completed=done, total=total)

                scope = Scope(known, account, partner)
                return title, await write_report(context, title, scope, sheet, name, told)

    try:
        title, count = run(work())
    except Closed:
        end_quietly()
    if output != PIPE:
        rows = "row" if count == 1 else "rows"
        complaints().print(escape(f"{count:,} {rows} in {output}: {title}"))


def _format_of(output: Path) -> Format:
    suffix = output.suffix.removeprefix(".").lower()
    return Format(suffix) if suffix in set(Format) else Format.CSV


def read_option(name: str, text: str | None, read: Callable[[object], T]) -> T | None:
    """What an option says, in the form that the API reads."""
    try:
        return None if text is None else read(text)
    except BadInput as problem:
        raise Failure(f"{name} {text}: {problem}", BAD_INPUT) from None


def _days(report: Report, given: Given, today: date) -> tuple[date, date]:
    """The first and the last day to report on."""
    is_of_one_day = QUESTIONS[report].is_of_one_day
    if is_of_one_day and (given.first or given.last):
        raise Failure(f"{report} is about one day; write --on in place of --from and --to.", BAD_INPUT)
    if not is_of_one_day and given.on:
        raise Failure(f"{report} is about days; write --from and --to in place of --on.", BAD_INPUT)
    return days_of(report, given.first, given.last or given.on, today)


async def _check(context: Context, scope: ReportScope, first: date, last: date) -> None:
    """Refuses what the API would refuse, and accounts that are not there."""
    try:
        refused = refusal(context, scope, first, last)
    except BadInput as problem:
        raise Failure(str(problem), BAD_INPUT) from None
    if refused is not None:
        raise Failure(f"{refused.message}.", BAD_INPUT)
    await accounts_are_there(context, scope.account, scope.partner)


async def accounts_are_there(context: Context, *references: str | None) -> None:
    """Refuses a reference that no account has: nothing would be found, and nothing would look wrong."""
    wanted = [reference for reference in references if reference]
    there = await context.store.accounts_by_reference(context.viewer, wanted)
    for reference in wanted:
        if reference not in there:
            raise Failure(f"there is no account {reference!r}.", BAD_INPUT)


def end_quietly() -> NoReturn:
    """Whoever read the output has read enough."""
    silence()
    raise typer.Exit(BROKEN_PIPE)
