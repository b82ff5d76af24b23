"""What was personal before there was a table for it is moved there, and back, as it was."""

import uuid

from sqlalchemy import text

from api.store.engine import open_database
from api.store.revisions import migrate

AT = "2026-11-23 00:00:00+00:00"
ACME, OLD, NEW, EXPLAINED, OLDER, UNEXPLAINED, LICENSE, PRODUCT = (uuid.UUID(int=n + 1).hex for n in range(8))
NAMED = {"account_id": ACME, "theater": "EUROPE"}
CHANGE = {"viewer": "internal", "mutation": "m", "digest": "d", "at": AT, "subject": "[]"}
TOLD = {"chain": ACME, "seq": "1", "at": AT, "action": "m", "actor": "internal", "details": "", "previous": ""}
OWNED = {"id": LICENSE, "recorded_at": AT, "account_id": ACME, "license_id": LICENSE, "holder_id": ACME}
THERE = [
    ("accounts", {"id": ACME, "reference": "ACME"}),
    ("account_facts", {**NAMED, "id": OLD, "recorded_at": AT, "superseded_at": "2026-11-24", "name": "Weiß"}),
    ("account_facts", {**NAMED, "id": NEW, "recorded_at": "2026-11-24", "name": "Schwarz"}),
    ("changes", {**CHANGE, "id": EXPLAINED, "idempotency_key": "1", "reason": "she asked"}),
    ("changes", {**CHANGE, "id": OLDER, "idempotency_key": "2", "reason": "before the audit log"}),
    ("changes", {**CHANGE, "id": UNEXPLAINED, "idempotency_key": "3"}),
    ("audit_entries", {**TOLD, "change_id": EXPLAINED, "hash": ""}),
    ("licenses", {"id": LICENSE, "account_id": ACME, "serial": "L", "search": "l"}),
    ("products", {"id": PRODUCT, "code": "P"}),
    ("license_facts", {**OWNED, "product_id": PRODUCT, "model": "PERPETUAL", "quantity": "1", "change_id": OLDER}),
]
NAMES = "SELECT name, search FROM account_facts ORDER BY id"
REASONS = "SELECT reason FROM changes ORDER BY id"
MOVED = "SELECT p.text, p.search, a.reference FROM personal_data p JOIN accounts a ON a.id = p.account_id ORDER BY p.id"


def inserted(table: str, row: dict[str, str]) -> str:
    """The statement that writes a row; engines take the texts for what the columns hold."""
    values = ", ".join(f"'{value}'" for value in row.values())
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"  # noqa: S608 - constants of this file


async def test_names_and_reasons_are_moved_and_come_back_as_they_were_but_for_what_was_erased(database_url):
    async def work(*statements: str) -> None:
        async with database.writing() as connection:
            for statement in statements:
                await connection.exec_driver_sql(statement)

    async def rows(statement: str) -> list[tuple[object, ...]]:
        async with database.reading() as connection:
            return [tuple(row) for row in await connection.execute(text(statement))]

    await migrate(database_url, "0009")
    database = open_database(database_url)
    try:
        searched = [{"search": f"acme\n{row['name'].casefold()}"} if "name" in row else {} for _, row in THERE]
        await work(*(inserted(table, row | more) for (table, row), more in zip(THERE, searched, strict=True)))
        names, reasons = await rows(NAMES), await rows(REASONS)
        assert names == [("Weiß", "acme\nweiss"), ("Schwarz", "acme\nschwarz")]
        await migrate(database_url, "0010")
        assert await rows(MOVED) == [
            ("Weiß", "weiss", "ACME"),
            ("Schwarz", "schwarz", "ACME"),
            ("she asked", None, "ACME"),
            ("before the audit log", None, "ACME"),
        ]
        assert await rows("SELECT search FROM account_facts") == [("acme",), ("acme",)]
        await migrate(database_url, "-1")
        assert (await rows(NAMES), await rows(REASONS)) == (names, reasons)
        await migrate(database_url, "0010")
        await work("DELETE FROM personal_data")
        await migrate(database_url, "-1")
        assert await rows(NAMES) == [("(erased)", "acme"), ("(erased)", "acme")]
        assert await rows(REASONS) == [(None,), (None,), (None,)]
    finally:
        await database.close()
