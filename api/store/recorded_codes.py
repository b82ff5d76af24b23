"""Codes of a guide that facts were recorded with: an edition that lacks one cannot answer for them."""

from sqlalchemy import select

from api.store import tables
from api.store.conditions import known_now
from api.store.engine import Database
from api.store.tables import table_of
from entitlements.guide import Guide
from entitlements.parameters import PLAN, THEATER

coverage = table_of(tables.Coverage)
account_facts = table_of(tables.AccountFacts)


async def foreign_codes(database: Database, guide: Guide) -> str | None:
    """A sentence that names the plans and theaters which are recorded and an edition lacks; None where it has all."""
    async with database.reading() as connection:
        plans = await connection.execute(
            select(coverage.c.plan).where(known_now(coverage), coverage.c.expires_on.is_not(None)).distinct()
        )
        theaters = await connection.execute(select(account_facts.c.theater).where(known_now(account_facts)).distinct())
        recorded = [("plan", PLAN, plans.scalars()), ("theater", THEATER, theaters.scalars())]
        lacking = [
            f"no {what} {code}"
            for what, family, codes in recorded
            for code in sorted(code for code in codes if code is not None)
            if code not in guide.codes(family)
        ]
    if not lacking:
        return None
    fix = "run the edition that they were recorded under, or one that has them: COVERLINE_EDITION"
    return f"the edition {guide.edition} has {' and '.join(lacking)}, which are recorded; {fix}"
