"""A company's folders from the top down, as many as a page can show; listing one folder is in ``asset_pages``."""

import sqlalchemy as sa

from store import tables as t
from store.engine import Tx


def find_top_folders(tx: Tx, company_id: int, limit: int) -> tuple[str, ...]:
    """Return the paths of at most ``limit`` of the company's folders, those nearest to its root first."""
    path = t.folder.c.path
    depth = sa.func.length(path) - sa.func.length(sa.func.replace(path, "/", ""))
    query = sa.select(path).where(t.folder.c.company_id == company_id).order_by(depth, path).limit(limit)
    return tuple(tx.scalars(query))
