"""Reports as callers meet them: figures with their rows, as known at any instant, of what the viewer may see."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.auth import INTERNAL
from api.deployment import deployed
from api.operations import operation
from api.settings import Settings
from api.store import portfolio as stored
from api.store.revisions import migrate
from schema.root import Schema
from schema.store import Viewer
from tests.ordering import CUSTOMER, PARTNER
from tests.portfolio import FILES, NOW, PRICING, load_more, settings_in
from tests.portfolio import load as load_portfolio

SCHEMA = Schema()
YEAR = {"from": "2026-01-01", "to": "2026-12-31"}
NORTH = PARTNER
BETA = replace(CUSTOMER, account="BETA")

LATER = {
    "coverage.csv": """order_reference,serial,plan,starts_on,expires_on,order_date,kind
SO-9,FAX-1,GOLD,2026-10-01,2027-09-30,2026-03-12,RENEWED
"""
}
ORDERED = datetime(2026, 3, 12, 9, tzinfo=UTC)


def filled(folder: Path) -> Settings:
    """The portfolio with prices; FAX-1 was renewed on 2026-03-12, a day after NOW."""
    settings = settings_in(folder)
    asyncio.run(load_portfolio(settings, folder / "files"))
    asyncio.run(load_more(settings, folder / "prices", PRICING))
    asyncio.run(load_more(settings, folder / "later", LATER, ORDERED))
    return settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("reports"))


def reporting(settings: Settings):
    """A report's answer, asked for at an instant after the renewal."""

    async def asking(name: str, viewer: Viewer, variables: dict[str, Any]) -> Any:
        async with deployed(settings, lambda: datetime(2026, 3, 20, tzinfo=UTC)) as deployment:
            document = operation(name)
            result = await SCHEMA.execute(document, variable_values=variables, context_value=deployment.context(viewer))
            assert not result.errors, result.errors
            assert result.data is not None
            [answer] = json.loads(json.dumps(result.data)).values()
            return answer

    def ask(name: str, viewer: Viewer = INTERNAL, /, **variables: Any) -> Any:
        return asyncio.run(asking(name, viewer, variables))

    return ask


@pytest.fixture(scope="module")
def report(settings):
    return reporting(settings)


def figures(found) -> dict[str | None, tuple[int, list[str]]]:
    return {one["key"]: (one["rowCount"], [money["amount"] for money in one["amounts"]]) for one in found["groups"]}


def serials(found) -> dict[str | None, list[str]]:
    return {one["key"]: [edge["node"]["license"]["serial"] for edge in one["rows"]["edges"]] for one in found["groups"]}


def test_renewals_due_are_added_up_by_month_with_the_licences_behind_them(report):
    # FAX-1 goes on to 2027; FAX-2's included year ended on 2025-11-30; FAX-3 ends on 2026-12-31, Platinum 1,600.00.
    found = report("renewals_due", **YEAR)
    assert figures(found) == {"2026-12": (1, ["1600.00"])}
    assert serials(found) == {"2026-12": ["FAX-3"]}


def test_a_report_can_be_drawn_again_as_it_was_before_something_was_recorded(report):
    # As known on 2026-03-11 FAX-1 and its redundancy licence, two of them, end on 2026-09-30: 1,000.00 + 2 x 200.00.
    then = report("renewals_due", **YEAR, scope={"knownAt": "2026-03-11T10:00:00Z"})
    assert figures(then) == {"2026-09": (1, ["1400.00"]), "2026-12": (1, ["1600.00"])}
    assert then["knownAt"] == "2026-03-11T10:00:00Z"
    assert report("renewals_due", **YEAR, scope={"knownAt": "2023-12-02T00:00:00Z"})["total"]["rowCount"] == 1


def test_the_total_is_the_sum_of_the_groups_in_every_grouping(report):
    for group_by in ("KIND", "MONTH", "PLAN", "PRODUCT", "PARTNER", "ACCOUNT", "THEATER"):
        found = report("coverage_gaps", **YEAR, groupBy=group_by)
        assert sum(one["rowCount"] for one in found["groups"]) == found["total"]["rowCount"] == 2


def test_gaps_name_their_cause(report):
    # FAX-2 lapsed in 2025, FAX-3 owes since 2026-03-01, CALL-1 was never activated.
    found = report("coverage_gaps", **YEAR)
    assert serials(found) == {"DEBT": ["FAX-3"], "EXPIRY": ["FAX-2"]}
    assert found["groups"][1]["rows"]["edges"][0]["node"] | {"license": None, "plan": None, "clause": None} == {
        "kind": "EXPIRY", "from": "2026-01-01", "to": "2026-12-31", "days": 365, "license": None, "plan": None,
        "amount": {"amount": "600.00", "currency": "EUR"}, "missing": None, "charge": None, "licenseCount": 1,
        "decisionCount": 0, "clause": None,
    }  # fmt: skip


def test_what_lateness_costs_is_told_by_started_years(report):
    # FAX-2: last covered day 2025-11-30, 121 days later 2026-03-31, a tenth of Basic's 660.00 from 2026-03-21 on.
    assert report("late_fee_exposure", on="2026-03-30")["groups"] == []
    found = report("late_fee_exposure", on="2026-03-31")
    assert (figures(found), serials(found)) == ({"1": (1, ["66.00"])}, {"1": ["FAX-2"]})


def test_charges_are_told_by_age_with_the_charge(report):
    [group] = report("outstanding_charges", on="2026-03-11")["groups"]
    [edge] = group["rows"]["edges"]
    assert (group["key"], edge["node"]["charge"]) == ("DAYS_1_TO_30", {"reference": "CH-2", "dueOn": "2026-03-01"})


def test_an_end_of_support_is_scheduled_with_what_it_cuts(report):
    found = report("end_of_support_schedule", **{"from": "2030-01-01", "to": "2030-12-31"})
    assert {one["key"]: one["dayCount"] for one in found["groups"]} == {"CALL": "0"}


def test_leaks_are_for_the_operator_alone(report):
    assert report("revenue_leakage", **YEAR)["total"]["rowCount"] == 0
    assert report("revenue_leakage", NORTH, **YEAR)["code"] == "FORBIDDEN"


RECORD = """mutation ($input: RecordDecisionInput!) {
  recordDecision(input: $input) { ... on DecisionRecord { decision { verdict } } }
}"""


def test_support_that_was_opened_and_lost_its_cover_later_is_a_leak_from_when_that_is_known(tmp_path):
    """FAX-3 is covered to 2026-12-31 when it is served on 2026-03-13, and FAX-2, which is not, is refused."""

    settings = filled(tmp_path)
    report = reporting(settings)

    async def serve() -> list[str]:
        async with deployed(settings, lambda: datetime(2026, 3, 13, 10, tzinfo=UTC)) as deployment:
            verdicts = []
            for serial in ("FAX-1", "FAX-2"):
                asked = {"idempotencyKey": serial, "check": {"license": {"serial": serial}}}
                context = deployment.context(INTERNAL)
                result = await SCHEMA.execute(RECORD, variable_values={"input": asked}, context_value=context)
                assert result.data is not None
                verdicts.append(result.data["recordDecision"]["decision"]["verdict"])
            return verdicts

    assert asyncio.run(serve()) == ["ENTITLED", "NOT_ENTITLED"]
    assert report("revenue_leakage", **YEAR)["total"]["rowCount"] == 0
    # A later correction takes the cover of that day away: 2026-01-01 to 2026-03-13 are 72 days.
    corrected = {
        "coverage.csv": """order_reference,serial,plan,starts_on,expires_on,order_date,kind
SO-1,FAX-1,GOLD,2025-10-01,2025-12-31,2025-09-20,ORDERED
SO-9,FAX-1,,,,,
""",
        "licenses.csv": """serial,account,product,base,model,quantity,registered_on,installed_release
FAX-1,ACME,FAX,,PERPETUAL,1,2024-06-01,Winter '26
""",
    }
    asyncio.run(load_more(settings, tmp_path / "corrected", corrected, datetime(2026, 3, 14, tzinfo=UTC)))
    [leak] = report("revenue_leakage", **YEAR)["groups"]
    [row] = [edge["node"] for edge in leak["rows"]["edges"]]
    # 72/365 of Gold's 1,000.00.
    assert (leak["key"], row["from"], row["to"], row["days"], row["decisionCount"], row["amount"]["amount"]) == (
        "SERVED_WITHOUT_COVER", "2026-01-01", "2026-03-13", 72, 1, "197.26",
    )  # fmt: skip
    then = report("revenue_leakage", **YEAR, scope={"knownAt": "2026-03-13T12:00:00Z"})
    assert then["total"]["rowCount"] == 0


def test_a_viewer_is_told_of_its_own_contracts_only(report):
    assert serials(report("coverage_gaps", NORTH, **YEAR)) == {"EXPIRY": ["FAX-2"]}
    assert serials(report("coverage_gaps", BETA, **YEAR)) == {"DEBT": ["FAX-3"]}


def test_a_report_may_be_on_one_account_or_one_partners(report):
    assert serials(report("coverage_gaps", **YEAR, scope={"account": "BETA"})) == {"DEBT": ["FAX-3"]}
    assert serials(report("coverage_gaps", **YEAR, scope={"partner": "NORTH"})) == {"EXPIRY": ["FAX-2"]}
    assert report("coverage_gaps", **YEAR, scope={"account": "NOBODY"})["groups"] == []
    assert report("coverage_gaps", NORTH, **YEAR, scope={"account": "BETA"})["groups"] == []


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"from": "2026-12-31", "to": "2026-01-01"}, ["to"]),
        ({"from": "1815-01-01", "to": "2026-01-01"}, ["from"]),
        ({"from": "2026-01-01", "to": "9999-01-01"}, ["to"]),
        (YEAR | {"scope": {"knownAt": "2030-01-01T00:00:00Z"}}, ["knownAt"]),
    ],
)
def test_days_that_make_no_report_are_refused_by_name(report, variables, field):
    found = report("coverage_gaps", **variables)
    assert (found["code"], found["field"]) == ("INVALID_DATE", field)


# ---------------------------------------------------------------- pages of rows

ROWS = """query ($first: Int!, $after: String, $group: ReportGrouping!) {
  coverageGaps(from: "2019-01-01", to: "2026-12-31", groupBy: $group) { ... on Report {
    total { rowCount rows(first: $first, after: $after) { ...Page } }
    groups { key rowCount rows(first: $first, after: $after) { ...Page } }
  } } }
fragment Page on ReportRowConnection {
  edges { cursor node { kind from license { serial } } } pageInfo { hasNextPage hasPreviousPage endCursor }
}"""


def asked(settings, document, **variables):
    async def asking() -> Any:
        async with deployed(settings, lambda: NOW) as deployment:
            result = await SCHEMA.execute(
                document, variable_values=variables, context_value=deployment.context(INTERNAL)
            )
            return json.loads(json.dumps({"data": result.data, "errors": [e.message for e in result.errors or ()]}))

    return asyncio.run(asking())


def serials_of(settings, key: str | None, size: int):
    """The serials behind a figure, page after page."""
    after = None
    while True:
        found = asked(settings, ROWS, first=size, after=after, group="ACCOUNT")["data"]["coverageGaps"]
        figure = found["total"] if key is None else next(one for one in found["groups"] if one["key"] == key)
        page = figure["rows"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        yield from (edge["node"]["license"]["serial"] for edge in page["edges"])
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


async def from_empty(settings, folder, files):
    await migrate(settings.database_url)
    await load_more(settings, folder, files)


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_pages_of_rows_hold_every_row_once(tmp_path, monkeypatch, size):
    monkeypatch.setattr(stored, "CHUNK", 7)
    settings = settings_in(tmp_path)
    licenses = "serial,account,product,registered_on\n" + "".join(
        f"L-{number:03},{('ACME', 'BETA')[number % 2]},FAX,{2016 + number % 5}-03-01\n" for number in range(20)
    )
    files = {**FILES, "licenses.csv": licenses}
    for name in ("coverage.csv", "charges.csv"):
        del files[name]
    asyncio.run(from_empty(settings, tmp_path / "files", files))
    whole = asked(settings, ROWS, first=100, group="ACCOUNT")["data"]["coverageGaps"]
    seen = {key: list(serials_of(settings, key, size)) for key in (None, "ACME", "BETA")}
    assert len(seen[None]) == whole["total"]["rowCount"] == 20
    for group in whole["groups"]:
        assert len(seen[group["key"]]) == group["rowCount"] == 10
    assert sorted(seen[None]) == sorted(set(seen[None])) == sorted([*seen["ACME"], *seen["BETA"]])


@pytest.mark.parametrize("cursor", ["x", "WyJsaWNlbnNlcy9TRVJJQUwiLCJBIl0", "WyJyZXBvcnQgcm93cyIsIngiLCIwIl0"])
def test_a_cursor_that_no_report_gave_is_refused(settings, cursor):
    [message] = asked(settings, ROWS, first=1, after=cursor, group="KIND")["errors"][:1]
    assert message.startswith("after: not a cursor")
