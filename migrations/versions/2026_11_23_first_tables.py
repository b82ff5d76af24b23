"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
AMOUNT = sa.Numeric().with_variant(sa.Text(), "sqlite")
ALIVE = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("reference", name=op.f("uq_accounts_reference")),
    )
    op.create_table(
        "derived_edition",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_derived_edition_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derived_edition")),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("code", name=op.f("uq_products_code")),
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", KEY, nullable=False),
        sa.Column("season", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_releases_superseded_later")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
    )
    op.create_index("alive_releases", "releases", ["name"], unique=True, sqlite_where=ALIVE, postgresql_where=ALIVE)
    op.create_index("history_releases", "releases", ["name", "recorded_at"], unique=True)

    op.create_table(
        "account_facts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("theater", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("price_book", sa.String(), nullable=True),
        sa.Column("segment", sa.String(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_account_facts_superseded_later")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_facts_account_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["accounts.id"], name=op.f("fk_account_facts_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_facts")),
    )
    op.create_index(
        "alive_account_facts", "account_facts", ["account_id"], unique=True, sqlite_where=ALIVE, postgresql_where=ALIVE
    )
    op.create_index("history_account_facts", "account_facts", ["account_id", "recorded_at"], unique=True)
    op.create_index(
        "of_partner_account_facts", "account_facts", ["partner_id"], sqlite_where=ALIVE, postgresql_where=ALIVE
    )

    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'internal') = (account_id IS NULL)", name=op.f("ck_api_keys_account_unless_internal")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_api_keys_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_table(
        "licenses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("serial", KEY, nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_licenses_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licenses")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_licenses_account_id_id")),
        sa.UniqueConstraint("serial", name=op.f("uq_licenses_serial")),
    )
    op.create_table(
        "milestones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_milestones_superseded_later")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_milestones_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
    )
    op.create_index(
        "alive_milestones",
        "milestones",
        ["product_id", "version", "kind"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_index("history_milestones", "milestones", ["product_id", "version", "kind", "recorded_at"], unique=True)

    op.create_table(
        "prices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.CheckConstraint("months >= 1", name=op.f("ck_prices_months_positive")),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_prices_superseded_later")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_prices_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prices")),
    )
    op.create_index(
        "alive_prices",
        "prices",
        ["book", "currency", "product_id", "plan", "months", "effective_from"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_index(
        "history_prices",
        "prices",
        ["book", "currency", "product_id", "plan", "months", "effective_from", "recorded_at"],
        unique=True,
    )

    op.create_table(
        "product_facts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=True),
        sa.Column("bases", sa.String(), nullable=False),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_product_facts_superseded_later")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_facts_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_facts")),
    )
    op.create_index(
        "alive_product_facts", "product_facts", ["product_id"], unique=True, sqlite_where=ALIVE, postgresql_where=ALIVE
    )
    op.create_index("history_product_facts", "product_facts", ["product_id", "recorded_at"], unique=True)

    op.create_table(
        "charges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("order_reference", sa.String(), nullable=True),
        sa.Column("amount", AMOUNT, nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "amount IS NULL OR (currency IS NOT NULL AND due_on IS NOT NULL)", name=op.f("ck_charges_whole")
        ),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_charges_superseded_later")),
        sa.ForeignKeyConstraint(
            ["account_id", "license_id"],
            ["licenses.account_id", "licenses.id"],
            name=op.f("fk_charges_account_id_license_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charges")),
    )
    op.create_index("alive_charges", "charges", ["reference"], unique=True, sqlite_where=ALIVE, postgresql_where=ALIVE)
    op.create_index("history_charges", "charges", ["reference", "recorded_at"], unique=True)
    op.create_index("of_license_charges", "charges", ["account_id", "license_id"])

    op.create_table(
        "coverage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("order_reference", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("order_date", sa.Date(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.CheckConstraint("expires_on >= starts_on", name=op.f("ck_coverage_in_order")),
        sa.CheckConstraint(
            "expires_on IS NULL OR (plan IS NOT NULL AND starts_on IS NOT NULL AND kind IS NOT NULL)",
            name=op.f("ck_coverage_whole"),
        ),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_coverage_superseded_later")),
        sa.ForeignKeyConstraint(
            ["account_id", "license_id"],
            ["licenses.account_id", "licenses.id"],
            name=op.f("fk_coverage_account_id_license_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
    )
    op.create_index(
        "alive_coverage",
        "coverage",
        ["account_id", "license_id", "order_reference"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_index(
        "history_coverage", "coverage", ["account_id", "license_id", "order_reference", "recorded_at"], unique=True
    )

    op.create_table(
        "derived_coverage",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("through_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.CheckConstraint("through_on >= from_on", name=op.f("ck_derived_coverage_in_order")),
        sa.ForeignKeyConstraint(
            ["account_id", "license_id"],
            ["licenses.account_id", "licenses.id"],
            name=op.f("fk_derived_coverage_account_id_license_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "license_id", "from_on", name=op.f("pk_derived_coverage")),
    )
    op.create_index("of_account_derived_coverage", "derived_coverage", ["account_id", "expires_on"])

    op.create_table(
        "license_facts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("executed_on", sa.Date(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("license_expires_on", sa.Date(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("installed_release", sa.String(), nullable=True),
        sa.Column("cloud_connected", sa.Boolean(), nullable=True),
        sa.Column("cloud_licensed", sa.Boolean(), nullable=True),
        sa.Column("altered", sa.Boolean(), nullable=True),
        sa.CheckConstraint("base_id <> license_id", name=op.f("ck_license_facts_base_is_another")),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_license_facts_quantity_positive")),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_license_facts_superseded_later")),
        sa.ForeignKeyConstraint(
            ["account_id", "license_id"],
            ["licenses.account_id", "licenses.id"],
            name=op.f("fk_license_facts_account_id_license_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["base_id"], ["licenses.id"], name=op.f("fk_license_facts_base_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["accounts.id"], name=op.f("fk_license_facts_holder_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_license_facts_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_license_facts")),
    )
    op.create_index(
        "alive_license_facts",
        "license_facts",
        ["account_id", "license_id"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_index("history_license_facts", "license_facts", ["account_id", "license_id", "recorded_at"], unique=True)
    op.create_index("of_base_license_facts", "license_facts", ["base_id"])
    op.create_index("of_holder_license_facts", "license_facts", ["holder_id"])
    op.create_index(
        "of_product_license_facts", "license_facts", ["product_id"], sqlite_where=ALIVE, postgresql_where=ALIVE
    )

    op.create_table(
        "options",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("feature", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint("expires_on >= starts_on", name=op.f("ck_options_in_order")),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_options_superseded_later")),
        sa.ForeignKeyConstraint(
            ["account_id", "license_id"],
            ["licenses.account_id", "licenses.id"],
            name=op.f("fk_options_account_id_license_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_options")),
    )
    op.create_index(
        "alive_options",
        "options",
        ["account_id", "license_id", "feature", "starts_on"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_index(
        "history_options", "options", ["account_id", "license_id", "feature", "starts_on", "recorded_at"], unique=True
    )

    op.create_table(
        "warranties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_warranties_superseded_later")),
        sa.ForeignKeyConstraint(
            ["account_id", "license_id"],
            ["licenses.account_id", "licenses.id"],
            name=op.f("fk_warranties_account_id_license_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warranties")),
    )
    op.create_index(
        "alive_warranties",
        "warranties",
        ["account_id", "license_id"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_index("history_warranties", "warranties", ["account_id", "license_id", "recorded_at"], unique=True)


def downgrade() -> None:
    op.drop_table("warranties")
    op.drop_table("options")
    op.drop_table("license_facts")
    op.drop_table("derived_coverage")
    op.drop_table("coverage")
    op.drop_table("charges")
    op.drop_table("product_facts")
    op.drop_table("prices")
    op.drop_table("milestones")
    op.drop_table("licenses")
    op.drop_table("api_keys")
    op.drop_table("account_facts")
    op.drop_table("releases")
    op.drop_table("products")
    op.drop_table("derived_edition")
    op.drop_table("accounts")
