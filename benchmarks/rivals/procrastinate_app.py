"""Procrastinate: the queue is a table of Postgres, in which a finished job's row stays."""

import os
from functools import cache

import procrastinate

from benchmarks.rivals.rows import DATABASE, add_row

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=os.environ.get(DATABASE, "")))


@app.task(name="noop")  # type: ignore[untyped-decorator]
def noop(number: int) -> None:
    """Do nothing, and write down that it is done."""
    add_row(number)


@cache
def _open() -> None:
    app.open()
    app.schema_manager.apply_schema()


def enqueue(number: int) -> None:
    """Put one task on the queue; the first one makes the tables."""
    _open()
    noop.defer(number=number)
