"""A record replays to the same bytes: for every question, and in another process, time zone, locale and hash seed."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from entitlements.decisions import decide
from entitlements.prices import Price, price_book
from entitlements.records import Decided, Engine, Policy, Record, facts_read, record, replay, without_names
from entitlements.requests import Channel, Requester, Service
from tests.builders import GUIDE, day
from tests.entitlements.properties.test_processes import locales
from tests.strategies import Question, any_questions, examples_of, for_all, served_questions

ROOT = Path(__file__).parents[3]
MODULE = "tests.entitlements.properties.replaying"
PRICES = [
    Price("LIST", "EUR", product, plan, 12, day(since), Decimal(amount))
    for product, amount in (("FAX", "600.00"), ("M-1", "99.95"))
    for plan in ("BASIC", "GOLD", "PLATINUM")
    for since in ("2014-01-01", "2021-06-15")
]
POLICY = Policy.of(GUIDE, Engine("1.0", "2026a"), price_book("LIST", "EUR", PRICES))


@for_all(150, asked=any_questions())
def test_a_record_replays_to_the_same_bytes_and_is_read_back_as_it_was(asked):
    decision = decide(asked.facts, asked.request, GUIDE)
    one = record(decision, POLICY)
    assert facts_read(one.facts) == without_names(asked.facts)
    assert Decided(one, GUIDE).request == asked.request
    assert Decided(one, GUIDE).reasons == decision.reasons
    assert replay(one, one.hashes, GUIDE, POLICY).identical


def records(count: int, share: int, of: int) -> Iterator[Record]:
    """A share of so many records, no two of one question: each example is asked again at other instants, otherwise."""
    examples: list[Question] = examples_of(any_questions(), max(count // 40, 50))
    examples += examples_of(served_questions(), max(count // 40, 50))
    chance = random.Random(share)  # noqa: S311 - nobody need not guess it
    for number in range(share, count, of):
        asked = examples[number % len(examples)]
        request = replace(
            asked.request,
            at=asked.request.at + timedelta(seconds=number),
            service=chance.choice([asked.request.service, *Service]),
            channel=chance.choice(list(Channel)),
            requester=chance.choice(list(Requester)),
        )
        yield record(decide(asked.facts, request, GUIDE), POLICY)


def replayed_elsewhere(count: int, share: int, of: int, environment: dict[str, str]) -> str:
    """What a process of its own says of a share of the records."""
    with subprocess.Popen(  # noqa: S603 - this very interpreter
        [sys.executable, "-m", MODULE],
        env={**os.environ, **environment},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(GUIDE.sources) + "\n")
        for one in records(count, share, of):
            process.stdin.write(json.dumps([asdict(one), asdict(one.hashes)]) + "\n")
        process.stdin.close()
        return process.stdout.read()


@pytest.mark.parametrize("count", [200, pytest.param(100_000, marks=pytest.mark.long)])
def test_records_replay_to_the_same_bytes_in_another_process_time_zone_and_locale(count):
    elsewhere = [("Asia/Kolkata", "1"), ("America/Los_Angeles", "2")]
    with ThreadPoolExecutor(len(elsewhere)) as pool:
        said = [
            pool.submit(
                replayed_elsewhere,
                count,
                share,
                len(elsewhere),
                {"TZ": zone, "LC_ALL": locales()[0], "PYTHONHASHSEED": seed},
            )
            for share, (zone, seed) in enumerate(elsewhere)
        ]
    assert [one.result() for one in said] == [f"replayed {count // len(elsewhere)}\n"] * len(elsewhere)
