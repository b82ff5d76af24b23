"""The support desk. FAX-1 is covered with Gold; FAX-2 is expired, on NOW since 101 days; FAX-3 is overdue."""

import json

import pytest

from api.settings import Settings
from schema.scopes import Scope
from tests.api.console.conftest import Page, key_for, sign_in
from tests.api.databases import migrated_postgres, postgres_template
from tests.ordering import CUSTOMER, fill
from tests.portfolio import client_of

__all__ = ["migrated_postgres", "postgres_template"]

OWN = {"sec-fetch-site": "same-origin"}
"""How a browser sends a form of the console's own page."""


def page_of(caller, path: str) -> Page:
    response = caller.get(path)
    assert response.status_code == 200, response.text
    return Page(response.text)


def test_a_yes_says_what_is_promised_by_the_clock_of_the_theater(demo):
    page = page_of(demo, "/console?serial=FAX-1&priority=P1&at=2026-03-11T10:00")
    assert "Yes: open the ticket ENTITLED" in page.text
    [by] = page.all("span", **{"class": "until"})
    assert by["data-until"] == "2026-03-11T10:00:00Z"  # Gold reacts to P1 within an hour, from 10:00 in Rome on
    assert "11 Mar 2026 11:00 Europe/Rome" in page.text
    assert {"datetime": "2026-03-11T10:00:00Z"} in page.all("time")


def test_a_no_names_each_reason_with_its_clause_and_the_ways_to_a_yes(demo):
    page = page_of(demo, "/console?serial=FAX-2")
    assert "No NOT_ENTITLED" in page.text
    assert "Stands in the way EXPIRED_RENEWABLE coverage ended on 2025-11-30, 101 days before 2026-03-11" in page.text
    assert any(link.startswith("/console/guide/clauses#") and link.endswith("R-REN-4") for link in page.links)
    assert "RENEW renew FAX-2 with BASIC, covered from 2025-12-01" in page.text


def test_a_verdict_is_never_told_by_colour_alone(demo):
    for serial, sign in (("FAX-1", "✓"), ("FAX-2", "✕")):
        page = page_of(demo, f"/console?serial={serial}")
        assert sign in page.words


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("serial=FAX-2&at=2025-11-30T23:00", "ENTITLED"),
        ("serial=FAX-2&at=2025-12-01T09:00", "NOT_ENTITLED"),
        ("serial=FAX-2&at=2025-11-30T22:30:00Z", "ENTITLED"),  # 23:30 in Rome
        ("serial=FAX-2&at=2025-11-30T23:30:00Z", "NOT_ENTITLED"),
        ("serial=FAX-1&service=EXPERT", "NOT_ENTITLED"),
        ("serial=FAX-1&channel=REMOTE_SESSION", "ENTITLED"),
        ("serial=FAX-1&channel=REMOTE_SESSION&known=2025-09-01T00:00", "NOT_ENTITLED"),  # Gold was ordered later
    ],
)
def test_a_check_is_as_of_any_date_and_as_known_at_any_instant(demo, path, verdict):
    assert verdict in page_of(demo, f"/console?{path}").words


@pytest.mark.parametrize(
    "given", ["at=yesterday", "known=99999-01-01T00:00", "service=NONSENSE", "at=0001-01-01T00:00"]
)
def test_what_cannot_be_read_is_said_on_a_page(demo, given):
    response = demo.get(f"/console?serial=FAX-1&{given}")
    assert response.status_code == 400
    assert 'role="alert"' in response.text


def test_an_unknown_serial_searches_serials_and_accounts(demo):
    page = page_of(demo, "/console?serial=acme&channel=PHONE")
    assert "No licence has this serial" in page.text
    assert "/console?serial=FAX-2&channel=PHONE" in page.links
    assert "FAX-3" not in page.words


def test_a_serial_may_be_typed_without_its_capitals(demo):
    response = demo.get("/console?serial=fax-1-ha&channel=PHONE")
    assert str(response.url).endswith("/console?serial=FAX-1-HA&channel=PHONE")
    assert "ENTITLED" in Page(response.text).words


def test_what_was_not_known_then_is_looked_for_among_what_is_known_now(demo):
    page = page_of(demo, "/console?serial=FAX-1&known=2001-01-01T00:00")
    assert "Not known at the instant above, but now:" in page.text
    assert "/console?serial=FAX-1" in page.links


@pytest.mark.parametrize("serial", ["%09", "a%00b", "%C3%A9", "x" * 300, "%F0%9F%8D%8B", "%ED%A0%80"])
def test_a_serial_that_can_be_none_is_told_without_a_fault(demo, serial):
    response = demo.get(f"/console?serial={serial}")
    assert response.status_code in {200, 400}


def test_what_somebody_types_is_shown_as_text(demo):
    page = page_of(demo, "/console?serial=%3Cscript%3Ealert(1)%3C/script%3E")
    assert not [tag for tag in page.all("script") if "src" not in tag]
    assert "<script>alert(1)</script>" in "".join(page.words)


# ---------------------------------------------------------------- records


def test_a_decision_is_recorded_as_it_was_shown_and_leads_to_its_pack(demo):
    shown = page_of(demo, "/console?serial=FAX-2&at=2026-03-10T10:00")
    fields = {name: shown.value(name) for name in ("form", "key", "check")}
    response = demo.post("/console/records", data={**fields, "ticket": "T-<1>"}, headers=OWN)
    record = Page(response.text)
    assert response.url.path.startswith("/console/records/")
    assert "No NOT_ENTITLED Ticket number T-<1> Licence FAX-2" in record.text
    assert "As of 10 Mar 2026 10:00 Europe/Rome" in record.text
    assert "Decided again now the same" in record.text
    [pack] = [link for link in record.links if link.startswith("/records/")]
    packed = demo.get(pack)
    assert packed.status_code == 200
    assert "T-<1>" in packed.text
    again = demo.post("/console/records", data={**fields, "ticket": "T-<1>"}, headers=OWN)
    assert again.url == response.url


@pytest.mark.long
def test_a_decision_is_recorded_on_postgresql_as_well(migrated_postgres, tmp_path):
    settings = Settings(database_url=migrated_postgres)
    fill(settings, tmp_path)
    with client_of(settings) as caller:
        shown = page_of(caller, "/console?serial=FAX-2")
        fields = {name: shown.value(name) for name in ("form", "key", "check")}
        record = Page(caller.post("/console/records", data={**fields, "ticket": "T-1"}, headers=OWN).text)
        assert "Decided again now the same" in record.text
        assert "Found: 5" in page_of(caller, "/console/licenses").text
        assert "2026-09" in page_of(caller, "/console/portfolio/renewals").words


@pytest.mark.parametrize(
    ("fields", "headers", "status"),
    [
        ({"form": "guessed"}, OWN, 403),
        ({}, {"sec-fetch-site": "cross-site"}, 403),
        ({"check": "{"}, OWN, 400),
        ({"check": "[]"}, OWN, 400),
        ({"ticket": "x" * 256}, OWN, 400),
        ({"key": ""}, OWN, 400),
    ],
)
def test_a_form_that_is_not_this_page_s_records_nothing(demo, fields, headers, status):
    shown = page_of(demo, "/console?serial=FAX-2")
    own = {name: shown.value(name) for name in ("form", "key", "check")}
    response = demo.post("/console/records", data={**own, "ticket": "T", **fields}, headers=headers)
    assert response.status_code == status, response.text
    assert 'role="alert"' in response.text


def test_a_form_of_another_kind_is_refused(demo):
    response = demo.post("/console/records", json={}, headers=OWN)
    assert response.status_code == 415


# ---------------------------------------------------------------- whose it is


def test_what_is_not_the_viewer_s_looks_as_if_it_were_not_there(served, stocked):
    sign_in(served, key_for(stocked, CUSTOMER))
    others, nobody = (Page(served.get(f"/console?serial={serial}").text) for serial in ("FAX-3", "NONE"))
    assert others.text.replace("FAX-3", "NONE") == nobody.text


def test_a_viewer_without_the_scope_is_told_which_one_is_lacking(served, stocked):
    sign_in(served, key_for(stocked, CUSTOMER, frozenset({Scope.LICENSES_READ})))
    page = Page(served.get("/console/licenses").text)
    assert {"/console/licenses", "/console/guide"} <= set(page.links)
    assert "/console/portfolio" not in page.links
    assert served.get("/console").url.path == "/console/licenses", "the first page that is there for the viewer"
    response = served.get("/console?serial=FAX-1")
    assert (response.status_code, "entitlements:check" in response.text) == (403, True)


def test_the_question_of_a_page_is_the_trusted_document_s(demo):
    shown = page_of(demo, "/console?serial=FAX-2&channel=PHONE&priority=P2&language=it&pin=1")
    assert json.loads(shown.value("check")) == {
        "license": {"serial": "FAX-2"},
        "channel": "PHONE",
        "priority": "P2",
        "language": "it",
        "pinVerified": True,
        "at": "2026-03-11T10:00:00Z",
        "knownAt": "2026-03-11T10:00:00Z",
    }
