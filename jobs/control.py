"""Pausing, resuming and stopping jobs."""

from domain.model import Job
from domain.states import JobState
from jobs.closing import close_if_settled
from jobs.executor import cancelled_row
from store.engine import Tx
from store.job_logs import add_rows
from store.jobs import lock_job, move_job, request_stop, set_paused
from store.ledger import cancel_waiting, take_back_dispatched


def can_control(job: Job) -> bool:
    """Return whether the job can be paused, resumed and stopped: it has not ended, and is not being stopped."""
    return job.state not in (JobState.DONE, JobState.STOPPING)


def pause_job(tx: Tx, job: Job) -> None:
    """Pause the job: none of its tasks begins after this commit, those that run go on to their end."""
    lock_job(tx, job.id)
    set_paused(tx, job.id, is_paused=True)
    take_back_dispatched(tx, job.id)


def resume_job(tx: Tx, job: Job) -> None:
    """Let a paused job go on where it stands."""
    set_paused(tx, job.id, is_paused=False)


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
