"""Add image formats, the field that shows a company's smart tags, and the schedule of its sweep."""

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
    op.add_column("company", sa.Column("tag_field_id", BigId, nullable=True))
    op.add_column("company", sa.Column("sweep_id", BigId, nullable=True))


def downgrade() -> None:
    op.drop_column("company", "sweep_id")
    op.drop_column("company", "tag_field_id")
    op.drop_table("image_format")
