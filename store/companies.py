"""Rows of companies, their folders' roots and their publish contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import Company
from store import tables as t
from store.engine import Tx

NEVER = datetime(2100, 1, 1, tzinfo=UTC)
CONTEXT_TYPES = ("ImageRendering", "ImageServing", "ServerDirectory", "Video")

_BY_ID = sa.select(t.company).where(t.company.c.id == sa.bindparam("company"))


def add_company(
    tx: Tx, *, name: str, root: str, company_id: int | None = None, quota_bytes: int | None = None
) -> Company:
    """Return a new company with its root folder and one publish context of each type.

    ``company_id`` fixes the number, for clients that hard-code their company handle; else the next free one is taken.
    """
    if company_id is None:
        company_id = tx.scalar(sa.select(sa.func.coalesce(sa.func.max(t.company.c.id), 0) + 1))
    now = utc_now()
    values = {
        "id": company_id,
        "name": name,
        "root": root,
        "expires": NEVER,
        "overwrite_mode": "OverwriteFullName",
        "retain_publish_state": False,
        "quota_bytes": quota_bytes,
    }
    tx.execute(sa.insert(t.company).values(values))
    tx.execute(
        sa.insert(t.folder).values(company_id=company_id, path=f"{root}/", last_modified=now, child_last_modified=now)
    )
    tx.execute(sa.insert(t.publish_context), [{"company_id": company_id, "type": c, "name": c} for c in CONTEXT_TYPES])
    return _company(values)


def load_company(tx: Tx, company_id: int) -> Company | None:
    """Return the company with this number, or None."""
    row = tx.execute(_BY_ID, {"company": company_id}).mappings().one_or_none()
    return _company(row) if row else None


def find_company(tx: Tx, name: str) -> Company | None:
    """Return the company with this exact name, or None."""
    return _one(tx, t.company.c.name == name)


def find_company_by_root(tx: Tx, root: str) -> Company | None:
    """Return the company whose root folder and image URL segment is ``root``, or None."""
    return _one(tx, t.company.c.root == root)


def find_companies(tx: Tx, company_ids: Sequence[int] | None) -> tuple[Company, ...]:
    """Return the companies with these numbers, by number; ``None`` stands for all companies."""
    wanted = sa.true() if company_ids is None else t.company.c.id.in_(company_ids)
    rows = tx.execute(sa.select(t.company).where(wanted).order_by(t.company.c.id)).mappings()
    return tuple(_company(row) for row in rows)


def change_company(tx: Tx, company_id: int, **values: Any) -> None:
    """Change settings of the company, by their column names."""
    tx.execute(sa.update(t.company).where(t.company.c.id == company_id).values(values))


def default_context(tx: Tx, company_id: int, context_type: str) -> int:
    """Return the number of the company's default publish context of a type."""
    query = sa.select(t.publish_context.c.id).where(
        t.publish_context.c.company_id == company_id, t.publish_context.c.type == context_type
    )
    return tx.scalars(query.order_by(t.publish_context.c.id)).first() or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Something that a company's assets are published to."""

    id: int
    type: str
    name: str


def find_contexts(tx: Tx, company_id: int) -> tuple[Context, ...]:
    """Return the company's publish contexts."""
    c = t.publish_context.c
    rows = tx.execute(sa.select(c.id, c.type, c.name).where(c.company_id == company_id).order_by(c.id)).mappings()
    return tuple(Context(**row) for row in rows)


def context_type(tx: Tx, company_id: int, context_id: int) -> str | None:
    """Return the type of one of the company's publish contexts, or None when it has none with this number."""
    query = sa.select(t.publish_context.c.type).where(
        t.publish_context.c.company_id == company_id, t.publish_context.c.id == context_id
    )
    return tx.scalar(query)


def _one(tx: Tx, condition: sa.ColumnElement[bool]) -> Company | None:
    row = tx.execute(sa.select(t.company).where(condition)).mappings().one_or_none()
    return _company(row) if row else None


def _company(row: Any) -> Company:
    return Company(**row)
