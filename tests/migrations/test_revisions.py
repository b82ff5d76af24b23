"""The revisions lead to exactly the tables, on both engines, there and back."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect
from sqlmodel import SQLModel

import migrations
from api.store import tables
from api.store.engine import open_database
from api.store.revisions import is_current, migrate


@pytest.fixture
async def database(database_url):
    opened = open_database(database_url)
    yield opened
    await opened.close()


async def differences(database):
    def compare(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, SQLModel.metadata)

    async with database.reading() as connection:
        return await connection.run_sync(compare)


async def names_of(database):
    async with database.reading() as connection:
        return set(await connection.run_sync(lambda one: inspect(one).get_table_names()))


async def test_the_newest_revision_has_exactly_the_tables_of_the_models(database, database_url):
    await migrate(database_url)
    assert await differences(database) == []
    assert await names_of(database) == {*SQLModel.metadata.tables, "alembic_version"}


async def test_a_database_comes_up_goes_down_and_comes_up_again(database, database_url):
    await migrate(database_url)
    await migrate(database_url, "base")
    assert await names_of(database) == {"alembic_version"}
    await migrate(database_url)
    assert await differences(database) == []


async def test_a_database_is_current_only_at_the_newest_revision(database, database_url):
    assert not await is_current(database)
    await migrate(database_url)
    assert await is_current(database)
    await migrate(database_url)
    assert await is_current(database)
    await migrate(database_url, "base")
    assert not await is_current(database)


def test_revisions_are_named_by_their_date():
    files = sorted(Path(migrations.__file__).parent.glob("versions/*.py"))
    assert files
    assert all(re.fullmatch(r"\d{4}_\d{2}_\d{2}_\w+\.py", file.name) for file in files)


def test_what_belongs_to_a_licence_has_its_address_first_in_its_keys():
    owned = [
        table for table in SQLModel.metadata.tables.values() if {"account_id", "license_id"} <= set(table.c.keys())
    ]
    assert {table.name for table in owned} == {
        "license_facts", "coverage", "options", "charges", "warranties", "orders", "decision_records",
        "derived_coverage", "facts_documents",
    }  # fmt: skip
    # A charge's reference, a base, a contract, a holder and a product are asked for across accounts.
    across = {"reference", "base_id", "contract_id", "holder_id", "product_id"}
    for table in owned:
        for index in table.indexes:
            first = index.columns[0].name
            assert first == "account_id" or first in across, f"{index.name} begins with {first}"


def test_no_table_has_a_sequence():
    for table in SQLModel.metadata.tables.values():
        assert table.autoincrement_column is None, table.name
    assert tables.table_of(tables.License).c.id.type.python_type.__name__ == "UUID"
