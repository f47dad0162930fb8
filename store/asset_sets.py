"""Rows of assets that are sets: their members in order, their definitions, and the assets that stand for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import Asset
from store import tables as t
from store.assets import NO_FILE, NewAsset, add_asset, in_chunks
from store.engine import Tx

SET_TYPES = ("AssetSet", "Catalog", "ImageSet", "RenderSet", "SpinSet")
"""Types of assets that are sets, and have no file of their own."""
MOST_MEMBERS = 1000
MOST_REPEATS = 20
"""How often one asset may stand in a set; both limits are those of AEM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSet:
    """A set that has no row yet. ``sub_type`` and ``definition`` are for type AssetSet alone."""

    company_id: int
    folder: str
    name: str
    type: str
    created_by: str
    ready_for_publish: bool = False
    sub_type: str = ""
    definition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An asset in a set, and whether a new page begins with it."""

    asset_id: int
    page_reset: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFacts:
    """What is known of a set besides its asset and its members."""

    sub_type: str
    definition: str
    thumb_asset_id: int | None
    """The asset that was chosen to stand for it."""


def add_set(tx: Tx, new: NewSet) -> Asset:
    """Return a new set without members; its name must be free in the company."""
    asset = add_asset(
        tx,
        NewAsset(
            company_id=new.company_id,
            folder=new.folder,
            name=new.name,
            file_name=new.name,
            type=new.type,
            original=NO_FILE,
            ready_for_publish=new.ready_for_publish,
            created_by=new.created_by,
        ),
    )
    tx.execute(sa.insert(t.asset_set).values(asset_id=asset.id, sub_type=new.sub_type, definition=new.definition))
    return asset


def save_members(tx: Tx, set_id: int, members: Sequence[Member], changed_by: str) -> None:
    """Give the set these members, in this order, in place of those it has."""
    tx.execute(sa.delete(t.set_member).where(t.set_member.c.set_id == set_id))
    rows = [
        {"set_id": set_id, "position": n, "asset_id": member.asset_id, "page_reset": member.page_reset}
        for n, member in enumerate(members)
    ]
    if rows:
        tx.execute(sa.insert(t.set_member), rows)
    changed = sa.update(t.asset).where(t.asset.c.id == set_id)
    tx.execute(changed.values(last_modified=utc_now(), last_modified_by=changed_by))


def save_facts(tx: Tx, set_id: int, **values: Any) -> None:
    """Change what is known of the set: ``definition``, ``thumb_asset_id``."""
    tx.execute(sa.update(t.asset_set).where(t.asset_set.c.asset_id == set_id).values(values))


def find_members(tx: Tx, set_id: int) -> tuple[Member, ...]:
    """Return the members of the set, in their order."""
    c = t.set_member.c
    rows = tx.execute(sa.select(c.asset_id, c.page_reset).where(c.set_id == set_id).order_by(c.position)).mappings()
    return tuple(Member(**row) for row in rows)


def find_sets_with(tx: Tx, asset_id: int) -> tuple[int, ...]:
    """Return the numbers of the sets that the asset is in, the oldest first."""
    c = t.set_member.c
    return tuple(tx.scalars(sa.select(c.set_id).where(c.asset_id == asset_id).distinct().order_by(c.set_id)))


def find_facts(tx: Tx, asset_ids: Sequence[int]) -> dict[int, SetFacts]:
    """Return what is known of those among ``asset_ids`` that are sets."""
    facts: dict[int, SetFacts] = {}
    for chunk in in_chunks(asset_ids):
        for row in tx.execute(sa.select(t.asset_set).where(t.asset_set.c.asset_id.in_(chunk))):
            facts[row.asset_id] = SetFacts(
                sub_type=row.sub_type, definition=row.definition, thumb_asset_id=row.thumb_asset_id
            )
    return facts


def find_first_images(tx: Tx, set_ids: Sequence[int]) -> dict[int, int]:
    """Return, for each of the sets that has one outside the trash, the first image among its members."""
    m, a = t.set_member.c, t.asset.c
    is_shown = (a.type == "Image") & (a.trash_state == "NotInTrash")
    first = sa.select(m.set_id, sa.func.min(m.position).label("position")).join(t.asset, a.id == m.asset_id)
    images: dict[int, int] = {}
    for chunk in in_chunks(set_ids):
        found = first.where(m.set_id.in_(chunk), is_shown).group_by(m.set_id).subquery()
        joined = (m.set_id == found.c.set_id) & (m.position == found.c.position)
        for row in tx.execute(sa.select(m.set_id, m.asset_id).join(found, joined)):
            images[row.set_id] = row.asset_id
    return images


def forget_in_sets(tx: Tx, asset_id: int) -> None:
    """Take the asset out of every set, and let go of its own members if it is a set itself."""
    m, s = t.set_member.c, t.asset_set.c
    tx.execute(sa.delete(t.set_member).where((m.asset_id == asset_id) | (m.set_id == asset_id)))
    tx.execute(sa.update(t.asset_set).where(s.thumb_asset_id == asset_id).values(thumb_asset_id=None))
