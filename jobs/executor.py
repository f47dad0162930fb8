"""Runs one task under its token: claim, perform, settle; whatever happens on the way ends as a truthful row.

The finish is one transaction: the task's state, what the work changes, its log rows, the job's counters, and the end
of the job with what follows it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from structlog.contextvars import bound_contextvars

from domain.clock import utc_now
from domain.errors import Deferred, Permanent, Retryable, Superseded, TaskError, Unavailable
from domain.model import Job, LogRow, Task, Token
from domain.states import JobState, TaskState
from domain.words import Words, say, verbatim
from jobs.closing import close_if_settled
from jobs.kinds.port import MAX_FAILURES, Expansion, JobKind, Subject, Tools, Work
from jobs.kinds.registry import KINDS
from jobs.quota import within_quota
from jobs.together import Together
from store import ledger
from store.engine import Tx
from store.expansion import expand
from store.generated import document_ahead, postpone_pages
from store.job_logs import add_rows
from store.jobs import begin_job, hold_job, let_job_go, load_job, lock_job, lock_jobs_of
from store.unavailable import unavailability

RETRY_DELAY = timedelta(seconds=1)
HOLD = timedelta(seconds=5)
DEFERRED = timedelta(seconds=5)
GOES_ON = say("The job goes on.")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A task that its owner may run, and its job as it stood when it was claimed."""

    job: Job
    task: Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A task, begun at ``started``, that is to end as its work says."""

    task: Task
    work: Work
    started: datetime
    ends_hold: bool = False
    """Whether its job was held because storage could not be used, and goes on now."""
    is_replaced: bool = False
    """Whether its thread goes on with another task."""


Refill = Callable[[Tx, int], Sequence[Token]]
"""Hands out so many tasks, or fewer, in place of those that the transaction settles."""


class Executor:
    """Runs tasks for one owner in as many threads as call it; what they write at the same time has one commit."""

    def __init__(self, owner: str, tools: Tools, refill: Refill) -> None:
        self._owner = owner
        self._tools = tools
        self._refill = refill
        self._claims = Together(tools.database, self._claim_all, lambda tx, token: self._claim_all(tx, [token])[0])
        self._ends = Together(tools.database, self._end_all, lambda tx, end: (settle_all(tx, [end])[0], None))

    def claim(self, token: Token) -> Claimed | None:
        """Claim the task that ``token`` names; None when the token is stale."""
        return self._claims.write(token)

    def claim_in(self, tx: Tx, tokens: Sequence[Token]) -> list[Claimed]:
        """Return the tasks of those of the tokens that are not stale; they are the owner's when ``tx`` is committed."""
        return [claimed for claimed in self._claim_all(tx, tokens) if claimed is not None] if tokens else []

    def run(self, claimed: Claimed, *, is_replaced: bool) -> Claimed | None:
        """Run the task and write down how it ended.

        Returns what was claimed in its place, which is to be run next, if it is to be replaced and there is anything.
        """
        job, task = claimed.job, claimed.task
        with bound_contextvars(
            task=task.id, attempt=task.attempt, job=job.id, company=job.company_id, asset=task.asset_id
        ):
            return self._run(claimed, is_replaced)

    def _run(self, claimed: Claimed, is_replaced: bool) -> Claimed | None:
        started = utc_now()
        task, kind = claimed.task, KINDS[claimed.job.kind]
        try:
            work = kind.perform(claimed.job, task, self._tools)
            if isinstance(work, Work):
                return self._settle(claimed, work, started, is_replaced)
            self._expand(task, work)
        except Permanent as error:
            work = failed_work(kind, task, error.words, _class_of(error))
            return self._settle(claimed, work, started, is_replaced)
        except (Superseded, Retryable) as error:
            _retry(self._tools, kind, task, error, started)
        except Exception as error:
            reason = unavailability(error)
            if reason is None:
                log.exception("task raised")
            _retry(self._tools, kind, task, reason or _unexpected(error), started)
        return None

    def _settle(self, claimed: Claimed, work: Work, started: datetime, is_replaced: bool) -> Claimed | None:
        ends_hold = claimed.job.hold_reason is not None and work.settlement.state is TaskState.DONE
        ended = Ended(task=claimed.task, work=work, started=started, ends_hold=ends_hold, is_replaced=is_replaced)
        settled, next_claimed = self._ends.write(ended)
        log.info(
            "task settled" if settled else "stale result thrown away",
            state=work.settlement.state.name,
            seconds=round((utc_now() - started).total_seconds(), 3),
        )
        return next_claimed

    def _expand(self, task: Task, found: Expansion) -> None:
        with self._tools.database.write() as tx:
            expand_in(tx, task, found)
        log.info("task expanded", task=task.id, job=task.job_id, items=len(found.items))

    def _claim_all(self, tx: Tx, tokens: Sequence[Token]) -> list[Claimed | None]:
        jobs = lock_jobs_of(tx, [token.task_id for token in tokens])  # before the tasks' rows, as stopping a job does
        claimed = ledger.claim_all(tx, tokens, self._owner, self._tools.lease)
        begun = {task.job_id for task in claimed.values()}
        for job in jobs.values():
            if job.is_paused:
                ledger.take_back_dispatched(tx, job.id)
            elif job.id in begun and job.state is not JobState.RUNNING:
                begin_job(tx, job.id)
        tasks = [claimed.pop(token, None) for token in tokens]  # a token that came twice is worth one task
        return [Claimed(job=jobs[task.job_id], task=task) if task else None for task in tasks]

    def _end_all(self, tx: Tx, ends: Sequence[Ended]) -> list[tuple[bool, Claimed | None]]:
        settled = settle_all(tx, ends)
        goes_on = [is_settled and end.is_replaced for end, is_settled in zip(ends, settled, strict=True)]
        more = iter(self.claim_in(tx, self._refill(tx, sum(goes_on))))
        return [(did, next(more, None) if goes else None) for did, goes in zip(settled, goes_on, strict=True)]


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
    (settled,) = settle_all(tx, [Ended(task=task, work=work, started=started)])
    return settled


def settle_all(tx: Tx, ends: Sequence[Ended]) -> list[bool]:
    """Do what ``settle_in`` does for several tasks; return for each whether it settled.

    Rows are taken in one order everywhere: jobs, tasks, companies, assets.
    """
    jobs = lock_jobs_of(tx, [end.task.id for end in ends])
    settled = ledger.settle_all(tx, [(end.task, end.work.settlement) for end in ends])
    counted = sorted((end for end in ends if end.task.token in settled), key=_place)
    rows = defaultdict[int, list[LogRow]](list)
    for company_id, of_company in groupby(counted, key=lambda end: end.task.company_id):
        with within_quota(tx, company_id):
            for end in of_company:
                rows[end.task.job_id] += _rows(end, end.work.apply(tx) or end.work.subject)
    for job_id in {end.task.job_id for end in counted if end.ends_hold}:
        if let_job_go(tx, job_id):
            rows[job_id].insert(0, LogRow(log_type="UploadWarning", message=GOES_ON, at=utc_now()))
    ended = Counter(end.task.job_id for end in counted)
    for job_id, number in sorted(ended.items()):
        add_rows(tx, job_id, rows[job_id])
        if jobs[job_id].counts.settled + number >= jobs[job_id].counts.total:
            close_if_settled(tx, job_id)
    return [end.task.token in settled for end in ends]


def _place(end: Ended) -> tuple[int, int]:
    return end.task.company_id, end.task.asset_id or 0


def expand_in(tx: Tx, task: Task, found: Expansion) -> None:
    """Put what the task found in its place, unless its job was stopped meanwhile: nobody would run it."""
    job = lock_jobs_of(tx, [task.id]).get(task.job_id)
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
            delay = RETRY_DELAY if counts or isinstance(error, Deferred) else timedelta(0)
            ledger.release(tx, task, delay=delay, is_failure=counts)
            if isinstance(error, Unavailable):
                hold(tx, task.job_id, error.words)
            elif isinstance(error, Deferred):
                _postpone_pages(tx, task)


def _postpone_pages(tx: Tx, task: Task) -> None:
    """Let the other pages of the task's document wait as well, instead of finding out one by one."""
    document = document_ahead(tx, task.job_id, task.asset_id or 0)
    if document is not None:
        postpone_pages(tx, task.job_id, document, utc_now() + DEFERRED)


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


def _rows(end: Ended, subject: Subject) -> list[LogRow]:
    task, work = end.task, end.work
    begin = LogRow(
        log_type="FileBegin",
        message=verbatim(task.label),
        at=end.started,
        task_id=task.id,
        asset_id=task.asset_id,
        asset_name=task.label,
    )
    finish = LogRow(
        log_type=work.log_type,
        message=work.message,
        at=utc_now(),
        task_id=task.id,
        asset_id=subject.asset_id,
        asset_name=subject.name,
        asset_type=subject.type,
        aux=work.aux,
    )
    return [begin, finish]
