"""Add the words of logs, the progress of tasks, and an index of the names of jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_job_name", "job", ["company_id", "name"], unique=False)
    op.add_column("job_log", sa.Column("filling", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("job_task", sa.Column("progress", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("job_task", "progress")
    op.drop_column("job_log", "filling")
    op.drop_index("ix_job_name", table_name="job")
