"""A task that turned out to stand for several items: they take its place, and it is none of them itself."""

from collections.abc import Sequence

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import NewTask, Task
from domain.states import TaskState
from store import tables as t
from store.engine import Tx
from store.ledger import add_tasks


def expand(tx: Tx, task: Task, items: Sequence[NewTask]) -> bool:
    """Put ``items`` in the place of the running task; return False, changing nothing, when its token is stale.

    The first takes its row over, which is ready again. Without items the row goes, and its job has one item less.
    """
    held = (
        t.task.c.id == task.id,
        t.task.c.attempt == task.attempt,
        t.task.c.state == TaskState.RUNNING.value,
    )
    if not items:
        gone = bool(tx.execute(sa.delete(t.task).where(*held)).rowcount)
        if gone:
            less = {"total": t.job.c.total - 1, "last_progress": utc_now()}
            tx.execute(sa.update(t.job).where(t.job.c.id == task.job_id).values(less))
        return gone
    first, *others = items
    moved = tx.execute(
        sa.update(t.task)
        .where(*held)
        .values(
            label=first.label,
            asset_id=first.asset_id,
            input=dict(first.input),
            state=TaskState.READY.value,
            owner=None,
            lease_until=None,
            plan=None,
        )
    )
    if not moved.rowcount:
        return False
    add_tasks(tx, task.job_id, task.company_id, others)
    return True
