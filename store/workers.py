"""Rows of workers: which are alive, and how many slots each has. What they run is in ``store.ledger``."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from store import tables as t
from store.engine import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    """A process that runs tasks, as it last said of itself."""

    name: str
    slots: int
    last_seen: datetime


def save_worker(tx: Tx, name: str, slots: int, now: datetime) -> None:
    """Write down that the worker is alive ``now``."""
    known = sa.update(t.worker).where(t.worker.c.name == name).values(slots=slots, last_seen=now)
    if not tx.execute(known).rowcount:
        tx.execute(sa.insert(t.worker).values(name=name, slots=slots, last_seen=now))


def find_workers(tx: Tx, since: datetime) -> tuple[WorkerRow, ...]:
    """Return the workers that were alive at ``since`` or later, by name."""
    rows = tx.execute(sa.select(t.worker).where(t.worker.c.last_seen >= since).order_by(t.worker.c.name))
    return tuple(WorkerRow(name=row.name, slots=row.slots, last_seen=row.last_seen) for row in rows)


def forget_worker(tx: Tx, name: str) -> None:
    """Remove the row of a worker that takes no more tasks."""
    tx.execute(sa.delete(t.worker).where(t.worker.c.name == name))


def forget_silent_workers(tx: Tx, before: datetime) -> None:
    """Remove the rows of workers that were last alive before then."""
    tx.execute(sa.delete(t.worker).where(t.worker.c.last_seen < before))
