"""Rows of colour tags and smart tags: what was found on assets, what people say of it, which assets have it."""

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa

from domain.findings import ColourTag, SmartTag, TagState
from store import tables as t
from store.engine import Tx

LEAST_SHARE = 0.11
"""The share of its picture from which on an asset is found by a colour, unless the search says another; AEM's."""


def save_colours(tx: Tx, asset_id: int, colours: Sequence[ColourTag]) -> None:
    """Let the asset have these dominant colours and no others."""
    tx.execute(sa.delete(t.colour_tag).where(t.colour_tag.c.asset_id == asset_id))
    if colours:
        tx.execute(sa.insert(t.colour_tag), [{"asset_id": asset_id, **asdict(colour)} for colour in colours])


def load_colours(tx: Tx, company_id: int, asset_id: int) -> tuple[ColourTag, ...]:
    """Return the dominant colours of a company's asset, the largest share first."""
    c = t.colour_tag.c
    joined = t.colour_tag.join(t.asset, t.asset.c.id == c.asset_id)
    query = sa.select(c.name, c.colour, c.share).select_from(joined)
    query = query.where(t.asset.c.company_id == company_id, c.asset_id == asset_id).order_by(c.share.desc(), c.name)
    return tuple(ColourTag(**row) for row in tx.execute(query).mappings())


def with_colour(name: str, least_share: float = LEAST_SHARE) -> sa.Select[tuple[int]]:
    """Return the question for the assets, of any company, that have a colour (a CSS name) from a share on."""
    c = t.colour_tag.c
    return sa.select(c.asset_id).where(c.name == name, c.share >= least_share)


def save_smart_tags(tx: Tx, asset_id: int, found: Sequence[SmartTag], *, reset: bool) -> None:
    """Let the asset have the tags that were found; those that were removed or promoted stay so, unless ``reset``."""
    c = t.smart_tag.c
    mine = c.asset_id == asset_id
    kept = {} if reset else {tag.label: tag for tag in _tags(tx, mine) if tag.state is not TagState.SUGGESTED}
    tx.execute(sa.delete(t.smart_tag).where(mine))
    marked = {tag.label: kept[tag.label].state for tag in found if tag.label in kept}
    rows = [asdict(tag) | {"state": marked.get(tag.label, tag.state).value} for tag in found]
    rows += [asdict(tag) | {"state": tag.state.value} for label, tag in kept.items() if label not in marked]
    if rows:
        tx.execute(sa.insert(t.smart_tag), [{"asset_id": asset_id, **row} for row in rows])


def load_smart_tags(tx: Tx, company_id: int, asset_id: int) -> tuple[SmartTag, ...]:
    """Return the smart tags of a company's asset: promoted ones first, then by score; removed ones are the last."""
    mine = sa.select(t.asset.c.id).where(t.asset.c.company_id == company_id)
    order = (TagState.PROMOTED, TagState.SUGGESTED, TagState.REMOVED)
    found = _tags(tx, (t.smart_tag.c.asset_id == asset_id) & t.smart_tag.c.asset_id.in_(mine))
    return tuple(sorted(found, key=lambda tag: (order.index(tag.state), -tag.score, tag.label)))


def mark_smart_tag(tx: Tx, company_id: int, asset_id: int, label: str, state: TagState) -> bool:
    """Write down what a person says of a tag of the company's asset; return False for an unknown one."""
    c = t.smart_tag.c
    mine = sa.select(t.asset.c.id).where(t.asset.c.company_id == company_id)
    where = (c.asset_id == asset_id, c.label == label, c.asset_id.in_(mine))
    return bool(tx.execute(sa.update(t.smart_tag).where(*where).values(state=state.value)).rowcount)


def with_smart_tag(label: str) -> sa.Select[tuple[int]]:
    """Return the question for the assets, of any company, that have a smart tag which nobody removed."""
    c = t.smart_tag.c
    return sa.select(c.asset_id).where(c.label == label, c.state != TagState.REMOVED.value)


def _tags(tx: Tx, where: sa.ColumnElement[bool]) -> list[SmartTag]:
    c = t.smart_tag.c
    rows = tx.execute(sa.select(c.label, c.score, c.model, c.state).where(where)).mappings()
    return [SmartTag(**{**row, "state": TagState(row["state"])}) for row in rows]
