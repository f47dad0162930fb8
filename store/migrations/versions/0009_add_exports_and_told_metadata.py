"""Add the files of exports, and what the metadata publish has told of."""

import sqlalchemy as sa
from alembic import op

from store.tables import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exported_file",
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("expires", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_exported_file_job_id_job")),
        sa.PrimaryKeyConstraint("job_id", "name", name=op.f("pk_exported_file")),
    )
    with op.batch_alter_table("exported_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exported_file_expires"), ["expires"], unique=False)
    op.create_table(
        "published_metadata",
        sa.Column(
            "asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_modified", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_published_metadata_asset_id_asset")),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_published_metadata")),
    )


def downgrade() -> None:
    op.drop_table("published_metadata")
    op.drop_table("exported_file")
