"""The leader: recovers what a crash left, pumps, and keeps time with APScheduler for leases, silent clients and stops.

APScheduler decides only when; its memory job store holds nothing but these duties, so losing it loses nothing.
"""

import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from domain.clock import utc_now
from domain.model import Task, Token
from domain.priorities import SizeClasses
from jobs.closing import close_if_settled
from jobs.collection import CollectionRules, Collector
from jobs.control import cancel_waiting_tasks
from jobs.engines.embedded import EmbeddedEngine
from jobs.executor import LEASE, MAX_FAILURES, cancel_running, failed_work, settle_in
from jobs.kinds.port import Tools
from jobs.kinds.registry import KINDS
from jobs.outbox import Outbox
from jobs.pump import Fairness, pump
from jobs.schedules import fire_due
from jobs.stalls import warn_of_stalls
from store import ledger
from store.engine import Tx
from store.jobs import find_active, find_overdue, find_settled, keep_open, load_job

PUMP_SECONDS = 0.1
LOST = "Its worker stopped answering."

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderRules:
    """What an operator decides. ``patience`` is how long a job may wait without a worker until its log says so."""

    collection: CollectionRules
    classes: SizeClasses
    patience: timedelta


class Runner:
    """The one leader and its embedded engine. ``start`` returns at once; ``close`` stops gracefully."""

    def __init__(self, tools: Tools, rules: LeaderRules) -> None:
        self._tools = tools
        self._rules = rules
        self._fairness = Fairness(rules.classes)
        self._owner = secrets.token_hex(8)  # never a host name: a restarted server is another owner
        self._wake = Event()
        self._closing = Event()
        self._outbox = Outbox(tools.database, tools.mail_server, tools.outbound)
        self._collector = Collector(tools.database, tools.blobs, rules.collection.grace)
        self._engine = EmbeddedEngine(tools, self._owner, self._wake.set)
        self._clock = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self._thread = Thread(target=self._pump_until_closed, name="pump", daemon=True)

    def start(self) -> None:
        """Recover what a crash left behind and begin to run tasks."""
        self._recover()
        self._engine.heartbeat()
        self._clock.add_job(self._engine.heartbeat, "interval", seconds=LEASE.total_seconds() / 3)
        self._clock.add_job(self._take_back_expired, "interval", seconds=5)
        self._clock.add_job(self._close_silent_uploads, "interval", seconds=5)
        self._clock.add_job(self._warn_of_stalls, "interval", seconds=5)
        self._clock.add_job(fire_due, "interval", seconds=1, args=[self._tools.database])
        self._clock.add_job(self._outbox.deliver_due, "interval", seconds=1)
        self._clock.add_job(
            lambda: self._collector.sweep(utc_now()), "interval", seconds=self._rules.collection.every.total_seconds()
        )
        self._clock.start()
        self._thread.start()

    def close(self) -> None:
        """Stop dispatching, end the slots, and put what was running back on the queue."""
        self._closing.set()
        self._wake.set()
        self._outbox.stop()
        self._collector.stop()
        self._clock.shutdown(wait=True)
        self._outbox.close()
        self._thread.join()
        self._engine.close()
        self._recover()

    def _recover(self) -> None:
        shutil.rmtree(self._tools.scratch, ignore_errors=True)
        self._tools.scratch.mkdir(parents=True, exist_ok=True)
        with self._tools.database.write() as tx:
            requeued = ledger.recover(tx)
            for job in find_active(tx, None):
                ledger.reconcile_counters(tx, job.id)
                if job.stop_requested:
                    cancel_waiting_tasks(tx, job.id)
                close_if_settled(tx, job.id)
        if requeued:
            log.info("tasks put back after a stop or a crash", tasks=requeued)

    def _pump_until_closed(self) -> None:
        while not self._closing.is_set():
            try:
                tokens = self._turn()
            except Exception:
                log.exception("pump failed")
                tokens = ()
            self._engine.send(tokens)
            if not tokens:
                self._wake.wait(PUMP_SECONDS)
            self._wake.clear()

    def _turn(self) -> Sequence[Token]:
        database = self._tools.database
        with database.read() as tx:
            settled = find_settled(tx)
            stopped = ledger.running_of_stopped_jobs(tx)
            has_place = ledger.in_flight_by_company(tx).total() < self._engine.window
            can_pump = has_place and bool(ledger.ready_jobs(tx))
        for token in stopped:
            self._engine.cancel(token)
        for job_id in settled:
            self._close(job_id)
        return pump(database, self._engine.window, LEASE, self._fairness) if can_pump else ()

    def _close(self, job_id: int) -> None:
        try:
            with self._tools.database.write() as tx:
                close_if_settled(tx, job_id)
        except Exception:  # one job's border: the others go on
            log.exception("job could not be ended", job=job_id)

    def _take_back_expired(self) -> None:
        with self._tools.database.read() as tx:
            expired = ledger.find_expired(tx, utc_now())
        for task in expired:
            log.warning("lease expired", task=task.id, job=task.job_id)
            with self._tools.database.write() as tx:
                self._take_back(tx, task)

    def _take_back(self, tx: Tx, task: Task) -> None:
        job = load_job(tx, task.job_id)
        assert job is not None
        if not job.stop_requested and task.failures + 1 < MAX_FAILURES:
            ledger.take_back(tx, task)
            return
        taken = ledger.take_over(tx, task, self._owner, LEASE)
        if taken is None:
            return
        if job.stop_requested:
            cancel_running(tx, job, taken)
        else:
            reason = f"{LOST} It was tried {MAX_FAILURES} times."
            settle_in(tx, taken, failed_work(KINDS[job.kind], taken, reason, "WorkerLost"), utc_now())

    def _warn_of_stalls(self) -> None:
        warn_of_stalls(self._tools.database, utc_now(), self._rules.patience)

    def _close_silent_uploads(self) -> None:
        with self._tools.database.write() as tx:
            for job_id in find_overdue(tx, utc_now()):
                keep_open(tx, job_id, None)
                close_if_settled(tx, job_id)
