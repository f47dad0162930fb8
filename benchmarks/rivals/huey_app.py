"""Huey over SQLite, syncing every write; its own result rows are left out, and each task writes one to Postgres."""

import os

from huey import SqliteHuey

from benchmarks.rivals.rows import add_row

FILE = "RIVAL_HUEY_FILE"
huey = SqliteHuey(filename=os.environ.get(FILE, ":memory:"), fsync=True, results=False)


@huey.task()  # type: ignore[untyped-decorator]
def noop(number: int) -> None:
    """Do nothing, and write down that it is done."""
    add_row(number)


def enqueue(number: int) -> None:
    """Put one task on the queue."""
    noop(number)
