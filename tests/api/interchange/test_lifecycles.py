"""Milestones from a feed of endoflife.date: what moves, whom it concerns, and every fault where it stands."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from api.commands import app
from api.interchange.json_places import line_of
from api.interchange.lifecycles import LifecycleReport, Move, import_lifecycle
from api.store import audit
from api.store.catalogue import known_products
from entitlements.facts import MilestoneKind
from entitlements.shifts import Shift
from tests.api.folders import NOW, SMALL, loaded
from tests.builders import GUIDE
from tests.events import payloads_in
from tests.portfolio import load, settings_in

LATER = NOW + timedelta(days=1)
PAGE = "https://endoflife.date/telefax"
MAPPING = """
[[product]]
feed = "telefax"
code = "FAX"
releases = { "5" = "", "6" = "Winter '26" }
"""
SQLITE = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
"""What is told of the files alone is the same on both engines."""
LIFE, FIXES = MilestoneKind.END_OF_LIFE, MilestoneKind.END_OF_FIXES


def release(name: str, eol: str | None = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "label": name, "isEol": False, "eolFrom": eol, "isMaintained": True, "latest": None, **more}


def answer(*releases: dict[str, Any], name: str = "telefax") -> dict[str, Any]:
    product = {"name": name, "label": "Telefax", "links": {"html": PAGE, "icon": None}, "releases": list(releases)}
    return {"schema_version": "1.2.0", "last_modified": "2026-05-01T00:00:00+00:00", "result": product}


TOLD = answer(release("5", "2021-06-30"), release("6", None, eoasFrom="2027-01-31"), release("4", "2019-01-01"))


@pytest.fixture
def importing(database, tmp_path):
    """Imports a feed by a mapping."""

    async def run(told: Any = TOLD, mapping: str = MAPPING, now=LATER, **how: Any) -> LifecycleReport:
        feed, names = tmp_path / "telefax.json", tmp_path / "mapping.toml"
        feed.write_text(told if isinstance(told, str) else json.dumps(told, indent=1), encoding="utf-8")
        names.write_text(mapping, encoding="utf-8")
        chosen = {"dry_run": False, **how}
        return await import_lifecycle(database, feed, names, now=now, guide=GUIDE, **chosen)

    return run


@pytest.fixture
async def portfolio(database, tmp_path):
    await loaded(database, tmp_path, **SMALL)


async def milestones(database, at=LATER + timedelta(days=9)) -> set[tuple[Any, ...]]:
    async with database.reading() as connection:
        [product] = await known_products(connection, "code", ["FAX"], at)
        return {(one.version, one.kind, one.on, one.source) for one in product.milestones}


async def entries(database) -> list[str]:
    async with database.reading() as connection:
        found = await connection.execute(audit.entries.select().order_by(audit.entries.c.seq))
        return [row.action for row in found]


# ---------------------------------------------------------------- what is recorded


async def test_dates_become_milestones_with_their_source_and_the_licences_whose_end_moves(
    importing, database, portfolio
):
    """B-1 was covered to 2022-02-28, and M-1 with it; an end of life acts as end of support where none is given."""
    report = await importing()
    assert report.is_loaded
    assert report.moves == [
        Move("FAX", "", LIFE, None, date(2021, 6, 30), PAGE),
        Move("FAX", "Winter '26", FIXES, None, date(2027, 1, 31), PAGE),
    ]
    assert report.unmapped == ["telefax 4"]
    assert report.unknown_releases == ["Winter '26"]  # no release of that name was imported
    expected = date(2022, 2, 28), date(2021, 6, 30)
    assert sorted(report.shifts, key=lambda one: one.serial) == [
        Shift("B-1", "ACME", None, date(2021, 6, 30), *expected),
        Shift("M-1", "ACME", None, None, *expected),
    ]
    assert await milestones(database) == {
        (None, LIFE, date(2021, 6, 30), PAGE),
        ("Winter '26", FIXES, date(2027, 1, 31), PAGE),
    }


async def test_a_second_run_changes_nothing_and_leaves_no_entry(importing, database, portfolio):
    await importing()
    before = await entries(database)
    again = await importing(now=LATER + timedelta(days=1))
    assert (again.moves, again.unchanged, again.shift_count) == ([], 4, 0)
    assert await entries(database) == before == ["import", "import-lifecycle"]


async def test_a_moved_date_supersedes_and_one_no_longer_known_is_withdrawn(importing, database, portfolio):
    await importing()
    moved = answer(release("5", "2021-12-31"), release("6"))
    report = await importing(moved, now=LATER + timedelta(days=1))
    assert [(one.before, one.after) for one in report.moves] == [
        (date(2021, 6, 30), date(2021, 12, 31)),
        (date(2027, 1, 31), None),
    ]
    assert await milestones(database) == {(None, LIFE, date(2021, 12, 31), PAGE)}
    assert len(await milestones(database, LATER)) == 2
    assert [one.covered_after for one in report.shifts] == [date(2021, 12, 31)] * 2


async def test_each_milestone_that_is_new_moves_or_is_withdrawn_is_told_to_webhooks(importing, database, portfolio):
    await importing()
    await importing()
    await importing(answer(release("5", "2021-12-31"), release("6")), now=LATER + timedelta(days=1))
    told = [one["data"] for one in await payloads_in(database)]
    assert [(one["sequence"], one["facts"].get("on"), one["facts"]["withdrawn"]) for one in told] == [
        (1, "2021-06-30", "false"), (2, "2027-01-31", "false"), (3, "2021-12-31", "false"), (4, None, "true"),
    ]  # fmt: skip
    assert {(one["on"], one["product"]["code"]) for one in told[:2]} == {("2026-06-02", "FAX")}


@SQLITE
async def test_a_rehearsal_tells_the_same_and_keeps_nothing(importing, database, portfolio):
    rehearsal = await importing(dry_run=True)
    assert not rehearsal.is_loaded
    assert await payloads_in(database) == []
    assert await milestones(database) == set()
    assert await entries(database) == ["import"]
    report = await importing()
    assert (report.moves, report.shifts) == (rehearsal.moves, rehearsal.shifts)


@SQLITE
async def test_what_another_source_recorded_stands_unless_it_is_to_be_replaced(
    importing, database, portfolio, tmp_path
):
    notice = "product,version,kind,on,source\nFAX,,END_OF_LIFE,2023-01-31,notice 7\n"
    await loaded(database, tmp_path, LATER, milestones=notice)
    later = LATER + timedelta(days=1)
    report = await importing(now=later)
    [error] = report.errors
    assert (report.is_loaded, report.moves, error.line, error.column) == (False, [], 16, "result.releases.0.eolFrom")
    assert error.message.startswith("is 2021-06-30, and 2023-01-31 was recorded from notice 7; withdraw that one")
    assert await milestones(database) == {(None, LIFE, date(2023, 1, 31), "notice 7")}
    assert (await importing(now=later, replace=True)).is_loaded
    assert (None, LIFE, date(2021, 6, 30), PAGE) in await milestones(database)


@SQLITE
async def test_which_milestone_a_date_is_may_be_said(importing, portfolio):
    mapping = '[dates]\neolFrom = "END_OF_SUPPORT"\neoesFrom = "END_OF_SECURITY_FIXES"\n' + MAPPING
    report = await importing(answer(release("5", "2030-01-01", eoesFrom="2031-01-01"), release("6")), mapping)
    assert {(one.kind, one.after) for one in report.moves} == {
        (MilestoneKind.END_OF_SUPPORT, date(2030, 1, 1)),
        (MilestoneKind.END_OF_SECURITY_FIXES, date(2031, 1, 1)),
    }


@SQLITE
async def test_the_whole_feed_is_read_for_the_products_that_are_mapped(importing, portfolio):
    others = [answer(release("1", "2020-01-01"), name=name)["result"] for name in ("ubuntu", "php")]
    full = {"schema_version": "1.2.0", "total": 3, "result": [others[0], TOLD["result"], others[1]]}
    assert len((await importing(full)).moves) == 2


# ---------------------------------------------------------------- what is refused


@SQLITE
@pytest.mark.parametrize(
    ("told", "where", "message"),
    [
        ('{"schema_version": "1.0.0",\n "result": [}', ("telefax.json", 2, None), "is not JSON"),
        ({"result": {}}, ("telefax.json", 1, "schema_version"), "is no answer of version 1"),
        (
            answer(release("5", "2021-02-30"), release("6")),
            ("telefax.json", 16, "result.releases.0.eolFrom"),
            "input should be a valid date",
        ),
        (answer(release("6")), ("telefax.json", 11, "result.releases"), "has no release '5'"),
        (
            answer(release("5"), release("5"), release("6")),
            ("telefax.json", 21, "result.releases.1.name"),
            "'5' is there twice",
        ),
        (answer(name="php"), ("telefax.json", 5, "result.name"), "'php' is not in the mapping, which has telefax"),
        (
            answer(release("5", "0021-01-01"), release("6")),
            ("telefax.json", 16, "result.releases.0.eolFrom"),
            "0021-01-01 is not a date from 1900",
        ),
    ],
)
async def test_a_fault_of_the_feed_is_told_where_it_stands(importing, database, portfolio, told, where, message):
    report = await importing(told)
    [error] = report.errors
    assert (error.file, error.line, error.column) == where
    assert error.message.startswith(message)
    assert await milestones(database) == set()


@SQLITE
@pytest.mark.parametrize(
    ("mapping", "column", "message"),
    [
        ("[[product]\n", None, "is not TOML"),
        ("", "product", "field required"),
        (MAPPING + "colour = 1\n", "product.0.colour", "extra inputs are not permitted"),
        ('[dates]\neolFrom = "THE_END"\n' + MAPPING, "dates.eolFrom", "input should be"),
        (
            '[dates]\neolFrom = "END_OF_LIFE"\neoasFrom = "END_OF_LIFE"\n' + MAPPING,
            "dates",
            "two dates are of one kind of milestone",
        ),
        (MAPPING.replace("Winter '26", ""), "product.0.releases", "the product as a whole: named twice"),
        (MAPPING * 2, "product.1", "telefax: named twice"),
        (MAPPING.replace("FAX", "TELEX"), None, "there is no product 'TELEX'"),
    ],
)
async def test_a_fault_of_the_mapping_is_told_by_its_entry(importing, database, portfolio, mapping, column, message):
    report = await importing(TOLD, mapping)
    assert [(error.column, error.message.startswith(message)) for error in report.errors] == [(column, True)]
    assert await milestones(database) == set()


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ([], 1),
        (["a"], 2),
        (["b"], 3),
        (["b", 0], 4),
        (["b", 1, "c,}"], 6),
        (["b", 9], 3),
        (["nothing"], 1),
        (["a", 0], 2),
    ],
)
def test_a_path_leads_to_a_line(path, line):
    text = '{\n"a": "]},{\\"",\n"b": [\n1,\n{"d": [],\n"c,}": null}\n]\n}'
    assert line_of(text, path) == line


# ---------------------------------------------------------------- the command line


def test_the_command_tells_what_it_did_and_what_stands_in_its_way(tmp_path, monkeypatch):
    settings = settings_in(tmp_path)
    asyncio.run(load(settings, tmp_path / "files"))
    monkeypatch.setenv("COVERLINE_DATABASE_URL", settings.database_url)
    feed, mapping = tmp_path / "telefax.json", tmp_path / "mapping.toml"
    feed.write_text(json.dumps(answer(release("5", "2026-05-31"), release("6"))), encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")

    def coverline(*arguments: str):
        return CliRunner().invoke(app, ["import-lifecycle", str(feed), "--mapping", str(mapping), *arguments])

    mapping.write_text(MAPPING.replace("Winter '26", "Winter '62"), encoding="utf-8")
    feed.write_text(json.dumps(answer(release("5"), release("6", "2027-01-31"))), encoding="utf-8")
    mistyped = coverline("--dry-run").output.replace("\n", " ")
    assert "No release of these names is known here" in mistyped
    assert mistyped.rstrip().endswith("Winter '62")
    mapping.write_text(MAPPING, encoding="utf-8")
    feed.write_text(json.dumps(answer(release("5", "2026-05-31"), release("6"))), encoding="utf-8")
    told = coverline("--dry-run", "--json")
    data = json.loads(told.output)
    assert (told.exit_code, data["loaded"], data["licenseCount"]) == (0, False, 4)
    ends = {one["serial"]: one["lastCoveredDay"] for one in data["licenses"]}
    assert ends["FAX-1"] == ends["FAX-1-HA"] == {"before": "2026-09-30", "after": "2026-05-31"}
    assert "Licences whose end moves: 4" in coverline().output
    feed.write_text("{", encoding="utf-8")
    refused = coverline()
    assert (refused.exit_code, "telefax.json, line 1: is not JSON" in refused.output) == (2, True)
