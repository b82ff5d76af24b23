"""Events go to public addresses alone: whatever a URL says, a name answers, or the same name answers the next time."""

import asyncio
from ipaddress import ip_address

import pytest

from api.webhooks import connecting
from api.webhooks.addresses import is_allowed, is_public
from api.webhooks.connecting import pool
from api.webhooks.posting import post
from schema.sending import DeliveryError
from tests.events import changed

REFUSED = [
    "127.0.0.1", "127.8.9.10", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
    "fec0::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "::127.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_of_this_machine_of_a_private_network_or_of_many_is_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks", "http://hooks.example.com/", "ftp://hooks.example.com/", "https://", "https:///x",
        "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://a.localhost/", "https://intranet/",
        "https://printer.local/", "https://db.internal/", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/",
        "https://0x7f.1/", "https://127.1/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1%25eth0]/",
        "https://user@hooks.example.com/", "https://user:pass@hooks.example.com/", "https://hooks.example.com/#x",
        "https://hooks.example.com:0/", "https://hooks.example.com:99999/", "https://hooks.example.com/ x",
        "https://hooks.example.com\\@127.0.0.1/", "https://hooks.example.com/\n", "https://[::1", "https://ex\u00e4.com/",
        "https://hooks.example.com/" + "x" * 2_000, "javascript:alert(1)", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_a_url_that_is_not_https_to_a_public_host_is_refused(url):
    assert not is_allowed(url, private=False)


@pytest.mark.parametrize(
    "url", ["https://hooks.example.com", "https://hooks.example.com:8443/a?b=c", "https://8.8.8.8/", "https://[2606:4700::1]/"]
)  # fmt: skip
def test_an_https_url_of_a_public_host_is_taken(url):
    assert is_allowed(url, private=False)


def test_where_the_operator_allows_it_private_hosts_and_http_are_taken_too():
    assert is_allowed("http://127.0.0.1:8080/x", private=True)
    assert not is_allowed("http://user@127.0.0.1/", private=True)
    assert not is_allowed("file:///etc/passwd", private=True)


@pytest.fixture
def answers(monkeypatch):
    """What names are answered with, one answer after the other; and how often somebody asked."""
    found: list[list[str]] = []
    asked: list[str] = []

    async def lookup(host: str, _port: int) -> list[str]:
        asked.append(host)
        return found.pop(0)

    monkeypatch.setattr(connecting, "addresses_of", lookup)
    return found, asked


async def posted(url: str, *, private: bool = False):
    one = pool(private=private)
    try:
        return await post(one, url, {}, "{}", 5)
    finally:
        await one.aclose()


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["fe80::1%eth0"], ["169.254.169.254"]]
)
async def test_a_name_that_leads_to_a_refused_address_is_not_connected_to(answers, receiver, found):
    answers[0].append(found)
    answer = await posted(f"http://hooks.example.com:{receiver.port}/")
    assert (answer.status, answer.error) == (None, DeliveryError.ADDRESS_REFUSED)
    assert receiver.received == []


async def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(answers, receiver):
    """A name that is looked up once cannot answer differently the second time."""
    found, asked = answers
    found.append(["127.0.0.1"])
    answer = await posted(f"http://rebinding.example.com:{receiver.port}/x", private=True)
    assert (answer.status, asked) == (200, ["rebinding.example.com"])
    [one] = receiver.received
    assert one.headers["host"] == f"rebinding.example.com:{receiver.port}"


async def test_an_address_written_as_such_is_looked_at_too(receiver):
    for host in ("127.0.0.1", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433", "localhost"):
        answer = await posted(f"http://{host}:{receiver.port}/")
        assert answer.error in {DeliveryError.ADDRESS_REFUSED, DeliveryError.NAME}, host
    assert receiver.received == []


async def test_what_goes_wrong_is_told_in_a_word(receiver):
    assert (await posted("http://nobody.invalid/", private=True)).error is DeliveryError.NAME
    assert (await posted(f"https://127.0.0.1:{receiver.port}/", private=True)).error is DeliveryError.TLS
    one = pool(private=True)
    release = asyncio.Event()

    async def silent(_reader, writer):
        await release.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert (await post(one, f"http://127.0.0.1:{port}/", {}, "{}", 0.1)).error is DeliveryError.TIMEOUT
    release.set()
    server.close()
    await server.wait_closed()
    assert (await post(one, f"http://127.0.0.1:{port}/", {}, "{}", 5)).error is DeliveryError.CONNECTION
    await one.aclose()


async def test_a_webhook_to_a_refused_address_is_a_problem(small):
    for number, url in enumerate(("ftp://x", "https://user@hooks.example.com/")):
        found = await changed(small, "createWebhook", idempotencyKey=str(number), url=url)
        assert (found["__typename"], found["code"]) == ("Problem", "ADDRESS_REFUSED")
