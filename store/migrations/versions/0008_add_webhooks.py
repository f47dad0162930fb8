"""Add webhooks, and to each delivery an identifier of its own that no other installation gives."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OUTBOX = sa.table("outbox", sa.column("id"), sa.column("uid"), sa.column("state"))


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column(
            "company_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_webhook_company_id_company")),
        sa.PrimaryKeyConstraint("company_id", "url", name=op.f("pk_webhook")),
    )
    op.add_column("outbox", sa.Column("uid", sa.Text(), server_default=sa.text("''"), nullable=False))
    tx = op.get_bind()
    for number in tx.scalars(sa.select(OUTBOX.c.id).where(OUTBOX.c.state != "sent")).all():
        tx.execute(sa.update(OUTBOX).where(OUTBOX.c.id == number).values(uid=uuid4().hex))


def downgrade() -> None:
    op.drop_column("outbox", "uid")
    op.drop_table("webhook")
