"""Add restarts, weights and the reasons of failures."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weight", sa.Integer(), server_default="1", nullable=False))

    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("restart_of", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("lacked_worker", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index(
            "ix_job_restart",
            ["restart_of"],
            unique=False,
            sqlite_where=sa.text("restart_of IS NOT NULL"),
            postgresql_where=sa.text("restart_of IS NOT NULL"),
        )
    op.execute("UPDATE job SET priority = 0")  # until now every job had 5; now 0 says: by its size

    with op.batch_alter_table("job_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=True))
        batch_op.create_index(
            "ix_job_task_failed",
            ["reason"],
            unique=False,
            sqlite_where=sa.text("state = 4"),
            postgresql_where=sa.text("state = 4"),
        )


def downgrade() -> None:
    with op.batch_alter_table("job_task", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_job_task_failed", sqlite_where=sa.text("state = 4"), postgresql_where=sa.text("state = 4")
        )
        batch_op.drop_column("reason")

    op.execute("UPDATE job SET priority = 5")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_job_restart",
            sqlite_where=sa.text("restart_of IS NOT NULL"),
            postgresql_where=sa.text("restart_of IS NOT NULL"),
        )
        batch_op.drop_column("lacked_worker")
        batch_op.drop_column("restart_of")

    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.drop_column("weight")
