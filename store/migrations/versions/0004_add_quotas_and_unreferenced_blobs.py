"""Add quotas and unreferenced blobs."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from store.tables import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ASSET = sa.table("asset", sa.column("id"), sa.column("derivatives", sa.JSON), sa.column("derivatives_size"))


def upgrade() -> None:
    op.create_table(
        "unreferenced_blob",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_unreferenced_blob")),
    )
    op.add_column("company", sa.Column("quota_bytes", sa.BigInteger(), nullable=True))
    op.add_column("asset", sa.Column("derivatives_size", sa.BigInteger(), server_default="0", nullable=False))
    _measure_what_is_there(op.get_bind())
    op.create_index(
        "ix_asset_usage", "asset", ["company_id", "trash_state", "original_size", "derivatives_size"], unique=False
    )


def _measure_what_is_there(tx: sa.Connection) -> None:
    made = tx.execute(sa.select(ASSET.c.id, ASSET.c.derivatives).where(ASSET.c.derivatives.is_not(None))).all()
    for number, derivatives in made:
        tx.execute(sa.update(ASSET).where(ASSET.c.id == number).values(derivatives_size=_size(derivatives or {})))


def _size(derivatives: Mapping[str, Any]) -> int:
    return sum({file["key"]: file["size"] for file in derivatives.values() if isinstance(file, dict)}.values())


def downgrade() -> None:
    op.drop_index("ix_asset_usage", table_name="asset")
    op.drop_column("asset", "derivatives_size")
    op.drop_column("company", "quota_bytes")
    op.drop_table("unreferenced_blob")
