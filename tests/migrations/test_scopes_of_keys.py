"""Keys that were made when `read` was the only word go on reading everything they could, and nothing else."""

import uuid

from sqlalchemy import text

from api.store.engine import open_database
from api.store.revisions import migrate

KEY = """INSERT INTO api_keys (id, prefix, digest, kind, scopes, created_at)
VALUES (:id, 'p', 'd', 'internal', 'read', '2026-11-23 00:00:00+00:00')"""


async def scopes_in(database):
    async with database.reading() as connection:
        return (await connection.execute(text("SELECT scopes FROM api_keys"))).scalars().all()


async def test_a_key_that_could_read_gets_every_scope_that_reads(database_url):
    await migrate(database_url, "0003")
    database = open_database(database_url)
    try:
        async with database.writing() as connection:
            await connection.execute(text(KEY.replace(":id", f"'{uuid.uuid4().hex}'")))
        await migrate(database_url, "0004")
        assert await scopes_in(database) == ["entitlements:check licenses:read billing:read"]
        await migrate(database_url, "-1")
        assert await scopes_in(database) == ["read"]
    finally:
        await database.close()
