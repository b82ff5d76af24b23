"""Row-level security of recorded decisions and of the audit log.

A change is seen by whoever asked for it, and by those whose accounts the audit log names it for; what is set of a
product's end is everybody's. Nobody who serves callers may alter or remove an entry of the log.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SEEN = "{column} = ANY (NULLIF((SELECT current_setting('coverline.accounts', true)), '')::uuid[])"
OWN = "viewer = (SELECT current_setting('coverline.viewer', true))"
NAMED = (
    "mutation = 'setMilestone' OR EXISTS (SELECT FROM audit_entries told"
    f" WHERE told.change_id = changes.id AND {SEEN.format(column='told.chain')})"
)
SECURED = {"decision_records": "account_id", "audit_entries": "chain", "audit_heads": "chain"}
GRANTED = {
    "decision_records": ("SELECT, INSERT, UPDATE, DELETE", "SELECT, INSERT"),
    "kept_editions": ("SELECT, INSERT", "SELECT, INSERT"),
    "audit_entries": ("SELECT, INSERT", "SELECT, INSERT"),
    "audit_heads": ("SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE"),
}


def upgrade() -> None:
    op.create_index("of_change_audit_entries", "audit_entries", ["change_id"])
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, (operators, viewers) in GRANTED.items():
        op.execute(f"GRANT {operators} ON {table} TO coverline_operator")
        op.execute(f"GRANT {viewers} ON {table} TO coverline_viewer")
    for table, column in SECURED.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY operators ON {table} TO coverline_operator USING (true)")
        op.execute(f"CREATE POLICY viewers ON {table} TO coverline_viewer USING ({SEEN.format(column=column)})")
    op.execute(f"CREATE POLICY named ON changes FOR SELECT TO coverline_viewer USING ({NAMED})")


def downgrade() -> None:
    op.drop_index("of_change_audit_entries", "audit_entries")
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP POLICY named ON changes")
    for table in SECURED:
        op.execute(f"DROP POLICY operators ON {table}")
        op.execute(f"DROP POLICY viewers ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
    op.execute(f"REVOKE ALL ON {', '.join(GRANTED)} FROM coverline_operator, coverline_viewer")
