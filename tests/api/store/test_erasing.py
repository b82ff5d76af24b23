"""A person who is erased leaves no trace in the database, and the audit log, the records and the orders stay valid."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from api.auth import INTERNAL
from api.deployment import Deployment, deployed
from api.settings import Settings
from api.store import audit
from api.store.erasing import UnknownAccount, erase, sweep
from api.store.personal import ERASED
from tests.ordering import ORDER, Ticking, asked_by, order
from tests.portfolio import load_more
from tests.recording import *  # noqa: F403 - fixtures are found by their names
from tests.recording import READ, RECORD, recording

CANARY = "Ottilie Zwergpudel"
RENAMED = "Ottilie Zwergpudel-Königsberg"
REASON = "Frau Zwergpudel asked for it"
TRACE = re.compile("zwergpudel|ottilie", re.IGNORECASE)
CORRECT = "mutation ($input: CorrectCoverageInput!) { correctCoverage(input: $input) { __typename } }"
ACCOUNTS = "reference,name,partner,country,theater,language,currency,recorded_at\nACME,{},NORTH,IT,EUROPE,en,EUR,{}\n"


@pytest.fixture
def person(settings, tmp_path) -> Settings:
    """ACME is a person, renamed once, whose licence was ordered, corrected with a reason, and decided on."""
    for number, (name, at) in enumerate(((CANARY, "2026-03-01T00:00:00Z"), (RENAMED, "2026-03-05T00:00:00Z"))):
        files = {"accounts.csv": ACCOUNTS.format(name, at)}
        asyncio.run(load_more(settings, tmp_path / f"names-{number}", files))
    clock = Ticking()
    license = {"license": {"serial": "FAX-2"}, "orderReference": "PO-1", "plan": "PLATINUM", "reason": REASON}
    asked_by(settings, INTERNAL, ORDER, clock, input=order())
    asked_by(settings, INTERNAL, CORRECT, clock, input={"idempotencyKey": "c", **license})
    asked_by(settings, INTERNAL, RECORD, clock, input=recording())
    return settings


GATHERED = "SELECT tablename, attname, most_common_vals::text, histogram_bounds::text FROM pg_stats"


async def dump(deployment: Deployment) -> dict[str, str]:
    """Everything that the database holds, by table; of PostgreSQL what it has gathered of the values too."""
    async with deployment.database.reading() as connection:
        names = await connection.run_sync(lambda one: inspect(one).get_table_names())
        wanted = {name: f'SELECT * FROM "{name}"' for name in names}  # noqa: S608 - the tables' own names
        if connection.dialect.name == "postgresql":
            wanted["pg_stats"] = GATHERED
        return {
            name: "\n".join(str(tuple(row)) for row in await connection.execute(text(statement)))
            for name, statement in wanted.items()
        }


def file_of(settings: Settings) -> bytes:
    """The bytes of SQLite's file and of its log."""
    path = settings.database_url.removeprefix("sqlite:///")
    return b"".join(file.read_bytes() for file in sorted(Path(path).parent.glob(Path(path).name + "*")))


async def erased(settings: Settings) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """The dumps before and after, and what the audit log finds wrong then."""
    async with deployed(settings, Ticking()) as deployment:
        before = await dump(deployment)
        await erase(deployment.database, "ACME", deployment.clock())
        assert await sweep(deployment.database)
        return before, await dump(deployment), (await audit.faults(deployment.database, []))[1]


def test_what_is_personal_stands_in_one_table_and_nowhere_after(person, caplog):
    is_file = person.database_url.startswith("sqlite")
    if is_file:
        assert TRACE.search(file_of(person).decode("latin-1"))
    before, after, faults = asyncio.run(erased(person))
    assert {name for name, rows in before.items() if TRACE.search(rows)} - {"pg_stats"} == {"personal_data"}
    assert {name for name, rows in after.items() if TRACE.search(rows)} == set()
    told = {"audit_entries", "audit_heads"}
    assert {name for name in before if before[name] != after[name]} - {"pg_stats"} == {"personal_data", *told}
    assert faults == []
    assert not TRACE.search(caplog.text)
    if is_file:
        assert not TRACE.search(file_of(person).decode("latin-1"))


def test_orders_and_decisions_stand_and_replay_under_the_accounts_reference(person):
    id_ = asked_by(person, INTERNAL, RECORD, Ticking(), input=recording())["recordDecision"]["id"]
    asyncio.run(erased(person))
    found = asked_by(person, INTERNAL, READ, Ticking(), id=id_)["decisionRecord"]
    assert found["replay"] == {"identical": True, "differences": [], "policyDifferences": []}
    account = """{
        account(reference: "ACME") { name licenses(first: 1) { totalCount } }
        accounts(search: "zwerg", first: 1) { totalCount }
    }"""
    assert asked_by(person, INTERNAL, account, Ticking()) == {
        "account": {"name": ERASED, "licenses": {"totalCount": 3}},
        "accounts": {"totalCount": 0},
    }
    again = asked_by(person, INTERNAL, RECORD, Ticking(), input=recording())["recordDecision"]
    assert (again["id"], again["decision"]["license"]["account"]["name"]) == (id_, ERASED)


def test_erasing_twice_finds_nothing_more_and_another_account_is_left_alone(person):
    async def count() -> list[int]:
        async with deployed(person, Ticking()) as deployment:
            return [await erase(deployment.database, "ACME", deployment.clock()) for _ in range(2)]

    first, second = asyncio.run(count())
    assert (first > 0, second) == (True, 0)
    beta: Any = asked_by(person, INTERNAL, '{ account(reference: "BETA") { name } }', Ticking())
    assert beta == {"account": {"name": "Beta"}}


def test_an_account_that_is_not_there_is_not_erased(small):
    async def nobody() -> None:
        async with deployed(small) as deployment:
            await erase(deployment.database, "NOBODY", deployment.clock())

    with pytest.raises(UnknownAccount, match="there is no account 'NOBODY'"):
        asyncio.run(nobody())


def test_what_was_said_of_a_licence_that_has_moved_on_is_erased_with_whom_it_was_said_of(person, tmp_path):
    """BETA has the licence now, and nothing to do with the reason that it was corrected for."""
    moved = "serial,account,product,model,registered_on\nFAX-2,BETA,FAX,PERPETUAL,2024-12-01\n"
    asyncio.run(load_more(person, tmp_path / "moved", {"licenses.csv": moved}))
    before, after, faults = asyncio.run(erased(person))
    assert TRACE.search(before["personal_data"])
    assert {name for name, rows in after.items() if TRACE.search(rows)} == set()
    assert faults == []
