"""Webhooks are managed on pages as by GraphQL: each viewer's own, told their secret once, by whom may change them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.console import words
from api.deployment import deployed
from api.settings import Settings
from entitlements.events import EventType
from schema.scopes import READ_SCOPES, Scope
from schema.sending import DeliveryError, DeliveryState
from tests.api.console.conftest import Page, key_for, sign_in
from tests.api.console.test_desk import OWN, page_of
from tests.ordering import CUSTOMER, PARTNER, Ticking, fill
from tests.portfolio import settings_in
from tests.receiving import receiving
from tests.webhooks import drained, hook, retired, sending

WRITING = READ_SCOPES | {Scope.WEBHOOKS_WRITE}
URL = "https://hooks.example.com/a?b=1&c=<2>"


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("webhooks")
    settings = settings_in(folder)
    fill(settings, folder)
    return sending(settings, delivery_tries=1)


@pytest.fixture(scope="module")
def clock() -> Ticking:
    return Ticking(step=timedelta(milliseconds=1))


@contextmanager
def browser(settings: Settings, clock: Ticking, key: str | None = None) -> Iterator[TestClient]:
    """A browser that has signed in, or needs not."""
    app = create_app(settings, demo=key is None, clock=clock)
    with TestClient(app, "http://localhost", client=("127.0.0.1", 50_000), headers=OWN) as caller:
        sign_in(caller, key) if key else caller.get("/console")
        yield caller


@pytest.fixture(scope="module")
def given_up(settings, clock) -> str:
    """The operator's webhook for FAX-2 and FAX-3, of two events: the first was given up, the second delivered."""

    async def happen() -> str:
        async with deployed(settings, clock) as deployment:
            with receiving() as receiver:
                id_, _ = await hook(deployment, receiver.url, products=["FAX"])
                for serial, status in (("FAX-2", 500), ("FAX-3", 200)):
                    receiver.answer = lambda _, status=status: status
                    await retired(deployment, serial, "2027-01-31")
                    await drained(deployment)
            return id_

    return asyncio.run(happen())


@pytest.fixture
def partner(settings, clock):
    """A partner's integrator."""
    with browser(settings, clock, key_for(settings, PARTNER, WRITING)) as caller:
        yield caller


@pytest.fixture
def operator(settings, clock):
    with browser(settings, clock) as caller:
        yield caller


def sent(caller: TestClient, path: str, **given: str):
    """The answer to a form of a page."""
    page = page_of(caller, path)
    kept = {name: page.value(name) for name in ("form", "key")}
    return caller.post(path.partition("?")[0], data={**kept, **given})


def added(caller: TestClient, url: str = URL, **given: str) -> str:
    """The page of a new webhook."""
    page = Page(sent(caller, "/console/webhooks", url=url, **given).text)
    return next(link for link in page.links if link.startswith("/console/webhooks/"))


def removed(caller: TestClient, path: str) -> Page:
    return Page(sent(caller, path, act="delete").text)


def test_a_webhook_is_added_with_filters_and_its_secret_is_shown_once(partner):
    page = page_of(partner, "/console/webhooks")
    assert "There is none yet." in page.text
    form = {name: page.value(name) for name in ("form", "key")}
    wanted = {"url": URL, "type.RENEWAL_ORDERED": "1", "accounts": " ACME \n\nACME\n", "products": "FAX\nFAX-HA"}
    told = Page(partner.post("/console/webhooks", data=form | wanted).text)
    [secret] = [word for word in told.words if word.startswith("whsec_")]
    again = partner.post("/console/webhooks", data=form | wanted).text
    assert secret in again, "the same form, loaded again"
    [path] = [link for link in told.links if link.startswith("/console/webhooks/")]
    shown, listed = page_of(partner, path), page_of(partner, "/console/webhooks")
    for each in (shown, listed):
        assert secret not in each.text
        assert URL in each.words
        assert "Renewal ordered" in each.text
    assert "ACME FAX , FAX-HA" in listed.text
    assert [link for link in listed.links if link.startswith("/console/webhooks/")] == [path]
    assert "There is none yet." in removed(partner, path).text


def test_what_is_refused_is_said_above_the_form_which_keeps_what_was_typed(partner):
    url = "https://127.0.0.1:1/<script>"
    given = {"url": url, "type.COVERAGE_EXPIRED": "1", "accounts": "NOBODY", "products": "NOTHING"}
    response = sent(partner, "/console/webhooks", **given)
    page = Page(response.text)
    assert (response.status_code, page.all("input", id="url")[0]["value"]) == (422, url)
    assert "no account of that reference exists" in page.text
    assert "there is no product 'NOTHING'" in page.text
    assert "checked" in page.all("input", id="type.COVERAGE_EXPIRED")[0]
    assert "NOBODY" in page.words
    assert "There is none yet." in page.text


def test_more_than_can_be_asked_for_is_refused_in_the_same_way(partner):
    response = sent(partner, "/console/webhooks", url=URL, accounts="\n".join(map(str, range(101))))
    assert (response.status_code, "at most 100 at once" in response.text) == (422, True)
    response = sent(partner, "/console/webhooks", url=URL, key="")
    assert (response.status_code, 'role="alert"' in response.text) == (422, True)


def test_a_webhook_is_paused_resumed_and_changed_in_two_tabs_without_undoing_each_other(partner):
    path = added(partner)
    first, second = page_of(partner, path), page_of(partner, path)
    for page, change in ((first, {"products": "FAX"}), (second, {"accounts": "ACME"})):
        fields = {name: page.value(name) for name in ("form", "key", "before")}
        assert partner.post(path, data={"act": "update", "url": URL, **fields, **change}).status_code == 200
    shown = page_of(partner, path)
    assert "Accounts ACME Products FAX Since" in shown.text
    assert (
        "State Paused What comes about meanwhile waits."
        in Page(sent(partner, path, act="update", enabled="false").text).text
    )
    assert "State Active" in Page(sent(partner, path, act="update", enabled="true").text).text
    fields = {name: shown.value(name) for name in ("form", "key", "before")}
    refused = partner.post(path, data={"act": "update", **fields, "url": "ftp://x", "accounts": "ACME"})
    assert (refused.status_code, "give an https address" in refused.text) == (422, True)
    assert Page(refused.text).all("input", id="url")[0]["value"] == "ftp://x"
    removed(partner, path)


def test_a_new_secret_is_another_and_the_former_one_holds_for_a_day_more(partner):
    path = added(partner)
    told = Page(sent(partner, path, act="rotate").text)
    assert [word for word in told.words if word.startswith("whsec_")]
    assert "The former secret signs beside it until 12 Mar 2026 11:00 Europe/Rome." in told.text
    assert "The former secret signs until 12 Mar 2026 11:00" in page_of(partner, path).text
    removed(partner, path)


def test_what_was_given_up_is_shown_with_why_and_sent_again(operator, settings, given_up):
    path = f"/console/webhooks/{given_up}"
    page = page_of(operator, path)
    assert page.text.index("Delivered") < page.text.index("Licence retired")
    assert "Given up 1 " in page.text
    assert "the answer was not a success · status 500" in page.text
    dead = page_of(operator, f"{path}?state=DEAD")
    [button] = dead.all("button", name="delivery")
    for given in ({"delivery": button["value"] or ""}, {}):
        again = Page(sent(operator, path, act="replay", **given).text)
        assert f"To be sent again: {1 if given else 0}" in again.text
    assert "Waiting 0" in page_of(operator, f"{path}?state=PENDING").text
    assert "There is none yet." in page_of(operator, f"{path}?state=DEAD").text
    assert "There is none yet." in page_of(operator, f"{path}?state=WITHDRAWN").text


def test_of_one_that_fails_it_is_said_since_when_and_until_when_it_is_left_alone(operator, settings, clock):
    async def fail() -> str:
        async with deployed(settings, clock) as deployment:
            with receiving() as receiver:
                receiver.answer = lambda _: 503
                id_, _ = await hook(deployment, receiver.url, products=["CALL"])
                await retired(deployment, "CALL-1", "2027-01-31")
                await drained(deployment)
                return id_

    said = page_of(operator, f"/console/webhooks/{asyncio.run(fail())}").text
    assert "Failing since" in said
    assert "Left alone until" in said


def test_deliveries_are_told_the_last_one_first_a_page_at_a_time(operator, given_up, monkeypatch):
    monkeypatch.setattr("api.console.webhooks.PAGE", 1)
    path = f"/console/webhooks/{given_up}"
    newest = page_of(operator, path)
    [older] = [link for link in newest.links if "before=" in link]
    assert "/console/licenses/FAX-3" in newest.links
    assert "/console/licenses/FAX-2" in page_of(operator, older.partition("#")[0]).links


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing", 404),
        ("V2ViaG9vazowMWE", 404),
        ("%00%F0%9F%8D%8B", 404),
        ("{id}?state=NONE", 400),
        ("{id}?before=nowhere", 400),
        ("{id}?replayed=x", 200),
        ("{id}/more", 404),
    ],
)
def test_an_address_of_no_webhook_or_page_is_told(operator, given_up, path, status):
    response = operator.get(f"/console/webhooks/{path.format(id=given_up)}")
    assert response.status_code == status
    assert status == 200 or 'role="alert"' in response.text


def test_whatever_may_be_told_of_an_event_has_a_name():
    for words_of, codes in (
        (words.EVENTS, EventType),
        (words.DELIVERIES, DeliveryState),
        (words.FAILURES, DeliveryError),
    ):
        assert set(words_of) == set(codes)


# ---------------------------------------------------------------- whose they are


def test_nobody_sees_or_changes_another_s(partner, given_up):
    path = f"/console/webhooks/{given_up}"
    assert partner.get(path).status_code == 404
    form = page_of(partner, "/console/webhooks").value("form")
    for act in ("update", "rotate", "delete", "replay"):
        given = {"form": form, "key": "k", "act": act, "enabled": "false"}
        refused = partner.post(path, data=given)
        assert (refused.status_code, "not yours to see" in refused.text) == (404, True)


def test_a_form_of_another_session_or_site_or_of_no_act_changes_nothing(partner):
    path = added(partner)
    given = {"key": "k", "url": URL, "act": "delete"}
    for where in ("/console/webhooks", path):
        assert partner.post(where, data={"form": "guessed", **given}).status_code == 403
    form = page_of(partner, path).value("form")
    assert partner.post(path, data={"form": form, "key": "k", "act": "nonsense"}).status_code == 400
    assert len([link for link in page_of(partner, "/console/webhooks").links if "/webhooks/" in link]) == 1
    elsewhere = {"sec-fetch-site": "cross-site"}
    led = partner.post(path, data={"form": form, **given}, headers=elsewhere, follow_redirects=False)
    assert (led.status_code, led.headers["location"].startswith("/console/sign-in")) == (303, True)


def test_who_may_only_read_has_no_form_and_who_may_not_read_no_page(settings, clock):
    with browser(settings, clock, key_for(settings, CUSTOMER, READ_SCOPES)) as caller:
        page = page_of(caller, "/console/webhooks")
        assert "/console/webhooks" in page.links
        assert [form["action"] for form in page.all("form", method="post")] == ["/console/sign-out"]
        given = {"form": page.value("form"), "key": "k", "url": URL}
        refused = caller.post("/console/webhooks", data=given)
        assert (refused.status_code, "webhooks:write" in refused.text) == (403, True)
        sign_in(caller, key_for(settings, CUSTOMER, frozenset({Scope.ENTITLEMENTS_CHECK})))
        assert "/console/webhooks" not in page_of(caller, "/console").links
        assert caller.get("/console/webhooks").status_code == 403


def test_without_the_operator_s_key_the_setting_is_named(stocked, clock):
    with browser(stocked, clock, key_for(stocked, PARTNER, WRITING)) as caller:
        refused = sent(caller, "/console/webhooks", url=URL)
    assert (refused.status_code, "COVERLINE_WEBHOOK_KEY" in refused.text) == (422, True)
