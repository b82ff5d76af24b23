"""`coverline import-lifecycle`: milestones from a feed of endoflife.date, and the licences whose end they move."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from api.commands.failures import BAD_INPUT
from api.commands.importing import complain
from api.commands.running import console, run, running
from api.interchange.lifecycles import LifecycleReport
from api.interchange.lifecycles import import_lifecycle as import_feed


def import_lifecycle(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An answer of endoflife.date's API v1, as JSON.")],
    *,
    mapping: Annotated[Path, typer.Option(help="Which products and releases are meant, as TOML.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, load nothing.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace days that another source recorded.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Record the ends of products that a feed tells, all or nothing. Exit code 2 with every fault when there is any."""
    report = run(_imported(file, mapping, dry_run=dry_run, replace=replace))
    if as_json:
        typer.echo(json.dumps(_as_data(report), indent=2, ensure_ascii=False, default=str))
    elif not report.error_count:
        _show(report)
    if report.error_count:
        if not as_json:
            complain(report.errors, report.error_count)
        raise typer.Exit(BAD_INPUT)


async def _imported(file: Path, mapping: Path, *, dry_run: bool, replace: bool) -> LifecycleReport:
    async with running() as deployment:
        return await import_feed(
            deployment.database,
            file,
            mapping,
            now=deployment.clock(),
            guide=deployment.guide,
            dry_run=dry_run,
            replace=replace,
        )


def _as_data(report: LifecycleReport) -> dict[str, Any]:
    return {
        "loaded": report.is_loaded,
        "dryRun": report.dry_run,
        "milestones": [asdict(move) for move in report.moves],
        "unchanged": report.unchanged,
        "unmapped": report.unmapped,
        "unknownReleases": report.unknown_releases,
        "licenseCount": report.shift_count,
        "licenses": [
            {
                "serial": one.serial,
                "account": one.account,
                "endOfSupport": {"before": one.support_before, "after": one.support_after},
                "lastCoveredDay": {"before": one.covered_before, "after": one.covered_after},
            }
            for one in report.shifts
        ],
        "errorCount": report.error_count,
        "errors": [asdict(error) for error in report.errors],
    }


def _show(report: LifecycleReport) -> None:
    out = console()
    title = "Would be recorded" if report.dry_run else "Recorded"
    moves = Table("Product", "Version", "Milestone", "Before", "After", title=title)
    for one in report.moves:
        moves.add_row(
            *(escape(str(cell or "–")) for cell in (one.product, one.version, one.kind, one.before, one.after))
        )
    out.print(moves)
    out.print(
        f"{report.unchanged:,} known already; {len(report.unmapped):,} releases of the feed are not in the mapping"
    )
    if report.unknown_releases:
        names = escape(", ".join(report.unknown_releases))
        out.print(f"No release of these names is known here, so no licence runs one; look at the mapping: {names}")
    licenses = Table("Licence", "Account", "Support ends", "then", "Last covered day", "then")
    licenses.title = f"Licences whose end moves: {report.shift_count:,}"
    for one in report.shifts:
        days = (one.support_before, one.support_after, one.covered_before, one.covered_after)
        licenses.add_row(escape(one.serial), escape(one.account), *(str(day or "–") for day in days))
    if report.shifts:
        out.print(licenses)
    if report.shift_count > len(report.shifts):
        out.print(f"and {report.shift_count - len(report.shifts):,} more")
