"""The operator's documents: the late-fee policies."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ALIVE = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_documents_superseded_later")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index("alive_documents", "documents", ["name"], unique=True, sqlite_where=ALIVE, postgresql_where=ALIVE)
    op.create_index("history_documents", "documents", ["name", "recorded_at"], unique=True)


def downgrade() -> None:
    op.drop_table("documents")
