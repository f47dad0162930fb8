"""How much room a company takes: sums over its rows. Who is refused for it is decided in ``jobs.quota``."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.states import SETTLED_TASK_STATES
from store import tables as t
from store.engine import Tx

_QUOTA = sa.select(t.company.c.quota_bytes).where(t.company.c.id == sa.bindparam("company"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a company has stored: how many images, how many bytes in all, and when that last changed."""

    images: int
    size: int
    last_modified: datetime


def has_quota(tx: Tx, company_id: int) -> bool:
    """Return whether the company's room is limited."""
    return tx.scalar(_QUOTA, {"company": company_id}) is not None


def used_bytes(tx: Tx, company_id: int) -> int:
    """Return the bytes of the company's originals, derivatives, renditions and XMP packets, also in the trash.

    Assets emptied from the trash take nothing. Bytes that several assets share count for each of them, so that what an
    asset counts for does not depend on others.
    """
    c = t.asset.c
    query = sa.select(sa.func.sum(c.original_size + c.derivatives_size)).where(*_counted(company_id))
    renditions = sa.select(sa.func.sum(t.rendition.c.size)).join(t.asset, c.id == t.rendition.c.asset_id)
    packets = sa.select(sa.func.sum(t.asset_xmp.c.size)).where(t.asset_xmp.c.company_id == company_id)
    kept = int(tx.scalar(packets) or 0)
    return kept + int(tx.scalar(query) or 0) + int(tx.scalar(renditions.where(*_counted(company_id))) or 0)


def arriving_bytes(tx: Tx, company_id: int) -> int:
    """Return the bytes that have been uploaded to the company and wait to be taken in."""
    size = sa.cast(t.task.c.input["size"].as_string(), sa.BigInteger)
    query = sa.select(sa.func.sum(size)).join(t.job, t.job.c.id == t.task.c.job_id)
    settled = [state.value for state in SETTLED_TASK_STATES]
    unfinished = (t.job.c.company_id == company_id, t.job.c.ended.is_(None), t.task.c.state.not_in(settled))
    return int(tx.scalar(query.where(*unfinished)) or 0)


def load_usage(tx: Tx, company_id: int) -> Usage:
    """Return what the company has stored."""
    c, f = t.asset.c, t.folder.c
    images = sa.select(sa.func.count()).where(*_counted(company_id), c.type == "Image")
    asset_changed = tx.scalar(sa.select(sa.func.max(c.last_modified)).where(c.company_id == company_id))
    folder_changed = tx.scalar(sa.select(sa.func.max(f.last_modified)).where(f.company_id == company_id))
    assert folder_changed is not None, "a company has a root folder from the first"
    return Usage(
        images=tx.scalar(images) or 0,
        size=used_bytes(tx, company_id),
        last_modified=max(folder_changed, asset_changed or folder_changed),
    )


def hold_company(tx: Tx, company_id: int) -> None:
    """Hold the company's row until the transaction ends, so that two that add to it see each other's sums.

    Whoever needs it, for sums, sets or dictionaries, takes it before any asset, so that no two wait for each other.
    Rows that refer to the company can be added meanwhile.
    """
    tx.execute(sa.select(t.company.c.id).where(t.company.c.id == company_id).with_for_update(key_share=True))


def _counted(company_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return t.asset.c.company_id == company_id, t.asset.c.trash_state.in_(("NotInTrash", "InTrash"))
