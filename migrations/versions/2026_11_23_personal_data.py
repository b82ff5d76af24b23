"""One table of all that is personal: names of accounts, and reasons of changes, by the ids of the rows they were in."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# A reason is also seen by whoever sees its change: who made it, and everybody where a product's end was set.
SEEN = "account_id = ANY ((SELECT NULLIF(current_setting('coverline.accounts', true), '')::uuid[])::uuid[])"
TOLD = "EXISTS (SELECT FROM changes told WHERE told.id = personal_data.id)"

# A reference holds no line break: what was searched by was the reference, one, and the name.
BREAK = {"postgresql": "position(chr(10) IN search)", "sqlite": "instr(search, char(10))"}
NAMES = """
INSERT INTO personal_data (id, account_id, text, search)
SELECT id, account_id, name, substr(search, {at} + 1) FROM account_facts WHERE name <> '(erased)'
"""
REFERENCES = "UPDATE account_facts SET search = substr(search, 1, {at} - 1) WHERE {at} > 0"
# Whose a reason is, the audit log knows, and of changes that are older than it what they left.
REASONS = """
INSERT INTO personal_data (id, account_id, text)
SELECT changes.id, coalesce(
  (SELECT chain FROM audit_entries JOIN accounts ON accounts.id = chain WHERE change_id = changes.id LIMIT 1),
  (SELECT account_id FROM coverage WHERE change_id = changes.id LIMIT 1),
  (SELECT account_id FROM charges WHERE change_id = changes.id LIMIT 1),
  (SELECT account_id FROM license_facts WHERE change_id = changes.id LIMIT 1)
), reason FROM changes WHERE reason IS NOT NULL
"""

NAMES_BACK = """
UPDATE account_facts SET name = kept.text, search = account_facts.search || {line} || kept.search
FROM personal_data kept WHERE kept.id = account_facts.id
"""
LINE = {"postgresql": "chr(10)", "sqlite": "char(10)"}
REASONS_BACK = "UPDATE changes SET reason = kept.text FROM personal_data kept WHERE kept.id = changes.id"


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.create_table(
        "personal_data",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_personal_data_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_data")),
    )
    op.create_index("of_account_personal_data", "personal_data", ["account_id"])
    op.execute(NAMES.format(at=BREAK[dialect]))
    op.execute(REFERENCES.format(at=BREAK[dialect]))
    op.execute(REASONS)
    op.drop_column("account_facts", "name")
    op.drop_column("changes", "reason")
    if dialect != "postgresql":
        return
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON personal_data TO coverline_operator")
    op.execute("GRANT SELECT, INSERT ON personal_data TO coverline_viewer")
    op.execute("ALTER TABLE personal_data ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY operators ON personal_data TO coverline_operator USING (true)")
    op.execute(f"CREATE POLICY viewers ON personal_data TO coverline_viewer USING ({SEEN})")
    op.execute(f"CREATE POLICY told ON personal_data FOR SELECT TO coverline_viewer USING ({TOLD})")


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.add_column("account_facts", sa.Column("name", sa.String(), nullable=False, server_default="(erased)"))
    op.add_column("changes", sa.Column("reason", sa.String(), nullable=True))
    op.execute(NAMES_BACK.format(line=LINE[dialect]))
    op.execute(REASONS_BACK)
    if dialect == "postgresql":
        op.alter_column("account_facts", "name", server_default=None)
    op.drop_table("personal_data")
