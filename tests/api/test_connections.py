"""Connections on a real server: one that is too slow, too long or one too many is closed, and nobody else notices."""

import json
import socket
import statistics
import time
from contextlib import suppress

import pytest

from api.connections import HEAD_BYTES, HEAD_SECONDS
from tests.serving import ANSWERED, CHECK, Served, serving

HEAD = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
GONE_SECONDS = 10
MOST = 40


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("served"), COVERLINE_CLIENTS=str(MOST)) as server:
        yield server


def heard(opened: socket.socket, seconds: float = GONE_SECONDS) -> tuple[bytes, float]:
    """All that is heard until the server closes, and after how many seconds it does."""
    opened.settimeout(seconds)
    begun, said = time.monotonic(), b""
    while True:
        try:
            more = opened.recv(65_536)
        except ConnectionResetError:
            more = b""
        if not more:
            return said, time.monotonic() - begun
        said += more


def code_in(answer: bytes) -> str:
    """The code of the error that a whole answer holds, which is in JSON and of the length that it says."""
    head, _, body = answer.partition(b"\r\n\r\n")
    headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert (headers[b"content-type"], headers[b"connection"]) == (b"application/json; charset=utf-8", b"close")
    assert headers[b"content-length"] == str(len(body)).encode()
    [error] = json.loads(body)["errors"]
    assert error["message"]
    return error["extensions"]["code"]


def keyed(served: Served, length: int) -> bytes:
    return HEAD + f"x-api-key: {served.key}\r\ncontent-length: {length}\r\n\r\n".encode()


def test_slow_heads_and_bodies_are_closed_in_time_and_told_why(served):
    slow = {
        "nothing at all": b"",
        "half a head": HEAD,
        "half a body": keyed(served, 100) + b'{"query":',
        "half a body that nobody reads": b"GET /healthz HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nx",
    }
    opened = {name: served.open(said) for name, said in slow.items()}
    told = {name: heard(connection) for name, connection in opened.items()}
    assert {name: answer[0][:12] for name, answer in told.items()} == {
        "nothing at all": b"HTTP/1.1 408",
        "half a head": b"HTTP/1.1 408",
        "half a body": b"HTTP/1.1 408",
        "half a body that nobody reads": b"HTTP/1.1 200",
    }
    assert b"BODY_TIMEOUT" in told["half a body"][0]
    assert [code_in(told[name][0]) for name in ("nothing at all", "half a head")] == ["REQUEST_TIMEOUT"] * 2


def test_a_head_that_comes_byte_by_byte_has_no_longer_but_each_request_has_its_own_time(served):
    used_again, slow = served.connect(), served.open(HEAD + b"x: ")
    assert ANSWERED in served.ask(used_again).body
    begun = time.monotonic()
    with suppress(ConnectionError):
        while time.monotonic() - begun < GONE_SECONDS:
            slow.sendall(b"y")
            time.sleep(0.1)
    assert HEAD_SECONDS - 1 < time.monotonic() - begun < HEAD_SECONDS + 2
    assert ANSWERED in served.ask(used_again).body


@pytest.mark.parametrize("size", [1_000, HEAD_BYTES, HEAD_BYTES + 1, 200_000, 1024 * 1024])
def test_a_body_is_not_held_against_the_head(served, size):
    connection = served.connect()
    for _ in range(2):
        assert ANSWERED in served.ask(connection, CHECK + b" " * (size - len(CHECK))).body


def test_requests_that_come_together_are_answered_in_order(served):
    one = keyed(served, len(CHECK)) + CHECK
    last = one.replace(b"host:", b"connection: close\r\nhost:")
    said, _ = heard(served.open(one * 2 + last))
    assert said.count(ANSWERED) == 3


@pytest.mark.parametrize(
    "said",
    [
        HEAD + b"x: " + b"y" * 600_000,
        HEAD + b"".join(b"x-%d: y\r\n" % number for number in range(5_000)) + b"\r\n",
        b"GET /" + b"x" * 600_000,
    ],
)
def test_a_head_that_goes_on_is_cut_off(served, said):
    opened = served.open()
    try:
        opened.sendall(said)
        answer, _ = heard(opened)
    except ConnectionError:
        answer = b""
    assert answer == b"" or (answer.startswith(b"HTTP/1.1 431") and code_in(answer) == "HEADERS_TOO_LARGE")
    assert len(said) > HEAD_BYTES
    assert ANSWERED in served.ask_once().body


@pytest.mark.parametrize("said", [b"\x16\x03\x01", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 100])
def test_what_is_no_request_is_refused(served, said):
    answer, _ = heard(served.open(said))
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert code_in(answer) == "BAD_REQUEST"


def test_what_is_no_request_is_not_answered_in_the_place_of_the_request_before_it(served):
    """That one is still being worked on, and its caller would take the refusal for its answer."""
    answer, _ = heard(served.open(keyed(served, len(CHECK)) + CHECK + b"\0" * 100))
    assert not answer.startswith(b"HTTP/1.1 400")


def test_one_connection_too_many_is_refused_and_those_that_are_there_stay(served):
    mine = served.connect()
    assert ANSWERED in served.ask(mine).body
    others = [served.open(HEAD) for _ in range(MOST)]
    answers = [heard(each, 0.5)[0] if each is others[-1] else b"" for each in others]
    assert answers[-1].startswith(b"HTTP/1.1 503")
    assert b"retry-after: 1" in answers[-1]
    assert code_in(answers[-1]) == "TOO_MANY_CONNECTIONS"
    assert ANSWERED in served.ask(mine).body
    for each in others:
        each.close()


def test_an_answer_that_is_not_read_holds_nobody_up(served):
    asked = b'{"query": "{ guide { clauses { id summary reads { id summary reads { id } } } } }"}'
    opened = [served.open((keyed(served, len(asked)) + asked) * 20) for _ in range(10)]
    connection = served.connect()
    assert ANSWERED in served.ask(connection).body
    for each in opened:
        each.close()


def test_slow_bodies_take_nobodys_place(tmp_path):
    with serving(tmp_path, COVERLINE_AT_ONCE="1") as server:
        slow = [server.open(keyed(server, 100) + b"{") for _ in range(3)]
        assert ANSWERED in server.ask_once().body
        assert len(slow) == 3


# ---------------------------------------------------------------- hundreds of slow ones


def latency_99(served: Served, seconds: float) -> float:
    """The 99th percentile of the seconds that good questions take."""
    connection, spent, ends = served.connect(), [], time.monotonic() + seconds
    while time.monotonic() < ends:
        begun = time.perf_counter()
        assert ANSWERED in served.ask(connection).body
        spent.append(time.perf_counter() - begun)
        time.sleep(0.002)
    return statistics.quantiles(spent, n=100)[98]


@pytest.mark.long
def test_eight_hundred_slow_connections_are_gone_in_ten_seconds_and_nobody_else_notices(tmp_path):
    with serving(tmp_path) as served:
        latency_99(served, 2)
        for _ in range(3):
            idle = latency_99(served, 6)
            begun = time.monotonic()
            heads = [served.open(HEAD) for _ in range(400)]
            bodies = [served.open(keyed(served, 1_000) + b"{") for _ in range(400)]
            busy = latency_99(served, 6)
            for slow in heads + bodies:
                heard(slow, max(0.01, GONE_SECONDS - (time.monotonic() - begun)))
                slow.close()
            assert time.monotonic() - begun <= GONE_SECONDS
            if busy < 2 * idle:
                return
        pytest.fail(f"p99 {busy * 1000:.1f} ms among slow connections, {idle * 1000:.1f} ms without, three times")


def test_an_answer_without_a_body_is_sent_as_well(served):
    said = b"HEAD /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    answer, _ = heard(served.open(said))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\n")


def test_whoever_asks_to_go_on_is_told_so_before_the_body_is_sent(served):
    opened = served.open(keyed(served, len(CHECK)).replace(b"\r\n\r\n", b"\r\nexpect: 100-continue\r\n\r\n"))
    assert opened.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    opened.sendall(CHECK)
    assert ANSWERED in opened.recv(65_536)
