"""The corpus against a real server: nothing breaks it, nothing keeps it long, and it answers the next good question."""

import json
import time
from collections.abc import Iterator
from http.client import HTTPException
from typing import NamedTuple

import pytest

from tests.hostile.attacks import Attack
from tests.hostile.corpus import corpus
from tests.serving import ANSWERED, Served, serving

MOST_SECONDS = 0.25
MOST_GROWTH = 50 * 1024 * 1024
TOLD_NOBODY = (
    b"Did you mean",
    b"Traceback",
    b'File "',
    b"sqlalchemy",
    b"sqlite3",
    b"asyncpg",
    b"SELECT ",
    b"graphql-core",
)
"""What no answer has a word of."""


class Outcome(NamedTuple):
    """What became of an attack; no status where the server hung up."""

    status: int | None
    body: bytes
    seconds: float


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("hostile"), COVERLINE_RATE_OF_STRANGERS="") as server:
        yield server


def tried(served: Served, attack: Attack) -> Outcome:
    """An attack on a connection of its own, with the time that the server's process worked on it, or that it took."""
    worked, begun = served.cpu_seconds(), time.perf_counter()
    if attack.raw:
        status, body = said(served, attack.body)
    else:
        status, body = sent(served, attack)
    return Outcome(status, body, min(time.perf_counter() - begun, served.cpu_seconds() - worked + 0.01))


def sent(served: Served, attack: Attack) -> tuple[int | None, bytes]:
    headers = {name: value for name, value in {**served.headers, **(attack.headers or {})}.items() if value}
    connection = served.connect()
    try:
        connection.putrequest(attack.method, attack.url, skip_host="host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value.encode())
        connection.putheader("content-length", str(len(attack.body)))
        connection.endheaders(attack.body)
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, HTTPException):
        return None, b""
    finally:
        connection.close()


def said(served: Served, bytes_: bytes) -> tuple[int | None, bytes]:
    opened = served.open(bytes_)
    opened.settimeout(0.3)
    answer = b""
    try:
        while more := opened.recv(65_536):
            answer += more
    except OSError:
        pass  # it waits for more, or has hung up
    finally:
        opened.close()
    status = answer[9:12]
    return int(status) if status.isdigit() else None, answer.partition(b"\r\n\r\n")[2]


def is_told(body: bytes) -> bool:
    """Whether an answer is an error in JSON, with a code."""
    try:
        return all(error["extensions"]["code"] for error in json.loads(body)["errors"])
    except (ValueError, KeyError, TypeError):
        return False


def faults(served: Served, family: str, attack: Attack) -> Iterator[str]:
    """What is wrong with how the server took an attack."""
    outcome = tried(served, attack)
    for _ in range(4):
        # The machine may have been busy with something else.
        if outcome.seconds <= MOST_SECONDS:
            break
        outcome = min(outcome, tried(served, attack), key=lambda each: each.seconds)
    where = f"{family}, {attack.name}"
    if outcome.status is not None and outcome.status >= 500:
        yield f"{where}: {outcome.status} {outcome.body[:200]!r}"
    if outcome.seconds > MOST_SECONDS:
        yield f"{where}: {outcome.seconds * 1000:.0f} ms"
    if outcome.status is not None and outcome.status >= 400 and outcome.body and not is_told(outcome.body):
        yield f"{where}: {outcome.status} without an error in JSON, {outcome.body[:200]!r}"
    yield from (f"{where}: tells {word!r}" for word in TOLD_NOBODY if word in outcome.body)
    if ANSWERED not in served.ask_once().body:
        yield f"{where}: the next good question was not answered"


def test_the_corpus_is_as_large_as_it_is_said_to_be():
    attacks = corpus()
    assert len(attacks) >= 39
    assert sum(map(len, attacks.values())) >= 640
    assert all(len(family) == len({(each.name, each.body, each.url) for each in family}) for family in attacks.values())


def run(served: Served, attacks: dict[str, list[Attack]]) -> None:
    for family, each in attacks.items():
        for attack in each[:1]:
            list(faults(served, family, attack))
    before = served.resident_bytes()
    found = [fault for name, family in attacks.items() for attack in family for fault in faults(served, name, attack)]
    growth = served.resident_bytes() - before
    assert not found, "\n".join(found)
    assert growth < MOST_GROWTH, f"memory grew by {growth / 1024**2:.0f} MiB"


def test_the_ends_of_each_family_break_nothing_and_leave_no_trace(served):
    run(served, {name: [family[0], family[len(family) // 2], family[-1]] for name, family in corpus().items()})


@pytest.mark.long
def test_the_whole_corpus_one_after_the_other_breaks_nothing_and_leaves_no_trace(served):
    run(served, corpus())
