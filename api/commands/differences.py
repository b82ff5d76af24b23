"""`coverline diff-editions`: who gains and loses what if one edition takes the place of another."""

import csv
import io
import json
import sys
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Protocol

import typer

from api.auth import INTERNAL
from api.commands.exporting import PIPE, accounts_are_there, end_quietly, read_option
from api.commands.failures import BAD_INPUT, Failure
from api.commands.running import complaints, progress_bar, run, running
from api.comparing import Sum, as_data, differences, sum_as_data
from api.editions import usable_guide
from api.interchange.exports.comma_separated import written
from api.interchange.exports.outputs import STANDARD, Closed, file_at, standard_output, writing_to
from api.settings import Settings
from entitlements.clauses import Clause
from entitlements.differences import Because, Comparison, Difference
from schema.scalars import read_date_time, write_date_time
from schema.store import Portfolio

COLUMNS = ("license_serial", "account_reference", "asked", "direction", "before", "after", "because")


class Form(StrEnum):
    """How the differences are written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


class Writer(Protocol):
    """Writes differences as they come."""

    def licence(self, found: Sequence[Difference]) -> None:
        """The differences of one licence."""
        ...

    def end(self, total: Sum) -> None:
        """What it all came to."""
        ...


def diff_editions(
    before: Annotated[str, typer.Argument(metavar="A", help="The edition that is replaced.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The edition that replaces it.")],
    *,
    at: Annotated[str | None, typer.Option(help="The instant that is asked about; now when left out.")] = None,
    known_at: Annotated[str | None, typer.Option(help="Compare what had been recorded by this instant.")] = None,
    account: Annotated[str | None, typer.Option(help="Only this customer, by its reference.")] = None,
    partner: Annotated[str | None, typer.Option(help="Only this partner's customers, by its reference.")] = None,
    form: Annotated[Form, typer.Option("--format", help="How it is written.")] = Form.TEXT,
    output: Annotated[Path, typer.Option(help="The file to write; - is standard output.")] = PIPE,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Compare two editions over the portfolio: per licence what it gains and loses and by which clauses, and in sum."""
    settings = Settings()
    comparison = Comparison(*(usable_guide(name, settings.editions) for name in (before, after)))
    asked, known = (read_option(*one, read_date_time) for one in (("--at", at), ("--known-at", known_at)))
    where = standard_output(whole=False) if output == PIPE else file_at(output, force=force)
    name = STANDARD if output == PIPE else str(output)

    async def work() -> Sum:
        total = Sum()
        async with running(settings) as deployment:
            context = deployment.context(INTERNAL)
            if known and known > context.now:
                raise Failure(f"--known-at {known_at}: what will be known is not known yet", BAD_INPUT)
            await accounts_are_there(context, account, partner)
            chosen = Portfolio(known or context.now, account, partner)
            instant = asked or context.now
            count, read = await context.store.count_contracts(context.viewer, chosen), 0
            with where as file, progress_bar(hidden=output == PIPE and sys.stdout.isatty()) as bar:
                writer = _writer(form, file, comparison, instant, chosen.known_at)
                task = bar.add_task("contracts", total=count)

                def told() -> None:
                    nonlocal read
                    read += 1
                    if read % 100 == 0:
                        bar.update(task, completed=read)

                async with aclosing(differences(context, comparison, chosen, instant, total, told)) as found:
                    async for one in found:
                        with writing_to(name):
                            writer.licence(one)
                with writing_to(name):
                    writer.end(total)
        return total

    try:
        total = run(work())
    except Closed:
        end_quietly()
    if output != PIPE or form is Form.CSV:
        complaints().print(_summed(total))


def _summed(total: Sum) -> str:
    return (
        f"{total.differing:,} of {total.licenses:,} licences are answered otherwise: "
        f"{total.gaining:,} gain something, {total.losing:,} lose something."
    )


def _writer(form: Form, file: BinaryIO, comparison: Comparison, at: datetime, known_at: datetime) -> Writer:
    head = {
        "before": comparison.before.edition,
        "after": comparison.after.edition,
        "at": write_date_time(at),
        "knownAt": write_date_time(known_at),
    }
    return {Form.TEXT: _Text, Form.JSON: _Json, Form.CSV: _Csv}[form](file, head)


class _Text:
    """For people: a paragraph for each licence, then the sum."""

    def __init__(self, file: BinaryIO, head: dict[str, str]) -> None:
        self._file = file
        self._put(f"{head['after']} in place of {head['before']}, at {head['at']}, as known at {head['knownAt']}", "")

    def licence(self, found: Sequence[Difference]) -> None:
        """The differences of one licence."""
        self._put(f"{found[0].serial} ({found[0].account})")
        for one in found:
            self._put(f"  {one.direction:5}  {one.asked}: {one.before or 'nothing'} → {one.after or 'nothing'}")
            self._put(*(f"         {_because(because)}" for because in one.because))

    def end(self, total: Sum) -> None:
        """What it all came to."""
        self._put("", _summed(total))
        for (asked, direction), count in sorted(total.by_question.items()):
            self._put(f"  {count:7,}  {direction:5}  {asked}")
        for because, count in total.by_value.most_common():
            self._put(f"  {count:7,}  by     {_because(because)}")

    def _put(self, *lines: str) -> None:
        self._file.write("".join(f"{line}\n" for line in lines).encode())


class _Json:
    """For programs: one document, licence by licence."""

    def __init__(self, file: BinaryIO, head: dict[str, str]) -> None:
        self._file = file
        self._separator = "\n"
        opened = json.dumps(head, ensure_ascii=False).removesuffix("}")
        self._file.write(f'{opened}, "licenses": ['.encode())

    def licence(self, found: Sequence[Difference]) -> None:
        """The differences of one licence."""
        data: dict[str, Any] = {"serial": found[0].serial, "account": found[0].account}
        data["differences"] = [as_data(one) for one in found]
        self._file.write(f"{self._separator}{json.dumps(data, ensure_ascii=False)}".encode())
        self._separator = ",\n"

    def end(self, total: Sum) -> None:
        """What it all came to."""
        self._file.write(f'\n], "sum": {json.dumps(sum_as_data(total), ensure_ascii=False)}}}\n'.encode())


class _Csv:
    """For spreadsheets: a row for each difference."""

    def __init__(self, file: BinaryIO, _head: dict[str, str]) -> None:
        self._file = file
        self._put([COLUMNS])

    def licence(self, found: Sequence[Difference]) -> None:
        """The differences of one licence."""
        self._put(
            [
                [
                    written(cell)
                    for cell in (
                        one.serial,
                        one.account,
                        one.asked,
                        one.direction.value,
                        one.before,
                        one.after,
                        "; ".join(map(_because, one.because)),
                    )
                ]
                for one in found
            ]
        )

    def end(self, total: Sum) -> None:
        """Rows have no sum."""

    def _put(self, rows: Sequence[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        self._file.write(text.getvalue().encode())


def _because(because: Because) -> str:
    return f"{because.value}: {_cited(because.before)} → {_cited(because.after)}"


def _cited(clause: Clause | None) -> str:
    return clause.id if clause else "not stated"
