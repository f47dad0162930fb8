"""Add the thumbnails that assets had before a job changed them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job_task", sa.Column("before", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("job_task", "before")
