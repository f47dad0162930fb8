"""Add image formats: image serving commands under a name."""

import sqlalchemy as sa
from alembic import op

from store.tables import BigId

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "image_format",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("company_id", BigId, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("url_modifier", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_image_format_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image_format")),
        sa.UniqueConstraint("company_id", "folded", name=op.f("uq_image_format_company_id_folded")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("image_format")
