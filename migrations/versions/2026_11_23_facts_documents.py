"""What is known now of each contract as one document, to be read at once; and how far such copies are up to date.

The documents are written when coverline next serves, imports or exports: they follow from the facts alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SEEN = "account_id = ANY (NULLIF((SELECT current_setting('coverline.accounts', true)), '')::uuid[])"


def upgrade() -> None:
    op.create_table(
        "facts_documents",
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "license_id"],
            ["licenses.account_id", "licenses.id"],
            name=op.f("fk_facts_documents_account_id_license_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("license_id", name=op.f("pk_facts_documents")),
    )
    op.create_index("of_contract_facts_documents", "facts_documents", ["contract_id"])
    state = op.create_table(
        "read_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("catalogue", sa.Integer(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_read_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_state")),
    )
    op.bulk_insert(state, [{"id": 1, "catalogue": 1, "form": 0}])
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON facts_documents TO coverline_operator")
    op.execute("GRANT SELECT, INSERT, DELETE ON facts_documents TO coverline_viewer")
    op.execute("GRANT SELECT, UPDATE ON read_state TO coverline_operator")
    op.execute("GRANT SELECT ON read_state TO coverline_viewer")
    op.execute("ALTER TABLE facts_documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY operators ON facts_documents TO coverline_operator USING (true)")
    op.execute(f"CREATE POLICY viewers ON facts_documents TO coverline_viewer USING ({SEEN})")


def downgrade() -> None:
    op.drop_table("read_state")
    op.drop_table("facts_documents")
