"""Rows of workers: who runs tasks, how many at once, and when each last said that it lives."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from store import tables as t
from store.engine import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Something that runs tasks: ``slots`` of them work on pixels at once."""

    name: str
    slots: int
    last_seen: datetime


def save_worker(tx: Tx, name: str, slots: int, now: datetime) -> None:
    """Say that the worker lives; only one process writes under a name."""
    values = {"slots": slots, "last_seen": now}
    if not tx.execute(sa.update(t.worker).where(t.worker.c.name == name).values(values)).rowcount:
        tx.execute(sa.insert(t.worker).values(name=name, **values))


def find_workers(tx: Tx, since: datetime) -> tuple[Worker, ...]:
    """Return the workers that have been seen since then, by name."""
    rows = tx.execute(sa.select(t.worker).where(t.worker.c.last_seen >= since).order_by(t.worker.c.name)).mappings()
    return tuple(Worker(**row) for row in rows)
