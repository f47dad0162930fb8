"""Add profiles, frozen selections, and how stages ended."""

import sqlalchemy as sa
from alembic import op

from store.tables import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("company", sa.Column("processes_uploads", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "profile",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ended", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_profile_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_profile_name",
        "profile",
        ["company_id", "kind", "name"],
        unique=True,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.create_table(
        "selection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_selection_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_selection_created"), "selection", ["created"], unique=False)
    op.create_table(
        "applied_profile",
        sa.Column(
            "asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "profile_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_applied_profile_asset_id_asset")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_applied_profile_profile_id_profile")),
        sa.PrimaryKeyConstraint("asset_id", "profile_id", name=op.f("pk_applied_profile")),
    )
    op.create_table(
        "profile_assignment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("profile_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_profile_assignment_company_id_company")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_profile_assignment_profile_id_profile")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_assignment")),
        sa.UniqueConstraint(
            "company_id",
            "folder",
            "kind",
            "profile_id",
            name=op.f("uq_profile_assignment_company_id_folder_kind_profile_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "profile_version",
        sa.Column(
            "profile_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_profile_version_profile_id_profile")),
        sa.PrimaryKeyConstraint("profile_id", "version", name=op.f("pk_profile_version")),
    )
    op.create_table(
        "selected_asset",
        sa.Column(
            "selection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["selection_id"], ["selection.id"], name=op.f("fk_selected_asset_selection_id_selection")
        ),
        sa.PrimaryKeyConstraint("selection_id", "asset_id", name=op.f("pk_selected_asset")),
    )
    op.create_table(
        "stage_count",
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_stage_count_job_id_job")),
        sa.PrimaryKeyConstraint("job_id", "stage", "outcome", name=op.f("pk_stage_count")),
    )


def downgrade() -> None:
    op.drop_table("stage_count")
    op.drop_table("selected_asset")
    op.drop_table("profile_version")
    op.drop_table("profile_assignment")
    op.drop_table("applied_profile")
    op.drop_index(op.f("ix_selection_created"), table_name="selection")
    op.drop_table("selection")
    op.drop_index(
        "ix_profile_name",
        table_name="profile",
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.drop_table("profile")
    op.drop_column("company", "processes_uploads")
