"""A record replays to the same bytes: for every question, and in another process, time zone, locale and hash seed."""

import json
import os
import random
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal
from multiprocessing import get_context

import pytest

from entitlements.decisions import decide
from entitlements.prices import Price, price_book
from entitlements.records import Decided, Engine, Policy, Record, facts_read, record, replay, without_names
from entitlements.requests import Channel, Requester, Service
from tests.builders import GUIDE, day
from tests.entitlements.properties.elsewhere import Elsewhere
from tests.strategies import Question, any_questions, examples_of, for_all, served_questions

MODULE = "tests.entitlements.properties.replaying"
MANY = int(os.environ.get("REPLAYED_RECORDS", "100000"))
"""How many records the long test replays; fewer for a quicker look."""
PLACES = [
    ("Asia/Kolkata", "tr_TR", "UTF-8", "1"),
    ("America/Los_Angeles", "de_DE", "ISO-8859-1", "2", ("-O",)),
    ("Pacific/Kiritimati", "ar_SA", "UTF-8", "3"),
    ("Atlantic/Azores", "tr_TR", "ISO-8859-9", "4", ("-OO",)),
]
EXAMPLE_IN = 20
"""Each example is asked so many times, each time otherwise."""
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


def records(count: int, share: int) -> Iterator[Record]:
    """A share of so many records, no two of one question: each example is asked again at other instants, otherwise."""
    most = max(count // EXAMPLE_IN // 2, 25)
    examples: list[Question] = [
        one for strategy in (any_questions(), served_questions()) for one in examples_of(strategy, most, share)
    ]
    chance = random.Random(share)  # noqa: S311 - nobody need not guess it
    for number in range(count):
        asked = examples[number % len(examples)]
        request = replace(
            asked.request,
            at=asked.request.at + timedelta(seconds=number),
            service=chance.choice([asked.request.service, *Service]),
            channel=chance.choice(list(Channel)),
            requester=chance.choice(list(Requester)),
        )
        yield record(decide(asked.facts, request, GUIDE), POLICY)


def told(elsewhere: Elsewhere, made: Iterable[Record]) -> list[str]:
    """The lines that a process elsewhere writes of records that are made here."""
    with elsewhere.process(MODULE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(GUIDE.sources).encode() + b"\n")
        for one in made:
            process.stdin.write(json.dumps([asdict(one), asdict(one.hashes)]).encode() + b"\n")
        process.stdin.close()
        return process.stdout.read().decode("ascii").splitlines()


def replayed_elsewhere(count: int, share: int, elsewhere: Elsewhere) -> list[str]:
    """The same of a share of many records; by its name, so that another process can be asked to make them."""
    return told(elsewhere, records(count, share))


def by_threads() -> Executor:
    """Records are made by turns, in this process."""
    return ThreadPoolExecutor()


def by_processes() -> Executor:
    """Records are made by a process a core, begun anew: this one may have threads."""
    return ProcessPoolExecutor(mp_context=get_context("spawn"))


@pytest.mark.parametrize(
    ("count", "pool"), [(50, by_threads), pytest.param(MANY, by_processes, marks=pytest.mark.long)]
)
def test_records_replay_to_the_same_bytes_in_another_process_time_zone_and_locale(count, pool, tmp_path):
    places = PLACES if count > 1000 else PLACES[:2]
    elsewhere = [Elsewhere(tmp_path, *place) for place in places]
    share = count // len(elsewhere)
    with pool() as working:
        futures = [working.submit(replayed_elsewhere, share, *one) for one in enumerate(elsewhere)]
        said = [one.result() for one in futures]
    assert [json.loads(lines[0]) for lines in said] == [one.expected for one in elsewhere]
    assert [lines[1:] for lines in said] == [[f"replayed {share}"]] * len(elsewhere)


def test_a_record_that_does_not_replay_is_told_elsewhere_too(tmp_path):
    """Or else the test above could not fail. An edition's digest binds it, so it is the result that is altered."""
    whole, other = records(2, 0)
    altered = replace(other, result=other.result.replace("verdict", "judgement"))
    here, found, count = told(Elsewhere(tmp_path, "Asia/Kolkata", "C", "", "5"), [whole, altered])
    assert json.loads(here)["offset"] == 5.5 * 3600
    assert (json.loads(found)[0], count) == (2, "replayed 2")
