"""The audit log in the database: an entry for every change, in its transaction; whatever is tampered with is found."""

import asyncio
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, text, update

from api.auth import INTERNAL
from api.deployment import Deployment, deployed
from api.store import audit, tables
from api.store.tables import table_of
from entitlements.chains import OPERATOR, Head
from schema.scopes import READ_SCOPES
from tests.ordering import ORDER, PAY, SCHEMA, Ticking, order
from tests.portfolio import load_more
from tests.recording import *  # noqa: F403 - fixtures are found by their names
from tests.recording import RECORD, recording

entries, heads, changes = audit.entries, audit.heads, audit.changes
coverage, charges = table_of(tables.Coverage), table_of(tables.Charge)
accounts = table_of(tables.Account)
MILESTONE = "mutation ($input: SetMilestoneInput!) { setMilestone(input: $input) { __typename } }"
CORRECT = "mutation ($input: CorrectCoverageInput!) { correctCoverage(input: $input) { __typename } }"


async def do(deployment: Deployment, document: str, **input: Any) -> dict[str, Any]:
    result = await SCHEMA.execute(
        document, variable_values={"input": input}, context_value=deployment.context(INTERNAL)
    )
    assert not result.errors, result.errors
    assert result.data is not None
    [found] = result.data.values()
    return found


async def act(deployment: Deployment) -> None:
    """Something of every sort: orders, payments, decisions, corrections, milestones, keys."""
    await do(deployment, ORDER, **order())
    await do(deployment, PAY, idempotencyKey="p", charge="PO-1/FAX-2", paidOn="2026-03-12")
    await do(deployment, RECORD, **recording())
    await do(deployment, RECORD, **recording("FAX-3", "k-2"))
    await do(deployment, RECORD, **recording("NO-1", "k-3"))
    license = {"license": {"serial": "FAX-2"}, "orderReference": "PO-1", "reason": "a slip", "plan": "PLATINUM"}
    await do(deployment, CORRECT, idempotencyKey="c", **license)
    milestone = {"product": "FAX", "kind": "END_OF_LIFE", "on": "2040-01-01", "source": "notice 1"}
    await do(deployment, MILESTONE, idempotencyKey="m", **milestone)
    key, _ = await deployment.keys.create(INTERNAL, READ_SCOPES, deployment.clock())
    await deployment.keys.revoke(key.id, deployment.clock())


async def told(deployment: Deployment) -> Counter[tuple[str, str]]:
    """How many entries of each action every chain has."""
    async with deployment.database.reading() as connection:
        known = await connection.execute(select(accounts.c.id, accounts.c.reference))
        names = {row.id: row.reference for row in known}
        rows = await connection.execute(select(entries.c.chain, entries.c.action))
        return Counter((names.get(chain, "operator"), action) for chain, action in rows)


async def faults(deployment: Deployment, noted: list[Head] | None = None) -> list[str]:
    return (await audit.faults(deployment.database, noted or []))[1]


async def test_every_change_is_told_in_the_chain_of_its_account(settings):
    async with deployed(settings, Ticking()) as deployment:
        await act(deployment)
        assert await told(deployment) == {
            ("operator", "import"): 2,
            ("ACME", "orderRenewal"): 1,
            ("ACME", "recordPayment"): 1,
            ("ACME", "recordDecision"): 1,
            ("BETA", "recordDecision"): 1,
            ("operator", "recordDecision"): 1,
            ("ACME", "correctCoverage"): 1,
            ("operator", "setMilestone"): 1,
            ("operator", "createKey"): 1,
            ("operator", "revokeKey"): 1,
        }
        assert await faults(deployment) == []


async def test_a_problem_and_a_repeated_key_leave_no_entry(small):
    async with deployed(small, Ticking()) as deployment:
        before = await told(deployment)
        assert (await do(deployment, ORDER, **order(total="1.00")))["__typename"] == "Problem"
        assert await told(deployment) == before
        for _ in range(3):
            await do(deployment, ORDER, **order())
        assert (await told(deployment) - before) == {("ACME", "orderRenewal"): 1}


async def test_a_change_that_left_nothing_new_is_told_too(settings):
    async with deployed(settings, Ticking()) as deployment:
        for key in ("p-1", "p-2"):
            await do(deployment, PAY, idempotencyKey=key, charge="CH-2", paidOn="2026-03-11")
        assert (await told(deployment))["BETA", "recordPayment"] == 2
        assert await faults(deployment) == []


async def test_entries_at_once_are_one_chain(settings):
    """Sixteen decisions of two accounts and of none, all at the same moment."""
    async with deployed(settings) as deployment:
        serials = ["FAX-1", "FAX-2", "FAX-3", "NO-1"] * 4
        inputs = [recording(serial, f"k-{number}") for number, serial in enumerate(serials)]
        await asyncio.gather(*(do(deployment, RECORD, **one) for one in inputs))
        found = await told(deployment)
        assert (found["ACME", "recordDecision"], found["BETA", "recordDecision"]) == (8, 4)
        assert await faults(deployment) == []


async def test_an_import_leaves_one_entry_and_one_that_changes_nothing_none(small, tmp_path):
    files = {"releases.csv": "name,season,year,released_on\nWinter '27,WINTER,2027,2027-01-18\n"}
    counts: list[int] = []
    for number in range(2):
        await load_more(small, tmp_path / f"more-{number}", files)
        async with deployed(small) as deployment:
            counts.append((await told(deployment))["operator", "import"])
            assert await faults(deployment) == []
    assert counts == [3, 3]


# ---------------------------------------------------------------- tampering


async def tamper(deployment: Deployment, *statements: Any) -> None:
    async with deployment.database.writing() as connection:
        for statement in statements:
            await connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (update(coverage).where(coverage.c.kind == "RENEWED").values(order_date=None), "the rows that it left are not"),
        (update(charges).where(charges.c.order_reference == "PO-1").values(currency="USD"), "the rows that it left"),
        (delete(charges).where(charges.c.paid_on == datetime(2026, 3, 12, tzinfo=UTC).date()), "the rows that it left"),
        (update(changes).where(changes.c.mutation == "recordPayment").values(viewer="customer:BETA"), "the rows that"),
        (delete(entries).where(entries.c.action == "recordPayment"), "something between them is missing"),
        (delete(entries).where(entries.c.action == "correctCoverage"), "no entry tells of it"),
        (update(entries).where(entries.c.action == "setMilestone").values(actor="customer:ACME"), "is not what was"),
        (update(entries).where(entries.c.action == "import").values(details="0" * 64), "is not what was written"),
        (delete(heads), "its head is missing"),
    ],
)
async def test_what_is_tampered_with_is_found_and_named(small, statement, told):
    async with deployed(small, Ticking()) as deployment:
        await act(deployment)
        await tamper(deployment, statement)
        assert any(told in fault for fault in await faults(deployment)), await faults(deployment)


async def test_an_end_cut_with_its_head_and_its_change_is_found_by_a_noted_head_alone(small):
    """Whoever may write everything can make the log end earlier; a head that was noted elsewhere tells."""
    async with deployed(small, Ticking()) as deployment:
        await act(deployment)
        async with deployment.database.reading() as connection:
            noted = await audit.all_heads(connection)
        assert await faults(deployment, noted) == []
        last = select(func.max(entries.c.seq)).where(entries.c.chain == OPERATOR).scalar_subquery()
        end = (entries.c.chain == OPERATOR, entries.c.seq == last)
        async with deployment.database.reading() as connection:
            seq, previous = (await connection.execute(select(entries.c.seq, entries.c.previous).where(*end))).one()
        await tamper(
            deployment,
            delete(entries).where(*end),
            update(heads).where(heads.c.chain == OPERATOR).values(seq=seq - 1, hash=previous),
        )
        assert await faults(deployment) == []
        assert await faults(deployment, noted) == [
            f"chain {OPERATOR}, entry {seq}: was noted as the chain's head, and is missing"
        ]


async def columns_of(deployment: Deployment) -> list[Any]:
    """Every row that the log guards, by its table, with the columns that it guards."""
    found: list[Any] = []
    async with deployment.database.reading() as connection:
        for table in (*audit.CHANGED, changes):
            guarded = [c.name for c in table.c if c.name not in audit.ASIDE]
            if table is changes:
                guarded = list(audit.OF_CHANGE)
            own = select(table.c.id) if table is changes else select(table.c.id).where(table.c.change_id.is_not(None))
            found += [(table, table.c.id == one[0], guarded) for one in await connection.execute(own)]
        for chain, seq in await connection.execute(select(entries.c.chain, entries.c.seq)):
            found.append((entries, (entries.c.chain == chain) & (entries.c.seq == seq), [*audit.ENTRY, "hash"]))
    return found


def other(value: Any, chance: random.Random) -> Any:
    """Another value of the same kind; the same one where there is none."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case Decimal():
            return value + Decimal("0.01")
        case date():
            return value + timedelta(days=1)
        case UUID():
            return UUID(int=chance.getrandbits(100))
        case str():
            at = chance.randrange(len(value)) if value else 0
            return value[:at] + chance.choice("xyz") + value[at + 1 :]
        case _:
            return value


@pytest.mark.parametrize("count", [60, pytest.param(1000, marks=pytest.mark.long)])
async def test_each_of_many_random_edits_and_deletions_in_the_database_is_found(small, count):
    """Each is made in a transaction that is rolled back again; what SQLite's own constraints refuse is not counted."""
    chance = random.Random(11)  # noqa: S311 - nobody need not guess it
    async with deployed(small, Ticking()) as deployment:
        await act(deployment)
        guarded = await columns_of(deployment)
        done = 0
        while done < count:
            table, where, names = chance.choice(guarded)
            async with deployment.database.engine.connect() as connection:
                await connection.execute(text("PRAGMA foreign_keys=OFF"))
                await connection.execute(text("PRAGMA defer_foreign_keys=ON"))
                if chance.random() < 0.3:
                    await connection.execute(delete(table).where(where))
                else:
                    name = chance.choice(names)
                    before = (await connection.execute(select(table.c[name]).where(where))).scalar_one()
                    after = other(before, chance)
                    if after == before:
                        continue
                    try:
                        await connection.execute(update(table).where(where).values({name: after}))
                    except Exception:  # noqa: BLE001, S112 - a constraint keeps it from being done at all
                        continue
                _, found = await audit.faults_in(connection)
                await connection.rollback()
            assert found, (table.name, where)
            done += 1
        assert await faults(deployment) == []
