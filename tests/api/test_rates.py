"""A caller may ask so often, and for so much at once; what is over is refused with when to come again."""

import asyncio
import threading
import time

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from limits import parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from pydantic import ValidationError

from api.rates import Window
from api.settings import Settings
from schema.root import Schema
from tests.api.test_auth import key_of
from tests.portfolio import NOW, client_of

QUERY = {"query": "{ guide { edition } }"}


def limited(portfolio: Settings, **update):
    return client_of(portfolio.model_copy(update=update), demo=False)


def code(response) -> str:
    return response.json()["errors"][0]["extensions"]["code"]


def test_a_key_may_ask_so_often_and_is_told_when_to_ask_again(portfolio):
    one, other = ({"x-api-key": key_of(portfolio)} for _ in range(2))
    with time_machine.travel(NOW, tick=False) as clock, limited(portfolio, rate="3/minute") as caller:
        assert [caller.post("/graphql", json=QUERY, headers=one).status_code for _ in range(4)] == [200] * 3 + [429]
        refused = caller.post("/graphql", json=QUERY, headers=one)
        assert code(refused) == "RATE_LIMITED"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert caller.post("/graphql", json=QUERY, headers=other).status_code == 200
        clock.shift(int(refused.headers["retry-after"]) + 60)
        assert caller.post("/graphql", json=QUERY, headers=one).status_code == 200


def test_every_part_of_a_rate_holds(portfolio):
    key = {"x-api-key": key_of(portfolio)}
    with time_machine.travel(NOW, tick=False) as clock, limited(portfolio, rate="2/second; 3/minute") as caller:
        assert [caller.post("/graphql", json=QUERY, headers=key).status_code for _ in range(3)] == [200, 200, 429]
        clock.shift(3)
        assert [caller.post("/graphql", json=QUERY, headers=key).status_code for _ in range(2)] == [200, 429]


def test_strangers_of_one_address_may_try_so_often_while_its_keys_are_let_in(portfolio):
    key = {"x-api-key": key_of(portfolio)}
    with limited(portfolio, rate_of_strangers="2/minute") as caller:
        tried = [caller.post("/graphql", json=QUERY, headers={"x-api-key": "wrong"}) for _ in range(3)]
        assert [response.status_code for response in tried] == [401, 401, 429]
        assert int(tried[2].headers["retry-after"]) >= 1
        assert caller.post("/graphql", json=QUERY, headers=key).status_code == 200


@given(st.lists(st.floats(0, 12), max_size=60), st.sampled_from(["1/second", "3/5 second", "7/10 second"]))
@settings(max_examples=60, deadline=None)
def test_what_is_over_a_rate_is_told_as_the_library_tells_it(pauses, written):
    async def check():
        [limit], window = parse_many(written), Window(parse_many(written)[0])
        theirs = SlidingWindowCounterRateLimiter(MemoryStorage())
        with time_machine.travel(NOW, tick=False) as clock:
            for pause in pauses:
                clock.shift(pause)
                wait = window.hit("me")
                assert (wait is None) == await theirs.hit(limit, "me")
                if wait is not None:
                    stats = await theirs.get_window_stats(limit, "me")
                    assert wait == pytest.approx(stats.reset_time - time.time(), abs=1e-3)

    asyncio.run(check())


def test_callers_who_are_gone_are_forgotten():
    window = Window(parse_many("5/minute")[0])
    with time_machine.travel(NOW, tick=False) as clock:
        for caller in range(100):
            window.hit(str(caller))
        clock.shift(120)
        window.hit("me")
        assert len(window._now) + len(window._before) == 1


def test_no_rate_is_no_limit(portfolio):
    key = {"x-api-key": key_of(portfolio)}
    with limited(portfolio, rate="") as caller:
        assert {caller.post("/graphql", json=QUERY, headers=key).status_code for _ in range(20)} == {200}


@pytest.mark.parametrize("written", ["often", "10", "10/fortnight"])
def test_a_rate_that_cannot_be_read_is_refused_at_the_start(written):
    with pytest.raises(ValidationError):
        Settings(rate=written)


def test_so_many_requests_of_a_key_are_answered_at_once(portfolio, monkeypatch):
    key = {"x-api-key": key_of(portfolio)}
    waiting, others_answered = threading.Event(), threading.Event()

    async def slow(*_):
        waiting.set()
        await asyncio.to_thread(others_answered.wait, 10)

    with limited(portfolio, at_once=1) as caller:
        answers = []
        monkeypatch.setattr("schema.root.Schema.execute", slowly(slow))
        thread = threading.Thread(target=lambda: answers.append(caller.post("/graphql", json=QUERY, headers=key)))
        thread.start()
        assert waiting.wait(10)
        refused = caller.post("/graphql", json=QUERY, headers=key)
        others_answered.set()
        thread.join()
        assert (refused.status_code, code(refused), refused.headers["retry-after"]) == (429, "TOO_MANY_AT_ONCE", "1")
        assert answers[0].status_code == 200
        assert caller.post("/graphql", json=QUERY, headers=key).status_code == 200


def slowly(wait):
    execute = Schema.execute

    async def executing(self, *arguments, **named):
        await wait()
        return await execute(self, *arguments, **named)

    return executing
