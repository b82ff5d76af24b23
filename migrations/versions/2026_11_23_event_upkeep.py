"""Endpoints that are left alone for a while, ticks that are taken up where they ended, and the age of events.

Whose an endpoint is sees how it fares and, where it changes the endpoint, has it tried again at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OWN = "viewer = (SELECT current_setting('coverline.viewer', true))"


def upgrade() -> None:
    op.create_index("by_age_events", "events", ["at", "id"])
    op.create_table(
        "ticks_under_way",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticks_under_way")),
        sa.CheckConstraint("id = 1", name=op.f("ck_ticks_under_way_one_row")),
    )
    op.create_table(
        "webhook_circuits",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("viewer", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", INSTANT, nullable=False),
        sa.Column("paused_until", INSTANT, nullable=False),
        sa.Column("probe", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_webhook_circuits")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ticks_under_way, webhook_circuits TO coverline_operator")
        op.execute("GRANT SELECT, DELETE ON webhook_circuits TO coverline_viewer")
        op.execute("ALTER TABLE webhook_circuits ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute("CREATE POLICY operators ON webhook_circuits TO coverline_operator USING (true)")
        op.execute(f"CREATE POLICY viewers ON webhook_circuits TO coverline_viewer USING ({OWN})")


def downgrade() -> None:
    op.drop_table("webhook_circuits")
    op.drop_table("ticks_under_way")
    op.drop_index("by_age_events", table_name="events")
