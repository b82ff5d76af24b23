"""`coverline import`: interchange files into the database, all or nothing."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import TaskID
from rich.table import Table

from api.commands.failures import BAD_INPUT
from api.commands.running import complaints, console, progress_bar, run, running
from api.interchange.importing import import_folder
from api.interchange.report import ImportReport, RowError


def import_files(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that holds the CSV files.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, load nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Load the interchange files of a folder, all or nothing. Exit code 2 with every bad row when there is any."""
    report = run(_imported(directory, dry_run=dry_run))
    if as_json:
        typer.echo(json.dumps(_as_data(report), indent=2, ensure_ascii=False))
    else:
        _show(report)
    if report.error_count:
        if not as_json:
            complain(report.errors, report.error_count)
        raise typer.Exit(BAD_INPUT)


async def _imported(directory: Path, *, dry_run: bool) -> ImportReport:
    with progress_bar() as progress:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what)
            progress.update(tasks[what], completed=done, total=total)

        async with running() as deployment:
            return await import_folder(
                deployment.database,
                directory,
                now=deployment.clock(),
                guide=deployment.guide,
                dry_run=dry_run,
                progress=told,
            )


def _as_data(report: ImportReport) -> dict[str, Any]:
    return {
        "loaded": report.is_loaded,
        "dryRun": report.dry_run,
        "files": {file: asdict(counts) for file, counts in report.counts.items()},
        "errorCount": report.error_count,
        "errors": [asdict(error) for error in report.errors],
    }


def _show(report: ImportReport) -> None:
    if report.error_count:
        return
    table = Table("File", "New", "Changed", "Known already", title="Would be loaded" if report.dry_run else "Loaded")
    for file, counts in report.counts.items():
        if counts.added or counts.superseded or counts.unchanged:
            table.add_row(file, *(f"{count:,}" for count in (counts.added, counts.superseded, counts.unchanged)))
    console().print(table)


def complain(errors: Sequence[RowError], count: int) -> None:
    """Tell on standard error what stands in the way of an import."""
    out = complaints()
    for error in errors:
        out.print(escape(str(error)))
    more = count - len(errors)
    if more:
        out.print(f"and {more:,} more")
    out.print(f"{count:,} fault(s), nothing was loaded. Mend them and import again.")
