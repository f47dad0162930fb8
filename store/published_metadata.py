"""What the metadata publish has told of assets: of which, under which name, and as they were when."""

import sqlalchemy as sa

from domain.model import Asset
from store import tables as t
from store.engine import Tx


def find_to_tell(tx: Tx, company_id: int, *, changed_only: bool) -> tuple[tuple[int, str], ...]:
    """Return number and file name of each asset that a metadata publish must look at.

    These are the assets outside the trash, and those that were told of and are not outside it any more; with
    ``changed_only`` just those that have changed since.
    """
    a, p = t.asset.c, t.published_metadata.c
    joined = t.asset.outerjoin(t.published_metadata, p.asset_id == a.id)
    is_there = a.trash_state == "NotInTrash"
    differs = p.asset_id.is_(None) | (p.last_modified != a.last_modified) | (p.name != a.name)
    told = is_there & differs if changed_only else is_there
    query = sa.select(a.id, a.file_name).select_from(joined).where(a.company_id == company_id)
    rows = tx.execute(query.where(told | (~is_there & p.asset_id.is_not(None))).order_by(a.id))
    return tuple((row.id, row.file_name) for row in rows)


def told_name(tx: Tx, asset_id: int) -> str | None:
    """Return the name under which the asset was told of last, None when it is not told of."""
    return tx.scalar(sa.select(t.published_metadata.c.name).where(t.published_metadata.c.asset_id == asset_id))


def note_told(tx: Tx, asset: Asset) -> None:
    """Write down that the asset was told of as it is."""
    note_forgotten(tx, asset.id)
    values = {"asset_id": asset.id, "name": asset.name, "last_modified": asset.last_modified}
    tx.execute(sa.insert(t.published_metadata).values(values))


def note_forgotten(tx: Tx, asset_id: int) -> None:
    """Write down that the asset is not told of any more."""
    tx.execute(sa.delete(t.published_metadata).where(t.published_metadata.c.asset_id == asset_id))
