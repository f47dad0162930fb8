"""The embedded engine: threads of this process run the tasks and hand pixel work to its slot pool."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from domain.clock import utc_now
from domain.model import Token
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

    def recover(self, tx: Tx) -> int:
        """Put back everything in flight: who ran it is gone."""
        forget_silent_workers(tx, utc_now())
        return ledger.recover(tx)

    def start(self, on_settled: Callable[[], None]) -> None:
        """Start the worker."""
        self._on_settled = on_settled
        self._worker.start()

    def send(self, tokens: Sequence[Token]) -> None:
        """Have the task of each token run by one of the threads."""
        for token in tokens:
            self._threads.submit(self._run, token)

    def close(self) -> None:
        """End every slot and wait for the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._worker.close()
        self._threads.shutdown(wait=True)

    def _run(self, token: Token) -> None:
        self._worker.run(token)
        self._on_settled()
