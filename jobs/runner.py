"""The leader: recovers what a crash left, pumps, and keeps time with APScheduler for schedules and its other duties.

APScheduler decides only when: what its memory job stores hold is made anew from the ledger's rows.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from time import monotonic

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from domain.clock import utc_now
from domain.model import Job, Task
from domain.priorities import SizeClasses
from domain.states import TaskState
from domain.words import say
from jobs.closing import close_if_settled
from jobs.collection import CollectionRules, Collector
from jobs.control import cancel_waiting_tasks
from jobs.engines.port import Engine
from jobs.executor import cancel_running, failed_work, given_up, settle_in
from jobs.kinds.port import MAX_FAILURES, Tools
from jobs.kinds.registry import KINDS
from jobs.outbox import Outbox
from jobs.pump import Fairness, pump
from jobs.retention import forget_old
from jobs.stalls import warn_of_stalls
from jobs.timetable import NAME as TIMETABLE
from jobs.timetable import Timetable
from jobs.worker import TASKS_PER_SLOT
from store import ledger
from store.engine import Tx
from store.health import write_problem
from store.jobs import find_active, find_overdue, find_settled, keep_open, load_job, lock_job
from store.unavailable import unavailability
from store.workers import find_workers

PUMP_SECONDS = 0.1
EAGER_PUMP_SECONDS = 0.01
"""How soon the pump looks again after it found something to hand out: no broker says that a task has ended."""
PAUSE_AFTER_FAILURE_S = 2
LOST = say("Its worker stopped answering.")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderRules:
    """What an operator decides. ``patience`` is how long a job may wait without a worker until its log says so.

    ``history`` is how long ended jobs are kept; None for ever.
    """

    collection: CollectionRules
    classes: SizeClasses
    patience: timedelta
    history: timedelta | None


class Runner:
    """The one leader, whose tokens ``engine`` carries. ``start`` returns at once; ``close`` stops gracefully.

    The database in ``tools`` is guarded where several processes may lead: every duty fails once another one does.
    """

    def __init__(self, tools: Tools, engine: Engine, rules: LeaderRules) -> None:
        self._tools = tools
        self._engine = engine
        self._rules = rules
        self._fairness = Fairness(rules.classes)
        self._owner = secrets.token_hex(8)  # never a host name: a restarted server is another owner
        self._wake = Event()
        self._closing = Event()
        self._next_look = 0.0
        self._trusting_until = 0.0
        self._window = 0
        self._outbox = Outbox(tools.database, tools.mail_server, tools.outbound)
        self._collector = Collector(tools.database, tools.blobs, rules.collection.grace)
        self._clock = BackgroundScheduler(
            timezone="UTC",
            jobstores={TIMETABLE: MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(4), TIMETABLE: ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self._timetable = Timetable(self._clock, tools.database)
        self._thread = Thread(target=self._pump_until_closed, name="pump", daemon=True)

    def start(self) -> None:
        """Recover what a crash left behind and begin to run tasks."""
        self._recover()
        self._engine.start(self._wake.set)
        self._clock.add_job(self._take_back_expired, "interval", seconds=self._tools.lease.total_seconds() / 6)
        self._clock.add_job(self._close_silent_uploads, "interval", seconds=5)
        self._clock.add_job(self._warn_of_stalls, "interval", seconds=5)
        self._clock.add_job(self._outbox.deliver_due, "interval", seconds=1)
        self._clock.add_job(self._forget_old, "interval", minutes=10)
        self._clock.add_job(
            lambda: self._collector.sweep(utc_now()), "interval", seconds=self._rules.collection.every.total_seconds()
        )
        self._clock.start()
        self._timetable.start()
        self._thread.start()

    def close(self) -> None:
        """Stop dispatching, end the slots, and put what was running here back on the queue."""
        self._closing.set()
        self._wake.set()
        self._outbox.stop()
        self._collector.stop()
        self._timetable.close()
        self._clock.shutdown(wait=True)
        self._outbox.close()
        self._thread.join()
        self._engine.close()
        self._put_back()

    def _recover(self) -> None:
        self._put_back()
        with self._tools.database.read() as tx:
            active = find_active(tx, None)
        for job in active:
            self._change(job.id, partial(_recover_job, job))

    def _put_back(self) -> None:
        with self._tools.database.write() as tx:
            requeued = self._engine.recover(tx)
        if requeued:
            log.info("tasks put back after a stop or a crash", tasks=requeued)

    def _pump_until_closed(self) -> None:
        pause = PUMP_SECONDS
        while not self._closing.is_set():
            try:
                pause = EAGER_PUMP_SECONDS if self._turn() else min(2 * pause, PUMP_SECONDS)
            except Exception:
                log.exception("pump failed")
                self._closing.wait(PAUSE_AFTER_FAILURE_S)
            self._wake.wait(pause)
            self._wake.clear()

    def _turn(self) -> bool:
        """Hand out what is to run, and return whether there was any."""
        now = monotonic()
        if now >= self._next_look:
            self._next_look = now + PUMP_SECONDS
            self._look_around()
        tools, engine = self._tools, self._engine
        tokens = pump(tools.database, self._window, tools.lease, self._fairness, engine.take)
        engine.send(tokens)
        return bool(tokens)

    def _look_around(self) -> None:
        with self._tools.database.read() as tx:
            settled = find_settled(tx)
            workers = find_workers(tx, utc_now() - self._tools.lease)
        self._window = TASKS_PER_SLOT * sum(worker.slots for worker in workers)
        for job_id in settled:
            self._change(job_id, partial(close_if_settled, job_id=job_id))

    def _change(self, job_id: int, change: Callable[[Tx], object]) -> None:
        """Carry out what is to be done about one job; what goes wrong with it holds up no other."""
        try:
            with self._tools.database.write() as tx:
                change(tx)
        except Exception as error:
            if unavailability(error):
                raise
            log.exception("job could not be looked after", job=job_id)

    def _take_back_expired(self) -> None:
        if write_problem(self._tools.database):  # nor could workers say that they live: they get the time to
            self._trusting_until = monotonic() + self._tools.lease.total_seconds() / 3
        if monotonic() < self._trusting_until:
            return
        with self._tools.database.read() as tx:
            expired = ledger.find_expired(tx, utc_now())
        for task in expired:
            log.warning("lease expired", task=task.id, job=task.job_id)
            self._change(task.job_id, partial(self._take_back, task=task))

    def _take_back(self, tx: Tx, task: Task) -> None:
        job = load_job(tx, task.job_id)
        assert job is not None
        may_run_again = task.state is TaskState.DISPATCHED or task.failures + 1 < MAX_FAILURES
        if may_run_again and not job.stop_requested:
            ledger.take_back(tx, task)
            return
        taken = ledger.take_over(tx, task, self._owner, self._tools.lease)
        if taken is None:
            return
        if job.stop_requested:
            cancel_running(tx, job, taken)
        else:
            settle_in(tx, taken, failed_work(KINDS[job.kind], taken, given_up(LOST), "WorkerLost"), utc_now())

    def _forget_old(self) -> None:
        forget_old(self._tools.database, utc_now(), self._rules.history)

    def _warn_of_stalls(self) -> None:
        warn_of_stalls(self._tools.database, utc_now(), self._rules.patience)

    def _close_silent_uploads(self) -> None:
        with self._tools.database.read() as tx:
            overdue = find_overdue(tx, utc_now())
        for job_id in overdue:
            self._change(job_id, partial(_close_upload, job_id=job_id))


def _recover_job(job: Job, tx: Tx) -> None:
    lock_job(tx, job.id)  # or what a worker settles between the count and its writing down would be lost
    ledger.reconcile_counters(tx, job.id)
    if job.stop_requested:
        cancel_waiting_tasks(tx, job.id)
    close_if_settled(tx, job.id)


def _close_upload(tx: Tx, job_id: int) -> None:
    keep_open(tx, job_id, None)
    close_if_settled(tx, job_id)
