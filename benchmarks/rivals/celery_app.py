"""Celery alone: late acknowledgement, a broker that syncs every write, and a row in Postgres for each task."""

import os

from celery import Celery

from benchmarks.rivals.rows import add_row

BROKER = "RIVAL_BROKER"
app = Celery("rival", broker=os.environ.get(BROKER))
app.conf.update(
    task_acks_late=True, task_ignore_result=True, worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True
)


@app.task(name="noop")  # type: ignore[untyped-decorator]
def noop(number: int) -> None:
    """Do nothing, and write down that it is done."""
    add_row(number)


def enqueue(number: int) -> None:
    """Put one task on the queue."""
    noop.delay(number)
