"""Which assets were made of which: the pages of documents, each an asset with a number that stays."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.model import GeneratedPage
from domain.states import SETTLED_TASK_STATES, TaskState
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


def document_ahead(tx: Tx, job_id: int, asset_id: int) -> int | None:
    """Return the document that the asset is a page of, if an item of the job is about it and has not ended."""
    is_open = t.task.c.state.not_in([state.value for state in SETTLED_TASK_STATES])
    query = sa.select(t.generated.c.originator_id).join(t.task, t.task.c.asset_id == t.generated.c.originator_id)
    return tx.scalar(query.where(t.generated.c.asset_id == asset_id, t.task.c.job_id == job_id, is_open).limit(1))


def postpone_pages(tx: Tx, job_id: int, document_id: int, until: datetime) -> None:
    """Let the items of the job that are about pages of the document wait until then."""
    c = t.task.c
    pages = sa.select(t.generated.c.asset_id).where(t.generated.c.originator_id == document_id)
    waiting = (c.job_id == job_id) & (c.state == TaskState.READY.value) & c.asset_id.in_(pages)
    tx.execute(sa.update(t.task).where(waiting).values(not_before=until))


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
