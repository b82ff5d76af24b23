"""Row-level security on PostgreSQL: a transaction for a partner or customer sees the rows of its accounts alone.

Beside the conditions of every read, not in their place: the conditions say what is asked, this what can be answered if
one were forgotten. The policies are a migration's; SQLite has none.
"""

from typing import TYPE_CHECKING

from sqlalchemy import Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.store import Viewer, ViewerKind

if TYPE_CHECKING:
    from api.store.engine import Database

VIEWER_ROLE = "coverline_viewer"
OPERATOR_ROLE = "coverline_operator"

# All of it ends with the transaction. The accounts are looked up first, by the role that the login has.
NARROWING = text(
    "SELECT set_config('coverline.accounts', coalesce(coverline_accounts(:kind, :account)::text, ''), true),"
    f" set_config('coverline.viewer', :viewer, true), set_config('role', '{VIEWER_ROLE}', true)"
).bindparams(*(bindparam(name, type_=Text()) for name in ("kind", "account", "viewer")))


def name_of(viewer: Viewer) -> str:
    """On whose behalf something is done. A key that is replaced by another leaves it the same."""
    return viewer.kind.value if viewer.account is None else f"{viewer.kind.value}:{viewer.account}"


async def narrow(connection: AsyncConnection, viewer: Viewer | None) -> None:
    """Narrows the transaction that has begun to what a viewer may see; an internal one sees everything."""
    if viewer is not None and viewer.kind is not ViewerKind.INTERNAL and connection.dialect.name == "postgresql":
        await connection.execute(NARROWING, narrowed_to(viewer))


def narrowed_to(viewer: Viewer) -> dict[str, str]:
    """The parameters of NARROWING."""
    return {"kind": viewer.kind.value, "account": viewer.account or "", "viewer": name_of(viewer)}


# Roles are the server's and may be missing where a database was restored; then there is nobody to be a member.
MEMBERS = text(
    "SELECT count(*) FROM pg_roles WHERE rolname IN (:viewer, :operator) AND pg_has_role(current_user, oid, 'MEMBER')"
)
UNFORCED = text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname IN ('accounts',"
    " 'account_facts', 'licenses', 'license_facts', 'coverage', 'options', 'charges', 'warranties', 'orders',"
    " 'derived_coverage', 'facts_documents', 'changes', 'api_keys', 'decision_records', 'audit_entries', 'audit_heads',"
    " 'personal_data', 'events', 'webhook_endpoints', 'webhook_deliveries')"
    " AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY relname"
)


async def lack(database: "Database") -> str | None:
    """What a database lacks to keep accounts apart by itself, and what to do; None where nothing is to be done."""
    async with database.reading() as connection:
        if connection.dialect.name != "postgresql":
            return None
        named = {"viewer": VIEWER_ROLE, "operator": OPERATOR_ROLE}
        if await connection.scalar(MEMBERS, named) != len(named):
            login = await connection.scalar(text("SELECT current_user"))
            return f"this login may not narrow what it sees; run GRANT {OPERATOR_ROLE}, {VIEWER_ROLE} TO {login}"
        unforced = (await connection.execute(UNFORCED)).scalars().all()
    if unforced:
        return f"row-level security is off for {', '.join(unforced)}; run ALTER TABLE … FORCE ROW LEVEL SECURITY"
    return None
