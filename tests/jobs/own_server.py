"""A server of a test's own, with settings of its own, and a client of its one company."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.jobs.flow import Client
from tests.running_server import RunningServer, add_account


@contextmanager
def own_server(data: Path, **settings: str) -> Iterator[Client]:
    """Run a server on the folder ``data`` while the block runs, and give a client of LabCo; a test may kill it."""
    running = RunningServer(data, settings)
    database = running.database
    add_account(database, "LabCo", "lab@example.com", company_id=110)
    database.close()
    running.start()
    try:
        yield Client(running)
    finally:
        if running.process is not None:
            running.stop()
