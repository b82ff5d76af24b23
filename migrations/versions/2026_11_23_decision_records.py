"""Decisions that are kept, and the editions that they were made under."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_editions",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_kept_editions")),
    )
    op.create_table(
        "decision_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("license_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("entitled", sa.Boolean(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=True),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("facts_hash", sa.String(), nullable=False),
        sa.Column("policy_hash", sa.String(), nullable=False),
        sa.Column("result_hash", sa.String(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("edition_digest", sa.String(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_records")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_decision_records_account_id")),
        sa.ForeignKeyConstraint(
            ["account_id", "license_id"],
            ["licenses.account_id", "licenses.id"],
            name=op.f("fk_decision_records_account_id_license_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["edition_digest"], ["kept_editions.digest"], name=op.f("fk_decision_records_edition_digest")
        ),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"], name=op.f("fk_decision_records_change_id")),
    )
    op.create_index("of_license_decision_records", "decision_records", ["account_id", "license_id", "day"])


def downgrade() -> None:
    op.drop_table("decision_records")
    op.drop_table("kept_editions")
