"""Add the smart crops, colours, tags and renditions of assets, and the secrets of services that make renditions."""

import sqlalchemy as sa
from alembic import op

from store.tables import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker_secret",
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_worker_secret_company_id_company")),
        sa.PrimaryKeyConstraint("company_id", "url", name=op.f("pk_worker_secret")),
    )
    op.create_table(
        "colour_tag",
        sa.Column(
            "asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_colour_tag_asset_id_asset")),
        sa.PrimaryKeyConstraint("asset_id", "name", name=op.f("pk_colour_tag")),
    )
    op.create_index("ix_colour_tag_name", "colour_tag", ["name", "share"], unique=False)
    op.create_table(
        "rendition",
        sa.Column(
            "asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("profile_version", sa.Integer(), nullable=True),
        sa.Column("made", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_rendition_asset_id_asset")),
        sa.PrimaryKeyConstraint("asset_id", "name", name=op.f("pk_rendition")),
    )
    op.create_table(
        "smart_crop",
        sa.Column(
            "asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("area", sa.JSON(), nullable=False),
        sa.Column("manual_area", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("colour", sa.Text(), nullable=True),
        sa.Column("profile_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("profile_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_smart_crop_asset_id_asset")),
        sa.PrimaryKeyConstraint("asset_id", "name", name=op.f("pk_smart_crop")),
    )
    op.create_table(
        "smart_tag",
        sa.Column(
            "asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_smart_tag_asset_id_asset")),
        sa.PrimaryKeyConstraint("asset_id", "label", name=op.f("pk_smart_tag")),
    )
    op.create_index("ix_smart_tag_label", "smart_tag", ["label"], unique=False)


def downgrade() -> None:
    for name in ("worker_secret", "rendition", "smart_tag", "colour_tag", "smart_crop"):
        op.drop_table(name)
