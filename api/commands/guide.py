"""`coverline guide` and `coverline plans`: the guide as it is read, its proof, and the plans side by side."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from api.commands.failures import BAD_INPUT, Failure
from api.commands.running import console
from api.deployment import system_clock
from api.editions import usable_guide
from api.settings import Settings
from entitlements.clauses import Clause, ClauseBasis, verify
from entitlements.dates import day_of
from entitlements.guide import Guide
from entitlements.parameters import PLAN, POLICY_ZONE, Availability
from entitlements.plans import features, ranked

NOT_PROVEN = 10
MARKS = {Availability.INCLUDED: "●", Availability.OPTIONAL: "by agreement", Availability.NOT_INCLUDED: "–"}


def guide(
    section: Annotated[str | None, typer.Argument(help="A section, the beginning of a rule's id, or `verify`.")] = None,
    file: Annotated[Path | None, typer.Argument(help="With `verify`: the guide's text.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """The guide's rules and conflicts; `guide verify FILE` proves every citation against its text (exit 10 if not)."""
    edition = _configured()
    if section == "verify":
        _verify(edition, file, as_json=as_json)
    elif as_json:
        typer.echo(json.dumps(_as_data(edition, section), indent=2, ensure_ascii=False))
    else:
        _show(edition, section)


def plans(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """The plans side by side, as they are today."""
    edition = _configured()
    day = day_of(system_clock(), edition.value(POLICY_ZONE, edition.in_force_from))
    codes = ranked(edition, day)
    by_plan = {code: {feature.code: feature for feature in features(edition, code, day)} for code in codes}
    rows = by_plan[codes[0]]
    if as_json:
        data = {
            code: {name: found.availability for name, found in granted.items()} for code, granted in by_plan.items()
        }
        typer.echo(json.dumps(data, indent=2))
        return
    names = [edition.series(PLAN, code).on(max(day, edition.first_in_force_from)).value.name for code in codes]
    table = Table("Feature", *names, "Rule", title=f"{edition.title}, on {day}")
    for code, feature in rows.items():
        marks = [MARKS[by_plan[plan][code].availability] for plan in codes]
        table.add_row(escape(feature.name), *marks, feature.clause.rule)
    console().print(table)


def _configured() -> Guide:
    """The guide of the deployment's edition."""
    settings = Settings()
    return usable_guide(settings.edition, settings.editions)


def _chosen(edition: Guide, section: str | None) -> list[Clause]:
    wanted = (section or "").lower()
    return [
        clause
        for clause in edition.clauses.values()
        if not wanted or clause.rule.lower().startswith(wanted) or (clause.section or "").lower().startswith(wanted)
    ]


def _as_data(edition: Guide, section: str | None) -> dict[str, Any]:
    wanted = (section or "").lower()
    return {
        "edition": edition.edition,
        "clauses": [
            {
                "id": clause.id,
                "rule": clause.rule,
                "basis": clause.basis,
                "section": clause.section,
                "summary": clause.summary,
            }
            for clause in _chosen(edition, section)
        ],
        "conflicts": [
            {"id": conflict.id, "summary": conflict.summary, "chosen": conflict.chosen.text, "why": conflict.why}
            for conflict in edition.conflicts
            if conflict.id.lower().startswith(wanted)
        ],
    }


def _show(edition: Guide, section: str | None) -> None:
    data = _as_data(edition, section)
    if not data["clauses"] and not data["conflicts"]:
        sections = sorted({clause.section for clause in edition.clauses.values() if clause.section})
        raise Failure(f"nothing in the guide begins with {section!r}. Its sections: {', '.join(sections)}.", BAD_INPUT)
    out = console()
    if data["clauses"]:
        rules = Table("Rule", "Basis", "Section", "What it says", title=escape(edition.title))
        for clause in data["clauses"]:
            rules.add_row(clause["rule"], clause["basis"], clause["section"] or "", escape(clause["summary"]))
        out.print(rules)
    if data["conflicts"]:
        conflicts = Table("Conflict", "What", "Read as", "Why", title="Conflicts and gaps")
        for conflict in data["conflicts"]:
            conflicts.add_row(conflict["id"], *(escape(conflict[part]) for part in ("summary", "chosen", "why")))
        out.print(conflicts)


def _verify(edition: Guide, file: Path | None, *, as_json: bool) -> None:
    if file is None:
        raise Failure("name the file that holds the guide's text: `coverline guide verify FILE`.", BAD_INPUT)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise Failure(f"{file} cannot be read as UTF-8 text ({problem}).", BAD_INPUT) from None
    clauses = tuple(edition.clauses.values())
    cited = sum(clause.basis is ClauseBasis.GUIDE for clause in clauses)
    wrong = verify(clauses, edition.source_digest, text)
    if as_json:
        mismatches = [
            {
                "clause": one.clause.id if one.clause else None,
                "rule": one.clause.rule if one.clause else None,
                "problem": one.problem,
            }
            for one in wrong
        ]
        data = {"edition": edition.edition, "holds": not wrong, "citations": cited, "mismatches": mismatches}
        typer.echo(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        for one in wrong:
            console().print(
                f"[red]does not hold[/]  {one.clause.rule if one.clause else 'the whole text'}: {escape(one.problem)}"
            )
        if not wrong:
            console().print(f"[green]All {cited} citations of {edition.edition} hold.[/]")
    if wrong:
        raise typer.Exit(NOT_PROVEN)
