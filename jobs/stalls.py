"""Says of jobs that wait although no worker lives that could take them: what users of a queue miss most.

A job that waits because the workers have other work, or because it is paused, is none of them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from domain.model import Job, LogRow
from domain.states import JobState
from domain.words import say
from store.engine import Database, Tx
from store.job_logs import add_rows
from store.jobs import find_active, mark_lacking_worker
from store.workers import find_workers

NO_WORKER = say("Waiting: no worker is running.")

log = structlog.get_logger(__name__)


def without_worker(tx: Tx, jobs: Iterable[Job], now: datetime, patience: timedelta) -> frozenset[int]:
    """Return the numbers of the jobs that have waited for ``patience``, in which no worker was seen."""
    waiting = frozenset(job.id for job in jobs if _waits(job, now - patience))
    return frozenset() if not waiting or find_workers(tx, now - patience) else waiting


def warn_of_stalls(database: Database, now: datetime, patience: timedelta) -> None:
    """Say it once in the log of each job that waits for a worker; getActiveJobs says it as long as it is so."""
    with database.read() as tx:
        unwarned = [job for job in find_active(tx, None) if not job.lacked_worker]
        stalled = without_worker(tx, unwarned, now, patience)
    if not stalled:
        return
    log.error("no worker is running", jobs=sorted(stalled))
    message = say(
        "Waiting: no worker is running. None has been seen for {seconds} seconds; the job begins when one is.",
        seconds=patience.total_seconds(),
    )
    with database.write() as tx:
        for job_id in sorted(stalled):
            if mark_lacking_worker(tx, job_id):
                add_rows(tx, job_id, [LogRow(log_type="UploadWarning", message=message, at=now)])


def _waits(job: Job, since: datetime) -> bool:
    is_held = job.is_paused or job.stop_requested or job.state is JobState.DONE
    return not is_held and job.counts.settled < job.counts.total and job.last_progress < since
