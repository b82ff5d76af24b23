"""`coverline export`: the rows that the API answers, as files; whole, exact, and safe to open in a spreadsheet."""

import csv
import errno
import gc
import io
import os
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import time_machine
from icalendar import Calendar
from typer.testing import CliRunner

from api.auth import INTERNAL
from api.commands import app
from api.commands.running import run, running
from api.interchange.exports import exporting, workbooks
from api.interchange.exports.columns import COLUMNS, Kind, Title
from api.interchange.exports.comma_separated import CommaSeparated
from api.interchange.exports.outputs import writing_to
from api.settings import embedded_url
from schema.questions import Question, Scope
from schema.root import Schema
from tests.portfolio import FILES, NOW, PRICING, write_files

MORE = {
    "accounts.csv": 'reference,name,partner,country,theater,language,currency\nEVIL,"=1+2",,IT,EUROPE,en,EUR\n',
    "licenses.csv": "serial,account,product,base,model,registered_on\n-EVIL-1,EVIL,FAX,,PERPETUAL,2025-06-01\n",
    "coverage.csv": "order_reference,serial,plan,starts_on,expires_on,order_date,kind\n"
    "SO-9,FAX-2,GOLD,2025-12-01,2026-11-30,2026-03-01,RENEWED\n",
    "charges.csv": "reference,order_reference,serial,amount,currency,due_on,paid_on\n"
    "CH-9,SO-9,FAX-2,123456789012345.123456,EUR,2026-04-01,\n"
    "CH-10,,FAX-1,9.95,EUR,2026-02-01,\n",
    "milestones.csv": "product,version,kind,on\nFAX,1.0,END_OF_SUPPORT,2026-06-30\nCALL,,END_OF_SUPPORT,2026-09-30\n",
}
"""Beside the portfolio: a customer who would have a spreadsheet calculate, a late renewal, exact amounts, an ending."""

YEAR = ("--from", "2026-01-01", "--to", "2026-12-31")
DAY = ("--on", "2026-11-23")
REPORTS = {
    "renewals": (Question.RENEWALS_DUE, YEAR),
    "gaps": (Question.COVERAGE_GAPS, YEAR),
    "charges": (Question.OUTSTANDING_CHARGES, DAY),
    "late-fees": (Question.LATE_FEE_EXPOSURE, DAY),
    "end-of-support": (Question.END_OF_SUPPORT_SCHEDULE, YEAR),
    "leakage": (Question.REVENUE_LEAKAGE, YEAR),
}

ROWS = """{ __typename ... on Report { total { rows(first: 100) { edges { node {
  license { serial product { code } account { reference name theater { code } partner { reference } } }
  kind from to days plan { code } amount { amount currency } missing { code message }
  licenseCount decisionCount charge { reference dueOn } clause { rule }
} } } } } }"""


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A database that holds the portfolio, its prices and what is beside it."""
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COVERLINE_DATABASE_URL", embedded_url(folder / "coverline.db"))
        for name, files in (("files", FILES), ("pricing", PRICING), ("more", MORE)):
            result = CliRunner().invoke(app, ["import", str(write_files(folder / name, files))])
            assert result.exit_code == 0, result.stderr
    return folder / "coverline.db"


@pytest.fixture(autouse=True)
def portfolio(database, template, tmp_path):
    """Each test has a copy of its own."""
    (tmp_path / "data").mkdir()
    shutil.copy(template, tmp_path / "data" / "coverline.db")


@pytest.fixture
def out(tmp_path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def exported(coverline, out):
    """Exports to a file and answers with its path."""

    def export(*arguments: str, name: str) -> Path:
        result = coverline("export", *arguments, "--output", out / name)
        assert (result.exit_code, result.stdout) == (0, ""), result.stderr
        return out / name

    return export


def answered(report: str) -> list[dict[str, Any]]:
    """The rows that GraphQL answers, by the names of the columns, as text and None."""
    question, days = REPORTS[report]
    given = ", ".join(f'{name[2:]}: "{day}"' for name, day in zip(days[::2], days[1::2], strict=True))

    async def ask() -> dict[str, Any]:
        async with running() as deployment:
            document = f"{{ found: {question.value}({given}) {ROWS} }}"
            result = await Schema().execute(document, context_value=deployment.context(INTERNAL))
            assert result.errors is None
            return result.data or {}

    return [_flat(edge["node"]) for edge in run(ask())["found"]["total"]["rows"]["edges"]]


def _flat(node: dict[str, Any]) -> dict[str, Any]:
    license, money, missing, charge = node["license"], node["amount"], node["missing"], node["charge"]
    account = license["account"]
    return {
        "license_serial": license["serial"],
        "product_code": license["product"]["code"],
        "account_reference": account["reference"],
        "account_name": account["name"],
        "theater_code": account["theater"]["code"],
        "partner_reference": account["partner"] and account["partner"]["reference"],
        "kind": node["kind"],
        "from": node["from"],
        "to": node["to"],
        "days": str(node["days"]),
        "plan_code": node["plan"] and node["plan"]["code"],
        "amount": money and money["amount"],
        "currency": money and money["currency"],
        "missing_code": missing and missing["code"],
        "missing_message": missing and missing["message"],
        "license_count": str(node["licenseCount"]),
        "decision_count": str(node["decisionCount"]),
        "charge_reference": charge and charge["reference"],
        "charge_due_on": charge and charge["dueOn"],
        "clause_rule": node["clause"]["rule"],
    }


def as_text(cell: object) -> str | None:
    return None if cell is None else f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def without_apostrophe(cell: str) -> str | None:
    return cell.removeprefix("'") or None


def events(file: Path) -> list[Any]:
    return Calendar.from_ical(file.read_bytes()).walk("VEVENT")


# ---------------------------------------------------------------- the same rows in every format


@pytest.mark.parametrize("report", REPORTS)
def test_comma_separated_values_are_what_the_api_answers(coverline, report):
    result = coverline("export", report, *REPORTS[report][1])
    assert (result.exit_code, result.stderr) == (0, "")
    found = [
        {name: without_apostrophe(cell) for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(result.stdout))
    ]
    assert found == answered(report)
    assert found


@pytest.mark.parametrize("report", REPORTS)
def test_parquet_holds_what_the_api_answers_with_exact_amounts(exported, report):
    frame = pl.read_parquet(exported(report, *REPORTS[report][1], name="report.parquet"))
    types = {Kind.TEXT: pl.String, Kind.DAY: pl.Date, Kind.COUNT: pl.Int64, Kind.AMOUNT: pl.Decimal(38, 6)}
    assert dict(frame.schema) == {column.name: types[column.kind] for column in COLUMNS}
    expected = answered(report)
    for row in expected:
        row["amount"] = row["amount"] and f"{Decimal(row['amount']):.6f}"
    assert [{name: as_text(cell) for name, cell in row.items()} for row in frame.to_dicts()] == expected


@pytest.mark.parametrize("report", REPORTS)
def test_a_workbook_holds_what_the_api_answers_as_days_numbers_and_texts(exported, report):
    file = exported(report, *REPORTS[report][1], name="report.xlsx")
    found = pl.read_excel(file, schema_overrides={"days": pl.String, "amount": pl.String}).to_dicts()
    expected = answered(report)
    for row, other in zip(found, expected, strict=True):
        amount, worth = row.pop("amount"), other.pop("amount")
        assert (amount and Decimal(amount)) == (worth and Decimal(worth))
        assert {name: as_text(cell) for name, cell in row.items()} == other


def test_a_report_of_no_rows_is_a_head_in_every_format(exported):
    days = ("--from", "2045-01-01", "--to", "2045-01-02")
    assert exported("renewals", *days, name="none.csv").read_text().count("\n") == 1
    assert pl.read_parquet(exported("renewals", *days, name="none.parquet")).shape == (0, len(COLUMNS))
    assert events(exported("renewals", *days, name="none.ics")) == []
    assert exported("renewals", *days, name="none.xlsx").stat().st_size > 0


def test_a_further_sheet_takes_the_rows_that_a_sheet_cannot_hold(exported, monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    sheets = pl.read_excel(exported("gaps", *YEAR, name="gaps.xlsx"), sheet_id=0)
    expected = [row["license_serial"] for row in answered("gaps")]
    assert len(expected) > 2
    assert [serial for sheet in sheets.values() for serial in sheet["license_serial"]] == expected
    assert list(sheets)[:2] == ["gaps", "gaps 2"]


def test_rows_that_come_in_many_batches_are_all_there(exported, monkeypatch):
    monkeypatch.setattr(exporting, "BATCH", 1)
    expected = [row["license_serial"] for row in answered("gaps")]
    assert list(pl.read_parquet(exported("gaps", *YEAR, name="gaps.parquet"))["license_serial"]) == expected


# ---------------------------------------------------------------- calendars


def test_a_renewal_is_its_last_covered_day_and_its_last_free_order_day(exported):
    found = events(exported("renewals", *YEAR, name="renewals.ics"))
    days = {(event["SUMMARY"].partition(":")[0], event["DTSTART"].dt) for event in found}
    expected = {
        (row["license_serial"], date.fromisoformat(row[end])) for row in answered("renewals") for end in ("from", "to")
    }
    assert days == expected
    assert all((event["DTEND"].dt - event["DTSTART"].dt).days == 1 for event in found)


def test_a_gap_is_as_long_as_its_days_and_a_charge_is_its_due_day(exported):
    gaps = [
        (e["DTSTART"].dt, (e["DTEND"].dt - e["DTSTART"].dt).days) for e in events(exported("gaps", *YEAR, name="g.ics"))
    ]
    assert gaps == [(date.fromisoformat(row["from"]), int(row["days"])) for row in answered("gaps")]
    due = [e["DTSTART"].dt for e in events(exported("charges", *DAY, name="c.ics"))]
    assert due == [date.fromisoformat(row["charge_due_on"]) for row in answered("charges")]


@pytest.mark.parametrize("report", ["renewals", "gaps", "charges", "end-of-support"])
def test_an_event_keeps_its_identifier_and_bears_the_known_time(exported, report):
    days = REPORTS[report][1]
    known = ("--known-at", "2026-11-20T10:00:00Z") if report == "charges" else ()
    first, again = (exported(report, *days, *known, name=name) for name in ("first.ics", "again.ics"))
    uids = [event["UID"] for event in events(first)]
    assert uids == [event["UID"] for event in events(again)]
    assert len(set(uids)) == len(uids)
    if known:
        assert {event["DTSTAMP"].dt.isoformat() for event in events(first)} == {"2026-11-20T10:00:00+00:00"}


def test_a_renewed_contract_moves_its_events_and_adds_none(coverline, exported, tmp_path):
    def of_fax_1(name):
        found = events(exported("renewals", "--from", "2026-01-01", "--to", "2028-12-31", name=name))
        return {event["UID"]: event["DTSTART"].dt for event in found if event["SUMMARY"].startswith("FAX-1:")}

    before = of_fax_1("before.ics")
    renewed = (
        "order_reference,serial,plan,starts_on,expires_on,order_date,kind\n"
        "SO-10,FAX-1,GOLD,2026-10-01,2027-09-30,2026-09-20,RENEWED\n"
    )
    assert coverline("import", write_files(tmp_path / "renewed", {"coverage.csv": renewed})).exit_code == 0
    after = of_fax_1("after.ics")
    assert before.keys() == after.keys()
    assert (min(before.values()), min(after.values())) == (date(2026, 9, 30), date(2027, 9, 30))


@pytest.mark.parametrize("report", ["late-fees", "leakage"])
def test_what_has_no_days_to_come_is_no_calendar(coverline, report):
    result = coverline("export", report, "--format", "ics")
    assert result.exit_code == 2
    assert "no days for a calendar" in result.stderr


# ---------------------------------------------------------------- safe and exact


def test_a_text_that_looks_like_a_formula_is_no_formula(exported):
    text = exported("renewals", *YEAR, name="renewals.csv").read_text()
    assert ",EVIL,'=1+2," in text
    assert "\n'-EVIL-1," in text
    frame = pl.read_excel(exported("renewals", *YEAR, name="renewals.xlsx"))
    # A formula that was never calculated would read as its value, 0.
    assert "=1+2" in list(frame["account_name"])


def test_an_amount_keeps_every_digit(exported):
    text = exported("charges", *DAY, name="charges.csv").read_text()
    assert ",123456789012345.123456,EUR," in text
    amounts = list(pl.read_parquet(exported("charges", *DAY, name="charges.parquet"))["amount"])
    assert Decimal("123456789012345.123456") in amounts
    # A spreadsheet's number has 15 digits: what has more is text, the others are numbers without noise.
    found = pl.read_excel(exported("charges", *DAY, name="charges.xlsx"), schema_overrides={"amount": pl.String})
    assert {"123456789012345.123456", "9.95", "3000"} <= set(found["amount"])


def test_an_amount_that_parquet_would_round_is_refused(tmp_path):
    from api.interchange.exports.parquet import Parquet  # noqa: PLC0415 - as the format is loaded
    from entitlements.money import Money  # noqa: PLC0415
    from entitlements.reports.rows import Row  # noqa: PLC0415
    from tests.builders import GUIDE, covered_by  # noqa: PLC0415

    day = date(2026, 3, 11)
    row = Row(covered_by("GOLD"), "X", day, day, 1, Money(Decimal("0.1234567"), "EUR"), GUIDE.clause("R-REN-1"))
    title = Title(Question.RENEWALS_DUE, "renewals", day, day, NOW, GUIDE.edition)
    with pytest.raises(ValueError, match="more than 6 decimals"):
        Parquet(io.BytesIO(), title, tmp_path).write([row])


# ---------------------------------------------------------------- whole or not at all


def test_a_file_that_is_there_is_replaced_only_when_told(coverline, exported, out):
    (out / "gaps.csv").write_text("mine")
    result = coverline("export", "gaps", *YEAR, "--output", out / "gaps.csv")
    assert result.exit_code == 1
    assert "--force" in result.stderr
    assert (out / "gaps.csv").read_text() == "mine"
    assert exported("gaps", *YEAR, "--force", name="gaps.csv").read_text().startswith("license_serial,")
    assert [file.name for file in out.iterdir()] == ["gaps.csv"]


@pytest.mark.parametrize("step", ["write", "finish"])
@pytest.mark.parametrize("problem", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt()])
def test_an_export_that_breaks_off_leaves_everything_as_it_was(coverline, out, monkeypatch, step, problem):
    def broken(*_) -> None:
        raise problem

    monkeypatch.setattr(CommaSeparated, step, broken)
    (out / "old.csv").write_text("mine")
    for arguments in (("new.csv",), ("old.csv", "--force")):
        result = coverline("export", "gaps", *YEAR, "--output", out / arguments[0], *arguments[1:])
        assert result.exit_code != 0
        if isinstance(problem, OSError):
            assert f"{arguments[0]} cannot be written: No space left on device." in result.stderr
    assert [(file.name, file.read_text()) for file in out.iterdir()] == [("old.csv", "mine")]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_workbook_that_cannot_be_put_together_is_told_of(coverline, out, monkeypatch):
    def full(_) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("xlsxwriter.Workbook._store_workbook", full)
    result = coverline("export", "gaps", *YEAR, "--output", out / "gaps.xlsx")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "gaps.xlsx cannot be written: No space left on device." in result.stderr
    assert list(out.iterdir()) == []
    del result
    gc.collect()  # the library leaves its own files open until they are collected


@pytest.mark.parametrize(("name", "said"), [("nowhere/gaps.csv", "there is no folder"), ("", "is a folder")])
def test_a_place_that_cannot_be_written_is_named(coverline, out, name, said):
    result = coverline("export", "gaps", *YEAR, "--output", out / name)
    assert result.exit_code == 1
    assert said in result.stderr


def test_a_link_stays_a_link_and_what_is_no_file_stays_what_it_is(coverline, exported, out):
    (out / "link.csv").symlink_to(out / "real.csv")
    exported("gaps", *YEAR, name="link.csv")
    assert (out / "link.csv").is_symlink()
    assert (out / "real.csv").read_text().startswith("license_serial,")
    result = coverline("export", "gaps", *YEAR, "--output", os.devnull, "--force")
    assert (result.exit_code, Path(os.devnull).is_char_device()) == (1, True)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_output_that_nobody_reads_ends_quietly(database, form):
    command = [sys.executable, "-c", "from api.commands import main; main()", "export", "gaps", *YEAR, "--format", form]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, check=False)  # noqa: S603 - this interpreter
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_workbook_goes_through_a_pipe_as_well(database, exported):
    command = [
        sys.executable,
        "-c",
        "from api.commands import main; main()",
        "export",
        "gaps",
        *YEAR,
        "--format",
        "xlsx",
    ]
    piped = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 - this interpreter
    assert pl.read_excel(piped).equals(pl.read_excel(exported("gaps", *YEAR, name="gaps.xlsx")))


# ---------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    ("report", "days"),
    [
        ("renewals", "2026-03-11 to 2027-03-10"),
        ("end-of-support", "2026-03-11 to 2027-03-10"),
        ("gaps", "2026-01-01 to 2026-12-31"),
        ("leakage", "2026-01-01 to 2026-12-31"),
        ("charges", "on 2026-03-11"),
        ("late-fees", "on 2026-03-11"),
    ],
)
def test_days_that_are_not_given_are_counted_from_today(coverline, out, report, days):
    with time_machine.travel(NOW, tick=False):
        result = coverline("export", report, "--output", out / "report.csv")
    assert result.exit_code == 0
    assert f"{report}, {days}, as known at 2026-03-11T10:00:00Z" in " ".join(result.stderr.split())


def test_one_day_that_is_given_places_the_other(coverline, out):
    for number, (arguments, days) in enumerate(
        (
            (("renewals", "--from", "2026-06-01"), "2026-06-01 to 2027-05-31"),
            (("gaps", "--from", "2025-06-01"), "2025-06-01 to 2025-12-31"),
            (("gaps", "--to", "2025-06-01"), "2025-01-01 to 2025-06-01"),
        )
    ):
        assert days in coverline("export", *arguments, "--output", out / f"{number}.csv").stderr


def test_an_account_and_a_partner_narrow_the_report(coverline):
    def accounts(*arguments):
        text = coverline("export", "renewals", *YEAR, *arguments).stdout
        return {row["account_reference"] for row in csv.DictReader(io.StringIO(text))}

    assert accounts() == {"ACME", "BETA", "EVIL"}
    assert accounts("--account", "BETA") == {"BETA"}
    assert accounts("--partner", "NORTH") == {"ACME"}


def test_a_report_can_be_drawn_again_as_it_was(coverline):
    then = coverline("export", "charges", *DAY, "--known-at", "2025-12-31T00:00:00Z").stdout
    now = coverline("export", "charges", *DAY).stdout
    assert ("CH-2" in then, "CH-9" in then, "CH-9" in now) == (True, False, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("charges", "--from", "2026-01-01"), "write --on"),
        (("gaps", "--on", "2026-01-01"), "write --from and --to"),
        (("gaps", "--from", "yesterday"), "--from yesterday"),
        (("gaps", "--from", "2026-02-01", "--to", "2026-01-01"), "two days in order"),
        (("gaps", "--from", "1999-01-01", "--to", "2026-01-01"), "outside the calendars"),
        (("renewals", "--from", "9999-06-01"), "outside the calendars"),
        (("gaps", "--known-at", "2999-01-01T00:00:00Z"), "not known yet"),
        (("gaps", "--known-at", "2026-01-01"), "--known-at 2026-01-01"),
        (("gaps", "--account", "NOPE"), "no account 'NOPE'"),
        (("gaps", "--partner", "NOPE"), "no account 'NOPE'"),
        (("everything",), "everything"),
    ],
)
def test_what_cannot_be_asked_is_bad_input(coverline, arguments, said):
    result = coverline("export", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_the_suffix_of_the_file_is_its_format_unless_another_is_named(exported):
    assert exported("gaps", *YEAR, name="gaps.ICS").read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert exported("gaps", *YEAR, name="gaps.txt").read_text().startswith("license_serial,")
    assert exported("gaps", *YEAR, "--format", "csv", name="gaps.dat").read_text().startswith("license_serial,")


def test_a_library_that_is_missing_is_named_with_what_brings_it(coverline, out, monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    monkeypatch.delitem(sys.modules, "api.interchange.exports.parquet", raising=False)
    result = coverline("export", "gaps", *YEAR, "--output", out / "gaps.parquet")
    assert result.exit_code == 1
    assert "polars, which is not installed. pip install 'coverline[export]'" in result.stderr
    assert list(out.iterdir()) == []


def test_no_library_of_a_format_is_loaded_before_it_is_asked_for(database):
    program = "import sys; import api.commands; print({'polars', 'xlsxwriter', 'icalendar'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "set()\n"


def test_progress_counts_every_contract(database, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "STEP", 2)
    told: list[tuple[int, int]] = []

    async def export() -> int:
        async with running() as deployment:
            context = deployment.context(INTERNAL)
            days = date(2026, 1, 1), date(2026, 12, 31)
            title = Title(Question.COVERAGE_GAPS, "gaps", *days, context.now, context.guide.edition)
            sheet = CommaSeparated(io.BytesIO(), title, tmp_path)
            return await exporting.export(context, title, Scope(), sheet, "-", lambda *of: told.append(of))

    assert run(export()) == len(answered("gaps"))
    # The bases of the portfolio: FAX-1, FAX-2, FAX-3, CALL-1 and -EVIL-1.
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_only_the_systems_own_failures_become_sentences():
    with pytest.raises(KeyError), writing_to("x"):
        raise KeyError
