"""What a key may do becomes scopes: `read`, the only word so far, meant everything that changes nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

READ = "entitlements:check licenses:read billing:read"
api_keys = sa.table("api_keys", sa.column("scopes", sa.String()))


def upgrade() -> None:
    op.execute(api_keys.update().values(scopes=READ))


def downgrade() -> None:
    # Nothing below knew another word, nor looked at it.
    op.execute(api_keys.update().values(scopes="read"))
