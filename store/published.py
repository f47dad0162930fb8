"""Snapshots of published assets, as the last publish job left them: in image serving contexts what is shown."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import Asset, PublishedImage
from store import tables as t
from store.assets import derivatives_from_json
from store.engine import Tx


def publish_asset(tx: Tx, context_id: int, asset: Asset) -> bool:
    """Make the asset's present state the published one; return whether that changed anything."""
    key = (t.published.c.context_id == context_id) & (t.published.c.asset_id == asset.id)
    before = tx.execute(sa.select(t.published.c.revision, t.published.c.name).where(key)).one_or_none()
    if before is not None and tuple(before) == (asset.revision, asset.name):
        return False
    values = {
        "company_id": asset.company_id,
        "name": asset.name,
        "derivatives": asdict(asset.derivatives) if asset.derivatives else sa.JSON.NULL,
        "revision": asset.revision,
        "published_at": utc_now(),
    }
    if before is not None:
        tx.execute(sa.update(t.published).where(key).values(values))
    else:
        tx.execute(sa.insert(t.published).values(context_id=context_id, asset_id=asset.id, **values))
    return True


def withdraw_asset(tx: Tx, context_id: int, asset_id: int) -> bool:
    """Remove the asset's snapshot from the context; return whether there was one."""
    where = (t.published.c.context_id == context_id) & (t.published.c.asset_id == asset_id)
    return bool(tx.execute(sa.delete(t.published).where(where)).rowcount)


def published_name(tx: Tx, context_id: int, asset_id: int) -> str | None:
    """Return the name under which the asset was last published to the context, None when it is not there."""
    where = (t.published.c.context_id == context_id) & (t.published.c.asset_id == asset_id)
    return tx.scalar(sa.select(t.published.c.name).where(where))


def find_to_publish(
    tx: Tx, company_id: int, context_id: int, types: Sequence[str] = (), *, changed_only: bool
) -> tuple[tuple[int, str], ...]:
    """Return number and file name of each asset that a publish must look at.

    These are the marked assets outside the trash that are of one of ``types`` (without types: that have a pyramid),
    and those whose snapshot must go; with ``changed_only`` just the ones that differ from their snapshot.
    """
    a, p = t.asset.c, t.published.c
    m = t.publish_mark.c
    joined = t.asset.outerjoin(t.published, (p.asset_id == a.id) & (p.context_id == context_id)).outerjoin(
        t.publish_mark, (m.asset_id == a.id) & (m.context_id == context_id)
    )
    is_marked = sa.func.coalesce(m.is_marked, a.ready_for_publish)
    is_concerned = a.type.in_(types) if types else a.is_optimized
    wanted = is_marked & (a.trash_state == "NotInTrash") & is_concerned
    differs = p.asset_id.is_(None) | (p.revision != a.revision) | (p.name != a.name)
    publish = wanted & differs if changed_only else wanted
    query = sa.select(a.id, a.file_name).select_from(joined).where(a.company_id == company_id)
    rows = tx.execute(query.where(publish | (~wanted & p.asset_id.is_not(None))).order_by(a.id))
    return tuple((row.id, row.file_name) for row in rows)


def count_unpublishable(tx: Tx, company_id: int) -> int:
    """Return how many assets are marked for publish, outside the trash, and have no optimised image to show."""
    a = t.asset.c
    where = (a.company_id == company_id, a.ready_for_publish, a.trash_state == "NotInTrash", ~a.is_optimized)
    return tx.scalar(sa.select(sa.func.count()).select_from(t.asset).where(*where)) or 0


def find_published(tx: Tx, company_root: str, name: str) -> PublishedImage | None:
    """Return the snapshot that the company's image server has under ``name``, or None."""
    query = (
        sa.select(t.published)
        .join(t.company, t.company.c.id == t.published.c.company_id)
        .join(t.publish_context, t.publish_context.c.id == t.published.c.context_id)
        .where(t.company.c.root == company_root, t.published.c.name == name)
        .where(t.publish_context.c.type == "ImageServing")
        .order_by(t.published.c.published_at.desc())
        .limit(1)
    )
    row = tx.execute(query).mappings().one_or_none()
    return _snapshot(row) if row else None


def _snapshot(row: Any) -> PublishedImage:
    made = derivatives_from_json(row["derivatives"])
    assert made is not None
    return PublishedImage(
        asset_id=row["asset_id"],
        name=row["name"],
        derivatives=made,
        revision=row["revision"],
        published_at=row["published_at"],
    )
