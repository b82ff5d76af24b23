"""The issuer's keys: read when they are needed, again as they rotate, and never as often as callers would have it."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import pytest

from api import key_sets
from api.key_sets import FRESH, LARGEST_SET, PAUSE, USABLE, KeySet, KeysUnavailable, keys_in, reader_of
from tests.api.test_auth import refusal
from tests.issuing import AUDIENCE, EC, ISSUER, RSA, SECOND, key_set, token
from tests.portfolio import NOW, client_of


class Issuer:
    """What an issuer publishes, and how often it was asked."""

    def __init__(self, *keys) -> None:
        self.published: bytes | Exception = key_set(*keys)
        self.asked = 0

    async def read(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(0)
        if isinstance(self.published, Exception):
            raise self.published
        return self.published


@pytest.fixture
def issuer():
    return Issuer(RSA)


@pytest.fixture
def keys(issuer):
    return KeySet(issuer.read, "RS256")


def later(**span) -> datetime:
    return NOW + timedelta(**span)


async def test_a_set_is_read_once_for_many_tokens(issuer, keys):
    found = await asyncio.gather(*(keys.key("rsa-1", NOW) for _ in range(50)))
    assert {key.kid for key in found} == {"rsa-1"}
    for minutes in range(60):
        await keys.key("rsa-1", later(minutes=minutes))
    assert issuer.asked == 1
    await keys.key("rsa-1", NOW + FRESH)
    assert issuer.asked == 2


async def test_a_new_key_is_found_at_once_and_one_that_was_withdrawn_goes(issuer, keys):
    await keys.key("rsa-1", NOW)
    issuer.published = key_set(RSA, SECOND)
    assert (await keys.key("rsa-2", later(minutes=1))).kid == "rsa-2"
    assert (await keys.key("rsa-1", later(minutes=1))).kid == "rsa-1"
    issuer.published = key_set(SECOND)
    assert await keys.key("rsa-1", later(minutes=1) + FRESH) is None
    assert issuer.asked == 3


async def test_made_up_names_do_not_make_the_issuer_be_asked_again_and_again(issuer, keys):
    await keys.key("rsa-1", NOW)
    for second in range(120):
        found = await asyncio.gather(*(keys.key(f"made-up-{n}", later(seconds=second)) for n in range(5)))
        assert set(found) == {None}
    assert issuer.asked <= 1 + 120 // PAUSE.seconds


async def test_while_the_issuer_is_away_its_last_keys_hold_for_a_day(issuer, keys):
    await keys.key("rsa-1", NOW)
    issuer.published = OSError("away")
    assert await keys.key("rsa-1", NOW + USABLE - timedelta(seconds=1))
    with pytest.raises(KeysUnavailable):
        await keys.key("rsa-1", NOW + USABLE)
    issuer.published = key_set(RSA)
    with pytest.raises(KeysUnavailable):
        await keys.key("rsa-1", NOW + USABLE + timedelta(seconds=1))
    assert await keys.key("rsa-1", NOW + USABLE + PAUSE)


@pytest.mark.parametrize(
    "published", [b"", b"[]", b"{}", b'{"keys": 1}', b'{"keys": null}', b"\xff", b"[" * 5_000, b"<html>"]
)
async def test_what_is_no_key_set_leaves_the_keys_as_they_were(issuer, keys, published):
    await keys.key("rsa-1", NOW)
    issuer.published = published
    assert await keys.key("rsa-1", NOW + FRESH)


def test_a_key_among_others_that_cannot_be_used_is_found():
    good = json.loads(key_set(RSA))["keys"][0]
    others = [
        {**good, "kid": "twice"},
        {**good, "kid": "twice"},
        {**good, "kid": None},
        {**good, "kid": "x", "n": "AQAB"},
        {**good, "kid": "y", "n": "é"},
        {**good, "kid": "z", "n": 7},
        {**good, "kid": "q", "kty": "PQ"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "secret"},
        *json.loads(key_set(EC))["keys"],
        "no key",
        None,
    ]
    assert set(keys_in(json.dumps({"keys": [*others, good]}).encode(), "RS256")) == {"rsa-1"}
    assert set(keys_in(json.dumps({"keys": [*others, good]}).encode(), "ES256")) == {"ec-1"}


# ---------------------------------------------------------------- over HTTP


@asynccontextmanager
async def answering(head: str, body: bytes = b"", *, slowly: bool = False):
    """The address of a server that gives one answer; a slow one gives it when everybody has left."""
    left, answers = asyncio.Event(), []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers.append(asyncio.current_task())
        with suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            if slowly:
                await left.wait()
            writer.write(f"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n".encode() + body)
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/keys"
        left.set()
        await asyncio.gather(*answers)


async def test_a_set_is_read_from_an_address():
    async with answering("200 OK", key_set(RSA)) as address:
        assert keys_in(await reader_of(address)(), "RS256").keys() == {"rsa-1"}


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("302 Found\r\nLocation: http://127.0.0.1:1/keys", b""),
        ("404 Not Found", b"{}"),
        ("200 OK", b" " * (LARGEST_SET + 1)),
        ("200 OK\r\nContent-Encoding: gzip", b"\x1f\x8b"),
    ],
)
async def test_an_answer_that_is_no_small_plain_set_is_not_taken(head, body):
    async with answering(head, body) as address:
        with pytest.raises(ValueError, match=r"answered|larger"):
            await reader_of(address)()


async def test_nobody_waits_long_for_an_issuer(monkeypatch):
    monkeypatch.setattr(key_sets, "READ_SECONDS", 0.1)
    async with answering("200 OK", key_set(RSA), slowly=True) as address:
        keys = KeySet(reader_of(address), "RS256")
        async with asyncio.timeout(1):
            with pytest.raises(KeysUnavailable):
                await keys.key("rsa-1", NOW)


def test_callers_are_told_to_come_again_while_no_token_can_be_verified(portfolio, tmp_path):
    given = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": str(tmp_path / "keys.json")}
    query = {"query": "{ plans { code } }"}
    with client_of(portfolio.model_copy(update=given), demo=False) as client:
        answer = client.post("/graphql", json=query, headers={"authorization": f"Bearer {token()}"})
        assert refusal(answer) == (503, "UNAVAILABLE")
        assert answer.headers["retry-after"] == "30"
        assert client.post("/graphql", json=query, headers={"authorization": "Bearer x.y.z"}).status_code == 401
