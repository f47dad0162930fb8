"""Runs the items of an ended job again, as a new job that is linked to it. IPS has no such operation; operators do."""

from collections.abc import Collection

from domain.clock import utc_now
from domain.errors import RepriseError
from domain.model import Job, LogRow, Order
from domain.states import SETTLED_TASK_STATES, JobState, TaskState
from domain.words import say
from jobs.processing.overlap import refuse_overlap
from jobs.submit import Submission, opening_rows
from store.bulk import copy_tasks
from store.engine import Tx
from store.job_logs import add_rows
from store.jobs import NewJob, add_job, load_job

UNSUCCESSFUL = frozenset({TaskState.FAILED, TaskState.CANCELLED})


class NotRestartableError(RepriseError):
    """The job cannot be restarted: it still runs, or has no item that could be run again."""


def can_restart(job: Job) -> bool:
    """Return whether the job has ended and has items."""
    return job.state is JobState.DONE and job.counts.total > 0


def can_restart_unsuccessful(job: Job) -> bool:
    """Return whether the job has ended and has items that failed or were cancelled."""
    return can_restart(job) and job.counts.failed + job.counts.cancelled > 0


def restart_job(tx: Tx, job: Job, *, only_unsuccessful: bool, by: str | None = None) -> Job:
    """Return a new job of the same name and spec over the items of ``job``, submitted ``by`` a user's e-mail address.

    All items, or only those that failed or were cancelled. Without ``by`` it is its submitter's again. The log of each
    of the two names the other. Raises NotRestartableError and OverlapError.
    """
    _check(job, only_unsuccessful=only_unsuccessful)
    refuse_overlap(tx, job.company_id, Order(kind=job.kind, options=job.options))
    states: Collection[TaskState] = UNSUCCESSFUL if only_unsuccessful else SETTLED_TASK_STATES
    new = NewJob(
        company_id=job.company_id,
        kind=job.kind,
        name=job.name,
        submitter=by or job.submitter,
        options=job.options,
        locale=job.locale,
        description=job.description,
        client=job.client,
        restart_of=job.id,
    )
    again = add_job(tx, new, job.server_name)
    number = copy_tasks(tx, job.id, again.id, states)
    submission = Submission(
        company_id=job.company_id,
        name=job.name,
        submitter=by or job.submitter,
        server_name=job.server_name,
        client=job.client,
        parent=job,
    )
    add_rows(tx, again.id, opening_rows(submission, job.kind, number))
    told = say(
        "{number} of {total} items run again as {run}.", number=number, total=job.counts.total, run=again.unique_name
    )
    add_rows(tx, job.id, [LogRow(log_type="FileProgress", message=told, at=utc_now())])
    restarted = load_job(tx, again.id)
    assert restarted is not None
    return restarted


def _check(job: Job, *, only_unsuccessful: bool) -> None:
    if job.state is not JobState.DONE:
        raise NotRestartableError(f"Job {job.id} has not ended: stop it, or wait until it has.")
    if not job.counts.total:
        raise NotRestartableError(f"Job {job.id} has no items.")
    if only_unsuccessful and not can_restart_unsuccessful(job):
        raise NotRestartableError(f"No item of job {job.id} failed or was cancelled: restart all of it.")
