"""Events that are told, where they are sent, and how far each has come.

An event is seen by those who see its account, one of a product by everybody; endpoints and deliveries by whoever's they
are alone. Whoever writes an event numbers it by a function, and sees nothing of other streams.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ALIVE = sa.text("superseded_at IS NULL")
UNROUTED = sa.text("routed_at IS NULL")
PENDING = sa.text("state = 'PENDING'")
DEAD = sa.text("state = 'DEAD'")
INSTANT = sa.DateTime(timezone=True)

SEEN = "account_id = ANY (NULLIF((SELECT current_setting('coverline.accounts', true)), '')::uuid[])"
EVERYBODYS = "account_id IS NULL AND (SELECT current_setting('coverline.viewer', true)) <> ''"
OWN = "viewer = (SELECT current_setting('coverline.viewer', true))"
# An event of a product is the operator's to write.
POLICIES = {
    "events": {
        "viewers": f"FOR SELECT {{to}} USING ({SEEN} OR ({EVERYBODYS}))",
        "adding": f"FOR INSERT {{to}} WITH CHECK ({SEEN})",
    },
    "webhook_endpoints": {"viewers": f"{{to}} USING ({OWN})"},
    "webhook_deliveries": {"viewers": f"{{to}} USING ({OWN})"},
}
GRANTED = {
    "events": "SELECT, INSERT",
    "webhook_endpoints": "SELECT, INSERT, UPDATE (superseded_at)",
    "webhook_deliveries": "SELECT, UPDATE (state, attempts, due_at)",
}
TABLES = (*POLICIES, "event_streams", "ticks")

# Run as the owner, so that whoever adds to a stream need not see what others added.
NEXT = """
CREATE FUNCTION coverline_next_event(asked uuid) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  INSERT INTO event_streams AS known (stream, seq) VALUES (asked, 1)
  ON CONFLICT (stream) DO UPDATE SET seq = known.seq + 1 RETURNING seq
$$
"""


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("routed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("name", name=op.f("uq_events_name")),
        sa.UniqueConstraint("stream", "seq", name=op.f("uq_events_stream_seq")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_events_account_id")),
    )
    op.create_index("unrouted_events", "events", ["stream", "seq"], sqlite_where=UNROUTED, postgresql_where=UNROUTED)
    op.create_table(
        "event_streams",
        sa.Column("stream", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_event_streams")),
    )
    op.create_table(
        "ticks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("through_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticks")),
        sa.CheckConstraint("id = 1", name=op.f("ck_ticks_one_row")),
    )
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("superseded_at", INSTANT, nullable=True),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("viewer", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("event_types", sa.String(), nullable=False),
        sa.Column("accounts", sa.String(), nullable=False),
        sa.Column("products", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("secret_version", sa.Integer(), nullable=False),
        sa.Column("former_until", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_webhook_endpoints_account_id")),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"], name=op.f("fk_webhook_endpoints_change_id")),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_webhook_endpoints_superseded_later")),
    )
    op.create_index(
        "alive_webhook_endpoints",
        "webhook_endpoints",
        ["endpoint_id"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_index("history_webhook_endpoints", "webhook_endpoints", ["endpoint_id", "recorded_at"], unique=True)
    op.create_index(
        "of_viewer_webhook_endpoints",
        "webhook_endpoints",
        ["viewer", "endpoint_id"],
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("viewer", sa.String(), nullable=False),
        sa.Column("stream", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("tried_at", INSTANT, nullable=True),
        sa.Column("delivered_at", INSTANT, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("endpoint_id", "event_id", name=op.f("uq_webhook_deliveries_endpoint_id_event_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_webhook_deliveries_event_id")),
    )
    op.create_index(
        "due_webhook_deliveries",
        "webhook_deliveries",
        ["endpoint_id", "due_at"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
    op.create_index(
        "queued_webhook_deliveries",
        "webhook_deliveries",
        ["endpoint_id", "stream", "seq"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
    op.create_index("of_event_webhook_deliveries", "webhook_deliveries", ["event_id"])
    op.create_index(
        "dead_webhook_deliveries",
        "webhook_deliveries",
        ["endpoint_id", "id"],
        sqlite_where=DEAD,
        postgresql_where=DEAD,
    )
    op.create_index("of_endpoint_webhook_deliveries", "webhook_deliveries", ["endpoint_id", "id"])
    if op.get_bind().dialect.name == "postgresql":
        _secure()


def _secure() -> None:
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO coverline_operator")
    for table, policies in POLICIES.items():
        op.execute(f"GRANT {GRANTED[table]} ON {table} TO coverline_viewer")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY operators ON {table} TO coverline_operator USING (true)")
        for name, policy in policies.items():
            op.execute(f"CREATE POLICY {name} ON {table} {policy.format(to='TO coverline_viewer')}")
    op.execute(NEXT)
    op.execute("REVOKE ALL ON FUNCTION coverline_next_event(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION coverline_next_event(uuid) TO coverline_operator, coverline_viewer")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION coverline_next_event(uuid)")
    for table in ("webhook_deliveries", "webhook_endpoints", "ticks", "event_streams", "events"):
        op.drop_table(table)
