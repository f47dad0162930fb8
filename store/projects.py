"""Rows of projects: assets gathered under a name, wherever they lie."""

from collections.abc import Sequence

import sqlalchemy as sa

from store import tables as t
from store.assets import in_chunks
from store.engine import Tx


def find_projects(tx: Tx, company_id: int) -> tuple[str, ...]:
    """Return the names of the company's projects, in order."""
    query = sa.select(t.project.c.name).where(t.project.c.company_id == company_id)
    return tuple(tx.scalars(query.order_by(t.project.c.name)))


def find_project(tx: Tx, company_id: int, name: str) -> int | None:
    """Return the number of the company's project with this name, or None."""
    where = (t.project.c.company_id == company_id) & (t.project.c.name == name)
    return tx.scalar(sa.select(t.project.c.id).where(where))


def add_project(tx: Tx, company_id: int, name: str) -> int:
    """Return the number of a new project; its name must be free in the company."""
    key = tx.execute(sa.insert(t.project).values(company_id=company_id, name=name)).inserted_primary_key
    assert key is not None
    number: int = key[0]
    return number


def rename_project(tx: Tx, project_id: int, name: str) -> None:
    """Give the project another name, which must be free in its company."""
    tx.execute(sa.update(t.project).where(t.project.c.id == project_id).values(name=name))


def delete_project(tx: Tx, project_id: int) -> None:
    """Forget the project; its assets stay."""
    tx.execute(sa.delete(t.project_asset).where(t.project_asset.c.project_id == project_id))
    tx.execute(sa.delete(t.project).where(t.project.c.id == project_id))


def add_to_project(tx: Tx, project_id: int, asset_id: int) -> bool:
    """Put the asset into the project; return False when it was there, or when the project is gone."""
    # The project is held, so that nobody deletes it between the look and the insert.
    held = tx.scalar(sa.select(t.project.c.id).where(t.project.c.id == project_id).with_for_update())
    if held is None or tx.execute(_membership(project_id, asset_id)).first():
        return False
    tx.execute(sa.insert(t.project_asset).values(project_id=project_id, asset_id=asset_id))
    return True


def remove_from_project(tx: Tx, project_id: int, asset_id: int) -> bool:
    """Take the asset out of the project; return False when it was not there."""
    where = (t.project_asset.c.project_id == project_id) & (t.project_asset.c.asset_id == asset_id)
    return bool(tx.execute(sa.delete(t.project_asset).where(where)).rowcount)


def clear_project(tx: Tx, project_id: int) -> None:
    """Take every asset out of the project."""
    tx.execute(sa.delete(t.project_asset).where(t.project_asset.c.project_id == project_id))


def find_projects_of(tx: Tx, asset_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the names of the projects of each asset that is in any."""
    joined = t.project_asset.join(t.project, t.project.c.id == t.project_asset.c.project_id)
    query = sa.select(t.project_asset.c.asset_id, t.project.c.name).select_from(joined)
    found: dict[int, tuple[str, ...]] = {}
    for chunk in in_chunks(asset_ids):
        for row in tx.execute(query.where(t.project_asset.c.asset_id.in_(chunk)).order_by(t.project.c.name)):
            found[row.asset_id] = (*found.get(row.asset_id, ()), row.name)
    return found


def _membership(project_id: int, asset_id: int) -> sa.Select[tuple[int]]:
    c = t.project_asset.c
    return sa.select(c.asset_id).where(c.project_id == project_id, c.asset_id == asset_id)
