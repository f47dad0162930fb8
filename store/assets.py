"""Rows of assets. An asset changes its picture only against the revision that the caller saw."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import Asset, Derivatives, StoredFile
from store import tables as t
from store.engine import Tx

IN_CHUNK = 500
NO_FILE = StoredFile(key="", size=0)
"""The original of an asset that is a set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAsset:
    """What an upload knows of an asset that has no row yet."""

    company_id: int
    folder: str
    name: str
    file_name: str
    type: str
    original: StoredFile
    ready_for_publish: bool
    created_by: str


def add_asset(tx: Tx, new: NewAsset) -> Asset:
    """Return a new asset at revision 1, without derivatives; its name must be free in the company."""
    now = utc_now()
    values = {
        "company_id": new.company_id,
        "folder": new.folder,
        "name": new.name,
        "file_name": new.file_name,
        "type": new.type,
        "ready_for_publish": new.ready_for_publish,
        "trash_state": "NotInTrash",
        "created": now,
        "created_by": new.created_by,
        "last_modified": now,
        "last_modified_by": new.created_by,
        "original_key": new.original.key,
        "original_size": new.original.size,
        "original_path": f"{new.folder}{new.file_name}" if new.original != NO_FILE else "",
        "revision": 1,
        "crop": None,
        "derivatives": None,
    }
    key = tx.execute(sa.insert(t.asset).values(values)).inserted_primary_key
    assert key is not None
    return asset_from_row({"id": key[0], **values})


def replace_original(tx: Tx, asset: Asset, *, original: StoredFile, file_name: str, changed_by: str) -> None:
    """Give the asset a new original; its derivatives stay until the new ones are made."""
    tx.execute(
        sa.update(t.asset)
        .where(t.asset.c.id == asset.id)
        .values(
            original_key=original.key,
            original_size=original.size,
            file_name=file_name,
            original_path=f"{asset.folder}{file_name}",
            trash_state="NotInTrash",
            revision=t.asset.c.revision + 1,
            last_modified=utc_now(),
            last_modified_by=changed_by,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPicture:
    """What one run of the pipeline wants to make true of an asset, all at once."""

    crop: tuple[int, int, int, int] | None
    derivatives: Derivatives | None
    ready_for_publish: bool
    changed_by: str


def save_picture(tx: Tx, asset_id: int, revision: int, picture: NewPicture) -> bool:
    """Switch the asset to a new picture; return False, changing nothing, when it is no longer at ``revision``."""
    changed = tx.execute(
        sa.update(t.asset)
        .where(t.asset.c.id == asset_id, t.asset.c.revision == revision)
        .values(
            crop=list(picture.crop) if picture.crop else None,
            derivatives=asdict(picture.derivatives) if picture.derivatives else None,
            derivatives_size=picture.derivatives.size if picture.derivatives else 0,
            is_optimized=picture.derivatives is not None and picture.derivatives.pyramid is not None,
            ready_for_publish=picture.ready_for_publish,
            revision=revision + 1,
            last_modified=utc_now(),
            last_modified_by=picture.changed_by,
        )
    )
    return bool(changed.rowcount)


def load_asset(tx: Tx, company_id: int, asset_id: int) -> Asset | None:
    """Return the company's asset with this number; an asset of another company is None like an unknown one."""
    found = load_assets(tx, company_id, [asset_id])
    return found[0] if found else None


def load_assets(tx: Tx, company_id: int, asset_ids: Sequence[int]) -> tuple[Asset, ...]:
    """Return the company's assets among ``asset_ids``, in the order given; unknown and foreign ones are left out."""
    rows: dict[int, Asset] = {}
    for chunk in in_chunks(asset_ids):
        query = sa.select(t.asset).where(t.asset.c.company_id == company_id, t.asset.c.id.in_(chunk))
        rows |= {row["id"]: asset_from_row(row) for row in tx.execute(query).mappings()}
    return tuple(rows[i] for i in dict.fromkeys(asset_ids) if i in rows)


def find_names(tx: Tx, company_id: int, asset_ids: Sequence[int]) -> dict[int, str]:
    """Return the file names of the company's assets among ``asset_ids``; unknown and foreign ones are left out."""
    names: dict[int, str] = {}
    for chunk in in_chunks(asset_ids):
        query = sa.select(t.asset.c.id, t.asset.c.file_name).where(
            t.asset.c.company_id == company_id, t.asset.c.id.in_(chunk)
        )
        names |= {row.id: row.file_name for row in tx.execute(query)}
    return names


def find_by_names(tx: Tx, company_id: int, names: Sequence[str]) -> tuple[Asset, ...]:
    """Return the company's assets with exactly these names, in the order of ``names``; unknown ones are left out."""
    found: dict[str, Asset] = {}
    for chunk in in_chunks(names):
        query = sa.select(t.asset).where(t.asset.c.company_id == company_id, t.asset.c.name.in_(chunk))
        found |= {row["name"]: asset_from_row(row) for row in tx.execute(query).mappings()}
    return tuple(found[name] for name in dict.fromkeys(names) if name in found)


def find_by_file_name(tx: Tx, company_id: int, stem: str, folder: str | None = None) -> tuple[Asset, ...]:
    """Return the company's assets whose file name is ``stem`` with any extension or none, oldest first.

    Trashed ones are included, emptied ones and sets are not. ``folder`` confines them to one folder.
    """
    c = t.asset.c
    same = (c.file_name == stem) | c.file_name.startswith(f"{stem}.", autoescape=True)
    is_file = (c.trash_state != "InEmptiedTrash") & (c.original_key != NO_FILE.key)
    query = sa.select(t.asset).where(c.company_id == company_id, same, is_file)
    if folder is not None:
        query = query.where(c.folder == folder)
    found = [asset_from_row(row) for row in tx.execute(query.order_by(c.id)).mappings()]
    return tuple(asset for asset in found if PurePosixPath(asset.file_name).stem == stem)


def names_taken(tx: Tx, company_id: int, prefix: str) -> frozenset[str]:
    """Return the company's asset names that start with ``prefix``."""
    query = sa.select(t.asset.c.name).where(
        t.asset.c.company_id == company_id, t.asset.c.name.startswith(prefix, autoescape=True)
    )
    return frozenset(tx.scalars(query))


def find_unoptimised(tx: Tx, company_id: int) -> tuple[tuple[int, str], ...]:
    """Return number and file name of each image outside the trash that has no optimised image, oldest first."""
    c = t.asset.c
    query = sa.select(c.id, c.file_name).where(c.company_id == company_id, c.type == "Image", ~c.is_optimized)
    rows = tx.execute(query.where(c.trash_state == "NotInTrash").order_by(c.id))
    return tuple((row.id, row.file_name) for row in rows)


def count_by_type(tx: Tx, company_id: int) -> dict[str, int]:
    """Return how many of the company's assets outside the trash are of each type."""
    c = t.asset.c
    query = sa.select(c.type, sa.func.count()).where(c.company_id == company_id, c.trash_state == "NotInTrash")
    return {row[0]: row[1] for row in tx.execute(query.group_by(c.type).order_by(c.type))}


def folders_with_types(tx: Tx, company_id: int, types: Sequence[str]) -> frozenset[str]:
    """Return the paths of the folders that directly hold an asset of one of ``types`` outside the trash."""
    query = sa.select(t.asset.c.folder).where(
        t.asset.c.company_id == company_id, t.asset.c.type.in_(types), t.asset.c.trash_state == "NotInTrash"
    )
    return frozenset(tx.scalars(query.distinct()))


def in_chunks(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Yield ``items`` in slices short enough for one IN of a statement."""
    return (items[n : n + IN_CHUNK] for n in range(0, len(items), IN_CHUNK))


def _stored(value: Mapping[str, Any] | None) -> StoredFile | None:
    return StoredFile(key=value["key"], size=value["size"]) if value else None


def derivatives_from_json(value: Mapping[str, Any] | None) -> Derivatives | None:
    """Return the derivatives that a row's JSON tells of, or None."""
    if value is None:
        return None
    files = {name: _stored(value.get(name)) for name in ("pyramid", "thumbnail", "preview", "mask")}
    return Derivatives(**{**value, **files})


def asset_from_row(row: Mapping[Any, Any]) -> Asset:
    """Return the asset that a row of its table holds."""
    created: datetime = row["created"]
    return Asset(
        id=row["id"],
        company_id=row["company_id"],
        folder=row["folder"],
        name=row["name"].partition("/")[0],  # one given up for good has let go of its name, see set_trash_state
        file_name=row["file_name"],
        type=row["type"],
        ready_for_publish=row["ready_for_publish"],
        trash_state=row["trash_state"],
        created=created,
        created_by=row["created_by"],
        last_modified=row["last_modified"],
        last_modified_by=row["last_modified_by"],
        original=StoredFile(key=row["original_key"], size=row["original_size"]),
        original_path=row["original_path"],
        revision=row["revision"],
        crop=tuple(row["crop"]) if row["crop"] else None,
        derivatives=derivatives_from_json(row["derivatives"]),
    )
