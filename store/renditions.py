"""Rows of named renditions, and of the secrets that sign what services are asked that make some."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from domain.findings import NamedRendition
from domain.model import StoredFile
from store import tables as t
from store.engine import Tx


def save_renditions(tx: Tx, asset_id: int, renditions: Sequence[NamedRendition]) -> None:
    """Give the asset these renditions, in place of those with their names; all others stay."""
    c = t.rendition.c
    for made in renditions:
        tx.execute(sa.delete(t.rendition).where(c.asset_id == asset_id, c.name == made.name))
        tx.execute(sa.insert(t.rendition).values(asset_id=asset_id, **_values(made)))


def find_renditions(tx: Tx, company_id: int, asset_id: int) -> tuple[NamedRendition, ...]:
    """Return the renditions of a company's asset, by name, those included that no profile makes any more."""
    query = sa.select(t.rendition).where(*_of(company_id, asset_id)).order_by(t.rendition.c.name)
    return tuple(_rendition(row) for row in tx.execute(query).mappings())


def load_rendition(tx: Tx, company_id: int, asset_id: int, name: str) -> NamedRendition | None:
    """Return one rendition of a company's asset, or None."""
    query = sa.select(t.rendition).where(*_of(company_id, asset_id), t.rendition.c.name == name)
    row = tx.execute(query).mappings().one_or_none()
    return _rendition(row) if row else None


def remove_rendition(tx: Tx, company_id: int, asset_id: int, name: str) -> bool:
    """Forget one rendition of a company's asset; return False for an unknown one."""
    where = (*_of(company_id, asset_id), t.rendition.c.name == name)
    return bool(tx.execute(sa.delete(t.rendition).where(*where)).rowcount)


def set_worker_secret(tx: Tx, company_id: int, url: str, secret: str) -> None:
    """Let ``secret`` sign what the service at ``url`` is asked for the company."""
    c = t.worker_secret.c
    tx.execute(sa.delete(t.worker_secret).where(c.company_id == company_id, c.url == url))
    tx.execute(sa.insert(t.worker_secret).values(company_id=company_id, url=url, secret=secret))


def find_worker_secret(tx: Tx, company_id: int, url: str) -> str | None:
    """Return what signs the questions to the service at ``url``, or None when the company has no such service."""
    c = t.worker_secret.c
    return tx.scalar(sa.select(c.secret).where(c.company_id == company_id, c.url == url))


def _of(company_id: int, asset_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    mine = sa.select(t.asset.c.id).where(t.asset.c.company_id == company_id)
    return t.rendition.c.asset_id == asset_id, t.rendition.c.asset_id.in_(mine)


def _values(made: NamedRendition) -> dict[str, Any]:
    return {
        "name": made.name,
        "key": made.file.key,
        "size": made.file.size,
        "mime": made.mime,
        "width": made.width,
        "height": made.height,
        "profile_id": made.profile_id,
        "profile_version": made.profile_version,
        "made": made.made,
    }


def _rendition(row: Mapping[Any, Any]) -> NamedRendition:
    return NamedRendition(
        name=row["name"],
        file=StoredFile(key=row["key"], size=row["size"]),
        mime=row["mime"],
        width=row["width"],
        height=row["height"],
        profile_id=row["profile_id"],
        profile_version=row["profile_version"],
        made=row["made"],
    )
