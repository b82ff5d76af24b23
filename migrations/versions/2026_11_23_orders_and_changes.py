"""Orders, who changed what and why, and the constraint that a term is renewed once."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ALIVE_TERM = sa.text("superseded_at IS NULL AND expires_on IS NOT NULL")
CHANGED = ("charges", "coverage", "license_facts", "milestones")


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("viewer", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=True),
        sa.Column("mutation", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sa.UniqueConstraint(
            "viewer", "mutation", "idempotency_key", name=op.f("uq_changes_viewer_mutation_idempotency_key")
        ),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("order_reference", sa.String(), nullable=False),
        sa.Column("charge_reference", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"], name=op.f("fk_orders_change_id")),
        sa.ForeignKeyConstraint(
            ["account_id", "license_id"],
            ["licenses.account_id", "licenses.id"],
            name=op.f("fk_orders_account_id_license_id"),
            onupdate="CASCADE",
        ),
    )
    op.create_index("of_account_orders", "orders", ["account_id", "order_reference"])
    for table in CHANGED:
        named = op.f(f"fk_{table}_change_id")
        column = sa.Column("change_id", sa.Uuid(), sa.ForeignKey("changes.id", name=named), nullable=True)
        # Inline, because SQLite adds a constraint to a table that is there in no other way.
        op.add_column(table, column, inline_references=True)
    op.add_column("coverage", sa.Column("renewed_from", sa.Date(), nullable=True))
    op.create_index(
        "renewed_once",
        "coverage",
        ["account_id", "license_id", "renewed_from"],
        unique=True,
        sqlite_where=ALIVE_TERM,
        postgresql_where=ALIVE_TERM,
    )


def downgrade() -> None:
    op.drop_index("renewed_once", table_name="coverage")
    op.drop_column("coverage", "renewed_from")
    for table in CHANGED:
        op.drop_column(table, "change_id")
    op.drop_table("orders")
    op.drop_table("changes")
