"""Rows of virtual folders. A path starts with the company root and ends with a slash."""

from collections.abc import Collection

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import Folder
from store import tables as t
from store.engine import Tx


def ensure_folder(tx: Tx, company_id: int, path: str) -> bool:
    """Create the folder and every missing one above it; return whether the folder itself is new."""
    now = utc_now()
    segments = path.strip("/").split("/")
    paths = ["/".join(segments[: n + 1]) + "/" for n in range(len(segments))]
    query = sa.select(t.folder.c.path).where(t.folder.c.company_id == company_id, t.folder.c.path.in_(paths))
    missing = [p for p in paths if p not in set(tx.scalars(query))]
    for p in missing:
        tx.execute(
            sa.insert(t.folder).values(company_id=company_id, path=p, last_modified=now, child_last_modified=now)
        )
    if missing:
        touch_folders(tx, company_id, paths[:-1])
    return path in missing


def touch_folders(tx: Tx, company_id: int, paths: list[str]) -> None:
    """Say of each folder in ``paths`` that something below it changed now."""
    where = (t.folder.c.company_id == company_id) & t.folder.c.path.in_(paths)
    tx.execute(sa.update(t.folder).where(where).values(child_last_modified=utc_now()))


def find_folders(tx: Tx, company_id: int, path: str) -> tuple[Folder, ...]:
    """Return the folder at ``path`` and every one below it, by path; nothing when there is no such folder."""
    below = t.folder.c.path.startswith(path, autoescape=True)
    query = sa.select(t.folder.c.path, t.folder.c.last_modified, t.folder.c.child_last_modified)
    rows = tx.execute(query.where(t.folder.c.company_id == company_id, below).order_by(t.folder.c.path)).mappings()
    return tuple(Folder(**row) for row in rows)


def find_paths(tx: Tx, company_id: int, paths: Collection[str]) -> frozenset[str]:
    """Return which of the paths are those of a folder of the company."""
    where = (t.folder.c.company_id == company_id) & t.folder.c.path.in_(paths)
    return frozenset(tx.scalars(sa.select(t.folder.c.path).where(where)))
