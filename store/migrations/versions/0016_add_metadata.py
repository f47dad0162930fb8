"""Add metadata fields, their dictionaries, the values of assets and their XMP packets."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "metadata_field",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asset_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("default_value", sa.Text(), nullable=False),
        sa.Column("initial_tag", sa.Text(), nullable=True),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("is_enforced", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_metadata_field_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadata_field")),
        sa.UniqueConstraint(
            "company_id", "asset_type", "name", name=op.f("uq_metadata_field_company_id_asset_type_name")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "asset_metadata",
        sa.Column(
            "asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("whole", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_asset_metadata_asset_id_asset")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_asset_metadata_company_id_company")),
        sa.PrimaryKeyConstraint("asset_id", "name", "position", name=op.f("pk_asset_metadata")),
    )
    op.create_index(
        "ix_asset_metadata_folded", "asset_metadata", ["company_id", "name", "folded", "asset_id"], unique=False
    )
    op.create_index(
        "ix_asset_metadata_whole",
        "asset_metadata",
        ["company_id", "name", "whole", "asset_id"],
        unique=False,
        sqlite_where=sa.text("whole IS NOT NULL"),
        postgresql_where=sa.text("whole IS NOT NULL"),
    )
    op.create_index(
        "ix_asset_metadata_number",
        "asset_metadata",
        ["company_id", "name", "number", "asset_id"],
        unique=False,
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_table(
        "asset_xmp",
        sa.Column(
            "asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_asset_xmp_asset_id_asset")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_asset_xmp_company_id_company")),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_asset_xmp")),
    )
    op.create_index("ix_asset_xmp_usage", "asset_xmp", ["company_id", "size"], unique=False)
    op.create_table(
        "tag_value",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("field_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["field_id"], ["metadata_field.id"], name=op.f("fk_tag_value_field_id_metadata_field")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_value")),
        sa.UniqueConstraint("field_id", "value", name=op.f("uq_tag_value_field_id_value")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("tag_value")
    op.drop_index("ix_asset_xmp_usage", table_name="asset_xmp")
    op.drop_table("asset_xmp")
    op.drop_index("ix_asset_metadata_number", table_name="asset_metadata")
    op.drop_index("ix_asset_metadata_whole", table_name="asset_metadata")
    op.drop_index("ix_asset_metadata_folded", table_name="asset_metadata")
    op.drop_table("asset_metadata")
    op.drop_table("metadata_field")
