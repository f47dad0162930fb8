"""A job as its readers see it, an execution: its status in one word, its progress, its rate and the time left.

The console, the commands and the JSON API share it; rows are read in ``store.executions``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.clock import utc_now
from domain.model import Job
from domain.states import ExecutionStatus, JobOutcome, JobState
from store.engine import Tx
from store.executions import ExecutionFilter, find_jobs_page
from store.jobs import load_job

PAGE = 50

_OUTCOMES: Mapping[JobOutcome, ExecutionStatus] = {
    JobOutcome.COMPLETED: ExecutionStatus.COMPLETED,
    JobOutcome.COMPLETED_WITH_ERRORS: ExecutionStatus.COMPLETED_WITH_ERRORS,
    JobOutcome.CANCELLED: ExecutionStatus.CANCELLED,
    JobOutcome.FAILED: ExecutionStatus.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One run of a job and where it stands.

    ``rate`` is in items per second since it began, ``seconds_left`` what the rest takes at that rate; both are None
    where nothing has ended yet, and ``seconds_left`` while it does not run.
    """

    job: Job
    status: ExecutionStatus
    rate: float | None
    seconds_left: float | None
    folder: str = ""
    """Where its assets are or go to, ending with a slash, several with commas; empty for a job about no folder."""
    excluded: tuple[str, ...] = ()
    """Folders below that are left out."""

    @property
    def share(self) -> float:
        """How much of it has ended, between 0 and 1."""
        return 1.0 if self.job.state is JobState.DONE else self.job.progress

    @property
    def seconds(self) -> float | None:
        """For how long it has been running, or ran; None for one that never began."""
        started = self.job.started
        return ((self.job.ended or utc_now()) - started).total_seconds() if started else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionPage:
    """Some executions, newest first; ``after`` is what the next page is asked for with, None on the last one."""

    executions: tuple[Execution, ...]
    after: int | None


def status_of(job: Job) -> ExecutionStatus:
    """Return the one word for where the job stands; one that is held because storage is full is Paused, too."""
    if job.outcome is not None:
        return _OUTCOMES[job.outcome]
    if job.state is JobState.STOPPING:
        return ExecutionStatus.IN_PROGRESS
    if job.is_paused or job.hold_reason:
        return ExecutionStatus.PAUSED
    return ExecutionStatus.IN_PROGRESS if job.state is JobState.RUNNING else ExecutionStatus.WAITING


def execution_of(job: Job, now: datetime) -> Execution:
    """Return the job as an execution, as it stands ``now``."""
    status = status_of(job)
    rate = _rate(job, now)
    left = job.counts.total - job.counts.settled
    is_running = status is ExecutionStatus.IN_PROGRESS
    directory, criteria = (job.options.get(name) or {} for name in ("directory", "criteria"))
    return Execution(
        job=job,
        status=status,
        rate=rate,
        seconds_left=left / rate if is_running and rate else None,
        folder=directory.get("folder") or ", ".join(criteria.get("folders", ())),
        excluded=tuple(criteria.get("excluded", ())),
    )


def load_execution(tx: Tx, company_id: int, job_id: int) -> Execution | None:
    """Return the company's execution with this number; one of another company is None like an unknown one."""
    job = load_job(tx, job_id)
    return execution_of(job, utc_now()) if job is not None and job.company_id == company_id else None


def list_executions(
    tx: Tx, company_id: int, wanted: ExecutionFilter, after: int | None = None, limit: int = PAGE
) -> ExecutionPage:
    """Return a page of the company's executions that are wanted, newest first; ``after`` is that of the page before."""
    found = find_jobs_page(tx, company_id, wanted, after, limit + 1)
    now = utc_now()
    shown = tuple(execution_of(job, now) for job in found[:limit])
    return ExecutionPage(executions=shown, after=shown[-1].job.id if len(found) > limit else None)


def _rate(job: Job, now: datetime) -> float | None:
    if job.started is None or not job.counts.settled:
        return None
    until = job.ended or (job.last_progress if job.is_paused or job.hold_reason else now)
    seconds = (until - job.started).total_seconds()
    return job.counts.settled / seconds if seconds > 0 else None
