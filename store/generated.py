"""Which assets were made of which: the pages of documents, each an asset with a number that stays."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from domain.model import GeneratedPage
from store import tables as t
from store.assets import in_chunks
from store.engine import Tx

PAGE_ENGINE = "PostScriptRip"
"""The vendor's word for what makes images of a document's pages."""


def find_pages(tx: Tx, originator_id: int) -> tuple[GeneratedPage, ...]:
    """Return the pages of a document, by number."""
    c = t.generated.c
    query = sa.select(t.generated).where(c.originator_id == originator_id, c.engine == PAGE_ENGINE).order_by(c.number)
    return tuple(_page(row) for row in tx.execute(query).mappings())


def find_origins(tx: Tx, asset_ids: Sequence[int]) -> dict[int, GeneratedPage]:
    """Return, for those among ``asset_ids`` that are pages of a document, what page they are."""
    pages: dict[int, GeneratedPage] = {}
    for chunk in in_chunks(asset_ids):
        query = sa.select(t.generated).where(t.generated.c.asset_id.in_(chunk))
        pages |= {row["asset_id"]: _page(row) for row in tx.execute(query).mappings()}
    return pages


def save_page(tx: Tx, page: GeneratedPage) -> None:
    """Write down that the asset is this page of its document, and what is written on it."""
    forget_page(tx, page.asset_id)
    values = {
        "asset_id": page.asset_id,
        "originator_id": page.originator_id,
        "engine": PAGE_ENGINE,
        "number": page.number,
        "lines": list(page.lines),
        "links": list(page.links),
    }
    tx.execute(sa.insert(t.generated).values(values))


def forget_page(tx: Tx, asset_id: int) -> None:
    """Write down that the asset is no page of a document any more."""
    tx.execute(sa.delete(t.generated).where(t.generated.c.asset_id == asset_id))


def _page(row: Mapping[Any, Any]) -> GeneratedPage:
    return GeneratedPage(
        asset_id=row["asset_id"],
        originator_id=row["originator_id"],
        number=row["number"],
        lines=tuple(row["lines"]),
        links=tuple(row["links"]),
    )
