"""With the application's conditions gone, PostgreSQL still shows and takes nothing of another account's."""

import asyncio
import uuid
from dataclasses import replace

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from api.auth import INTERNAL
from api.deployment import deployed
from api.operations import operation
from api.settings import Settings
from api.store.circuits import fail
from api.store.deliveries import due, route
from api.store.engine import open_database
from api.store.revisions import migrate
from api.store.row_security import lack
from api.store.tables import SQLModel
from api.webhooks.secrets import Secrets
from schema.permissions import MAY_HOLD
from schema.store import Viewer, ViewerKind
from tests.conftest import administer
from tests.ordering import CUSTOMER, ORDER, PARTNER, SCHEMA, Ticking, fill, order

CATALOGUE = {
    "products", "product_facts", "releases", "milestones", "prices", "documents", "kept_editions", "read_state",
}  # fmt: skip
OF_THE_PROCESS = {"api_keys", "derived_edition", "event_streams", "ticks", "ticks_under_way"}
TENANTS = {name for name in SQLModel.metadata.tables if name not in CATALOGUE | OF_THE_PROCESS}
OWN = {"webhook_endpoints", "webhook_deliveries", "webhook_circuits"}
"""What is shown to whoever's it is alone, and not to a partner beside its customer."""
NOBODY = Viewer(ViewerKind.CUSTOMER, "NOBODY")
BETA = Viewer(ViewerKind.CUSTOMER, "BETA", scopes=MAY_HOLD[ViewerKind.CUSTOMER])
ORDERED = ((CUSTOMER, "FAX-1", "1400.00", "GOLD"), (BETA, "FAX-3", "1600.00", "PLATINUM"))
VISIBLE = {"ACME": CUSTOMER, "NORTH and ACME": PARTNER, "BETA": BETA, "": NOBODY}


@pytest.fixture
def url(priced_postgres) -> str:
    return priced_postgres


@pytest.fixture
async def filled(url):
    """The portfolio, with an order of ACME's and one of BETA's."""
    async with deployed(Settings(database_url=url), Ticking()) as deployment:
        for viewer, serial, total, plan in ORDERED:
            await hooked(deployment, viewer)
            found = await answered(deployment, viewer, order("k", total, serial=serial, plan=plan))
            assert found["__typename"] == "RenewalOrder", found
            await recorded(deployment, viewer, serial)
        async with deployment.database.writing() as connection:
            assert await route(connection, deployment.clock()) == len(ORDERED)
        await failed(deployment)
        yield deployment


async def answered(deployment, viewer, asked) -> dict:
    context = deployment.context(viewer)
    result = await SCHEMA.execute(ORDER, variable_values={"input": asked}, context_value=context)
    assert not result.errors, result.errors
    assert result.data is not None
    return result.data["orderRenewal"]


async def recorded(deployment, viewer, serial) -> None:
    document = "mutation ($input: RecordDecisionInput!) { recordDecision(input: $input) { __typename } }"
    asked = {"idempotencyKey": "k", "check": {"license": {"serial": serial}}}
    result = await SCHEMA.execute(document, variable_values={"input": asked}, context_value=deployment.context(viewer))
    assert (result.errors, result.data) == (None, {"recordDecision": {"__typename": "DecisionRecord"}})


async def hooked(deployment, viewer) -> None:
    asked = {"idempotencyKey": "k", "url": "https://hooks.example.com"}
    context = replace(deployment, secrets=Secrets("a key")).context(viewer)
    result = await SCHEMA.execute(operation("create_webhook"), variable_values={"input": asked}, context_value=context)
    assert result.data is not None
    assert result.data["createWebhook"]["__typename"] == "WebhookSecret", result.data


async def failed(deployment) -> None:
    """Every endpoint failed once."""
    now = deployment.clock()
    for id_ in await due(deployment.database, now):
        async with deployment.database.writing() as connection:
            await fail(connection, id_, uuid.uuid4(), now, now)


async def rows_of(database, table: str, viewer: Viewer | None) -> set[str]:
    async with database.reading(viewer) as connection:
        found = await connection.execute(text(f"SELECT ({table}.*)::text FROM {table}"))  # noqa: S608 - a name of ours
        return set(found.scalars())


async def test_every_table_says_whose_rows_it_holds(filled):
    """A new table is the catalogue's, the process's own, or has policies: nobody is shown it by an oversight."""
    statement = text(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity"
        " AND relforcerowsecurity AND (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid) >= 2"
    )
    async with filled.database.reading() as connection:
        assert set((await connection.execute(statement)).scalars()) == TENANTS


async def test_a_transaction_of_a_viewer_sees_the_rows_of_its_accounts_and_no_other(filled):
    for table in sorted(TENANTS):
        every = await rows_of(filled.database, table, None)
        seen = {name: await rows_of(filled.database, table, viewer) for name, viewer in VISIBLE.items()}
        assert seen[""] == set(), table
        assert not seen["BETA"] & (seen["NORTH and ACME"] | seen["ACME"]), table
        if table in OWN:
            assert not seen["ACME"] & seen["NORTH and ACME"]
            assert len(seen["ACME"]) == len(seen["BETA"]) == 1
            continue
        assert seen["ACME"] <= seen["NORTH and ACME"], table
        if not table.startswith("audit_"):  # the import stands in the operator's own chain
            assert seen["BETA"] | seen["NORTH and ACME"] == every, table
        if table not in {"options", "warranties"}:  # the portfolio has none of them
            assert min(len(seen["ACME"]), len(seen["BETA"])) > 0, table


async def test_without_accounts_nothing_is_seen_and_what_is_the_processs_own_never(filled):
    for table in sorted(OF_THE_PROCESS):
        with pytest.raises(DBAPIError, match="permission denied"):
            await rows_of(filled.database, table, CUSTOMER)
    async with filled.database.reading() as connection:
        await connection.execute(text("SET LOCAL ROLE coverline_viewer"))
        for table in sorted(TENANTS):
            count = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name of ours
            assert await connection.scalar(count) == 0, table


async def test_a_connection_that_goes_from_hand_to_hand_keeps_nothing(url):
    """One connection, in turn for everybody, some of whose transactions fail."""
    database = open_database(url, connections=1)
    expected = {name: len(await rows_of(database, "licenses", viewer)) for name, viewer in VISIBLE.items()}
    assert sorted(expected.values()) == [0, 2, 3, 3]
    for turn in range(100):
        for name, viewer in VISIBLE.items():
            assert len(await rows_of(database, "licenses", viewer)) == expected[name]
        if turn % 25 == 0:
            with pytest.raises(DBAPIError):
                await rows_of(database, "api_keys", CUSTOMER)
        assert len(await rows_of(database, "licenses", None)) == 5
    await database.close()


WRITES = {
    "a foreign licence": "INSERT INTO licenses (id, account_id, serial, search) VALUES (:new, :beta, 'X', 'x')",
    "a foreign charge": "INSERT INTO charges (id, account_id, license_id, reference, recorded_at) VALUES "
    "(:new, :beta, :license, 'X', now())",
    "the name of an account": "UPDATE personal_data SET text = 'mine'",
    "what is personal of another": "INSERT INTO personal_data (id, account_id, text) VALUES (:new, :beta, 'mine')",
    "a licence's account": "UPDATE licenses SET account_id = :beta",
    "what was recorded": "UPDATE charges SET amount = 0",
    "what is known": "DELETE FROM coverage",
    "a price": "UPDATE prices SET amount = 0",
    "a key": "INSERT INTO api_keys (id, prefix, digest, kind, scopes, created_at) VALUES (:new, 'x', 'x', "
    "'internal', 'admin', now())",
    "somebody else's change": "INSERT INTO changes (id, viewer, mutation, idempotency_key, digest, at, subject) "
    "VALUES (:new, 'internal', 'm', 'k', 'd', now(), '')",
}


async def test_a_transaction_of_a_viewer_cannot_write_what_is_not_its_to_write(filled):
    async with filled.database.reading() as connection:
        license = (await connection.execute(text("SELECT id, account_id FROM licenses WHERE serial = 'FAX-3'"))).one()
    given = {"new": uuid.uuid4(), "beta": license.account_id, "license": license.id}
    for statement in WRITES.values():
        named = {name: value for name, value in given.items() if f":{name}" in statement}
        with pytest.raises(DBAPIError, match=r"permission denied|row-level security"):
            async with filled.database.writing(PARTNER) as connection:
                await connection.execute(text(statement), named)
    async with filled.database.writing(PARTNER) as connection:
        found = await connection.execute(
            text("UPDATE charges SET superseded_at = now() WHERE reference = 'CH-2' RETURNING id")
        )
        assert found.all() == []


async def test_a_charge_of_another_account_that_has_the_reference_is_a_problem_and_no_fault(filled):
    async with filled.database.writing() as connection:
        await connection.execute(text("UPDATE charges SET reference = 'PO-9/FAX-2' WHERE reference = 'CH-2'"))
    found = await answered(filled, CUSTOMER, order("k-9", reference="PO-9"))
    assert (found["__typename"], found["code"]) == ("Problem", "ALREADY_EXISTS")


# ---------------------------------------------------------------- roles


@pytest.fixture
def owned(postgres_server):
    """A database of an owner who is no superuser and makes no roles; and the administrator, who can."""
    name = f"owner_{uuid.uuid4().hex[:12]}"
    for role in (name, f"{name}_serves"):
        administer(postgres_server, f'CREATE ROLE "{role}" LOGIN')
    administer(postgres_server, f'CREATE DATABASE "{name}" OWNER "{name}"')
    address = make_url(postgres_server.get_uri(database=name)).set(username=name)
    yield address.render_as_string(hide_password=False), lambda statement: administer(postgres_server, statement)
    administer(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')
    administer(postgres_server, f'DROP ROLE "{name}", "{name}_serves"')


def test_an_owner_who_is_no_superuser_is_told_what_to_do_and_then_all_works(owned, migrated_postgres, tmp_path):
    """Such an owner is subject to the policies of its own tables."""
    url, administrator = owned
    with pytest.raises(DBAPIError, match="GRANT coverline_operator, coverline_viewer TO"):
        asyncio.run(migrate(url))
    administrator(f'GRANT coverline_operator, coverline_viewer TO "{make_url(url).username}"')
    fill(Settings(database_url=url), tmp_path)
    serving = make_url(url).set(username=f"{make_url(url).username}_serves")
    administrator(f'GRANT coverline_operator, coverline_viewer TO "{serving.username}"')

    async def work(url: str, serial: str, total: str) -> None:
        async with deployed(Settings(database_url=url), Ticking()) as deployment:
            await deployment.store.ensure_derived()
            counted = [await deployment.store.count_accounts(viewer, None) for viewer in (INTERNAL, PARTNER, CUSTOMER)]
            assert counted == [3, 2, 1]
            found = await answered(deployment, PARTNER, order(serial, total, serial, serial=serial))
            assert found["__typename"] == "RenewalOrder", found
            _, key = await deployment.keys.create(CUSTOMER, CUSTOMER.scopes, deployment.clock())
            found = await deployment.keys.viewer_of(key, deployment.clock())
            assert found is not None
            assert found.account == "ACME"
            assert len(await rows_of(deployment.database, "licenses", BETA)) == 2

    asyncio.run(work(url, "FAX-1", "1400.00"))
    # Nor has the login that serves to own a table.
    asyncio.run(work(serving.render_as_string(hide_password=False), "FAX-2", "1000.00"))


async def test_a_database_whose_policies_are_off_or_whose_login_may_not_narrow_is_found(owned, migrated_postgres, url):
    database = open_database(url)
    assert await lack(database) is None
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE charges NO FORCE ROW LEVEL SECURITY"))
    assert "charges" in (await lack(database) or "")
    await database.close()
    stranger = open_database(owned[0])
    assert "GRANT coverline_operator, coverline_viewer TO" in (await lack(stranger) or "")
    await stranger.close()


async def test_sqlite_lacks_nothing_that_it_could_have(migrated_sqlite):
    database = open_database(migrated_sqlite)
    assert await lack(database) is None
    await database.close()
