"""Licences, the portfolio, the guide and GraphiQL, over HTTP."""

import csv
from io import StringIO
from urllib.parse import unquote

import pytest

from api.console.licenses import stretches
from tests.api.console.conftest import Page, key_for, sign_in
from tests.api.console.test_desk import page_of
from tests.ordering import CUSTOMER
from tests.portfolio import NOW

YEAR = "from=2026-01-01&to=2026-12-31"

# ---------------------------------------------------------------- licences


def test_a_licence_shows_its_coverage_charges_history_and_dependents(demo):
    page = page_of(demo, "/console/licenses/FAX-1")
    assert "1 Jun 2025 30 Sept 2025 Basic Included first year" in page.text
    assert "1 Oct 2025 30 Sept 2026 today Gold Ordered SO-1" in page.text
    assert "CH-1 €1,200.50 20 Oct 2025 15 Oct 2025" in page.text
    assert "/console/licenses/FAX-1-HA" in page.links
    assert "Known since" in page.text


def test_a_licence_is_shown_on_any_day_and_as_known_at_any_instant(demo):
    """FAX-1 was ordered Gold on 15 September 2025, from October on; before, its included year was all there was."""
    path = "/console/licenses/FAX-1?plan=GOLD&on=2026-03-11"
    now, then = page_of(demo, path), page_of(demo, f"{path}&known=2025-09-01T00:00")
    assert "Gold Ordered SO-1" in now.text
    assert "Gold Ordered SO-1" not in then.text
    assert "As known at 1 Sept 2025 00:00 Europe/Rome" in then.text
    assert then.all("input", id="known")[0]["value"] == "2025-09-01T00:00"
    kept = {(field.get("name"), field.get("value")) for field in then.all("input", type="hidden")}
    assert {("plan", "GOLD"), ("known", "2025-09-01T00:00")} <= kept
    pictures = [image["src"] or "" for image in then.all("img")]
    assert len(pictures) == 2
    for address in pictures:
        assert "knownAt=2025-08-31T22%3A00%3A00%2B00%3A00" in address
        assert demo.get(address).status_code == 200
    assert "State Covered" in page_of(demo, "/console/licenses/FAX-2?on=2025-11-30").text
    assert "State Expired" in page_of(demo, "/console/licenses/FAX-2?on=2025-12-01").text


@pytest.mark.parametrize(
    ("given", "status", "told"),
    [
        ("known=2001-01-01T00:00", 404, "was known then"),
        ("known=2099-01-01T00:00", 400, "is not known yet"),
        ("known=soon", 400, "give a day and a time"),
        ("known=0001-01-01T00:00", 400, "give a day and a time"),
        ("on=0001-01-01", 200, "FAX-2"),
        ("on=1999-12-31", 200, "FAX-2"),
        ("on=9999-12-31", 200, "FAX-2"),
        ("on=2026-02-30", 400, "give a day"),
        ("plan=" + "x" * 3_000, 200, "the guide has"),
    ],
)
def test_odd_days_and_instants_of_a_licence_are_answered_or_told(demo, given, status, told):
    response = demo.get(f"/console/licenses/FAX-2?{given}")
    assert (response.status_code, told in response.text) == (status, True), response.text


def test_a_renewal_is_quoted_with_what_waiting_costs_and_as_a_pdf(demo):
    page = page_of(demo, "/console/licenses/FAX-2?plan=GOLD&months=12&on=2026-03-11")
    assert "€1,000.00 · 1 Dec 2025 to 30 Nov 2026 · continuous: within the days of grace" in page.text
    assert "31 Mar 2026" in page.text  # the first late day: a tenth of the annual fee for each started year
    assert "€1,100.00" in page.text
    [path] = [link for link in page.links if link.startswith("/quotes/renewal/FAX-2")]
    assert demo.get(path).headers["content-type"] == "application/pdf"


def test_days_without_cover_stand_between_the_periods_and_after_them():
    """120 days of grace after 30 November 2025 end on 30 March 2026."""
    periods = [
        {"startsOn": "2024-01-01", "expiresOn": "2024-06-30"},
        {"startsOn": "2024-07-01", "expiresOn": "2024-12-31"},
        {"startsOn": "2025-01-11", "expiresOn": "2025-11-30"},
    ]
    found = {"coverageTimeline": periods, "coverageNow": {"lastFreeOrderDate": "2026-03-30"}}
    told = [(one.kind, str(one.first), str(one.last), one.is_now) for one in stretches(found, NOW.date())]
    assert told == [
        ("covered", "2024-01-01", "2024-06-30", False),
        ("covered", "2024-07-01", "2024-12-31", False),
        ("gap", "2025-01-01", "2025-01-10", False),
        ("covered", "2025-01-11", "2025-11-30", False),
        ("grace", "2025-12-01", "2026-03-30", True),
        ("late", "2026-03-31", "None", False),
    ]


@pytest.mark.parametrize("given", ["months=x", "months=1.5", "on=tomorrow", "plan=NONE", "months=0"])
def test_a_quote_that_cannot_be_made_says_why(demo, given):
    response = demo.get(f"/console/licenses/FAX-2?{given}")
    assert response.status_code in {200, 400}
    assert 'class="message"' in response.text


def test_a_page_of_licences_is_searched_and_filtered_by_its_address(demo):
    page = page_of(demo, "/console/licenses?search=beta&state=COVERED&order=EXPIRES_ON")
    assert "Found: 1" in page.text
    assert "/console/licenses/FAX-3" in page.links


def test_an_unknown_licence_is_not_found(demo):
    response = demo.get("/console/licenses/NO%2FSUCH")
    assert (response.status_code, "not yours to see" in response.text) == (404, True)


# ---------------------------------------------------------------- portfolio


@pytest.mark.parametrize("report", ["renewals", "gaps", "end-of-support", "late-fees", "charges", "leakage"])
def test_each_figure_of_a_report_leads_to_its_rows(demo, report):
    page = page_of(demo, f"/console/portfolio/{report}?from=2025-01-01&to=2031-12-31")
    groups = [link for link in page.links if "group=" in link and link.endswith("#rows")]
    if "Nothing in these days." in page.text:
        assert report == "leakage"
        return
    assert groups
    rows = page_of(demo, groups[0].removesuffix("#rows"))
    assert any(link.startswith("/console/licenses/") for link in rows.links)


def test_whose_contracts_and_as_known_when_are_kept_from_report_to_report_and_to_their_licences(demo):
    page = page_of(demo, f"/console/portfolio/renewals?{YEAR}&account=ACME&known=2026-01-31T12:00&group=2026-09")
    assert "/console/portfolio/gaps?account=ACME&known=2026-01-31T12%3A00" in page.links
    assert "/console/licenses/FAX-1?known=2026-01-31T12%3A00" in page.links


def test_a_group_that_is_not_there_is_told(demo):
    path = f"/console/portfolio/renewals?{YEAR}&group="
    assert "is not among these" in page_of(demo, f"{path}2031-01").text
    assert "is not among these" not in page_of(demo, f"{path}2026-09").text


def test_renewals_are_added_up_by_month_with_a_bar_each(demo):
    """FAX-1 with its module ends in September, FAX-3 in December: Gold and Platinum at their prices."""
    page = page_of(demo, f"/console/portfolio/renewals?{YEAR}")
    assert [bar["width"] for bar in page.all("rect")] == ["87", "100"]
    assert "2026-09" in page.words
    assert "€1,400.00" in page.text  # 1000.00, and twice 200.00
    assert "€1,600.00" in page.text


def test_a_report_as_a_file_has_the_rows_of_its_page(demo):
    response = demo.get(f"/console/portfolio/renewals.csv?{YEAR}&account=BETA")
    assert response.headers["content-disposition"] == 'attachment; filename="coverline-renewals.csv"'
    [row] = csv.DictReader(StringIO(response.text))
    assert (row["license_serial"], row["amount"], row["to"]) == ("FAX-3", "1600.00", "2027-04-30")
    assert demo.get("/console/portfolio/renewals.xlsx").content[:2] == b"PK"
    assert demo.get("/console/portfolio/charges.ics").text.startswith("BEGIN:VCALENDAR")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing", 404),
        ("renewals.exe", 404),
        ("late-fees.ics", 404),
        ("renewals?from=2027-01-01&to=2026-01-01", 422),
        ("renewals.csv?from=2027-01-01&to=2026-01-01", 422),
        ("renewals?from=soon", 400),
        ("renewals?by=NONSENSE", 400),
        ("renewals?after=nowhere&group=2026-09", 400),
        ("gaps?known=2099-01-01T00:00", 422),
    ],
)
def test_a_report_that_cannot_be_made_says_why(demo, path, status):
    response = demo.get(f"/console/portfolio/{path}")
    assert response.status_code == status
    assert 'role="alert"' in response.text


def test_leakage_is_the_operator_s_and_files_hold_the_viewer_s_rows_alone(served, stocked):
    sign_in(served, key_for(stocked, CUSTOMER))
    assert "Revenue leakage" not in served.get("/console/portfolio/renewals").text
    assert served.get("/console/portfolio/leakage").status_code == 404
    assert served.get("/console/portfolio/leakage.csv").status_code == 404
    rows = csv.DictReader(StringIO(served.get("/console/portfolio/renewals.csv?from=2026-01-01&to=2026-12-31").text))
    assert {row["account_reference"] for row in rows} == {"ACME"}


# ---------------------------------------------------------------- guide


def test_the_plans_stand_side_by_side_with_a_clause_for_each_right(demo):
    page = page_of(demo, "/console/guide")
    for name in ("Basic", "Gold", "Platinum"):
        assert name in page.words
    assert len([link for link in page.links if link.startswith("/console/guide/clauses#")]) > 50


def test_every_clause_has_its_place_and_every_link_to_one_leads_somewhere(demo):
    clauses = page_of(demo, "/console/guide/clauses")
    places = {row["id"] for row in clauses.all("tr") if "id" in row}
    assert len(places) > 100
    for path in ("/console/guide", "/console/guide/clauses", "/console/guide/conflicts", "/console?serial=FAX-2"):
        wanted = {unquote(link.partition("#")[2]) for link in page_of(demo, path).links if "/guide/clauses#" in link}
        assert wanted <= places


def test_conflicts_show_both_readings_and_what_is_unset(demo):
    page = page_of(demo, "/console/guide/conflicts")
    assert "Left open, for the operator to set X-" in page.text
    assert page.words.count("Followed here") == len(page.all("article"))


# ---------------------------------------------------------------- GraphiQL


def test_graphiql_is_served_from_here_with_the_callers_documents(demo):
    page = page_of(demo, "/console/graphiql")
    assert all((tag.get("src") or "/console/").startswith("/console/static/") for tag in page.all("script", defer=""))
    for tag in page.all("script"):
        if "src" in tag:
            assert demo.get(tag["src"] or "").status_code == 200
    assert "query Check(" in "".join(page.words)
    assert "__schema" in demo.get("/console/graphiql/schema").json()["data"]


def test_graphiql_is_for_administrators_or_for_everyone_by_the_setting(served, stocked):
    sign_in(served, key_for(stocked, CUSTOMER))
    assert "/console/graphiql" not in Page(served.get("/console").text).links
    assert served.get("/console/graphiql").status_code == 403
    assert served.get("/console/graphiql/schema").status_code == 403
