"""Stopping jobs."""

from domain.model import Job
from domain.states import JobState
from jobs.closing import close_if_settled
from jobs.executor import cancelled_row
from store.engine import Tx
from store.job_logs import add_rows
from store.jobs import move_job, request_stop
from store.ledger import cancel_waiting


def stop_job(tx: Tx, job: Job) -> None:
    """Stop the job: what waits is cancelled now, what runs is ended by the leader. A job that is done stays so."""
    if job.state is JobState.DONE:
        return
    request_stop(tx, job.id)
    move_job(tx, job.id, JobState.STOPPING)
    cancel_waiting_tasks(tx, job.id)
    close_if_settled(tx, job.id)


def cancel_waiting_tasks(tx: Tx, job_id: int) -> None:
    """Cancel what no worker has claimed, with a log row for each."""
    add_rows(tx, job_id, [cancelled_row(task) for task in cancel_waiting(tx, job_id)])
