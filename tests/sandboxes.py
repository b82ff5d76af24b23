"""A sandbox beside a database that is there, and its key: a small portfolio in which every text names the sandbox."""

import asyncio
import re
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from api.auth import INTERNAL
from api.deployment import deployed
from api.sandboxes import reset
from api.settings import Settings
from schema.scopes import READ_SCOPES, Scope
from tests.portfolio import NOW, PRICING, write_files

NAMED = re.compile(r"SANDBOX-[\w-]*")
FILES = {
    "accounts.csv": """reference,name,country,theater,language,currency
SANDBOX-ACME,SANDBOX-name,IT,EUROPE,en,EUR
""",
    "products.csv": """code,name,kind,family,bases
FAX,SANDBOX-fax,BASE,,
FAX-HA,SANDBOX-ha,REDUNDANCY,,FAX
""",
    # FAX-1 is a serial of the real portfolio too.
    "licenses.csv": """serial,account,product,base,model,quantity,registered_on,installed_release,recorded_at
SANDBOX-1,SANDBOX-ACME,FAX,,PERPETUAL,1,2025-06-01,,2025-06-01T00:00:00Z
FAX-1,SANDBOX-ACME,FAX,,PERPETUAL,1,2025-06-01,,2025-06-01T00:00:00Z
""",
    "coverage.csv": """order_reference,serial,plan,starts_on,expires_on,order_date,kind,recorded_at
SANDBOX-order,SANDBOX-1,GOLD,2025-10-01,2026-09-30,2025-09-20,ORDERED,2025-09-20T09:00:00Z
""",
    "charges.csv": """reference,order_reference,serial,amount,currency,due_on,paid_on,recorded_at
SANDBOX-charge,SANDBOX-order,SANDBOX-1,1200.50,EUR,2025-10-20,2025-10-15,2025-09-20T09:00:00Z
""",
    **PRICING,
}


def sandbox_at(settings: Settings, folder: Path) -> Settings:
    """The settings of the sandbox beside a database, which is made, or put back to its beginning."""

    async def making() -> None:
        async with deployed(settings, lambda: NOW) as deployment:
            await reset(deployment, write_files(folder, FILES))

    asyncio.run(making())
    return settings.model_copy(update={"database_url": settings.sandbox, "sandbox_url": ""})


def sandbox_key(settings: Settings, scopes: Collection[Scope] = READ_SCOPES, expires_on: date | None = None) -> str:
    async def making() -> str:
        async with deployed(settings, lambda: NOW) as deployment:
            assert deployment.sandbox
            return (await deployment.sandbox.keys.create(INTERNAL, scopes, NOW, expires_on))[1]

    return asyncio.run(making())


def rows_of(settings: Settings) -> dict[str, list[Any]]:
    """Everything that a database holds, but for when its keys were used."""

    async def reading() -> dict[str, list[Any]]:
        async with deployed(settings) as deployment, deployment.database.reading() as connection:
            found = {}
            for name, table in SQLModel.metadata.tables.items():
                columns = [column for column in table.c if column.name != "last_used_at"]
                found[name] = sorted(map(repr, (await connection.execute(select(*columns))).all()))
            return found

    return asyncio.run(reading())
