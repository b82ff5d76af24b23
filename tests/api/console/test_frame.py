"""What holds for every page: what a browser may do with it, its language, its failures, and what it costs."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.store.watching import watch_statements
from schema.languages import LANGUAGES
from tests.api.console.conftest import Page, key_for, sign_in
from tests.api.console.test_desk import OWN
from tests.ordering import CUSTOMER, fill
from tests.portfolio import FILES, NOW, PRICING, client_of, settings_in

PAGES = [
    "/console",
    "/console?serial=FAX-1&channel=PHONE&priority=P1",
    "/console?serial=FAX-2",
    "/console?serial=ACME",
    "/console/licenses",
    "/console/licenses/FAX-2",
    "/console/portfolio/renewals?from=2026-01-01&to=2026-12-31&group=2026-09",
    "/console/portfolio/gaps",
    "/console/webhooks",
    "/console/guide",
    "/console/guide/clauses",
    "/console/guide/conflicts",
    "/console/graphiql",
    "/console/sign-in",
    "/console/nowhere/at/all",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_and_shows_nothing_but_files_of_this_origin(demo, path):
    response = demo.get(path)
    assert response.status_code == (404 if "nowhere" in path else 200)
    page, policy = Page(response.text), response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "frame-ancestors 'none'" in policy
    assert ("unsafe-inline" in policy) == (path == "/console/graphiql")
    assert not [tag for tag, given in page.tags if "style" in given or any(name.startswith("on") for name in given)]
    assert not page.all("style")
    assert all("src" in tag or tag.get("type") == "application/json" for tag in page.all("script"))
    assert (response.headers["cache-control"], response.headers["x-content-type-options"]) == ("no-store", "nosniff")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_names_anything_of_another_account(served, stocked, path):
    """ACME sees itself and its partner; FAX-3, CALL-1 and their charges are BETA's."""
    sign_in(served, key_for(stocked, CUSTOMER))
    text = Page(served.get(path).text).text
    assert [name for name in ("BETA", "Beta", "FAX-3", "CALL-1", "CH-2", "SO-2") if name in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_in_the_language_of_the_browser_or_in_the_one_chosen(demo, language):
    by_header = demo.get("/console?serial=FAX-2", headers={"accept-language": language})
    demo.get(f"/console/language?to={language}&next=/console")
    chosen = demo.get("/console?serial=FAX-2", headers={"accept-language": "sv"})
    demo.cookies.delete("coverline_language")
    [html] = Page(chosen.text).all("html")
    assert html == {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}
    assert chosen.headers["content-language"] == language
    words = (Page(by_header.text).text, Page(chosen.text).text)
    assert words[0] == words[1]
    assert ("May this ticket be opened?" in words[0]) == (language == "en")


def languages_of(html: str) -> set[str]:
    """Where the links to languages lead back to."""
    links = [parse_qs(urlsplit(link).query) for link in Page(html).links if "/console/language" in link]
    return {link["next"][0] for link in links}


@pytest.mark.parametrize(
    "path",
    [
        "/console?serial=FAX-1&at=yesterday",
        "/console/portfolio/renewals?from=2027-01-01&to=2026-01-01",
        "/console/licenses/NO%3FSUCH%23%25",
        "/console/nowhere",
    ],
)
def test_another_language_tells_the_same_page_again_also_of_what_failed(demo, path):
    assert languages_of(demo.get(path).text) == {path}


def test_a_form_that_fails_leads_back_to_the_page_that_it_stood_on(demo, served):
    page = "/console?serial=FAX-2&channel=PHONE"
    sent = {"data": {"form": "guessed"}, "headers": {**OWN, "referer": f"http://localhost{page}"}}
    assert languages_of(demo.post("/console/records", **sent).text) == {page}
    led = served.post("/console/records", **sent, follow_redirects=False)
    assert parse_qs(urlsplit(led.headers["location"]).query)["next"] == [page]
    for elsewhere in ("https://evil.example/console", "http://[", "/graphql", ""):
        sent["headers"]["referer"] = elsewhere
        assert languages_of(demo.post("/console/records", **sent).text) == {"/console"}


def test_every_field_has_a_label_and_every_page_one_heading(demo):
    for path in PAGES[:-1]:
        page = Page(demo.get(path).text)
        labelled = {label.get("for") for label in page.all("label")}
        fields = [
            given
            for tag, given in page.tags
            if tag in {"input", "select", "textarea"} and given.get("type") != "hidden"
        ]
        assert [field for field in fields if field.get("id") not in labelled] == []
        assert len(page.all("h1")) == 1


# ---------------------------------------------------------------- failures


def test_a_database_that_is_away_is_said_with_what_to_do(stocked, monkeypatch):
    with client_of(stocked) as caller:
        database = caller.app.state.deployment.database  # pyright: ignore[reportAttributeAccessIssue]

        async def away(*_, **__):
            raise OSError("the database is away")

        def closed(*_, **__):
            raise OSError("the database is away")

        monkeypatch.setattr(type(database), "session", closed)
        monkeypatch.setattr("api.health.is_current", away)
        monkeypatch.setattr("api.store.store.SqlStore.facts_by_serial", away)
        response = caller.get("/console?serial=FAX-1")
        signing_in = caller.post("/console/sign-in", data={"credential": "cvl_0_0"}, headers=OWN)
    assert (response.status_code, signing_in.status_code) == (503, 503)
    assert "Try again in a minute." in response.text
    assert "Try again in a minute." in signing_in.text
    assert "the database is away" not in response.text


def test_a_fault_of_ours_has_a_number_and_no_stack(stocked, monkeypatch):
    async def broken(*_):
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("api.store.store.SqlStore.facts_by_serial", broken)
    with client_of(stocked) as caller:
        response = caller.get("/console?serial=FAX-1", headers={"x-request-id": "number-7"})
    assert (response.status_code, "number-7" in response.text, "a secret" in response.text) == (500, True, False)


def test_who_asks_too_often_is_told_when_to_come_back(stocked):
    settings = stocked.model_copy(update={"rate": "2/minute"})
    with client_of(settings) as caller:
        answers = [caller.get("/console?serial=FAX-1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0
    assert 'coverline_refused_total{limit="RATE_LIMITED"} 1.0' in _metrics(stocked, settings)


def _metrics(_stocked: Settings, settings: Settings) -> str:
    with client_of(settings) as caller:
        for _ in range(3):
            caller.get("/console?serial=FAX-1")
        return caller.get("/metrics").text


def test_a_page_is_counted_as_the_operation_that_it_runs(stocked):
    with client_of(stocked) as caller:
        caller.get("/console?serial=FAX-2")
        figures = caller.get("/metrics").text
    assert 'coverline_operation_seconds_count{operation="Check"} 1.0' in figures
    assert 'coverline_checks_total{reason="EXPIRED_RENEWABLE",verdict="NOT_ENTITLED"} 1.0' in figures
    assert 'coverline_http_requests_total{path="/console",status="200"} 1.0' in figures


# ---------------------------------------------------------------- what a page costs


@pytest.fixture(scope="module")
def sizes(tmp_path_factory) -> Iterator[tuple[TestClient, TestClient]]:
    """The portfolio, and one that has 200 contracts more."""
    more = FILES["licenses.csv"] + "".join(
        f"MORE-{number:03},ACME,FAX,,PERPETUAL,1,2025-10-01,,2025-10-01T00:00:00Z\n" for number in range(200)
    )
    callers = []
    for files in (PRICING, PRICING | {"licenses.csv": more}):
        folder = tmp_path_factory.mktemp("size")
        settings = settings_in(folder).model_copy(update={"kept_documents": 0})  # what is kept is not asked again
        fill(settings, folder, files)
        callers.append(
            TestClient(
                create_app(settings, demo=True, clock=lambda: NOW), "http://localhost", client=("127.0.0.1", 50_000)
            )
        )
    with callers[0], callers[1]:
        yield callers[0], callers[1]


COUNTED = [path for path in PAGES if any(of in path for of in ("serial", "licenses", "portfolio", "webhooks"))]
COUNTED += [f"/console/portfolio/{report}" for report in ("end-of-support", "late-fees", "charges", "leakage")]


@pytest.mark.parametrize("path", COUNTED)
def test_a_page_asks_the_database_as_often_for_many_contracts_as_for_few(sizes, path, monkeypatch):
    monkeypatch.setattr("api.store.portfolio.CHUNK", 50)
    counts = []
    for caller in sizes:
        statements: list[str] = []
        caller.get(path)
        watch_statements(caller.app.state.deployment.database, statements.append, lambda *_: None)
        assert caller.get(path).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert 0 < counts[0] <= 20
