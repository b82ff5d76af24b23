"""Versions of PostgreSQL: nothing is committed without another, and none is told to whoever may have come after it."""

import asyncio

import asyncpg
import pytest
import uvloop
from sqlalchemy import select

from api.store.engine import open_database
from api.store.raw import VERSION, PostgresRaw

ASKED = str(select(VERSION))
COMMITTED = {
    "a row": "INSERT INTO noted VALUES (1)",
    "a row in a subtransaction": (
        "DO $$ BEGIN BEGIN INSERT INTO noted VALUES (1); EXCEPTION WHEN division_by_zero THEN END; END $$"
    ),
    "a row beside a subtransaction that is rolled back": (
        "DO $$ BEGIN INSERT INTO noted VALUES (1);"
        " BEGIN INSERT INTO noted VALUES (1 / 0); EXCEPTION WHEN division_by_zero THEN END; END $$"
    ),
    "a row that need not reach the disk": "SET synchronous_commit = off; INSERT INTO noted VALUES (1)",
    "all rows": "TRUNCATE noted",
    "a table": "CREATE TABLE more (number integer)",
    "a policy": "ALTER TABLE noted ENABLE ROW LEVEL SECURITY",
}


@pytest.fixture
async def sessions(postgres_url):
    """One that asks for versions, and one that writes."""
    asks, writes = [await asyncpg.connect(postgres_url) for _ in range(2)]
    await writes.execute("CREATE TABLE noted (number integer); INSERT INTO noted VALUES (3)")
    yield asks, writes
    await asks.close()
    await writes.close()


async def is_told_twice(asks, between="SELECT 1"):
    """Whether a version is told twice, by one of a few tries: the server looks after its tables now and then."""
    for _ in range(5):
        before = await asks.fetchval(ASKED)
        await asks.execute(between)
        if await asks.fetchval(ASKED) == before:
            return True
    return False


@pytest.mark.parametrize("what", COMMITTED)
async def test_whatever_is_committed_changes_the_version(sessions, what):
    asks, writes = sessions
    before = await asks.fetchval(ASKED)
    await writes.execute(COMMITTED[what])
    assert await asks.fetchval(ASKED) != before


@pytest.mark.parametrize("what", COMMITTED)
async def test_a_transaction_changes_the_version_when_it_is_committed_however_long_it_was_open(sessions, what):
    """Others begin and end meanwhile, so that its number stands before and after those that are told."""
    asks, writes = sessions
    seen = set()
    async with writes.transaction():
        await writes.execute(COMMITTED[what])
        for _ in range(3):
            assert await is_told_twice(asks)
            seen.add(await asks.fetchval(ASKED))
            await asks.execute("CREATE TEMPORARY TABLE other (number integer); DROP TABLE other")
        seen.add(await asks.fetchval(ASKED))
    assert await asks.fetchval(ASKED) not in seen


async def test_whoever_only_reads_leaves_the_version_as_it_is(sessions):
    asks, writes = sessions
    for between in ("SELECT * FROM noted", "DELETE FROM noted WHERE number = 7", "BEGIN; SELECT * FROM noted; COMMIT"):
        assert await is_told_twice(asks, between), between
    async with writes.transaction():
        await writes.fetch("SELECT * FROM noted")
        assert await is_told_twice(asks)


# ---------------------------------------------------------------- told to a task


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_version_is_told_to_one_task_until_it_waits(run):
    async def telling():
        raw = PostgresRaw(open_database("postgresql://nobody@localhost/none").engine)
        seen = {}
        asked = [asyncio.get_running_loop().create_future() for _ in range(3)]

        async def request(number):
            raw.tell(await asked[number])
            child = asyncio.create_task(look(f"the child of {number}"))
            seen[number] = raw.version(), raw.version()
            await asyncio.sleep(0)
            await look(f"{number} after a turn")
            await child

        async def look(name):
            seen[name] = raw.version()

        async def another(number):
            await asked[number]
            await look(f"another beside {number}")

        requests = [asyncio.create_task(one(number)) for number in range(3) for one in (request, another)]
        await asyncio.sleep(0)
        for number, answer in enumerate(asked):
            answer.set_result(f"version {number}")
        asyncio.get_running_loop().call_soon(lambda: seen.update({"no task": raw.version()}))
        await asyncio.gather(*requests)
        return seen

    seen = run(telling())
    assert [seen.pop(number) for number in range(3)] == [(f"version {number}",) * 2 for number in range(3)]
    assert seen == dict.fromkeys(seen)
    assert len(seen) == 10


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_version_is_told_no_longer_once_a_task_has_waited_for_anything(run):
    async def telling():
        loop = asyncio.get_running_loop()
        raw = PostgresRaw(open_database("postgresql://nobody@localhost/none").engine)
        there, comes = loop.create_future(), loop.create_future()
        there.set_result(None)
        for waited in (asyncio.sleep(0), asyncio.sleep(0.001), comes, asyncio.to_thread(int)):
            if waited is comes:
                loop.call_soon(comes.set_result, None)
            raw.tell("version")
            await there
            assert raw.version() == "version"
            await waited
            assert raw.version() is None

    run(telling())
