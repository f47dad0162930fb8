"""Add generated pages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "generated",
        sa.Column(
            "asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("originator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_generated_asset_id_asset")),
        sa.ForeignKeyConstraint(["originator_id"], ["asset.id"], name=op.f("fk_generated_originator_id_asset")),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_generated")),
        sa.UniqueConstraint("originator_id", "engine", "number", name=op.f("uq_generated_originator_id_engine_number")),
    )


def downgrade() -> None:
    op.drop_table("generated")
