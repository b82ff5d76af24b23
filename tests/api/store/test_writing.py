"""Changes as the database keeps them: one renewal of a period whoever comes, facts with who and why, all or nothing."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from api.auth import INTERNAL
from api.deployment import Deployment, deployed
from api.settings import Settings
from api.store import derived, tables
from api.store.identifiers import uuid7
from api.store.personal import personal_data
from api.store.retrying import again
from api.store.tables import table_of
from api.store.writing import SqlWriting
from entitlements.messages import said
from entitlements.problems import Problem, ProblemCode
from entitlements.stretches import stretches
from schema.store import Viewer, ViewerKind
from schema.writing import Change, ChangeAsked
from tests.builders import GUIDE
from tests.ordering import OPERATOR, ORDER, PAY, SCHEMA, fill, order
from tests.portfolio import PRICING, load_more

coverage = table_of(tables.Coverage)
charges = table_of(tables.Charge)
changes = table_of(tables.Change)
licenses = table_of(tables.License)

TASKS = 32


@pytest.fixture
def settings(priced_url) -> Settings:
    return Settings(database_url=priced_url)


async def answer(deployment: Deployment, document: str, viewer: Viewer = INTERNAL, **variables: Any) -> dict[str, Any]:
    context = deployment.context(viewer)
    result = await SCHEMA.execute(document, variable_values=variables, context_value=context)
    assert not result.errors, result.errors
    assert result.data is not None
    [found] = result.data.values()
    return found


async def rows(deployment: Deployment, statement: Any) -> list[dict[str, Any]]:
    async with deployment.database.reading() as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]


# ---------------------------------------------------------------- one renewal only


async def raced(deployment: Deployment, tag: str, serial: str) -> Counter[str]:
    """What 32 orders of one licence come to that are placed at the same moment: of two days, each with its own key."""
    today = date.fromisoformat(deployment.context(INTERNAL).today.isoformat())
    days = [str(today - timedelta(days=number % 2)) for number in range(TASKS)]
    inputs = [
        order(f"{tag}-{number}", reference=f"{tag}-{number}", serial=serial, orderDate=on)
        for number, on in enumerate(days)
    ]
    found = await asyncio.gather(*(answer(deployment, ORDER, input=one) for one in inputs))
    return Counter(one.get("code", one["__typename"]) for one in found)


async def renewals_of(deployment: Deployment, serial: str) -> int:
    statement = select(coverage.c.id).join(licenses, licenses.c.id == coverage.c.license_id)
    return len(await rows(deployment, statement.where(licenses.c.serial == serial, coverage.c.kind == "RENEWED")))


async def race(settings: Settings, folder: Any, rounds: int) -> None:
    """Each round is of a licence of its own, expired two or three months ago: within the grace days."""
    expired = (datetime.now(UTC) - timedelta(days=60)).date().replace(day=1)
    begun = expired.replace(year=expired.year - 1)
    lines = [f"R-{number},ACME,FAX,PERPETUAL,{begun}" for number in range(rounds)]
    files = {"licenses.csv": "\n".join(["serial,account,product,model,registered_on", *lines, ""])}
    await load_more(settings, folder / "more", files, datetime.now(UTC))
    prices = {"prices.csv": PRICING["prices.csv"].replace("2026-03-21", "2016-03-21")}
    await load_more(settings, folder / "prices", prices, datetime.now(UTC))
    async with deployed(settings) as deployment:
        for number in range(rounds):
            found = await raced(deployment, f"T{number}", f"R-{number}")
            assert found["RenewalOrder"] == 1, found
            assert found["ALREADY_RENEWED"] + found["TOTAL_CHANGED"] == TASKS - 1, found
            assert await renewals_of(deployment, f"R-{number}") == 1
        assert len(await rows(deployment, select(charges.c.id).where(charges.c.order_reference.like("T%")))) == rounds
        assert len(await rows(deployment, select(changes.c.id))) == rounds, "a problem keeps nothing"


async def test_of_32_orders_of_one_licence_at_once_exactly_one_renews_it(settings, tmp_path):
    await race(settings, tmp_path, 3)


@pytest.mark.long
async def test_of_32_orders_at_once_exactly_one_renews_in_each_of_200_rounds(settings, tmp_path):
    await race(settings, tmp_path, 200)


async def test_the_constraint_alone_lets_one_renewal_through(migrated_postgres, tmp_path, monkeypatch):
    """Without any lock every order sees the licence unrenewed; the database lets one of them in."""

    async def unlocked(self: SqlWriting, statement: Any) -> None:
        await asyncio.sleep(0.002)

    monkeypatch.setattr(SqlWriting, "_execute", unlocked)
    settings = Settings(database_url=migrated_postgres, connections=TASKS)
    await asyncio.to_thread(fill, settings, tmp_path)
    await race(settings, tmp_path, 2)


async def test_two_renewals_from_one_day_are_refused_by_the_database_until_one_is_withdrawn(settings):
    async with deployed(settings) as deployment:
        [license] = await rows(deployment, select(licenses).where(licenses.c.serial == "FAX-2"))
        values = {
            "account_id": license["account_id"], "license_id": license["id"], "plan": "GOLD", "kind": "RENEWED",
            "starts_on": date(2026, 1, 1), "expires_on": date(2026, 12, 31), "renewed_from": date(2025, 11, 30),
            "recorded_at": datetime(2026, 1, 1, tzinfo=UTC),
        }  # fmt: skip

        def renewal(reference: str, **more: Any) -> Any:
            return coverage.insert().values({**values, "id": uuid7(), "order_reference": reference, **more})

        async with deployment.database.writing() as connection:
            await connection.execute(renewal("A"))
            await connection.execute(renewal("B", expires_on=None))
        with pytest.raises(IntegrityError):
            async with deployment.database.writing() as connection:
                await connection.execute(renewal("C"))


async def test_of_32_orders_with_one_key_one_is_done_and_all_are_answered_alike(settings):
    async with deployed(settings) as deployment:
        asked = order("one", "1400.00", serial="FAX-1")
        found = await asyncio.gather(*(answer(deployment, ORDER, input=asked) for _ in range(TASKS)))
        assert all(one == found[0] for one in found)
        assert found[0]["__typename"] == "RenewalOrder"
        assert await renewals_of(deployment, "FAX-1") == 1


# ---------------------------------------------------------------- all or nothing, with who, when and why


async def test_a_fact_names_the_change_that_brought_it_and_the_change_who_when_and_why(settings):
    async with deployed(settings) as deployment:
        viewer = Viewer(ViewerKind.INTERNAL, None, "key-7", OPERATOR.scopes)
        found = await answer(deployment, ORDER, viewer, input=order("k", "1400.00", serial="FAX-1"))
        assert found["__typename"] == "RenewalOrder"
        [change] = await rows(deployment, select(changes))
        assert (change["viewer"], change["key_id"], change["mutation"]) == ("internal", "key-7", "orderRenewal")
        [reason] = await rows(deployment, select(personal_data).where(personal_data.c.id == change["id"]))
        assert (change["idempotency_key"], reason["text"]) == ("k", "order PO-1")
        [term] = await rows(deployment, select(coverage).where(coverage.c.order_reference == "PO-1"))
        [charge] = await rows(deployment, select(charges).where(charges.c.order_reference == "PO-1"))
        assert term["change_id"] == charge["change_id"] == change["id"]
        assert term["recorded_at"] == charge["recorded_at"] == change["at"]
        assert term["renewed_from"] == date(2026, 9, 30)
        imported = await rows(deployment, select(coverage).where(coverage.c.order_reference == "SO-1"))
        assert [one["change_id"] for one in imported] == [None]


async def test_a_change_that_fails_midway_leaves_nothing(settings, monkeypatch):
    async def broken(*_: Any) -> None:
        raise RuntimeError("midway")

    async with deployed(settings) as deployment:
        with monkeypatch.context() as patched:
            patched.setattr(derived, "rebuild", broken)
            context = deployment.context(INTERNAL)
            asked = {"input": order("k", "1400.00", serial="FAX-1")}
            result = await SCHEMA.execute(ORDER, variable_values=asked, context_value=context)
            assert result.errors
        for table in (changes, table_of(tables.Order)):
            assert await rows(deployment, select(table)) == []
        for table in (coverage, charges):
            assert await rows(deployment, select(table).where(table.c.order_reference == "PO-1")) == []
        assert (await answer(deployment, ORDER, input=asked["input"]))["__typename"] == "RenewalOrder"


async def test_what_lists_need_is_derived_in_the_same_transaction(settings):
    async with deployed(settings) as deployment:
        await answer(deployment, ORDER, input=order("k", "1400.00", serial="FAX-1"))
        now = datetime.now(UTC)
        known = await deployment.store.facts_by_serial(INTERNAL, ["FAX-1", "FAX-1-HA"], now)
        table = table_of(tables.DerivedCoverage)
        for facts in known.values():
            assert facts.license is not None
            mine = select(table.c.from_on, table.c.expires_on).where(table.c.license_id == facts.license.id)
            found = {(row["from_on"], row["expires_on"]) for row in await rows(deployment, mine)}
            assert found == {(one.from_on, one.expires_on or tables.NEVER) for one in stretches(facts.license, GUIDE)}


async def test_versions_are_added_and_never_written_over(settings):
    """Every row that was there is there afterwards as it was, but for the instant that ended it."""

    async def versions(deployment: Deployment) -> dict[Any, tuple[Any, ...]]:
        found: dict[Any, tuple[Any, ...]] = {}
        for table in (coverage, charges, table_of(tables.LicenseFacts), table_of(tables.Milestone)):
            for row in await rows(deployment, select(table)):
                found[row.pop("id")] = tuple(value for name, value in row.items() if name != "superseded_at")
        return found

    async with deployed(settings) as deployment:
        before = await versions(deployment)
        await answer(deployment, ORDER, input=order("k", "1400.00", serial="FAX-1"))
        await answer(deployment, PAY, input={"idempotencyKey": "p", "charge": "CH-2", "paidOn": "2026-03-11"})
        after = await versions(deployment)
        assert before.items() <= after.items()
        assert len(after) == len(before) + 3


async def test_later_changes_are_known_later_even_when_the_clock_stands_still(settings):
    stopped = datetime.now(UTC)
    async with deployed(settings, lambda: stopped) as deployment:
        await answer(deployment, ORDER, input=order("k", "1400.00", serial="FAX-1"))
        found = await answer(
            deployment, PAY, input={"idempotencyKey": "p", "charge": "PO-1/FAX-1", "paidOn": "2026-03-11"}
        )
        assert found["paidOn"] == "2026-03-11"
        instants = [row["at"] for row in await rows(deployment, select(changes).order_by(changes.c.at))]
        assert instants == [stopped, stopped + timedelta(microseconds=1)]


# ---------------------------------------------------------------- the store's own


ASKED = ChangeAsked(INTERNAL, "test", "key", "digest")


async def test_a_key_is_taken_by_an_effect_and_not_by_a_problem(store):
    refusal = Problem(ProblemCode.FORBIDDEN, said("not today"))

    async def refuse(writing: Any) -> Any:
        return refusal

    async def act(writing: Any) -> tuple[str, ...]:
        return ("done",)

    async def never(writing: Any) -> tuple[str, ...]:
        raise AssertionError("done twice")

    assert await store.change(ASKED, refuse) == refusal
    first = await store.change(ASKED, act)
    assert isinstance(first, Change)
    assert first.subject == ("done",)
    assert await store.change(ASKED, never) == first
    reused = await store.change(ChangeAsked(INTERNAL, "test", "key", "another"), never)
    assert isinstance(reused, Problem)
    assert reused.code is ProblemCode.IDEMPOTENCY_KEY_REUSED


async def test_a_twin_waits_for_the_first_to_end(store):
    begun = asyncio.Event()

    async def slow(writing: Any) -> tuple[str, ...]:
        begun.set()
        await asyncio.sleep(0.2)
        return ("first",)

    async def twin() -> Any:
        await begun.wait()
        return await store.change(ASKED, lambda _: pytest.fail("done twice"))

    first, second = await asyncio.gather(store.change(ASKED, slow), twin())
    assert first == second


async def test_a_transaction_is_tried_again_after_what_passes(database):
    tries: list[int] = []

    async def deadlock() -> str:
        tries.append(1)
        async with database.writing() as connection:
            if len(tries) < 3:
                await connection.execute(text("INSERT INTO derived_edition (id, digest) VALUES (2, 'no')"))
        return "done"

    assert await again(deadlock) == "done"
    assert len(tries) == 3


async def test_what_does_not_pass_is_not_tried_again(database):
    tries: list[int] = []

    async def wrong() -> None:
        tries.append(1)
        async with database.writing() as connection:
            await connection.execute(text("SELECT nothing_of_that_name"))

    with pytest.raises(DBAPIError):
        await again(wrong)
    assert tries == [1]
