"""How Alembic runs the revisions: on the connection that it is handed, in that connection's transaction.

To draft a revision by hand: `alembic -x url=sqlite:///PATH revision --autogenerate -m "what changes"`.
"""

from alembic import context
from sqlalchemy import Connection, create_engine

from api.store import tables


def run(connection: Connection) -> None:
    """Runs what was asked on a connection."""
    context.configure(
        connection=connection,
        target_metadata=tables.SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed: Connection | None = context.config.attributes.get("connection")
if handed is not None:
    run(handed)
else:
    url = context.get_x_argument(as_dictionary=True).get("url")
    if not isinstance(url, str):
        raise SystemExit("no database was given; run `coverline migrate`, or give alembic -x url=sqlite:///PATH")
    with create_engine(url).begin() as opened:
        run(opened)
