"""Rows of smart crops: those that were found in assets' pictures, and what people have drawn instead."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

import sqlalchemy as sa

from domain.findings import SWATCH, Fraction, SmartCrop
from store import tables as t
from store.engine import Tx


def load_crops(tx: Tx, company_id: int, asset_id: int) -> tuple[SmartCrop, ...]:
    """Return the crops of a company's asset, by name; none of a foreign one."""
    query = _crops().where(t.asset.c.company_id == company_id, t.asset.c.id == asset_id)
    return tuple(_crop(row) for row in tx.execute(query).mappings())


def find_crop(tx: Tx, asset_id: int, name: str) -> SmartCrop | None:
    """Return the crop of an asset with this name or, when there is none, one that differs in letter case alone."""
    crops = [_crop(row) for row in tx.execute(_crops().where(t.asset.c.id == asset_id)).mappings()]
    same = [crop for crop in crops if crop.name.casefold() == name.casefold()]
    return next((crop for crop in same if crop.name == name), same[0] if same else None)


def save_crops(tx: Tx, asset_id: int, crops: Sequence[SmartCrop], *, reset: bool) -> None:
    """Let the asset have these crops and no others.

    What a person has drawn for a name stays while its size in pixels does, unless ``reset``.
    """
    c = t.smart_crop.c
    rows = tx.execute(sa.select(c.name, c.width, c.height, c.manual_area).where(c.asset_id == asset_id))
    drawn = {} if reset else {(row.name, row.width, row.height): row.manual_area for row in rows}
    tx.execute(sa.delete(t.smart_crop).where(c.asset_id == asset_id))
    for crop in crops:
        manual = None if crop.colour else drawn.get((crop.name, crop.width, crop.height))
        tx.execute(sa.insert(t.smart_crop).values(asset_id=asset_id, manual_area=manual, **_values(crop)))


def set_manual_crop(tx: Tx, company_id: int, asset_id: int, name: str, area: Fraction) -> bool:
    """Let ``area`` count for a crop of the company's asset; return False for an unknown one and a swatch of a colour.

    Raises ValueError for an area that is empty or reaches out of the picture.
    """
    if not (area.width > 0 and area.height > 0 and min(area.left, area.top) >= 0):
        raise ValueError("the area of a crop is empty, or begins outside of the picture")
    if area.left + area.width > 1 + 1e-9 or area.top + area.height > 1 + 1e-9:
        raise ValueError("the area of a crop reaches out of the picture")
    return _draw(tx, company_id, (asset_id, name), astuple(area))


def revert_crop(tx: Tx, company_id: int, asset_id: int, name: str) -> bool:
    """Let the area that was found count for a crop of the company's asset; return False for an unknown one."""
    return _draw(tx, company_id, (asset_id, name), None)


def _draw(tx: Tx, company_id: int, which: tuple[int, str], area: tuple[float, ...] | None) -> bool:
    c = t.smart_crop.c
    mine = sa.select(t.asset.c.id).where(t.asset.c.company_id == company_id)
    where = (c.asset_id == which[0], c.name == which[1], c.asset_id.in_(mine), c.colour.is_(None))
    changed = tx.execute(sa.update(t.smart_crop).where(*where).values(manual_area=list(area) if area else None))
    return bool(changed.rowcount)


def _crops() -> sa.Select[Any]:
    joined = t.smart_crop.join(t.asset, t.asset.c.id == t.smart_crop.c.asset_id)
    swatch_last = t.smart_crop.c.name == SWATCH
    return sa.select(t.smart_crop).select_from(joined).order_by(swatch_last, t.smart_crop.c.name)


def _values(crop: SmartCrop) -> dict[str, Any]:
    return {
        "name": crop.name,
        "width": crop.width,
        "height": crop.height,
        "area": list(astuple(crop.area)),
        "colour": crop.colour,
        "profile_id": crop.profile_id,
        "profile_version": crop.profile_version,
    }


def _crop(row: Mapping[Any, Any]) -> SmartCrop:
    left, top, width, height = row["manual_area"] or row["area"]
    return SmartCrop(
        name=row["name"],
        width=row["width"],
        height=row["height"],
        area=Fraction(left=left, top=top, width=width, height=height),
        colour=row["colour"],
        source="manual" if row["manual_area"] else "auto",
        profile_id=row["profile_id"],
        profile_version=row["profile_version"],
    )
