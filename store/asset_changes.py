"""Changes of assets that leave their picture alone: name, folder, metadata, publish marks, trash."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from domain.clock import utc_now
from domain.metadata import Field
from domain.model import Asset
from store import tables as t
from store.asset_sets import forget_in_sets
from store.assets import NO_FILE
from store.engine import Tx
from store.generated import forget_page
from store.metadata_values import forget_metadata


def set_trash_state(tx: Tx, asset: Asset, state: str, changed_by: str) -> None:
    """Move the asset in or out of the trash. One given up for good lets go of its name, its page and its sets."""
    values: dict[str, Any] = {"trash_state": state}
    if state == "InEmptiedTrash":
        values["name"] = f"{asset.name}/{asset.id}"  # no other asset can have it: names hold no slash
        forget_page(tx, asset.id)
        forget_in_sets(tx, asset.id)
        forget_metadata(tx, asset.id)
    _change(tx, asset, changed_by, **values)


def rename(tx: Tx, asset: Asset, name: str, changed_by: str) -> None:
    """Give the asset another name, which must be free; its virtual file name keeps its extension."""
    has_extension = asset.original != NO_FILE and "." in asset.file_name
    extension = asset.file_name.removeprefix(asset.file_name.rpartition(".")[0]) if has_extension else ""
    _change(tx, asset, changed_by, name=name, file_name=f"{name}{extension}")


def move(tx: Tx, asset: Asset, folder: str, changed_by: str) -> None:
    """Move the asset to another folder, which must exist."""
    _change(tx, asset, changed_by, folder=folder)


def note_change(tx: Tx, asset: Asset, changed_by: str) -> None:
    """Write down that something of the asset has changed that is not in its row, such as its metadata."""
    _change(tx, asset, changed_by)


def note_change_of_values(tx: Tx, field: Field, changed_by: str, values: Sequence[str] | None = None) -> None:
    """Write down that the assets which have these values of a field, or any, have changed."""
    v = t.asset_metadata.c
    having = sa.select(v.asset_id).where(v.company_id == field.company_id, v.name == field.key)
    if values is not None:
        having = having.where(v.value.in_(values))
    changed = sa.update(t.asset).where(t.asset.c.id.in_(having))
    tx.execute(changed.values(last_modified=utc_now(), last_modified_by=changed_by))


def change_type(tx: Tx, asset: Asset, asset_type: str) -> None:
    """Say that the asset is of another type, as it is when a file of another kind has replaced its original."""
    tx.execute(sa.update(t.asset).where(t.asset.c.id == asset.id).values(type=asset_type))


def set_publish_mark(tx: Tx, asset: Asset, context_ids: Sequence[int] | None, *, is_marked: bool) -> None:
    """Mark or unmark the asset in some publish contexts, or in all of them when ``context_ids`` is None."""
    marks = t.publish_mark.c
    mine = marks.asset_id == asset.id
    if context_ids is None:
        tx.execute(sa.delete(t.publish_mark).where(mine))
        tx.execute(sa.update(t.asset).where(t.asset.c.id == asset.id).values(ready_for_publish=is_marked))
        return
    tx.execute(sa.delete(t.publish_mark).where(mine, marks.context_id.in_(context_ids)))
    rows = [{"asset_id": asset.id, "context_id": c, "is_marked": is_marked} for c in set(context_ids)]
    tx.execute(sa.insert(t.publish_mark), rows)


def find_marked_contexts(tx: Tx, asset: Asset) -> tuple[int, ...]:
    """Return the publish contexts of its company in which the asset is marked."""
    c, m = t.publish_context.c, t.publish_mark.c
    joined = t.publish_context.outerjoin(t.publish_mark, (m.context_id == c.id) & (m.asset_id == asset.id))
    is_marked = sa.func.coalesce(m.is_marked, sa.literal(asset.ready_for_publish))
    query = sa.select(c.id).select_from(joined).where(c.company_id == asset.company_id, is_marked)
    return tuple(tx.scalars(query.order_by(c.id)))


def _change(tx: Tx, asset: Asset, changed_by: str, **values: Any) -> None:
    where = t.asset.c.id == asset.id
    tx.execute(sa.update(t.asset).where(where).values(last_modified=utc_now(), last_modified_by=changed_by, **values))
