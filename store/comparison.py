"""Two jobs over the same assets, side by side: what ended otherwise than before."""

from dataclasses import dataclass

import sqlalchemy as sa

from domain.model import Job
from domain.states import TaskState
from store import tables as t
from store.engine import Tx
from store.jobs import job_from_row

LOOKED_AT = 200
"""How many earlier jobs of the kind are looked at for one that chose the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Assets that ended in one state before and in another now; None for assets that only one of the two had."""

    before: TaskState | None
    now: TaskState | None
    number: int


def find_previous(tx: Tx, job: Job) -> Job | None:
    """Return the job that this one runs again, else the newest one before it that was to choose the same."""
    c = t.job.c
    if job.restart_of is not None:
        row = tx.execute(sa.select(t.job).where(c.id == job.restart_of)).mappings().one_or_none()
        return job_from_row(row) if row else None
    same_kind = (c.company_id == job.company_id) & (c.kind == job.kind) & (c.id < job.id)
    query = sa.select(t.job).where(same_kind).order_by(c.id.desc()).limit(LOOKED_AT)
    wanted = job.options.get("criteria")
    found = (job_from_row(row) for row in tx.execute(query).mappings())
    return next((each for each in found if wanted and each.options.get("criteria") == wanted), None)


def compare_items(tx: Tx, job_id: int, previous_id: int) -> tuple[Change, ...]:
    """Return how many assets went from which state to which between the two jobs."""
    before, now = t.task.alias("before"), t.task.alias("now")
    both = sa.outerjoin(now, before, (before.c.job_id == previous_id) & _is_same(before, now))
    pairs = sa.select(before.c.state, now.c.state, sa.func.count()).select_from(both).where(now.c.job_id == job_id)
    changes = [
        Change(before=None if was is None else TaskState(was), now=TaskState(is_now), number=number)
        for was, is_now, number in tx.execute(pairs.group_by(before.c.state, now.c.state))
    ]
    is_there = sa.exists().where(now.c.job_id == job_id, _is_same(before, now))
    gone = sa.select(before.c.state, sa.func.count()).where(before.c.job_id == previous_id, ~is_there)
    changes += [
        Change(before=TaskState(was), now=None, number=number)
        for was, number in tx.execute(gone.group_by(before.c.state))
    ]
    return tuple(changes)


def _is_same(before: sa.FromClause, now: sa.FromClause) -> sa.ColumnElement[bool]:
    """Return whether two items are about one thing: one asset, or for files that are to be taken in one name."""
    names_none = before.c.asset_id.is_(None) & now.c.asset_id.is_(None)
    return (before.c.asset_id == now.c.asset_id) | (names_none & (before.c.label == now.c.label))
