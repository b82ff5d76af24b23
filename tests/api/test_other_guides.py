"""Another vendor's guide is data alone: the same code checks, renews, quotes, draws and records under it.

BUOY-1 has six months of Day from 2025-01-01, then Night to 2026-06-30; BUOY-2's coverage ended on 2026-02-08, 31 days
before 2026-03-11.
"""

import asyncio
import json
import shutil

import pytest
from typer.testing import CliRunner

from api.commands import app
from api.operations import operation
from api.store.revisions import migrate
from tests.other_guides import EDITIONS, HARBOUR, LATER
from tests.portfolio import NOW, client_of, load, load_more, settings_in

FILES = {
    "accounts.csv": "reference,name,partner,country,theater,language,currency\nPORT,Port of Faro,,PT,COAST,pt,EUR\n",
    "products.csv": "code,name,kind,family,bases\nBUOY,Buoy,BASE,,\nLAMP,Lamp,MODULE,,BUOY\n",
    "releases.csv": "name,season,year,released_on\nTide 2025,TIDE,2025,2025-01-01\n",
    "licenses.csv": (
        "serial,account,product,base,quantity,registered_on,recorded_at\n"
        "BUOY-1,PORT,BUOY,,1,2025-01-01,2025-01-01T00:00:00Z\n"
        "LAMP-1,PORT,LAMP,BUOY-1,4,2025-07-01,2025-07-01T00:00:00Z\n"
        "BUOY-2,PORT,BUOY,,1,2025-08-09,2025-08-09T00:00:00Z\n"
    ),
    "coverage.csv": (
        "order_reference,serial,plan,starts_on,expires_on,kind\nPO-1,BUOY-1,NIGHT,2025-07-01,2026-06-30,RENEWED\n"
    ),
    "prices.csv": (
        "book,currency,product,plan,months,effective_from,amount\n"
        "LIST,EUR,BUOY,NIGHT,12,2021-01-01,400.00\nLIST,EUR,LAMP,NIGHT,12,2021-01-01,25.00\n"
        "LIST,EUR,BUOY,DAY,12,2021-01-01,200.00\n"
    ),
}


@pytest.fixture(scope="module")
def harbour(tmp_path_factory):
    folder = tmp_path_factory.mktemp("harbour")
    settings = settings_in(folder).model_copy(update={"edition": HARBOUR, "editions": EDITIONS})
    asyncio.run(migrate(settings.database_url))
    asyncio.run(load_more(settings, folder / "files", FILES))
    return settings


@pytest.fixture(scope="module")
def caller(harbour):
    with client_of(harbour) as client:
        yield client


def ask(caller, name: str, **variables):
    answer = caller.post("/graphql", json={"query": operation(name), "variables": variables}).json()
    assert "errors" not in answer, answer
    [data] = answer["data"].values()
    return data


def check(caller, serial: str = "BUOY-1", at: str = "2026-03-11T10:00:00Z", **more):
    return ask(caller, "check", input={"license": {"serial": serial}, "at": at, **more})


def test_a_check_is_answered_with_the_vendor_s_plans_hours_and_clauses(caller):
    """On a Wednesday at ten in Lisbon, half an hour of the window, by Night."""
    told = check(caller, priority="P1")
    assert (told["verdict"], told["plan"]["name"], told["commitment"]["strength"]) == ("ENTITLED", "Night", "COMMITTED")
    assert told["commitment"]["reactBy"] == "2026-03-11T10:30:00Z"
    assert told["commitment"]["theater"]["code"] == "COAST"
    assert {clause["edition"] for clause in told["clauses"]} == {HARBOUR}


@pytest.mark.parametrize(
    "service", ["TICKET", "BUG_FIX", "SECURITY_FIX", "FEATURE_RELEASE", "ON_SITE", "PROACTIVE", "EXPERT"]
)
@pytest.mark.parametrize("serial", ["BUOY-1", "LAMP-1", "BUOY-2", "NONE"])
def test_whatever_is_asked_is_answered(caller, serial, service):
    told = check(caller, serial, service=service, channel="CHAT", requester="END_USER", causes=["MISUSE"])
    assert told["verdict"] in {"NOT_ENTITLED", "ENTITLED", "CONDITIONAL", "UNKNOWN"}


@pytest.mark.parametrize(
    ("at", "state"), [("2026-03-10T10:00:00Z", "EXPIRED_RENEWABLE"), ("2026-03-11T10:00:00Z", "EXPIRED_LATE")]
)
def test_thirty_days_of_grace_are_counted(caller, at, state):
    assert [reason["code"] for reason in check(caller, "BUOY-2", at)["reasons"]] == [state]


def test_a_no_names_the_act_that_would_turn_it(caller):
    told = check(caller, "BUOY-2")
    assert {act["kind"] for remedy in told["remedies"] for act in remedy["acts"]} == {"RENEW"}


def test_a_renewal_is_quoted_with_its_dependents(caller):
    """400.00 for the buoy and 4 × 25.00 for the lamps."""
    quote = ask(
        caller,
        "renewal_quote",
        input={"license": {"serial": "BUOY-1"}, "plan": "NIGHT", "months": 12, "orderDate": "2026-06-30"},
    )
    assert (quote["total"]["amount"], quote["lastFreeOrderDate"]) == ("500.00", "2026-07-30")
    document = caller.get("/quotes/renewal/BUOY-1?plan=NIGHT&months=12&format=text&language=en")
    assert "Night (NIGHT)" in document.text


def test_its_timeline_is_drawn(caller):
    told = caller.get("/pictures/timeline/BUOY-1.txt?language=en").text
    assert "1 January 2025 to 30 June 2025  Day, included first term" in told
    assert (
        "1 July 2026 to 30 July 2026     not covered; a renewal ordered by 30 July 2026 is without a late fee" in told
    )
    assert caller.get("/pictures/timeline/BUOY-1.png").content.startswith(b"\x89PNG")


def test_plans_guide_and_reports_are_the_vendor_s(caller):
    assert [plan["code"] for plan in ask(caller, "plans")] == ["DAY", "NIGHT"]
    guide = ask(caller, "guide")
    assert (guide["edition"], [one["code"] for one in guide["theaters"]]) == (HARBOUR, ["COAST", "ISLANDS"])
    due = ask(caller, "renewals_due", **{"from": "2026-01-01", "to": "2026-12-31", "groupBy": "PLAN"})
    assert {group["key"] for group in due["groups"]} == {"DAY", "NIGHT"}


def test_a_decision_is_kept_and_made_again(caller):
    asked = {"idempotencyKey": "k-1", "check": {"license": {"serial": "BUOY-1"}}}
    kept = ask(caller, "record_decision", input=asked)
    again = ask(caller, "decision_record", id=kept["id"])
    assert again["replay"]["identical"]


# ---------------------------------------------------------------- where editions lie


@pytest.fixture
def coverline(harbour, monkeypatch, logging_restored):
    def run(*arguments: str, **environment: str):
        given = {"DATABASE_URL": harbour.database_url, "EDITION": HARBOUR, "EDITIONS": str(EDITIONS), **environment}
        for name, value in given.items():
            monkeypatch.setenv(f"COVERLINE_{name}", value)
        return CliRunner().invoke(app, list(arguments))

    return run


def test_the_command_line_runs_an_edition_of_a_folder(coverline):
    assert "Lanterns by night" in coverline("plans").output
    told = coverline("check", "BUOY-1", "--at", "2026-03-11T10:00:00Z", "--json")
    assert (told.exit_code, json.loads(told.output)["plan"]["code"]) == (0, "NIGHT")


def test_the_codes_of_another_vendor_are_refused_by_name(coverline, tmp_path):
    (tmp_path / "coverage.csv").write_text(FILES["coverage.csv"].replace("NIGHT", "GOLD"), encoding="utf-8")
    told = coverline("import", str(tmp_path))
    assert "coverage.csv, line 2, plan: 'GOLD' is not a plan of the guide; it is one of DAY, NIGHT" in told.output


def test_a_folder_of_editions_that_cannot_be_used_is_said(coverline, tmp_path):
    assert "is not a folder" in coverline("plans", EDITIONS=str(tmp_path / "none")).output
    told = coverline("plans", EDITION="harbour-9").output
    assert "there is no edition 'harbour-9'; available: harbour-care-1, harbour-care-2, imagicle-care-4.1, " in told
    shutil.copytree(EDITIONS / HARBOUR, tmp_path / "imagicle-care-4.1")
    assert "is in the package already; give it a name of its own" in coverline("plans", EDITIONS=str(tmp_path)).output
    (tmp_path / "imagicle-care-4.1").rename(tmp_path / "quay")
    told = coverline("plans", EDITION="quay", EDITIONS=str(tmp_path))
    assert "quay/edition.toml: id: is harbour-care-1, and the folder's name is not" in told.output
    (tmp_path / "quay").rename(tmp_path / HARBOUR)
    plans = tmp_path / HARBOUR / "plans.toml"
    plans.write_text(plans.read_text(encoding="utf-8").replace("cause.MISUSE", "cause.ABUSE"), encoding="utf-8")
    told = coverline("plans", EDITIONS=str(tmp_path))
    assert "harbour-care-1: [cause.MISUSE]: is missing; add it to one of the edition's files" in told.output
    plans.write_bytes(b"\xff")
    (tmp_path / HARBOUR).rename(tmp_path / "quay")
    told = coverline("doctor", EDITION="quay", EDITIONS=str(tmp_path))
    assert "plans.toml: the file: is not UTF-8" in told.output


def test_an_edition_without_what_is_recorded_is_not_served(coverline):
    told = coverline("serve", EDITION="imagicle-care-4.1")
    expected = "the edition imagicle-care-4.1 has no plan NIGHT and no theater COAST, which are recorded"
    assert (told.exit_code, expected in told.output) == (2, True), told.output
    assert expected in " ".join(coverline("doctor", EDITION="imagicle-care-4.1").output.split())


# ---------------------------------------------------------------- one edition in place of another


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compared")
    settings = settings_in(folder)
    asyncio.run(load(settings, folder / "files"))
    return settings


AT = ("--at", NOW.isoformat())


def test_editions_are_compared_licence_by_licence_and_in_sum(coverline, portfolio):
    """FAX-2's Basic ended on 2025-11-30, 101 days before: late with 90 days of grace."""
    told = coverline(
        "diff-editions", "imagicle-care-4.1", LATER, *AT, "--format", "json", DATABASE_URL=portfolio.database_url
    )
    data = json.loads(told.stdout)
    by_serial = {one["serial"]: {each["asked"]: each for each in one["differences"]} for one in data["licenses"]}
    assert by_serial["FAX-2"]["COVERAGE"]["after"] == "EXPIRED_LATE, 2025-11-30"
    assert by_serial["FAX-1"]["CHECK TICKET ONLINE END_USER"]["direction"] == "GAIN"
    assert "CALL-1" not in by_serial
    total = data["sum"]
    assert (total["licenses"], total["differing"]) == (5, len(by_serial))
    for counted in total["asked"]:
        found = [one for one in by_serial.values() if counted["asked"] in one]
        same = [one for one in found if one[counted["asked"]]["direction"] == counted["direction"]]
        assert counted["licenses"] == len(same)
    grace = next(one for one in total["because"] if one["value"] == "renewals.grace_days")
    assert (grace["before"], grace["after"]) == ("imagicle-care-4.1/R-REN-2", "imagicle-care-5.0/R-REN-2/5.0")


def test_rows_and_paragraphs_tell_the_same(coverline, portfolio, tmp_path):
    url = portfolio.database_url
    csv = tmp_path / "diff.csv"
    arguments = ("diff-editions", "imagicle-care-4.1", LATER, *AT, "--account", "BETA")
    written = coverline(*arguments, "--format", "csv", "--output", str(csv), DATABASE_URL=url)
    assert "1 of 2 licences are answered otherwise" in written.output
    rows = csv.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "license_serial,account_reference,asked,direction,before,after,because"
    assert {row.split(",")[0] for row in rows[1:]} == {"FAX-3"}
    text = coverline(*arguments, DATABASE_URL=url).stdout
    assert text.count("\n  GAIN ") + text.count("\n  LOSS ") + text.count("\n  OTHER") == len(rows) - 1
    assert "FAX-3 (BETA)" in text


@pytest.mark.parametrize("option", ["--account", "--partner"])
def test_an_account_that_is_not_there_is_no_portfolio_without_differences(coverline, portfolio, option):
    arguments = ("diff-editions", "imagicle-care-4.1", LATER, option, "BETTA")
    told = coverline(*arguments, DATABASE_URL=portfolio.database_url)
    assert (told.exit_code, told.stdout) == (2, "")
    assert "there is no account 'BETTA'" in told.stderr


def test_an_edition_of_another_vendor_lacks_what_is_recorded(coverline, portfolio):
    told = coverline("diff-editions", "imagicle-care-4.1", HARBOUR, *AT, DATABASE_URL=portfolio.database_url)
    assert "EDITION: has what is recorded → has no plan GOLD, theater EUROPE" in told.stdout
    assert "5 of 5 licences are answered otherwise: 0 gain something, 5 lose something." in told.stdout
