"""The embedded engine: threads of this process run the tasks and hand pixel work to its slot pool."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from domain.clock import utc_now
from domain.model import Token
from domain.priorities import SizeClasses
from jobs.executor import Claimed
from jobs.kinds.port import Tools
from jobs.worker import Worker
from store import ledger
from store.engine import Tx
from store.workers import forget_silent_workers


class EmbeddedEngine:
    """A worker of the leader's own: there is no other one, and it ends with the leader.

    On SQLite, which has one writer anyway, a task that is handed out is claimed in the same transaction. On Postgres
    that would take the rows of jobs and tasks in another order than stopping a job does.
    """

    def __init__(self, tools: Tools, classes: SizeClasses) -> None:
        self._is_sole_writer = tools.database.is_sqlite
        self._worker = Worker(tools, classes)
        self._threads = ThreadPoolExecutor(max_workers=self._worker.places, thread_name_prefix="task")
        self._taken: dict[Token, Claimed] = {}

    def recover(self, tx: Tx) -> int:
        """Put back everything in flight: who ran it is gone."""
        forget_silent_workers(tx, utc_now())
        return ledger.recover(tx)

    def start(self, on_idle: Callable[[], None]) -> None:
        """Start the worker."""
        self._on_idle = on_idle
        self._worker.start()

    def take(self, tx: Tx, tokens: Sequence[Token]) -> None:
        """Claim the tasks at once, where this is the only writer: there is a thread for each."""
        claimed = self._worker.claim_in(tx, tokens) if self._is_sole_writer else []
        self._taken = {one.task.token: one for one in claimed}

    def send(self, tokens: Sequence[Token]) -> None:
        """Have the task of each token run by one of the threads."""
        for token in tokens:
            if claimed := self._taken.get(token):
                self._threads.submit(self._run, claimed)
            else:
                self._threads.submit(self._run_token, token)

    def close(self) -> None:
        """End every slot and wait for the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._worker.close()
        self._threads.shutdown(wait=True)

    def _run(self, claimed: Claimed) -> None:
        self._worker.run(claimed)
        self._on_idle()

    def _run_token(self, token: Token) -> None:
        self._worker.run_token(token)
        self._on_idle()
