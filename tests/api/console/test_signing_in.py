"""Signing in to the console: by a key, for a while, from this site alone, and with the key's own rights."""

import asyncio
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.deployment import deployed
from api.sessions import COOKIE
from schema.scopes import READ_SCOPES
from tests.api.console.conftest import Page, key_for, sign_in
from tests.api.console.test_desk import OWN
from tests.issuing import AUDIENCE, ISSUER, RSA, key_set, token
from tests.ordering import CUSTOMER, OPERATOR, PARTNER
from tests.portfolio import NOW, client_of


def where(response) -> str:
    return response.headers["location"]


def test_who_is_not_signed_in_is_led_to_where_one_signs_in_and_then_back(served, stocked):
    path = "/console/licenses/FAX-1?plan=GOLD"
    response = served.get(path, follow_redirects=False)
    assert (response.status_code, where(response)) == (
        303,
        "/console/sign-in?next=%2Fconsole%2Flicenses%2FFAX-1%3Fplan%3DGOLD",
    )
    form = Page(served.get(where(response)).text)
    answer = sign_in(served, key_for(stocked), form.value("next"))
    assert (answer.status_code, str(answer.url)) == (200, f"http://localhost{path}")


def test_the_cookie_is_read_by_no_script_and_sent_by_no_other_site(served, stocked):
    key = key_for(stocked)
    response = served.post("/console/sign-in", data={"credential": key}, follow_redirects=False)
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=115200"} <= set(cookie.split("; "))
    assert key.rpartition("_")[2] not in cookie
    assert "Secure" not in cookie  # on this machine, over http


def test_from_elsewhere_the_cookie_goes_over_tls_alone(stocked):
    with client_of(stocked, demo=False, client="192.0.2.7", headers=OWN) as caller:
        response = caller.post("/console/sign-in", data={"credential": key_for(stocked)}, follow_redirects=False)
        plain = caller.post("/console/sign-in", data={"credential": "x"}, headers={"origin": "http://desk.example"})
    assert "Secure" in response.headers["set-cookie"].split("; ")
    assert "A session is kept over https alone." in plain.text


@pytest.mark.parametrize(
    ("credential", "message"),
    [
        ("", "Give a key or a token."),
        ("cvl_000000000000_x", "The API key is unknown, revoked or expired."),
        ("x" * 5_000, "The API key is unknown, revoked or expired."),
    ],
)
def test_what_is_no_key_is_said_and_opens_nothing(served, credential, message):
    response = sign_in(served, credential)
    assert response.status_code in {400, 403}
    assert message in response.text
    assert COOKIE not in served.cookies


def test_a_session_ends_and_says_so(stocked):
    now = [NOW]
    app = create_app(stocked, clock=lambda: now[0])
    with TestClient(app, "http://localhost", client=("127.0.0.1", 50_000), headers=OWN) as caller:
        assert sign_in(caller, key_for(stocked)).status_code == 200
        now[0] += timedelta(minutes=stocked.console_minutes)
        response = caller.get("/console")
    assert response.url.path == "/console/sign-in"
    assert "Your session has ended. Sign in again." in response.text


def test_a_session_holds_no_longer_than_its_key(served, stocked):
    async def revoke() -> None:
        async with deployed(stocked, lambda: NOW) as deployment:
            newest = (await deployment.keys.all())[-1]
            await deployment.keys.revoke(newest.id, NOW)

    async def make() -> str:
        async with deployed(stocked, lambda: NOW + timedelta(seconds=1)) as deployment:
            return (await deployment.keys.create(OPERATOR, READ_SCOPES, NOW + timedelta(seconds=1)))[1]

    sign_in(served, asyncio.run(make()))
    assert served.get("/console/guide").url.path == "/console/guide"
    asyncio.run(revoke())
    assert served.get("/console/guide").url.path == "/console/sign-in"


def test_a_token_of_the_issuer_signs_in_until_it_ends(stocked, tmp_path):
    """It holds for 300 s, and a minute of leeway."""
    keys = tmp_path / "keys.json"
    keys.write_bytes(key_set(RSA))
    update = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": str(keys)}
    now = [NOW]
    app = create_app(stocked.model_copy(update=update), clock=lambda: now[0])
    with TestClient(app, "http://localhost", client=("127.0.0.1", 50_000), headers=OWN) as caller:
        assert "Signed in as customer ACME" in sign_in(caller, token()).text
        now[0] += timedelta(seconds=361)
        assert caller.get("/console").url.path == "/console/sign-in"
        assert "The token is not valid here." in sign_in(caller, token()).text


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"}],
)
def test_no_other_site_signs_anybody_in(served, stocked, headers):
    response = served.post("/console/sign-in", data={"credential": key_for(stocked)}, headers=headers)
    assert response.status_code == 403
    assert COOKIE not in served.cookies


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/console",
        "/graphql",
        "/console\\..\\x",
        "javascript:alert(1)",
        "/consoles",
    ],
)
def test_after_signing_in_one_is_led_to_the_console_alone(served, stocked, back):
    response = served.post(
        "/console/sign-in", data={"credential": key_for(stocked), "next": back}, follow_redirects=False
    )
    assert where(response) == "/console"


def test_a_link_of_another_site_leads_to_the_page_once_more_from_here(served, stocked):
    sign_in(served, key_for(stocked))
    page = Page(served.get("/console?serial=FAX-1", headers={"sec-fetch-site": "cross-site"}).text)
    assert page.all("meta", **{"http-equiv": "refresh"}) == [
        {"http-equiv": "refresh", "content": "0; url=/console?serial=FAX-1"}
    ]
    assert COOKIE in served.cookies


def test_signing_out_takes_the_form_of_the_session(served, stocked):
    sign_in(served, key_for(stocked))
    assert served.post("/console/sign-out", data={"form": "guessed"}).status_code == 403
    form = Page(served.get("/console").text).value("form")
    assert served.post("/console/sign-out", data={"form": form}).url.path == "/console/sign-in"
    assert COOKIE not in served.cookies


# ---------------------------------------------------------------- what a session may


CHECK = {"query": '{ entitlementCheck(input: {license: {serial: "FAX-1"}}) { verdict } }'}


def test_a_session_asks_graphql_quotes_and_pictures_too_but_for_its_own_pages_alone(served, stocked):
    sign_in(served, key_for(stocked))
    assert served.post("/graphql", json=CHECK).json()["data"]["entitlementCheck"]["verdict"] == "ENTITLED"
    quote = "/quotes/renewal/FAX-1?plan=GOLD&months=12"
    assert served.get(quote).status_code == 200
    for site in ("cross-site", "same-site"):
        assert served.post("/graphql", json=CHECK, headers={"sec-fetch-site": site}).status_code == 401
        assert served.get(quote, headers={"sec-fetch-site": site}).status_code == 401


@pytest.mark.parametrize(
    ("viewer", "who", "seen"),
    [
        (OPERATOR, "the operator", {"FAX-1", "FAX-1-HA", "FAX-2", "FAX-3", "CALL-1"}),
        (PARTNER, "partner NORTH", {"FAX-1", "FAX-1-HA", "FAX-2"}),
        (CUSTOMER, "customer ACME", {"FAX-1", "FAX-1-HA", "FAX-2"}),
    ],
)
def test_who_signs_in_sees_what_the_key_may_see(served, stocked, viewer, who, seen):
    sign_in(served, key_for(stocked, viewer))
    page = Page(served.get("/console/licenses").text)
    assert f"Signed in as {who}" in page.text
    assert {link.rpartition("/")[2] for link in page.links if link.startswith("/console/licenses/")} == seen


def test_without_a_console_there_is_none(stocked):
    with client_of(stocked.model_copy(update={"console": False})) as caller:
        assert caller.get("/console").status_code == 404


def test_a_demonstration_signs_in_by_itself_on_this_machine_alone(stocked, demo):
    assert "Signed in as the operator" in demo.get("/console").text
    with client_of(stocked, client="192.0.2.7") as elsewhere:
        assert elsewhere.get("/console").url.path == "/console/sign-in"
