"""Runs one task under its token: claim, perform, settle; whatever happens on the way ends as a truthful row.

The finish is one transaction: the task's state, what the work changes, its log rows, the job's counters, and the end
of the job with what follows it.
"""

from datetime import datetime, timedelta

import structlog
from structlog.contextvars import bound_contextvars

from domain.clock import utc_now
from domain.errors import Permanent, Retryable, Superseded, TaskError, Unavailable
from domain.model import Job, LogRow, Task, Token
from domain.states import JobState, TaskState
from domain.words import Words, say, verbatim
from jobs.closing import close_if_settled
from jobs.kinds.port import Expansion, JobKind, Subject, Tools, Work
from jobs.kinds.registry import KINDS
from jobs.quota import within_quota
from store import ledger
from store.engine import Tx
from store.expansion import expand
from store.job_logs import add_rows
from store.jobs import begin_job, hold_job, let_job_go, load_job, lock_job, lock_job_of
from store.unavailable import unavailability

MAX_FAILURES = 3
RETRY_DELAY = timedelta(seconds=1)
HOLD = timedelta(seconds=5)
GOES_ON = say("The job goes on.")

log = structlog.get_logger(__name__)


def run_task(token: Token, owner: str, tools: Tools) -> None:
    """Run the task that ``token`` names, unless the token is stale, and write down how it ended."""
    with bound_contextvars(task=token.task_id, attempt=token.attempt):
        claimed = _claim(token, owner, tools)
        if claimed is not None:
            job, task = claimed
            with bound_contextvars(job=job.id, company=job.company_id, asset=task.asset_id):
                _run_claimed(job, task, tools)


def _run_claimed(job: Job, task: Task, tools: Tools) -> None:
    started = utc_now()
    kind = KINDS[job.kind]
    try:
        work = kind.perform(job, task, tools)
        _finish(tools, job, task, work, started)
    except Permanent as error:
        _settle(tools, job, task, failed_work(kind, task, error.words, _class_of(error)), started)
    except (Superseded, Retryable) as error:
        _retry(tools, kind, task, error, started)
    except Exception as error:
        reason = unavailability(error)
        if reason is None:
            log.exception("task raised")
        _retry(tools, kind, task, reason or _unexpected(error), started)


def _claim(token: Token, owner: str, tools: Tools) -> tuple[Job, Task] | None:
    with tools.database.write() as tx:
        job = lock_job_of(tx, token.task_id)  # before the task's row, in the order in which stopping a job takes them
        if job is None:
            return None
        task = ledger.claim(tx, token, owner, tools.lease)
        if task is None:
            if job.is_paused:
                ledger.take_back_dispatched(tx, job.id)
            return None
        if job.state is not JobState.RUNNING:
            begin_job(tx, job.id)
    return job, task


def failed_work(kind: JobKind, task: Task, sentence: Words, reason: str) -> Work:
    """Return the work of a task that failed, as a ``sentence`` says; ``reason`` is one word for all of its like."""
    return Work(
        settlement=ledger.Settlement(state=TaskState.FAILED, error=str(sentence), reason=reason),
        log_type=kind.failure,
        message=sentence,
        subject=Subject(name=task.label, asset_id=task.asset_id),
    )


def given_up(reason: Words) -> Words:
    """Return why a task that was tried often enough is not tried again."""
    return say("{reason} It was tried {times} times.", reason=reason, times=MAX_FAILURES)


def settle_in(tx: Tx, task: Task, work: Work, started: datetime) -> bool:
    """Settle the task, begun at ``started``, within ``tx``; return False, changing nothing, when its token is stale.

    Raises Permanent when what the work adds does not fit into the company's quota.
    """
    if not ledger.settle(tx, task, work.settlement):
        return False
    with within_quota(tx, task.company_id):
        subject = work.apply(tx) or work.subject
    begin = LogRow(
        log_type="FileBegin",
        message=verbatim(task.label),
        at=started,
        task_id=task.id,
        asset_id=task.asset_id,
        asset_name=task.label,
    )
    add_rows(tx, task.job_id, [begin, _row(task, subject, work)])
    close_if_settled(tx, task.job_id)
    return True


def expand_in(tx: Tx, task: Task, found: Expansion) -> None:
    """Put what the task found in its place, unless its job was stopped meanwhile: nobody would run it."""
    job = lock_job_of(tx, task.id)
    if job is not None and job.stop_requested:
        cancel_running(tx, job, task)
    elif job is not None and expand(tx, task, found.items):
        add_rows(tx, job.id, found.rows)
        close_if_settled(tx, job.id)


def cancelled_row(task: Task) -> LogRow:
    """Return the log row of a task that was cancelled because its job was stopped."""
    return LogRow(
        log_type="FileCancel",
        message=say("{name} was not processed: the job was stopped.", name=task.label),
        at=utc_now(),
        task_id=task.id,
        asset_id=task.asset_id,
        asset_name=task.label,
    )


def _finish(tools: Tools, job: Job, task: Task, work: Work | Expansion, started: datetime) -> None:
    if isinstance(work, Work):
        _settle(tools, job, task, work, started)
        return
    with tools.database.write() as tx:
        expand_in(tx, task, work)
    log.info("task expanded", task=task.id, job=task.job_id, items=len(work.items))


def _settle(tools: Tools, job: Job, task: Task, work: Work, started: datetime) -> None:
    with tools.database.write() as tx:
        if job.hold_reason and work.settlement.state is TaskState.DONE and let_job_go(tx, job.id):
            add_rows(tx, job.id, [LogRow(log_type="UploadWarning", message=GOES_ON, at=utc_now())])
        settled = settle_in(tx, task, work, started)
    log.info(
        "task settled" if settled else "stale result thrown away",
        state=work.settlement.state.name,
        seconds=round((utc_now() - started).total_seconds(), 3),
    )


def _retry(tools: Tools, kind: JobKind, task: Task, error: Retryable | Superseded, started: datetime) -> None:
    log.info("task runs again", reason=str(error))
    counts = error.counts_as_failure
    with tools.database.write() as tx:
        lock_job(tx, task.job_id)
        job = load_job(tx, task.job_id)
        assert job is not None
        if job.stop_requested:
            cancel_running(tx, job, task)
        elif counts and task.failures + 1 >= MAX_FAILURES:
            settle_in(tx, task, failed_work(kind, task, given_up(error.words), _class_of(error)), started)
        else:
            ledger.release(tx, task, delay=RETRY_DELAY if counts else timedelta(0), is_failure=counts)
            if isinstance(error, Unavailable):
                hold(tx, task.job_id, error.words)


def hold(tx: Tx, job_id: int, reason: Words) -> None:
    """Let the job wait until storage can be used again, which is learnt by trying; say so once."""
    if hold_job(tx, job_id, str(reason), utc_now() + HOLD):
        message = say("The job waits: {reason} It goes on by itself as soon as it can.", reason=reason)
        add_rows(tx, job_id, [LogRow(log_type="UploadWarning", message=message, at=utc_now())])
    ledger.take_back_dispatched(tx, job_id)


def _unexpected(error: Exception) -> Retryable:
    unexpected = Retryable("An unexpected error occurred; the server's log has the details.")
    unexpected.__cause__ = error
    return unexpected


def _class_of(error: TaskError) -> str:
    """Return the name of the error's class, or of the one that it only passes on."""
    return type(error.__cause__ or error).__name__


def cancel_running(tx: Tx, job: Job, task: Task) -> None:
    """Settle a running task of a stopped job as cancelled."""
    if ledger.settle(tx, task, ledger.Settlement(state=TaskState.CANCELLED, error="The job was stopped.")):
        add_rows(tx, job.id, [cancelled_row(task)])
        close_if_settled(tx, job.id)


def _row(task: Task, subject: Subject, work: Work) -> LogRow:
    return LogRow(
        log_type=work.log_type,
        message=work.message,
        at=utc_now(),
        task_id=task.id,
        asset_id=subject.asset_id,
        asset_name=subject.name,
        asset_type=subject.type,
        aux=work.aux,
    )
