"""Row-level security on PostgreSQL: what the application's conditions keep apart, the database keeps apart again.

Two roles without a login. Whoever is a member of `coverline_operator` sees every row: the login that coverline uses,
and the owner of the tables, whom FORCE makes subject to the policies too. A transaction for a partner or customer takes
on `coverline_viewer`, which sees the rows of the accounts in the transaction's own setting, and none without one.
SQLite has no such thing.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BY_ACCOUNT = {
    "accounts": "id",
    "account_facts": "account_id",
    "licenses": "account_id",
    "license_facts": "account_id",
    "coverage": "account_id",
    "options": "account_id",
    "charges": "account_id",
    "warranties": "account_id",
    "orders": "account_id",
    "derived_coverage": "account_id",
}
# The setting is read, and becomes an array, once a statement and not once a row: that is what the sub-select is for.
SEEN = "{column} = ANY ((SELECT NULLIF(current_setting('coverline.accounts', true), '')::uuid[])::uuid[])"
OWN = "viewer = (SELECT current_setting('coverline.viewer', true))"
CATALOGUE = ("products", "product_facts", "releases", "milestones", "prices", "documents")
SECURED = (*BY_ACCOUNT, "changes", "api_keys")

# What an order of a partner or customer writes; a row that it locks needs the privilege to change a column of it.
WRITTEN = {
    "licenses": "INSERT, UPDATE (id)",
    "license_facts": "INSERT, UPDATE (superseded_at)",
    "coverage": "INSERT, UPDATE (superseded_at)",
    "charges": "INSERT, UPDATE (superseded_at)",
    "orders": "INSERT",
    "changes": "INSERT, UPDATE (at, subject)",
    "derived_coverage": "INSERT, DELETE",
    "accounts": "UPDATE (id)",
    "products": "UPDATE (id)",
}

ROLES = """
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['coverline_operator', 'coverline_viewer'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    END IF;
    IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
    END IF;
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION 'coverline needs two roles. Have an administrator run: CREATE ROLE coverline_operator NOLOGIN; '
    'CREATE ROLE coverline_viewer NOLOGIN; GRANT coverline_operator, coverline_viewer TO %', current_user;
END $$
"""

# Run as the owner, so that a viewer's transaction may ask what its role does not see.
ACCOUNTS = """
CREATE FUNCTION coverline_accounts(kind text, account text) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT array_agg(seen.id) FROM (
    SELECT own.id FROM accounts own WHERE own.reference = account AND kind IN ('partner', 'customer')
    UNION ALL
    SELECT managed.account_id FROM account_facts managed JOIN accounts own ON own.id = managed.partner_id
    WHERE own.reference = account AND kind = 'partner' AND managed.superseded_at IS NULL
  ) seen
$$
"""
HAS_CHARGE = """
CREATE FUNCTION coverline_has_charge(asked text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT EXISTS (SELECT FROM charges WHERE reference = asked)
$$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(ROLES)
    everything = ", ".join((*SECURED, *CATALOGUE, "derived_edition"))
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {everything} TO coverline_operator")
    op.execute("GRANT SELECT ON alembic_version TO coverline_operator")
    op.execute(f"GRANT SELECT ON {', '.join((*BY_ACCOUNT, 'changes', *CATALOGUE))} TO coverline_viewer")
    for table, privileges in WRITTEN.items():
        op.execute(f"GRANT {privileges} ON {table} TO coverline_viewer")
    predicates = {table: SEEN.format(column=column) for table, column in BY_ACCOUNT.items()} | {"changes": OWN}
    for table in SECURED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY operators ON {table} TO coverline_operator USING (true)")
    for table, predicate in predicates.items():
        op.execute(f"CREATE POLICY viewers ON {table} TO coverline_viewer USING ({predicate})")
    op.execute(ACCOUNTS)
    op.execute(HAS_CHARGE)
    op.execute("REVOKE ALL ON FUNCTION coverline_accounts(text, text), coverline_has_charge(text) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION coverline_accounts(text, text) TO coverline_operator")
    op.execute("GRANT EXECUTE ON FUNCTION coverline_has_charge(text) TO coverline_operator, coverline_viewer")


def downgrade() -> None:
    # The roles stay: other databases of the server may have them, and without privileges they may do nothing.
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP FUNCTION coverline_accounts(text, text), coverline_has_charge(text)")
    for table in SECURED:
        op.execute(f"DROP POLICY operators ON {table}")
        op.execute(f"DROP POLICY IF EXISTS viewers ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
    everything = ", ".join((*SECURED, *CATALOGUE, "derived_edition", "alembic_version"))
    op.execute(f"REVOKE ALL ON {everything} FROM coverline_operator, coverline_viewer")
