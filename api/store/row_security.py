"""Row-level security on PostgreSQL: a transaction for a partner or customer sees the rows of its accounts alone.

Beside the conditions of every read, not in their place: the conditions say what is asked, this what can be answered if
one were forgotten. The policies are a migration's; SQLite has none.
"""

from sqlalchemy import Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.store import Viewer, ViewerKind

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
    if viewer is None or viewer.kind is ViewerKind.INTERNAL or connection.dialect.name != "postgresql":
        return
    given = {"kind": viewer.kind.value, "account": viewer.account or "", "viewer": name_of(viewer)}
    await connection.execute(NARROWING, given)
