"""Rows of what assets have in their metadata: values by key, each with who set it, and the XMP packet."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from domain.metadata import Held, Origin, Value
from domain.model import Asset, StoredFile
from store import tables as t
from store.assets import in_chunks
from store.engine import Tx

FOLDED = 250
"""How many characters of a value the index knows."""


def fold(text: str) -> str:
    """Return the form by which the index finds a value: its beginning, in lower case."""
    return text.lower()[:FOLDED]


def load_held(tx: Tx, asset_ids: Sequence[int], keys: Collection[str] | None = None) -> dict[int, dict[str, Held]]:
    """Return what each asset has, by key; only under ``keys`` when they are given, which are few."""
    found: dict[int, dict[str, Held]] = {}
    c = t.asset_metadata.c
    for chunk in in_chunks(asset_ids):
        query = sa.select(t.asset_metadata).where(c.asset_id.in_(chunk))
        if keys is not None:
            query = query.where(c.name.in_(keys))
        for row in tx.execute(query.order_by(c.asset_id, c.name, c.position)):
            held = found.setdefault(row.asset_id, {})
            before = held[row.name].values if row.name in held else ()
            value = Value(text=row.value, whole=row.whole, number=row.number)
            held[row.name] = Held(values=(*before, value), origin=Origin(row.origin))
    return found


def save_held(tx: Tx, asset: Asset, changes: Mapping[str, Held]) -> None:
    """Give the asset these values in place of those it has under the same keys; no value leaves none.

    Whoever calls this has changed the asset's row in this transaction, so that two writers take turns.
    """
    c = t.asset_metadata.c
    for chunk in in_chunks(tuple(changes)):
        tx.execute(sa.delete(t.asset_metadata).where(c.asset_id == asset.id, c.name.in_(chunk)))
    rows = list(_rows(asset, changes))
    if rows:
        tx.execute(sa.insert(t.asset_metadata), rows)


def forget_metadata(tx: Tx, asset_id: int) -> None:
    """Forget the asset's values and its packet."""
    tx.execute(sa.delete(t.asset_metadata).where(t.asset_metadata.c.asset_id == asset_id))
    tx.execute(sa.delete(t.asset_xmp).where(t.asset_xmp.c.asset_id == asset_id))


def load_packet(tx: Tx, asset_id: int) -> tuple[StoredFile, Origin] | None:
    """Return the asset's XMP packet and who set it; None when none is kept."""
    row = tx.execute(sa.select(t.asset_xmp).where(t.asset_xmp.c.asset_id == asset_id)).first()
    return (StoredFile(key=row.key, size=row.size), Origin(row.origin)) if row else None


def save_packet(tx: Tx, asset: Asset, packet: StoredFile | None, origin: Origin) -> None:
    """Keep this packet in place of the asset's own; None keeps none. Who calls it has changed the asset's row."""
    tx.execute(sa.delete(t.asset_xmp).where(t.asset_xmp.c.asset_id == asset.id))
    if packet is not None:
        values = {"asset_id": asset.id, "company_id": asset.company_id, "key": packet.key, "size": packet.size}
        tx.execute(sa.insert(t.asset_xmp).values(origin=origin.value, **values))


def find_distinct(tx: Tx, company_id: int, keys: Collection[str]) -> tuple[str, ...]:
    """Return each value that assets outside the trash have under one of the keys once, in order."""
    query = _of_live_assets(sa.select(t.asset_metadata.c.value), company_id, keys)
    return tuple(tx.scalars(query.distinct().order_by(t.asset_metadata.c.value)))


def count_distinct(tx: Tx, company_id: int, keys: Collection[str]) -> tuple[dict[str, int], int]:
    """Return how many assets outside the trash have each value under the keys, in order, and how many have none."""
    value, asset_id = t.asset_metadata.c.value, t.asset_metadata.c.asset_id
    number = sa.func.count(asset_id.distinct())
    counted = _of_live_assets(sa.select(value, number), company_id, keys).group_by(value).order_by(value)
    having = tx.scalar(_of_live_assets(sa.select(number), company_id, keys)) or 0
    live = (t.asset.c.company_id == company_id, t.asset.c.trash_state == "NotInTrash")
    everything = tx.scalar(sa.select(sa.func.count()).select_from(t.asset).where(*live)) or 0
    return {row[0]: row[1] for row in tx.execute(counted)}, everything - having


def _of_live_assets(query: sa.Select[Any], company_id: int, keys: Collection[str]) -> sa.Select[Any]:
    v = t.asset_metadata.c
    joined = t.asset_metadata.join(t.asset, t.asset.c.id == v.asset_id)
    where = (v.company_id == company_id, v.name.in_(keys), t.asset.c.trash_state == "NotInTrash")
    return query.select_from(joined).where(*where)


def _rows(asset: Asset, changes: Mapping[str, Held]) -> Iterator[dict[str, Any]]:
    for key, held in changes.items():
        for position, value in enumerate(held.values):
            yield {
                "asset_id": asset.id,
                "name": key,
                "position": position,
                "company_id": asset.company_id,
                "value": value.text,
                "folded": fold(value.text),
                "whole": value.whole,
                "number": value.number,
                "origin": held.origin.value,
            }
