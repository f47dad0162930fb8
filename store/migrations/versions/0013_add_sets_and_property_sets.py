"""Add sets of assets, and property sets with the two types that are built in."""

import sqlalchemy as sa
from alembic import op

from store.tables import BigId

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_sets()
    types = op.create_table(
        "property_set_type",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("company_id", BigId, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("property_type", sa.Text(), nullable=False),
        sa.Column("allow_multiple", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_property_set_type_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_set_type")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_property_set_type_company_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "property_set",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("type_id", BigId, nullable=False),
        sa.Column("company_id", BigId, nullable=True),
        sa.Column("user_id", BigId, nullable=True),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_property_set_company_id_company")),
        sa.ForeignKeyConstraint(
            ["type_id"], ["property_set_type.id"], name=op.f("fk_property_set_type_id_property_set_type")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_property_set_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_set")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_property_set_owner", "property_set", ["type_id", "company_id", "user_id"], unique=False)
    names = ("SetScript", "VideoEncodingPreset")
    op.bulk_insert(types, [{"name": n, "property_type": "CompanyProperty", "allow_multiple": True} for n in names])


def _create_sets() -> None:
    op.create_table(
        "asset_set",
        sa.Column("asset_id", BigId, autoincrement=False, nullable=False),
        sa.Column("sub_type", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("thumb_asset_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_asset_set_asset_id_asset")),
        sa.ForeignKeyConstraint(["thumb_asset_id"], ["asset.id"], name=op.f("fk_asset_set_thumb_asset_id_asset")),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_asset_set")),
    )
    op.create_index(op.f("ix_asset_set_thumb_asset_id"), "asset_set", ["thumb_asset_id"], unique=False)
    op.create_table(
        "set_member",
        sa.Column("set_id", BigId, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asset_id", BigId, nullable=False),
        sa.Column("page_reset", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_set_member_asset_id_asset")),
        sa.ForeignKeyConstraint(["set_id"], ["asset_set.asset_id"], name=op.f("fk_set_member_set_id_asset_set")),
        sa.PrimaryKeyConstraint("set_id", "position", name=op.f("pk_set_member")),
    )
    op.create_index("ix_set_member_asset", "set_member", ["asset_id"], unique=False)


def downgrade() -> None:
    for table in ("property_set", "property_set_type", "set_member", "asset_set"):
        op.drop_table(table)
