"""The embedded engine: threads of this process run the tasks and hand pixel work to its slot pool."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import structlog

from domain.clock import utc_now
from domain.model import Token
from jobs.executor import LEASE, run_task
from jobs.kinds.port import Tools
from store.ledger import heartbeat
from store.workers import save_worker

NAME = "embedded"
"""The worker's name: a database has one at most of this kind."""

log = structlog.get_logger(__name__)


class EmbeddedEngine:
    """Runs twice as many tasks as there are slots, so that a slot never waits for a file to be fetched or stored."""

    def __init__(self, tools: Tools, owner: str, on_settled: Callable[[], None]) -> None:
        self._tools = tools
        self._owner = owner
        self._on_settled = on_settled
        self._running: set[Token] = set()
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(max_workers=self.window, thread_name_prefix="task")

    @property
    def window(self) -> int:
        """Two tasks for each slot."""
        return 2 * self._tools.slots.slots

    def send(self, tokens: Sequence[Token]) -> None:
        """Have the task of each token run by one of the threads."""
        for token in tokens:
            self._threads.submit(self._run, token)

    def cancel(self, token: Token) -> None:
        """Take the token's task out of its slot."""
        self._tools.slots.cancel(token)

    def heartbeat(self) -> None:
        """Say that the worker lives, and extend the lease of every running task, whatever its children do."""
        with self._lock:
            running = tuple(self._running)
        with self._tools.database.write() as tx:
            save_worker(tx, NAME, self._tools.slots.slots, utc_now())
            heartbeat(tx, running, self._owner, LEASE)

    def close(self) -> None:
        """End every slot; what ran there is run again by the next start."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._tools.slots.close()
        self._threads.shutdown(wait=True)

    def _run(self, token: Token) -> None:
        with self._lock:
            self._running.add(token)
        try:
            run_task(token, self._owner, self._tools)
        except Exception:  # a thread's border: the lease gives the task back
            log.exception("task could not be run", task=token.task_id)
        finally:
            with self._lock:
                self._running.discard(token)
            self._on_settled()
