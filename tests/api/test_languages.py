"""Answers in the caller's language, over HTTP: other words, the same codes."""

import json
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.testclient import TestClient

from api.app import create_app
from schema.languages import LANGUAGES
from tests.ordering import ORDER, Ticking, fill, order
from tests.portfolio import NOW, settings_in

CHECK = """query ($serial: String!, $language: String) { entitlementCheck(input: {license: {serial: $serial}}) {
  verdict reasons { code blocking message(language: $language) facts { name value } clause { id } }
  remedies { acts { kind by message(language: $language) } }
} }"""
EXPIRED = {"query": CHECK, "variables": {"serial": "FAX-2"}}
"""FAX-2 expired on 2025-11-30; NOW is day 101 after it."""


def reason_of(answer: dict) -> dict:
    [reason] = answer["data"]["entitlementCheck"]["reasons"]
    return reason


def without_words(value):
    """An answer without its messages."""
    if isinstance(value, dict):
        return {name: without_words(one) for name, one in value.items() if name != "message"}
    return [without_words(one) for one in value] if isinstance(value, list) else value


# ---------------------------------------------------------------- by the header


@contextmanager
def served(settings) -> Iterator[str]:
    """A server that listens, on a port of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(settings, demo=True, clock=lambda: NOW)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/graphql"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def test_a_server_tells_an_italian_caller_in_italian_with_the_same_codes(portfolio):
    with served(portfolio) as url:
        answers = {}
        for language in ("en", "it"):
            headers = {"content-type": "application/json", "accept-language": f"{language}-IT, en;q=0.1"}
            request = urllib.request.Request(url, json.dumps(EXPIRED).encode(), headers)  # noqa: S310 - our own
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                answers[language] = json.load(response)
                assert response.headers["content-language"] == language
                assert response.headers["vary"] == "Accept, Accept-Language"
    assert reason_of(answers["it"])["message"] == (
        "la copertura è terminata il 2025-11-30 (giorni trascorsi al 2026-03-11: 101); "
        "un rinnovo ordinato entro il 2026-03-30 la prosegue senza penale"
    )
    assert reason_of(answers["en"])["message"] == (
        "coverage ended on 2025-11-30, 101 days before 2026-03-11; "
        "a renewal ordered by 2026-03-30 continues it without a fee"
    )
    assert without_words(answers["it"]) == without_words(answers["en"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_other_words_and_the_same_codes(caller, language):
    english = caller.post("/graphql", json=EXPIRED).json()
    response = caller.post("/graphql", json=EXPIRED, headers={"accept-language": language})
    assert response.headers["content-language"] == language
    assert without_words(response.json()) == without_words(english)
    assert (response.json() == english) == (language == "en")


# ---------------------------------------------------------------- by the argument


def test_a_field_asks_for_a_language_of_its_own(caller):
    asked = {"query": CHECK, "variables": {"serial": "FAX-2", "language": "de-AT"}}
    response = caller.post("/graphql", json=asked, headers={"accept-language": "it"})
    assert reason_of(response.json())["message"].startswith("die Abdeckung endete am 2025-11-30")


@pytest.mark.parametrize("language", ["tlh", "", "\ud800", "x" * 10_000, None])
def test_an_argument_that_is_no_language_here_leaves_the_one_of_the_request(caller, language):
    asked = {"query": CHECK, "variables": {"serial": "FAX-2", "language": language}}
    # Escaped to ASCII, so that what no UTF-8 can hold is sent as well.
    headers = {"content-type": "application/json", "accept-language": "fr"}
    response = caller.post("/graphql", content=json.dumps(asked), headers=headers)
    assert reason_of(response.json())["message"].startswith("la couverture a pris fin le 2025-11-30")


def test_one_answer_holds_a_message_in_two_languages(caller):
    document = """{ entitlementCheck(input: {license: {serial: "NONE"}}) {
      reasons { en: message(language: "en") ar: message(language: "ar") } } }"""
    answer = caller.post("/graphql", json={"query": document}).json()
    assert reason_of(answer) == {
        "en": "no licence of this reference exists, or it is not yours to see",
        "ar": "لا يوجد ترخيص بهذا المرجع، أو لا يحق لمقدم الطلب رؤيته",
    }


def test_what_is_not_available_on_call_is_told_in_the_language(caller):
    """FAX-1 with Platinum, by phone, P1, on a Saturday night."""
    document = """{ whatIf(
      changes: [{changePlan: {license: {serial: "FAX-1"}, plan: "PLATINUM", on: "2026-03-11"}}]
      check: {license: {serial: "FAX-1"}, at: "2026-03-14T03:00:00+01:00"
              channel: PHONE, priority: P1, pinVerified: true}
    ) { verdict commitment { onCall restrictions de: restrictions(language: "de") } } }"""
    answer = caller.post("/graphql", json={"query": document}, headers={"accept-language": "it"}).json()
    assert answer["data"]["whatIf"] == {
        "verdict": "ENTITLED",
        "commitment": {
            "onCall": True,
            "restrictions": ["Il reparto ricerca e sviluppo non è raggiungibile"],
            "de": ["Die Entwicklungsabteilung ist nicht erreichbar"],
        },
    }


# ---------------------------------------------------------------- refusals


def errors_of(response) -> list[tuple[str, str]]:
    return [(error["extensions"]["code"], error["message"]) for error in response.json()["errors"]]


def test_an_error_of_a_field_is_told_in_the_language(caller):
    body = {"query": "{ licenses(first: 5, last: 5) { totalCount } }"}
    response = caller.post("/graphql", json=body, headers={"accept-language": "es"})
    assert errors_of(response) == [("BAD_PAGE", "Pida los primeros elementos o los últimos, no ambos a la vez.")]


def test_an_error_of_a_value_says_what_to_write_in_the_language(caller):
    body = {"query": "query ($on: Date) { plans(on: $on) { code } }", "variables": {"on": "x"}}
    [(code, message)] = errors_of(caller.post("/graphql", json=body, headers={"accept-language": "pt"}))
    assert code == "BAD_USER_INPUT"
    assert message.endswith("Uma Date escreve-se AAAA-MM-DD, por exemplo 2020-03-01.")


def test_a_request_that_is_not_executed_is_refused_in_the_language(caller):
    response = caller.post(
        "/graphql", content="[", headers={"content-type": "application/json", "accept-language": "fr"}
    )
    assert errors_of(response) == [("BAD_JSON", "Le corps n'est pas du JSON en UTF-8.")]
    assert (response.headers["content-language"], response.headers["vary"]) == ("fr", "Accept, Accept-Language")


def test_who_has_no_key_is_told_so_in_the_language(portfolio):
    app = create_app(portfolio, clock=lambda: NOW)
    with TestClient(app, base_url="http://localhost") as caller:
        response = caller.post("/graphql", json=EXPIRED, headers={"accept-language": "de"})
    assert response.status_code == 401
    assert errors_of(response) == [
        ("UNAUTHENTICATED", "Einen API-Schlüssel als `Authorization: Bearer KEY` oder `X-API-Key: KEY` senden.")
    ]


# ---------------------------------------------------------------- what is kept and told again


@pytest.fixture
def ordering(tmp_path) -> Iterator[TestClient]:
    settings = settings_in(tmp_path)
    fill(settings, tmp_path)
    app = create_app(settings, demo=True, clock=Ticking())
    with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50_000)) as caller:
        yield caller


def test_an_order_is_replayed_byte_for_byte_and_its_quote_is_told_in_the_caller_s_language(ordering):
    def asked(language: str):
        body = {"query": ORDER, "variables": {"input": order()}}
        return ordering.post("/graphql", json=body, headers={"accept-language": language})

    first, again, italian, italian_again = asked("en"), asked("en"), asked("it"), asked("it")
    assert again.content == first.content
    assert italian_again.content == italian.content
    assert without_words(italian.json()) == without_words(first.json())
    [english] = first.json()["data"]["orderRenewal"]["quote"]["lines"]
    [told] = italian.json()["data"]["orderRenewal"]["quote"]["lines"]
    assert english["message"] == "FAX-2, GOLD, 2025-12-01 to 2026-11-30"
    assert told["message"] == "FAX-2, GOLD, dal 2025-12-01 al 2026-11-30"


def test_a_refused_order_says_why_in_the_language_with_the_same_codes_and_fields(ordering):
    body = {"query": ORDER, "variables": {"input": order(total="999.00")}}
    english = ordering.post("/graphql", json=body).json()["data"]["orderRenewal"]
    italian = ordering.post("/graphql", json=body, headers={"accept-language": "it"}).json()["data"]["orderRenewal"]
    assert without_words(italian) == without_words(english)
    assert (italian["code"], italian["message"]) == (
        "TOTAL_CHANGED",
        "il totale è ora 1000.00 EUR, mentre era atteso 999.00",
    )
