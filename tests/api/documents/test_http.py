"""Quotes over HTTP: the forms and languages to choose from, whose they are, and what is refused."""

import asyncio
from dataclasses import replace
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.deployment import deployed
from api.operations import operation
from schema.scopes import READ_SCOPES
from schema.store import Viewer
from tests.ordering import CUSTOMER, OPERATOR, ORDER, PARTNER, Ticking, fill, order
from tests.portfolio import NOW, client_of, settings_in

RENEWAL = "/quotes/renewal/FAX-1?plan=GOLD&months=12"
MEDIA_TYPES = {"json": "application/json", "text": "text/plain; charset=utf-8", "pdf": "application/pdf"}
CONTRACTS = [
    ("renewal", "renewal_quote", "renewalQuote", {"plan": "GOLD", "months": 12, "withDependents": False}),
    ("attachment", "attachment_quote", "attachmentQuote", {"product": "FAX-HA", "quantity": 3}),
    ("plan-change", "plan_change_quote", "planChangeQuote", {"plan": "PLATINUM", "currency": "EUR"}),
]


def refusal(response) -> tuple[int, str]:
    [error] = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


# ---------------------------------------------------------------- forms and languages


@pytest.mark.parametrize(("path", "document", "field", "asked"), CONTRACTS)
def test_json_is_what_graphql_answers(caller, path, document, field, asked):
    asked = {**asked, "orderDate": "2026-03-12", "knownAt": "2026-03-11T10:00:00Z"}
    variables = {"input": {"license": {"serial": "FAX-1"}, **asked}}
    told = caller.post("/graphql", json={"query": operation(document), "variables": variables}).json()["data"][field]
    parameters = {name: str(value).lower() if value is False else value for name, value in asked.items()}
    response = caller.get(f"/quotes/{path}/FAX-1", params=parameters)
    assert response.json() == told
    assert told["total"]


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_form_is_named_and_is_kept_by_nobody_on_the_way(caller, form):
    response = caller.get(f"{RENEWAL}&format={form}", headers={"accept": "text/html"})
    assert response.status_code == 200
    assert response.headers["content-type"] == MEDIA_TYPES[form]
    suffix = {"text": "txt"}.get(form, form)
    assert response.headers["content-disposition"] == f'inline; filename="quote-FAX-1-2026-03-11.{suffix}"'
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/pdf", "pdf"),
        ("text/plain", "text"),
        ("text/*", "text"),
        ("*/*", "json"),
        ("", "json"),
        ("application/json;q=0.5, application/pdf", "pdf"),
        ("application/pdf;q=0, */*;q=0.1", "json"),
    ],
)
def test_a_form_is_chosen_by_what_the_caller_accepts(caller, accept, form):
    assert caller.get(RENEWAL, headers={"accept": accept}).headers["content-type"] == MEDIA_TYPES[form]


def test_who_accepts_no_form_is_told_which_there_are(caller):
    response = caller.get(RENEWAL, headers={"accept": "image/png"})
    assert refusal(response) == (406, "NOT_ACCEPTABLE")
    assert "application/pdf" in response.text


@pytest.mark.parametrize(
    ("serial", "more", "language", "title"),
    [
        ("FAX-1", "", "en", "Quote for a renewal"),
        ("FAX-3", "", "fr", "Devis de renouvellement"),
        ("FAX-9", "", "de", "Angebot für eine Verlängerung"),  # the account's is de-AT
        ("FAX-8/A;=B", "", "en", "Quote for a renewal"),  # sv, which is not among the seven
        ("FAX-3", "&language=es", "es", "Presupuesto de renovación"),
        ("FAX-3", "&language=pt-BR", "pt", "Orçamento de renovação"),
        ("FAX-3", "&language=sv", "en", "Quote for a renewal"),
    ],
)
def test_a_quote_is_told_in_the_language_of_its_account_or_in_the_one_asked_for(caller, serial, more, language, title):
    path = f"/quotes/renewal/{quote(serial)}?plan=GOLD&months=12&format=text{more}"
    response = caller.get(path, headers={"accept-language": "ar"})
    assert response.text.startswith(title)
    assert response.headers["content-language"] == language


def test_the_messages_of_json_are_in_that_language_too(caller):
    told = caller.get(f"{RENEWAL}&language=it").json()
    assert told["lines"][0]["message"] == "FAX-1, GOLD, dal 2026-10-01 al 2027-09-30"


def test_a_file_has_a_name_that_any_system_can_bear(caller):
    response = caller.get(f"/quotes/renewal/{quote('FAX-8/A;=B', safe='')}?plan=GOLD&months=12")
    assert response.headers["content-disposition"] == 'inline; filename="quote-FAX-8-A-B-2026-03-11.json"'


# ---------------------------------------------------------------- whose they are


@pytest.fixture(scope="module")
def served(priced):
    """A caller of what is no demonstration."""
    with client_of(priced, demo=False) as client:
        yield client


@pytest.mark.parametrize("form", MEDIA_TYPES)
@pytest.mark.parametrize("path", [RENEWAL, "/orders/x/quote?"])
def test_without_a_key_there_is_no_quote(served, path, form):
    assert refusal(served.get(f"{path}&format={form}")) == (401, "UNAUTHENTICATED")


VIEWERS = {
    "internal": OPERATOR,
    "NORTH": PARTNER,
    "ACME": CUSTOMER,
    "BETA": replace(CUSTOMER, account="BETA"),
}


@pytest.fixture
def seen_by(served, monkeypatch):
    """Makes the caller a viewer, of the kinds too for which there are no keys yet."""

    def become(name: str) -> TestClient:
        async def viewer_of(*_, **__) -> Viewer:
            return VIEWERS[name]

        monkeypatch.setattr("api.fetching.viewer_of", viewer_of)
        return served

    return become


def test_a_key_opens_the_quotes_of_its_viewer(served, priced):
    async def make() -> str:
        async with deployed(priced, lambda: NOW) as deployment:
            _, text = await deployment.keys.create(VIEWERS["internal"], READ_SCOPES, NOW)
            return text

    assert served.get(RENEWAL, headers={"x-api-key": asyncio.run(make())}).json()["orderable"]


@pytest.mark.parametrize("viewer", ["internal", "NORTH", "ACME"])
def test_who_sees_a_licence_sees_its_quote(seen_by, viewer):
    assert seen_by(viewer).get(f"{RENEWAL}&format=text").status_code == 200


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_licence_of_others_looks_like_one_that_does_not_exist(seen_by, form):
    hidden, unknown = (
        seen_by("BETA").get(f"/quotes/{path}&format={form}")
        for path in ("renewal/FAX-1?plan=GOLD&months=12", "renewal/NOPE?plan=GOLD&months=12")
    )
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.headers["content-type"] == "application/json"
    assert hidden.json()["code"] == "UNKNOWN_LICENSE"
    assert hidden.content == unknown.content


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_rule_that_refuses_a_renewal_is_told_in_json_with_every_obstacle(caller, form):
    response = caller.get(f"/quotes/renewal/FAX-1-HA?plan=SILVER&months=0&format={form}")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/json"
    told = response.json()
    assert [told["code"], *(other["code"] for other in told["others"])] == [
        *("UNKNOWN_PLAN", "INVALID_TERM", "RENEW_THE_BASE"),
    ]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("months=12", "Missing in the query: plan."),
        ("plan=GOLD", "Missing in the query: months."),
        ("plan=GOLD&months=twelve", "months"),
        ("plan=GOLD&months=99999999999999999999", "months"),
        ("plan=GOLD&months=12&orderDate=tomorrow", "YYYY-MM-DD"),
        ("plan=GOLD&months=12&knownAt=2026-03-11", "RFC 3339"),
        ("plan=GOLD&months=12&currency=euro", "ISO 4217"),
        ("plan=GOLD&months=12&withDependents=maybe", "withDependents"),
        ("plan=GOLD&months=12&order_date=2026-03-11", "order_date: not in this query"),
        ("plan=GOLD&plan=BASIC&months=12", "plan: not in this query, or twice"),
        ("plan=GOLD&months=12&format=docx", "format: one of json, text, pdf."),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(caller, query, what):
    response = caller.get(f"/quotes/renewal/FAX-1?{query}")
    assert refusal(response)[0] == 400
    assert what in response.json()["errors"][0]["message"]


def test_quotes_are_only_read(caller):
    for method in ("POST", "PUT", "DELETE"):
        assert caller.request(method, RENEWAL).status_code == 405


# ---------------------------------------------------------------- what was ordered


@pytest.fixture(scope="module")
def ordering(tmp_path_factory):
    """A caller on a clock that goes on, who has ordered the renewal of FAX-2; and the order."""
    folder = tmp_path_factory.mktemp("ordering")
    settings = settings_in(folder)
    fill(settings, folder)
    app = create_app(settings, demo=True, clock=Ticking())
    with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50_000)) as caller:
        body = {"query": ORDER, "variables": {"input": order()}}
        yield caller, caller.post("/graphql", json=body).json()["data"]["orderRenewal"]


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_what_was_quoted_when_it_was_ordered_is_shown_in_every_form(ordering, form):
    caller, placed = ordering
    response = caller.get(f"/orders/{placed['id']}/quote?format={form}")
    assert (response.status_code, response.headers["content-type"]) == (200, MEDIA_TYPES[form])
    if form == "json":
        told = response.json()
        assert told["total"] == placed["quote"]["total"] == {"amount": "1000.00", "currency": "EUR"}
        assert (told["plan"]["code"], told["months"]) == ("GOLD", 12)
    if form == "text":
        assert "FAX-2, GOLD, 2025-12-01 to 2026-11-30" in response.text


def test_what_was_quoted_is_told_in_the_language_asked_for(ordering):
    caller, placed = ordering
    response = caller.get(f"/orders/{placed['id']}/quote?format=text&language=it")
    assert "FAX-2, GOLD, dal 2025-12-01 al 2026-11-30" in response.text


@pytest.mark.parametrize("id_", ["x", "UmVuZXdhbE9yZGVyOjAwMDA"])
def test_an_order_that_does_not_exist_has_no_quote(ordering, id_):
    caller, _ = ordering
    assert refusal(caller.get(f"/orders/{id_}/quote")) == (404, "NOT_FOUND")


def test_an_order_of_others_looks_like_one_that_does_not_exist(ordering, monkeypatch):
    caller, placed = ordering
    assert caller.get(f"/orders/{placed['id']}/quote").status_code == 200

    async def beta(*_, **__) -> Viewer:
        return VIEWERS["BETA"]

    monkeypatch.setattr("api.fetching.viewer_of", beta)
    assert refusal(caller.get(f"/orders/{placed['id']}/quote")) == (404, "NOT_FOUND")


def test_a_licence_is_no_order(ordering):
    caller, placed = ordering
    assert refusal(caller.get(f"/orders/{placed['quote']['license']['id']}/quote")) == (404, "NOT_FOUND")


# ---------------------------------------------------------------- from GraphQL

PATHS = """query ($renewal: RenewalQuoteInput!, $module: AttachmentQuoteInput!, $higher: PlanChangeQuoteInput!) {
  renewalQuote(input: $renewal) { ... on RenewalQuote { documentPath(format: TEXT) total { amount } } }
  attachmentQuote(input: $module) { ... on AttachmentQuote { documentPath(format: TEXT) total { amount } } }
  planChangeQuote(input: $higher) { ... on PlanChangeQuote { documentPath(format: TEXT) total { amount } } }
}"""


def test_a_quote_says_where_it_is_served(caller):
    license_ = {"license": {"serial": "FAX-1"}}
    variables = {
        "renewal": {**license_, "plan": "GOLD", "months": 12, "withDependents": False},
        "module": {**license_, "product": "FAX-HA", "quantity": 3},
        "higher": {**license_, "plan": "PLATINUM"},
    }
    answer = caller.post("/graphql", json={"query": PATHS, "variables": variables}).json()["data"]
    shown = {field: caller.get(told["documentPath"]).text for field, told in answer.items()}
    assert "Total  €1,000.00\n" in shown["renewalQuote"]
    assert "Total  €335.34\n" in shown["attachmentQuote"]
    assert "Total  €469.48\n" in shown["planChangeQuote"]
    assert answer["renewalQuote"]["documentPath"] == (
        "/quotes/renewal/FAX-1?plan=GOLD&months=12&withDependents=false&orderDate=2026-03-11"
        "&knownAt=2026-03-11T10%3A00%3A00Z&currency=EUR&format=text"
    )


def test_an_order_says_where_its_quote_is_served(ordering):
    caller, placed = ordering
    document = 'query ($id: ID!) { node(id: $id) { ... on RenewalOrder { quote { documentPath(language: "it") } } } }'
    body = {"query": document, "variables": {"id": placed["id"]}}
    path = caller.post("/graphql", json=body).json()["data"]["node"]["quote"]["documentPath"]
    assert path == f"/orders/{placed['id']}/quote?format=pdf&language=it"
    assert caller.get(path).content.startswith(b"%PDF-")
