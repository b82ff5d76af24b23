# pyright: reportOptionalMemberAccess=false
"""What is kept of reads is what the database says at that moment, and no more than memory was given for."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvloop
from sqlalchemy import update
from starlette.testclient import TestClient

from api.app import create_app
from api.deployment import deployed
from api.operations import operation
from api.settings import Settings
from api.store.columns import LATEST
from api.store.kept import MIB, Kept
from api.store.personal import personal_data
from api.store.raw import PostgresRaw, Question, Raw, SqliteRaw
from entitlements.facts import Facts
from schema.compiled import operations
from schema.store import Viewer, ViewerKind
from tests.api.test_auth import key_of
from tests.ordering import OPERATOR, Ticking, asked_by, order
from tests.portfolio import NOW, load_more
from tests.recording import *  # noqa: F403 - fixtures are found by their names

INTERNAL = Viewer(ViewerKind.INTERNAL)
CUSTOMER = Viewer(ViewerKind.CUSTOMER, "BETA")
PAYMENT = "mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { __typename } }"
OF_FAX_3 = {"idempotencyKey": "k", "charge": "CH-2", "paidOn": "2026-03-11"}


def test_the_same_document_stands_for_the_same_facts_until_it_is_another(settings):
    """FAX-3 is paid for: its contract is read anew, the one of FAX-1 is not."""

    async def reading() -> None:
        async with deployed(settings) as deployment:
            store = deployment.store

            async def facts(serial: str) -> Facts:
                return (await store.facts_by_serial(INTERNAL, [serial], LATEST))[serial]

            before = {serial: await facts(serial) for serial in ("FAX-1", "FAX-3")}
            assert [await facts(serial) is known for serial, known in before.items()] == [True, True]
            await asyncio.to_thread(asked_by, settings, OPERATOR, PAYMENT, Ticking(), input=OF_FAX_3)
            assert await facts("FAX-1") is before["FAX-1"]
            assert await facts("FAX-3") != before["FAX-3"]

    asyncio.run(reading())


def test_whoever_gives_no_memory_has_everything_read_each_time(settings):
    async def reading() -> None:
        none = settings.model_copy(update={"kept_documents": 0})
        async with deployed(none) as deployment:
            first, second = [await deployment.store.facts_by_serial(INTERNAL, ["FAX-1"], LATEST) for _ in range(2)]
            assert first == second
            assert first["FAX-1"] is not second["FAX-1"]

    asyncio.run(reading())


def test_what_was_read_of_one_version_is_not_answered_of_another():
    kept = Kept(1)
    assert kept.unchanged(1, INTERNAL, ["A"], NOW) is None
    kept.keep(1, INTERNAL, {}, ["A"], NOW)
    assert kept.unchanged(1, INTERNAL, ["A"], NOW) == {}
    assert kept.unchanged(1, CUSTOMER, ["A"], NOW) is None
    assert kept.unchanged(2, INTERNAL, ["A"], NOW) is None
    kept.keep(1, INTERNAL, {}, ["A"], NOW)
    assert kept.unchanged(2, INTERNAL, ["A"], NOW) is None, "it was read before the second version was told"


def test_documents_are_kept_until_there_are_too_many_of_them_and_one_that_is_too_large_is_not():
    """A mebibyte holds two documents of 400,000 characters, and not three."""
    kept, made = Kept(1), list[str]()

    def ask(name: str, characters: int = 400_000) -> None:
        def facts() -> dict:
            made.append(name)
            return {}

        kept.contract(name, "x" * characters, facts)

    for name in ("a", "b", "a", "b", "c", "c", "a"):
        ask(name)
    assert made == ["a", "b", "c", "a"]
    ask("huge", MIB + 1)
    ask("huge", MIB + 1)
    assert made[4:] == ["huge", "huge"]


def test_mebibytes_are_not_negative():
    with pytest.raises(ValueError, match="kept_documents"):
        Settings(kept_documents=-1)


def test_postgresql_plans_a_hot_read_once(priced_postgres):
    async def reading() -> None:
        none = Settings(database_url=priced_postgres, kept_documents=0)
        async with deployed(none) as deployment:
            for _ in range(10):
                assert await deployment.store.facts_by_serial(INTERNAL, ["FAX-1"], LATEST)
            raw: Any = deployment.database.raw
            [held] = raw._internal.free
            of = "FROM pg_prepared_statements WHERE statement LIKE '%body%'"
            once, anew = await held.driver.fetchrow(f"SELECT sum(generic_plans), sum(custom_plans) {of}")
            assert once >= 10
            assert anew == 0

    asyncio.run(reading())


# ---------------------------------------------------------------- by version


COUNTED = 100
RENEWED = {
    "coverage.csv": """order_reference,serial,plan,starts_on,expires_on,order_date,kind,recorded_at
SO-9,FAX-2,GOLD,2025-12-01,2026-11-30,2026-03-01,RENEWED,2026-03-01T09:00:00Z
"""
}


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """The names of what is read of licences, as it is."""
    found = list[str]()
    for raw in (SqliteRaw, PostgresRaw):
        rows: Any = raw.rows

        async def noted(self: Raw, question: Question, *asked: Any, rows: Any = rows) -> Any:
            found.append(question.name)
            return await rows(self, question, *asked)

        monkeypatch.setattr(raw, "rows", noted)
    return found


class Caller:
    """Asks over HTTP with a key."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def ask(self, key: str, name: str, **asked: Any) -> Any:
        """What a document's operation is answered; None where the key is refused."""
        content = {"query": operation(name), "variables": {"input": asked}}
        answer = self._client.post("/graphql", json=content, headers={"x-api-key": key})
        assert answer.status_code == 401 or "errors" not in answer.json(), answer.text
        return next(iter(answer.json()["data"].values())) if answer.status_code != 401 else None

    def verdict(self, key: str, serial: str) -> str | None:
        """The verdict on a licence at the moment; None where the key is refused."""
        told = self.ask(key, "check", license={"serial": serial}, at=NOW.isoformat())
        return told["verdict"] if told else None


@contextmanager
def calling(settings: Settings) -> Iterator[Caller]:
    """A caller of an application, which makes plans of operations at once where it makes any."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "FIRST", 0)
        with TestClient(create_app(settings, clock=Ticking()), base_url="http://localhost") as client:
            yield Caller(client)


def test_facts_are_read_once_by_each_viewer_until_something_is_committed(settings, read):
    """BETA may not see FAX-1: what is read for one of them is not told to the other."""
    keys = [key_of(settings), key_of(settings, viewer=CUSTOMER)]
    with calling(settings) as caller:

        def verdicts() -> list[str | None]:
            return [caller.verdict(key, "FAX-1") for key in keys]

        known = ["ENTITLED", "NOT_ENTITLED"]
        for _ in range(5):
            assert verdicts() == known
        read.clear()
        for _ in range(5):
            assert verdicts() == known
        assert len(read) < 10, "the server may have looked after its tables once"
        key_of(settings)
        read.clear()
        assert verdicts() == known
        assert read, "something was committed"


def test_whatever_another_process_commits_holds_for_the_next_request(settings, tmp_path):
    """FAX-2 is expired until its coverage is imported."""
    key = key_of(settings)
    with calling(settings) as caller:
        for _ in range(5):
            assert [caller.verdict(key, serial) for serial in ("FAX-1", "FAX-2")] == ["ENTITLED", "NOT_ENTITLED"]
        asyncio.run(load_more(settings, tmp_path / "more", RENEWED))
        assert [caller.verdict(key, serial) for serial in ("FAX-1", "FAX-2")] == ["ENTITLED", "ENTITLED"]
        asyncio.run(revoked(settings))
        assert caller.verdict(key, "FAX-2") is None


def test_facts_that_are_asked_for_without_a_key_are_read_once_until_something_is_committed(settings, read, tmp_path):
    async def reading() -> None:
        async with deployed(settings) as deployment:
            for _ in range(10):
                before = await deployment.store.facts_by_serial(INTERNAL, ["FAX-2"], LATEST)
            assert len(read) < 8, "the server may have looked after its tables once"
            await load_more(settings, tmp_path / "more", RENEWED)
            assert await deployment.store.facts_by_serial(INTERNAL, ["FAX-2"], LATEST) != before
            assert before

    asyncio.run(reading())


def test_an_order_is_answered_by_what_it_has_changed(settings):
    """The version that was told to its request is of before: FAX-2 was expired then."""
    key = key_of(settings, viewer=Viewer(ViewerKind.INTERNAL), scopes=OPERATOR.scopes)
    with calling(settings) as caller:
        for _ in range(5):
            assert caller.verdict(key, "FAX-2") == "NOT_ENTITLED"
        [license] = caller.ask(key, "order_renewal", **order())["licenses"]
        assert license["coverage"] == {"state": "COVERED", "expiresOn": "2026-11-30"}
        assert caller.verdict(key, "FAX-2") == "ENTITLED"


def test_whoever_gives_no_memory_has_facts_read_for_each_request(settings, read):
    key = key_of(settings)
    with calling(settings.model_copy(update={"kept_documents": 0})) as caller:
        for _ in range(5):
            read.clear()
            assert caller.verdict(key, "FAX-1") == "ENTITLED"
            assert len(read) == 1


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_nothing_is_answered_on_postgresql_that_was_committed_over_before_it_was_asked(priced_postgres, run):
    """Names count up in transactions that stay open for a while; each caller knows which was committed when it asks."""
    settings = Settings(database_url=priced_postgres)
    key, committed, answered = key_of(settings, viewer=CUSTOMER), [0], []
    naming = update(personal_data).where(personal_data.c.search.is_not(None))

    async def asking(deployment: Any) -> None:
        while committed[0] < COUNTED:
            least = committed[0]
            viewer = await deployment.key_reader.viewer_of(key, NOW)
            told = await deployment.store.facts_by_serial(viewer, ["FAX-3"], LATEST)
            assert int(told["FAX-3"].license.account.name) >= least
            answered.append(least)
            await asyncio.sleep(0.001 * (len(answered) % 3))

    async def counting() -> None:
        async with deployed(settings) as another:
            for number in range(1, COUNTED + 1):
                async with another.database.writing() as connection:
                    await connection.execute(naming.values(text=str(number)))
                    await asyncio.sleep(0.005 * (number % 3))
                committed[0] = number
                await asyncio.sleep(0.005 * (number % 2))

    async def both() -> None:
        async with deployed(settings) as deployment:
            async with deployment.database.writing() as connection:
                await connection.execute(naming.values(text="0"))
            await deployment.keys.viewer_of(key, NOW)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(asyncio.to_thread(asyncio.run, counting()))
                for _ in range(5):
                    tasks.create_task(asking(deployment))

    run(both())
    assert len(answered) > COUNTED


async def revoked(settings: Settings) -> None:
    async with deployed(settings) as deployment:
        for key in await deployment.keys.all():
            await deployment.keys.revoke(key.id, NOW)
