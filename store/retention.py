"""Forgetting what has had its time: jobs with all that is told of them, and selections that nobody confirmed."""

from datetime import datetime

import sqlalchemy as sa

from store import tables as t
from store.engine import Tx
from store.outbox import DeliveryState

OF_JOB = (t.task, t.job_log, t.stage_count, t.outbox)
"""The tables whose rows go with their job."""


def forget_jobs(tx: Tx, before: datetime, limit: int) -> int:
    """Remove the oldest jobs that ended before then, ``limit`` at most; return how many.

    A job stays while something that it owes waits to be delivered, or files that it exported can be fetched.
    """
    c, owed = t.job.c, t.outbox.c
    owes = sa.exists().where(owed.job_id == c.id, owed.state == DeliveryState.WAITING)
    exports = sa.exists().where(t.exported_file.c.job_id == c.id)
    query = sa.select(c.id).where(c.ended < before, ~owes, ~exports).order_by(c.id).limit(limit)
    ids = tx.scalars(query).all()
    if not ids:
        return 0
    for table in OF_JOB:
        tx.execute(sa.delete(table).where(table.c.job_id.in_(ids)))
    tx.execute(sa.update(t.job).where(c.parent_id.in_(ids)).values(parent_id=None))
    tx.execute(sa.delete(t.job).where(c.id.in_(ids)))
    return len(ids)


def forget_selections(tx: Tx, before: datetime) -> None:
    """Remove the selections that were made before then. Runs of them have their own tasks."""
    old = t.selection.c.created < before
    ids = sa.select(t.selection.c.id).where(old)
    tx.execute(sa.delete(t.selected_asset).where(t.selected_asset.c.selection_id.in_(ids)))
    tx.execute(sa.delete(t.selection).where(old))
