"""Forgets what has had its time: selections after a day, the history of jobs after as long as the operator says."""

from datetime import datetime, timedelta

import structlog

from store.engine import Database
from store.retention import forget_jobs, forget_selections

SELECTIONS_LAST = timedelta(hours=24)
JOBS_AT_ONCE = 20
"""In one transaction, which may have to remove very many tasks."""

log = structlog.get_logger(__name__)


def forget_old(database: Database, now: datetime, history: timedelta | None) -> None:
    """Forget what is older than that ``now``; jobs are kept for ever without a ``history``."""
    with database.write() as tx:
        forget_selections(tx, now - SELECTIONS_LAST)
    forgotten = 0
    while history is not None:
        with database.write() as tx:
            number = forget_jobs(tx, now - history, JOBS_AT_ONCE)
        forgotten += number
        if number < JOBS_AT_ONCE:
            break
    if forgotten:
        log.info("old jobs forgotten", jobs=forgotten)
