"""What needs not wait is there at once; what waits is waited for together, and keeps its place."""

import asyncio

import pytest

from schema.compiled.awaiting import Waiting, begun, filled, gathered


async def told(value, after=None):
    if after is not None:
        await after.wait()
    return value


async def refused():
    await asyncio.sleep(0)
    raise ValueError("refused")


async def test_nothing_is_awaited_where_nothing_waits():
    results = [begun(told(1)), begun(told(2))]
    assert gathered(results) is results == [1, 2]


async def test_what_waits_is_begun_together_and_keeps_its_place():
    first, second = asyncio.Event(), asyncio.Event()

    async def opening():
        second.set()
        await asyncio.sleep(0)
        first.set()

    waiting = gathered([begun(told("a", first)), "b", begun(told("c", second))])
    assert waiting.__class__ is Waiting
    opened = asyncio.create_task(opening())
    assert await waiting == ["a", "b", "c"]
    await opened


async def test_an_answer_is_filled_in_the_order_of_its_fields():
    event = asyncio.Event()
    answer = begun(filled({"a": begun(told(1, event)), "b": 2, "c": begun(told(3, event))}))
    event.set()
    assert list((await answer).items()) == [("a", 1), ("b", 2), ("c", 3)]


async def test_what_fails_while_it_is_waited_for_fails_the_answer():
    with pytest.raises(ValueError, match="refused"):
        await begun(filled({"a": begun(refused()), "b": begun(told(1))}))
