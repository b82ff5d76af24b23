"""Sessions of the console: what a cookie holds, for how long, and which requests it is taken from."""

from datetime import timedelta

import pytest

from api.sessions import Sessions, TooLong, is_own
from tests.portfolio import NOW

KEY = "cvl_0123456789ab_secret"


def test_a_session_is_read_back_until_it_ends_and_not_after():
    sessions = Sessions("a secret", timedelta(minutes=30))
    opened, cookie = sessions.opened(KEY, NOW)
    read = sessions.read(cookie, NOW + timedelta(minutes=30, seconds=-1))
    assert (read, opened.credential) == (opened, KEY)
    assert sessions.read(cookie, NOW + timedelta(minutes=30)) is None


def test_the_cookie_does_not_show_what_was_signed_in_with():
    _, cookie = Sessions("a secret").opened(KEY, NOW)
    assert "secret" not in cookie
    assert cookie != Sessions("a secret").opened(KEY, NOW)[1]


@pytest.mark.parametrize(
    "cookie", ["", "x", "a.b.c.d.e", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0....", "é", "x" * 9_000]
)
def test_what_was_not_made_here_is_no_session(cookie):
    assert Sessions("a secret").read(cookie, NOW) is None


def test_a_cookie_is_read_by_whoever_shares_the_secret_and_by_nobody_else():
    opened, cookie = Sessions("a secret").opened(KEY, NOW)
    assert Sessions("a secret").read(cookie, NOW) == opened
    assert Sessions("another").read(cookie, NOW) is None
    assert Sessions().read(cookie, NOW) is None
    assert Sessions("a secret").read(cookie[:-2] + ("AA" if cookie[-2:] != "AA" else "BB"), NOW) is None


def test_a_token_that_no_cookie_can_hold_is_refused():
    with pytest.raises(TooLong):
        Sessions().opened("x" * 4_000, NOW)


@pytest.mark.parametrize(
    ("method", "headers", "own"),
    [
        ("GET", {}, True),
        ("GET", {"sec-fetch-site": "none"}, True),
        ("GET", {"sec-fetch-site": "same-origin"}, True),
        ("GET", {"sec-fetch-site": "same-site"}, False),
        ("GET", {"sec-fetch-site": "cross-site"}, False),
        ("POST", {"sec-fetch-site": "same-origin"}, True),
        ("POST", {"sec-fetch-site": "none"}, False),
        ("POST", {"sec-fetch-site": "same-site"}, False),
        ("POST", {}, False),
        ("POST", {"origin": "https://desk.example", "host": "desk.example"}, True),
        ("POST", {"origin": "https://evil.example", "host": "desk.example"}, False),
        ("POST", {"origin": "null", "host": "null"}, False),
    ],
)
def test_a_session_is_taken_from_pages_of_its_own_origin_alone(method, headers, own):
    assert is_own(method, headers) is own
