"""Tasks that a worker has in hand: which, and how far each is. Handing out and settling is left to the ledger."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import Token
from domain.states import TaskState
from store import tables as t
from store.engine import Tx

_STATES = [TaskState.DISPATCHED.value, TaskState.RUNNING.value]
IN_FLIGHT = t.task.c.state.in_(sa.bindparam("in_flight", _STATES, expanding=True, literal_execute=True))
"""Its values stand in the statement as in the partial index, so that no query reads the tasks that have ended."""
_FIND = sa.select(
    t.task.c.id,
    t.task.c.job_id,
    t.task.c.label,
    t.task.c.failures,
    t.task.c.state,
    t.task.c.started,
    t.task.c.plan.is_not(None),
    t.task.c.progress,
).where(IN_FLIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlight:
    """A task that is dispatched, or running: ``told`` is then when it began or last told how far it is.

    ``has_plan`` is set once it is decided what is done to it; ``pages`` is how many pages of how many are finished,
    where that is known.
    """

    label: str
    failures: int
    told: datetime | None = None
    has_plan: bool = False
    pages: tuple[int, int] | None = None


def find_in_flight(tx: Tx) -> Mapping[int, tuple[InFlight, ...]]:
    """Return the tasks that are dispatched or running, in their order, by the number of their job."""
    found = defaultdict[int, list[InFlight]](list)
    for row in sorted(tx.execute(_FIND), key=itemgetter(0)):
        _id, job_id, label, failures, state, started, has_plan, progress = row
        if state == TaskState.DISPATCHED.value:
            found[job_id].append(InFlight(label=label, failures=failures))
            continue
        told = datetime.fromisoformat(progress["at"]) if progress else started
        pages = (progress["done"], progress["total"]) if progress else None
        item = InFlight(label=label, failures=failures, told=told, has_plan=has_plan, pages=pages)
        found[job_id].append(item)
    return {job_id: tuple(items) for job_id, items in found.items()}


def note_progress(tx: Tx, token: Token, done: int, total: int) -> None:
    """Write down how many pages of how many the running task has finished; an old token changes nothing."""
    c = t.task.c
    progress = {"done": done, "total": total, "at": utc_now().isoformat()}
    where = (c.id == token.task_id) & (c.attempt == token.attempt) & (c.state == TaskState.RUNNING.value)
    tx.execute(sa.update(t.task).where(where).values(progress=progress))
