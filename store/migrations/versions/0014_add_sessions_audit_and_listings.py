"""Add the console's sessions, the audit log, and the indexes of its lists."""

import sqlalchemy as sa
from alembic import op

from store.tables import BigId, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "console_session",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", BigId, nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("expires", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_console_session_user_id_user_account"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_console_session"),
    )
    op.create_index("ix_console_session_expires", "console_session", ["expires"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("company_id", BigId, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_audit_entry_company_id_company"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_entry_company", "audit_entry", ["company_id", "id"], unique=False)
    op.drop_index("ix_asset_folder", table_name="asset")
    op.create_index("ix_asset_folder", "asset", ["company_id", "folder", "name"], unique=False)
    op.create_index("ix_job_listing", "job", ["company_id", "id"], unique=False)
    for name, columns, condition in (
        ("ix_job_task_unsuccessful", ["job_id", "state", "seq"], "state IN (4, 5)"),
        ("ix_job_task_ended", ["company_id", "ended", "state"], "ended IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(name, "job_task", columns, unique=False, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_job_task_ended", table_name="job_task")
    op.drop_index("ix_job_task_unsuccessful", table_name="job_task")
    op.drop_index("ix_job_listing", table_name="job")
    op.drop_index("ix_asset_folder", table_name="asset")
    op.create_index("ix_asset_folder", "asset", ["company_id", "folder"], unique=False)
    op.drop_table("audit_entry")
    op.drop_table("console_session")
