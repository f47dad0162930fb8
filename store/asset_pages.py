"""Browsing a company's folders and assets, page by page, by name. Searching by conditions is in ``asset_search``."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from domain.model import Asset
from store import tables as t
from store.assets import asset_from_row
from store.engine import Tx
from store.tags import with_colour, with_smart_tag

MOST_FOLDERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFilter:
    """Which assets a reader wants: those in one folder, or, in all folders, those that meet whatever else is given.

    ``text`` is a part of the name in any letter case, ``colour`` the CSS name of a colour tag; empty is no condition.
    """

    folder: str
    text: str = ""
    smart_tag: str = ""
    colour: str = ""


def find_asset_page(
    tx: Tx, company_id: int, wanted: AssetFilter, after: str = "", limit: int = 60
) -> tuple[Asset, ...]:
    """Return at most ``limit`` assets outside the trash, by name; ``after`` is the name of the last one seen."""
    c = t.asset.c
    where = [c.company_id == company_id, c.trash_state == "NotInTrash", *_clauses(wanted)]
    if after:
        where.append(c.name > after)
    rows = tx.execute(sa.select(t.asset).where(*where).order_by(c.name).limit(limit)).mappings()
    return tuple(asset_from_row(row) for row in rows)


def _clauses(wanted: AssetFilter) -> Iterator[sa.ColumnElement[bool]]:
    c = t.asset.c
    if wanted.text:
        yield c.name.icontains(wanted.text, autoescape=True)
    if wanted.smart_tag:
        yield c.id.in_(with_smart_tag(wanted.smart_tag))
    if wanted.colour:
        yield c.id.in_(with_colour(wanted.colour))
    if not (wanted.text or wanted.smart_tag or wanted.colour):
        yield c.folder == wanted.folder


def find_child_folders(tx: Tx, company_id: int, path: str) -> tuple[str, ...]:
    """Return the paths of the folders directly in the folder at ``path``, the first ``MOST_FOLDERS`` of them."""
    c = t.folder.c
    below = c.path.startswith(path, autoescape=True) & (c.path != path)
    depth = sa.func.length(c.path) - sa.func.length(sa.func.replace(c.path, "/", ""))
    where = (c.company_id == company_id) & below & (depth == path.count("/") + 1)
    return tuple(tx.scalars(sa.select(c.path).where(where).order_by(c.path).limit(MOST_FOLDERS)))


def has_folder(tx: Tx, company_id: int, path: str) -> bool:
    """Return whether the company has a folder at ``path``."""
    where = (t.folder.c.company_id == company_id) & (t.folder.c.path == path)
    return tx.scalar(sa.select(sa.literal(1)).where(where)) is not None
