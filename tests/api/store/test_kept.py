# pyright: reportOptionalMemberAccess=false
"""What is kept of reads is what the database says at that moment, and no more than memory was given for."""

import asyncio
from typing import Any

import pytest

from api.deployment import deployed
from api.settings import Settings
from api.store.columns import LATEST
from api.store.kept import MIB, Kept
from entitlements.facts import Facts
from schema.store import Viewer, ViewerKind
from tests.ordering import OPERATOR, Ticking, asked_by
from tests.portfolio import NOW
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
