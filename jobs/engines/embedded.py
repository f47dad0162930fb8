"""The embedded engine: threads of this process run the tasks and hand pixel work to its slot pool."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from domain.clock import utc_now
from domain.model import Token
from jobs.executor import Claimed
from jobs.kinds.port import Tools
from jobs.worker import Worker
from store import ledger
from store.engine import Tx
from store.workers import forget_silent_workers


class EmbeddedEngine:
    """A worker of the leader's own: there is no other one, and it ends with the leader."""

    def __init__(self, tools: Tools) -> None:
        self._worker = Worker(tools)
        self._threads = ThreadPoolExecutor(max_workers=self._worker.places, thread_name_prefix="task")
        self._taken: dict[Token, Claimed] = {}

    def recover(self, tx: Tx) -> int:
        """Put back everything in flight: who ran it is gone."""
        forget_silent_workers(tx, utc_now())
        return ledger.recover(tx)

    def start(self, on_settled: Callable[[], None]) -> None:
        """Start the worker."""
        self._on_settled = on_settled
        self._worker.start()

    def take(self, tx: Tx, tokens: Sequence[Token]) -> None:
        """Claim the tasks at once: there is a thread for each."""
        self._taken = {claimed.task.token: claimed for claimed in self._worker.claim_in(tx, tokens)}

    def send(self, tokens: Sequence[Token]) -> None:
        """Have each of the tasks that were taken run by one of the threads."""
        for token in tokens:
            if claimed := self._taken.get(token):
                self._threads.submit(self._run, claimed)

    def close(self) -> None:
        """End every slot and wait for the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._worker.close()
        self._threads.shutdown(wait=True)

    def _run(self, claimed: Claimed) -> None:
        self._worker.run(claimed)
        self._on_settled()
