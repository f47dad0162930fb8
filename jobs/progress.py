"""Writes down how far the running tasks are, as their child processes tell it, for whoever watches their job."""

from collections.abc import Collection
from pathlib import Path

from domain.model import Token
from imaging.progress import read_progress
from jobs.kinds.picture import scratch_of
from store.engine import Database
from store.in_flight import note_progress


class Watch:
    """Looks at the tasks that one worker runs, and writes only what has changed since it last looked."""

    def __init__(self, database: Database, scratch: Path) -> None:
        self._database = database
        self._scratch = scratch
        self._seen: dict[Token, tuple[int, int]] = {}

    def look(self, running: Collection[Token]) -> None:
        """Write down how far each running task is. For one thread at a time."""
        told = {token: read_progress(scratch_of(self._scratch, token)) for token in running}
        known = {token: progress for token, progress in told.items() if progress is not None}
        changed = {token: progress for token, progress in known.items() if self._seen.get(token) != progress}
        if changed:
            with self._database.write() as tx:
                for token, (done, total) in changed.items():
                    note_progress(tx, token, done, total)
        self._seen = known
