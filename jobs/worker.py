"""A worker: runs tasks by their tokens, keeps their leases while they run, and ends those whose job was stopped.

An engine brings it the tokens; whether a token still counts, and how its task ended, is the executor's to say.
"""

import secrets
import socket
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from threading import Event, Lock, Thread

import structlog

from domain.clock import utc_now
from domain.model import Token
from domain.priorities import SizeClasses
from domain.words import Words
from jobs.executor import Claimed, Executor, hold
from jobs.kinds.port import Tools
from jobs.progress import Watch
from jobs.pump import Fairness, refill
from store import ledger
from store.engine import Tx
from store.unavailable import unavailability
from store.workers import forget_silent_workers, forget_worker, save_worker

TASKS_PER_SLOT = 2
"""How many tasks run for each slot, so that a slot never waits for a file to be fetched or stored."""
ROUND_SECONDS = 300
"""How long a thread goes on by itself; a broker wants to hear of a token before its own patience ends."""
TURN_SECONDS = 0.5
REMEMBERED = timedelta(days=1)
"""For how long the row of a worker that died is kept."""

log = structlog.get_logger(__name__)


class Worker:
    """Says every third of a lease that it and its tasks are alive, and when one has got further.

    What it ends it replaces in the same transaction, as fairly as the pump would; only a thread that found nothing
    waits to be brought a token. A worker that is started again is another one.
    """

    def __init__(self, tools: Tools, classes: SizeClasses) -> None:
        self.name = f"{socket.gethostname()}-{secrets.token_hex(4)}"
        self.places = TASKS_PER_SLOT * tools.slots.slots
        self._tools = tools
        self._running: set[Token] = set()
        self._stranded: dict[Token, Words] = {}
        """Tasks whose end could not be written down, and why."""
        self._fairness = Fairness(classes)
        self._executor = Executor(self.name, tools, self._refill)
        self._watch = Watch(tools.database, tools.scratch)
        self._lock = Lock()
        self._closing = Event()
        self._thread = Thread(target=self._watch_until_closed, name="worker", daemon=True)

    def start(self) -> None:
        """Let the ledger know of this worker."""
        with self._tools.database.write() as tx:
            forget_silent_workers(tx, utc_now() - REMEMBERED)
        self._beat()
        self._thread.start()

    def run_token(self, token: Token) -> None:
        """Run the task that ``token`` names, if it is not stale, and go on as ``run`` does."""
        self.run(self._hold(token, partial(self._executor.claim, token)))

    def claim_in(self, tx: Tx, tokens: Sequence[Token]) -> list[Claimed]:
        """Return the tasks of those of the tokens that are not stale; when ``tx`` is committed each is to be run."""
        return self._executor.claim_in(tx, tokens)

    def run(self, claimed: Claimed | None) -> None:
        """Run a task to its end, then what was claimed in its place, for a round or until nothing was.

        For ``places`` threads at once.
        """
        round_ends = time.monotonic() + ROUND_SECONDS
        while claimed is not None:
            is_replaced = time.monotonic() < round_ends
            claimed = self._hold(claimed.task.token, partial(self._executor.run, claimed, is_replaced=is_replaced))

    def close(self) -> None:
        """End every slot; what ran there is put back by its thread."""
        self._closing.set()
        self._tools.slots.close()
        self._thread.join()
        with self._tools.database.write() as tx:
            forget_worker(tx, self.name)

    def _refill(self, tx: Tx, number: int) -> Sequence[Token]:
        return () if self._closing.is_set() else refill(tx, number, self._tools.lease, self._fairness)

    def _hold(self, token: Token, work: Callable[[], Claimed | None]) -> Claimed | None:
        """Keep the task's lease while the work is done, and let nothing out of it: it is a thread's border."""
        with self._lock:
            self._running.add(token)
        try:
            return work()
        except Exception as error:  # the lease gives the task back, or the next beat
            log.exception("task could not be run", task=token.task_id)
            reason = unavailability(error)
            if reason is not None:
                with self._lock:
                    self._stranded[token] = reason.words
            return None
        finally:
            with self._lock:
                self._running.discard(token)

    def _watch_until_closed(self) -> None:
        every_s = self._tools.lease.total_seconds() / 3
        next_beat = time.monotonic() + every_s
        while not self._closing.wait(TURN_SECONDS):
            try:
                self._cancel_stopped()
                self._watch.look(self._all_running())
                if time.monotonic() >= next_beat:
                    self._beat()
                    next_beat = time.monotonic() + every_s
            except Exception:
                log.exception("the worker could not reach the ledger")

    def _cancel_stopped(self) -> None:
        running = self._all_running()
        if running:
            with self._tools.database.read() as tx:
                stopped = ledger.running_of_stopped_jobs(tx)
            for token in running.intersection(stopped):
                self._tools.slots.cancel(token)

    def _beat(self) -> None:
        self._give_back_stranded()
        running = self._all_running()
        with self._tools.database.write() as tx:
            save_worker(tx, self.name, self._tools.slots.slots, utc_now())
            if running:
                ledger.heartbeat(tx, tuple(running), self.name, self._tools.lease)

    def _give_back_stranded(self) -> None:
        with self._lock:
            stranded = dict(self._stranded)
        if not stranded:
            return
        with self._tools.database.write() as tx:
            for token, reason in stranded.items():
                job_id = ledger.hand_back(tx, token)
                if job_id is not None:
                    hold(tx, job_id, reason)
        with self._lock:
            for token in stranded:
                self._stranded.pop(token)

    def _all_running(self) -> frozenset[Token]:
        with self._lock:
            return frozenset(self._running)
