"""A candidate: stands for the lead again and again, and has a leader run for as long as it has the lead.

The election itself is in ``store.leadership``, a leader's duties are in ``jobs.runner``.
"""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

import structlog

from jobs.runner import Runner
from store.engine import Database
from store.leadership import Candidacy

log = structlog.get_logger(__name__)


class Candidate:
    """``build`` makes the leader of an epoch. ``start`` returns at once; ``close`` leaves the lead to another one."""

    def __init__(self, database: Database, lease: timedelta, build: Callable[[int], Runner]) -> None:
        self._candidacy = Candidacy(database, lease)
        self._turn_s = lease.total_seconds() / 10
        self._build = build
        self._epoch: int | None = None
        self._runner: Runner | None = None
        self._closing = Event()
        self._thread = Thread(target=self._stand_until_closed, name="candidate", daemon=True)

    def start(self) -> None:
        """Begin to stand for the lead."""
        self._thread.start()

    def close(self) -> None:
        """Stop leading, if this process leads, and stand no more."""
        self._closing.set()
        self._thread.join()

    def _stand_until_closed(self) -> None:
        while not self._closing.is_set():
            try:
                self._turn()
            except Exception:  # the thread's border: who stands no more would leave its servers without a leader
                log.exception("candidate failed")
            self._closing.wait(self._turn_s)
        self._step_down()
        self._candidacy.resign()

    def _turn(self) -> None:
        epoch = self._candidacy.stand()
        if epoch == self._epoch:
            return
        self._step_down()
        if epoch is None:
            return
        try:
            runner = self._build(epoch)
            runner.start()
        except BaseException:
            self._candidacy.resign()
            raise
        self._epoch, self._runner = epoch, runner
        log.info("leading", epoch=epoch)

    def _step_down(self) -> None:
        runner, epoch = self._runner, self._epoch
        self._runner, self._epoch = None, None
        if runner is None:
            return
        try:
            runner.close()
        except Exception:  # another one leads, or the database is gone: the next leader puts things right
            log.exception("leader could not put things in order", epoch=epoch)
        log.info("not leading any more", epoch=epoch)
