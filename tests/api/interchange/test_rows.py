"""Every bad row is told with its file, line and column; nothing is guessed and nothing is silently dropped."""

from pathlib import Path

import pytest

from api.interchange import import_folder
from api.interchange.files import lines_of
from api.interchange.report import KEPT, Findings
from api.interchange.sheets import sheets
from tests.api.folders import NOW, SMALL, load, write
from tests.builders import GUIDE

SHEETS = sheets(GUIDE)


def read(folder: Path, name: str, text: str | bytes):
    """The readable rows of a file, and what is told of the others."""
    findings = Findings()
    path = write(folder / "in", **{name: text}) / f"{name}.csv"
    lines = list(lines_of(SHEETS[name], path, findings, NOW))
    return lines, findings


def faults(folder: Path, name: str, text: str | bytes) -> list[tuple[int | None, str | None, str]]:
    return [(error.line, error.column, error.message) for error in read(folder, name, text)[1].errors]


LICENSE = {"serial": "B-1", "account": "ACME", "product": "FAX"}


@pytest.mark.parametrize(
    ("name", "column", "cell", "why"),
    [
        ("licenses", "serial", "", "is empty; every row needs it"),
        ("licenses", "serial", "B 1", "1 to 64 printable characters without spaces"),
        ("licenses", "serial", "x" * 65, "1 to 64 printable characters"),
        ("licenses", "serial", "B\u200b1", "1 to 64 printable characters"),
        ("licenses", "serial", "B\u00a01", "1 to 64 printable characters"),
        ("licenses", "serial", "B\x001", "control character U+0000"),
        ("licenses", "serial", '"B\n1"', "control character U+000A"),
        ("licenses", "account", "A\x1bB", "control character U+001B"),
        ("licenses", "account", " ACME", "begins or ends with white space"),
        ("licenses", "account", "x" * 101, "has 101 characters; at most 100"),
        ("licenses", "model", "LEASED", "it is one of PERPETUAL, SUBSCRIPTION, EVALUATION"),
        ("licenses", "quantity", "0", "a whole number, one or more"),
        ("licenses", "quantity", "1.0", "a whole number"),
        ("licenses", "quantity", "-1", "a whole number"),
        ("licenses", "quantity", "²", "a whole number"),
        ("licenses", "effective_on", "2023-02-29", "a date that exists"),
        ("licenses", "effective_on", "20230201", "written YYYY-MM-DD"),
        ("licenses", "effective_on", "2023-W05-1", "written YYYY-MM-DD"),
        ("licenses", "effective_on", "01/02/2023", "written YYYY-MM-DD"),
        ("licenses", "effective_on", "2023-02-01T00:00:00Z", "written YYYY-MM-DD"),
        ("licenses", "retired_on", "9999-12-31", "leave the cell empty where there is no end"),
        ("licenses", "cloud_connected", "True", "must be true or false"),
        ("licenses", "altered", "1", "must be true or false"),
        ("licenses", "recorded_at", "2024-01-01", "an instant with its offset"),
        ("licenses", "recorded_at", "2024-01-01T10:00:00", "an instant with its offset"),
        ("licenses", "recorded_at", "2024-01-01T25:00:00Z", "an instant with its offset"),
        ("licenses", "recorded_at", "2024-01-01T10:00:00+0100", "an instant with its offset"),
        ("licenses", "recorded_at", "0001-01-01T00:00:00+10:00", "an instant with its offset"),
        ("licenses", "recorded_at", "2026-06-01T12:00:01Z", "is in the future"),
        ("accounts", "theater", "MARS", "it is one of AMERICAS, EUROPE, MIDDLE_EAST, MIDDLE_EAST_UAE"),
        ("accounts", "country", "Italy", "ISO 3166-1"),
        ("accounts", "language", "italian language", "BCP 47"),
        ("accounts", "currency", "euro", "ISO 4217"),
        ("products", "kind", "SERVICE", "is not a kind of product"),
        ("products", "bases", "A;;B", "an empty or padded item"),
        ("products", "bases", "A; B", "an empty or padded item"),
        ("releases", "season", "AUTUMN", "is not a season of the guide"),
        ("releases", "year", "26x", "a year such as 2024"),
        ("milestones", "kind", "EOL", "is not a kind of milestone"),
        ("coverage", "plan", "gold", "is not a plan of the guide"),
        ("coverage", "kind", "BOUGHT", "is not a kind of term"),
        ("options", "feature", "FLYING", "is not a feature of the guide"),
        ("charges", "amount", "1,200.50", "an amount such as 1200 or 1200.50"),
        ("charges", "amount", "-1", "an amount such as"),
        ("charges", "amount", "1e3", "an amount such as"),
        ("charges", "amount", "NaN", "an amount such as"),
        ("charges", "amount", ".5", "an amount such as"),
        ("prices", "months", "", "is empty; every row needs it"),
        ("warranties", "supplier", "", "is empty; every row needs it"),
    ],
)
def test_a_cell_that_is_not_written_as_the_format_says_is_told_with_what_it_must_be(tmp_path, name, column, cell, why):
    good = {
        "licenses": LICENSE,
        "accounts": {"reference": "ACME", "name": "Acme", "theater": "EUROPE"},
        "products": {"code": "FAX", "name": "Fax", "kind": "BASE"},
        "releases": {"name": "W", "season": "WINTER", "year": "2026", "released_on": "2026-01-19"},
        "milestones": {"product": "FAX", "kind": "END_OF_LIFE"},
        "coverage": {"order_reference": "PO", "serial": "B-1"},
        "options": {"serial": "B-1", "feature": "DELIVERY_ON_SITE", "starts_on": "2024-01-01"},
        "charges": {"reference": "INV", "serial": "B-1"},
        "prices": {
            "book": "S", "currency": "EUR", "product": "FAX", "plan": "GOLD", "months": "12",
            "effective_from": "2024-01-01", "amount": "10",
        },
        "warranties": {"serial": "B-1", "supplier": "G", "expires_on": "2024-01-01"},
    }[name]  # fmt: skip
    assert faults(tmp_path, name, ",".join(good) + "\n" + ",".join(good.values()) + "\n") == []
    bad = {**good, column: f'"{cell}"' if "," in cell else cell}
    [(line, where, message)] = faults(tmp_path, name, ",".join(bad) + "\n" + ",".join(bad.values()) + "\n")
    assert (line, where) == (2, column)
    assert why in message


def test_cells_are_read_as_what_they_say(tmp_path):
    head = "serial,account,product,quantity,effective_on,cloud_connected,altered,recorded_at\n"
    [line], findings = read(
        tmp_path, "licenses", head + "é-1,A,F,12,2024-02-29,true,false,2024-01-01t10:00:00.1234567+05:30\n"
    )
    assert findings.error_count == 0
    v = line.values
    assert (v["serial"], v["quantity"], v["effective_on"].isoformat()) == ("é-1", 12, "2024-02-29")
    assert (v["cloud_connected"], v["altered"], v["cloud_licensed"], v["model"]) == (True, False, None, "PERPETUAL")
    assert line.recorded_at
    assert line.recorded_at.isoformat() == "2024-01-01T04:30:00.123456+00:00"


def test_quotes_commas_and_a_byte_order_mark_are_understood(tmp_path):
    text = 'reference,name,theater\r\nA,"One, ""Two""",EUROPE\r\n\r\nB,Ünï,EUROPE'
    lines, findings = read(tmp_path, "accounts", b"\xef\xbb\xbf" + text.encode())
    assert findings.error_count == 0
    assert [(line.number, line.values["name"]) for line in lines] == [(2, 'One, "Two"'), (4, "Ünï")]


def test_a_row_is_told_by_the_line_where_it_begins(tmp_path):
    text = 'reference,name,theater\nA,"one\ntwo",EUROPE\nB,Beta,MARS\n'
    assert [fault[:2] for fault in faults(tmp_path, "accounts", text)] == [(2, "name"), (4, "theater")]


def test_every_fault_of_a_row_is_told(tmp_path):
    text = "serial,account,product,quantity,effective_on\nB 1,,FAX,0,soon\n"
    assert [fault[1] for fault in faults(tmp_path, "licenses", text)] == [
        "serial",
        "account",
        "quantity",
        "effective_on",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", [(1, None, "has no header; its first line names the columns: reference, name,")]),
        ("reference,name,theatre\n", [(1, "theatre", "is not a column of this file; it has reference, name,"),
                                      (1, "theater", "is missing; add the column")]),
        ("reference,name,theater,\n", [(1, "an empty name", "is not a column of this file")]),
        ("reference,name,name,theater\n", [(1, "name", "stands there twice")]),
        ("reference;name;theater\n", [(1, "reference;name;theater", "is not a column of this file")]),
        ("reference,name,theater\nA,One\n", [(2, None, "has 2 cells, the header 3; add the commas")]),
        ("reference,name,theater\nA,One,Two,EUROPE\n", [(2, None, "has 4 cells, the header 3; quote a cell")]),
        ('reference,name,theater\nA,"One,EUROPE\nB,Two,EUROPE\n', [(2, None, "cannot be read as CSV")]),
        (b"reference,name,theater\nA,\xe9,EUROPE\nB,Two,MARS\n", [(2, None, "is not UTF-8"), (3, "theater", "MARS")]),
        ("reference,name,theater\n".encode("utf-16"), [(1, None, "is not UTF-8")]),
    ],
)  # fmt: skip
def test_a_file_that_is_not_as_the_format_says_is_told_where(tmp_path, text, told):
    found = faults(tmp_path, "accounts", text)
    for fault, (line, column, message) in zip(found, told, strict=False):
        assert fault[:2] == (line, column)
        assert message in fault[2]
    assert len(found) >= len(told)


async def test_a_file_that_no_one_knows_is_an_error_and_a_hidden_one_is_not(database, tmp_path):
    report = await load(database, tmp_path, **SMALL, rates__toml="", license="", __hidden="")
    assert [(error.file, error.line) for error in report.errors] == [("license.csv", None), ("rates.toml", None)]
    assert all("is not a file this import knows" in error.message for error in report.errors)


async def test_a_folder_that_is_not_there_is_an_error(database, tmp_path):
    report = await import_folder(database, tmp_path / "nowhere", now=NOW, guide=GUIDE)
    assert [str(error) for error in report.errors] == [
        f"nowhere: {tmp_path / 'nowhere'} is not a folder; give the one that holds the CSV files"
    ]


async def test_the_first_errors_are_kept_and_all_are_counted(database, tmp_path):
    rows = "".join(f"A-{number},Acme,MARS\n" for number in range(KEPT + 500))
    report = await load(database, tmp_path, accounts=f"reference,name,theater\n{rows}")
    assert (len(report.errors), report.error_count) == (KEPT, KEPT + 500)
    assert report.errors[0].line == 2


async def test_a_row_must_make_sense_as_a_whole(database, tmp_path):
    report = await load(
        database,
        tmp_path,
        **{
            **SMALL,
            "coverage": (
                "order_reference,serial,plan,starts_on,expires_on\n"
                "PO,B-1,GOLD,2024-01-02,2024-01-01\nPO,B-2,,,2024-01-01\n"
            ),
            "options": "serial,feature,starts_on,expires_on\nB-1,DELIVERY_ON_SITE,2024-01-02,2024-01-01\n",
            "charges": "reference,serial,amount\nINV,B-1,10\n",
            "accounts": SMALL["accounts"] + "SELF,Self,SELF,IT,EUROPE\n",
        },
    )
    assert [(error.file, error.line, error.column) for error in report.errors] == [
        ("accounts.csv", 5, "partner"), ("coverage.csv", 2, "expires_on"), ("coverage.csv", 3, "plan"),
        ("coverage.csv", 3, "starts_on"), ("options.csv", 2, "expires_on"), ("charges.csv", 2, "currency"),
        ("charges.csv", 2, "due_on"),
    ]  # fmt: skip


async def test_what_can_be_read_can_be_kept_by_both_engines(database, tmp_path):
    """The widest values that the cells allow."""
    account, code, serial, order = "r" * 100, "c" * 100, "s" * 64, "o" * 100
    report = await load(
        database,
        tmp_path,
        accounts=f"reference,name,theater\n{account},{'ñ' * 300},EUROPE\n",
        products=f"code,name,kind\n{code},{'n' * 300},BASE\n",
        licenses=f"serial,account,product,quantity,effective_on\n{serial},{account},{code},999999999,1900-01-01\n",
        coverage=(f"order_reference,serial,plan,starts_on,expires_on\n{order},{serial},GOLD,1900-01-01,2999-12-31\n"),
        charges=(f"reference,serial,amount,currency,due_on\n{order},{serial},999999999999999.999999,EUR,2999-12-31\n"),
    )
    assert report.is_loaded, report.errors
